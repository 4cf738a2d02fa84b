//! A phone in this process: the killed one between its lives, and a crew mate's.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use linecrew_client::{
    Client, ClientOptions, Execution, ItemFilter, SystemHost,
    driver::{DriverOptions, SyncDriver, SyncReport},
    login::{Credentials, Device, login},
    transport::{Cleartext, ServerAddress, TcpTransport},
};
use rand::{rngs::StdRng, seq::IndexedRandom};

const WITHIN: Duration = Duration::from_secs(30);

/// A phone that this process holds open.
pub(crate) struct Phone {
    pub(crate) client: Client,
}

impl Phone {
    pub(crate) fn open(store: &Path) -> Self {
        let options = ClientOptions { execution: Execution::Inline, ..ClientOptions::default() };
        Self { client: Client::open(store, Arc::new(SystemHost::new()), options).expect("the store opens") }
    }

    pub(crate) async fn sign_in(&self, server: SocketAddr, username: &str, password: &str) {
        let device = Device { installation: self.client.installation(), name: format!("{username}'s phone") };
        let credentials = Credentials { username: username.to_owned(), password: password.to_owned(), device };
        let transport = transport(server);
        let signed_in = login(&transport, &format!("http://{server}"), &credentials).await.expect("the login");
        let _ready = self.client.sign_in(signed_in.sign_in).expect("the sign-in is stored");
    }

    pub(crate) async fn sync(&self, server: SocketAddr) -> SyncReport {
        let options = DriverOptions { execution: Execution::Inline, ..DriverOptions::new(0) };
        SyncDriver::new(self.client.clone(), Arc::new(transport(server)), options).sync_once(WITHIN).await
    }

    /// Writes a line into the notes of some item.
    pub(crate) fn note(&self, random: &mut StdRng) {
        let items = self.client.items(ItemFilter { open_only: true, ..ItemFilter::default() }).expect("the items");
        if let Some(item) = items.choose(random) {
            self.client.note(item.row.id, "同班记录").ok();
        }
    }

    pub(crate) fn close(self) {
        self.client.close().expect("the store closes");
    }
}

fn transport(server: SocketAddr) -> TcpTransport {
    TcpTransport::new(ServerAddress::parse(&format!("http://{server}"), Cleartext::LoopbackOnly).expect("an address"))
}
