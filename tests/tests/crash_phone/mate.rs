//! A phone in this process: the killed one between its lives, and a crew mate's.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use linecrew_client::{
    Client, ClientOptions, Execution, ItemFilter, SystemHost,
    driver::{DriverOptions, SyncDriver, SyncReport},
    transport::{Cleartext, ServerAddress, TcpTransport},
};
use linecrew_tests::{key, office::Office};
use rand::{rngs::StdRng, seq::IndexedRandom};

const WITHIN: Duration = Duration::from_secs(30);

/// A phone that this process holds open.
pub(crate) struct Phone {
    pub(crate) client: Client,
}

impl Phone {
    pub(crate) fn open(store: &Path) -> Self {
        let options = ClientOptions { execution: Execution::Inline, ..ClientOptions::default() };
        let host = Arc::new(SystemHost::new());
        let client = Client::open(store, key::of_store(store), Arc::clone(&host) as Arc<_>, options).expect("the store opens");
        key::hand_over(&client, store, host.as_ref());
        Self { client }
    }

    pub(crate) async fn enrol(&self, server: SocketAddr, office: &Office, username: &str) {
        let invitation = office.invite(username).await.expect("an invitation");
        let enrolled = self.client.enrol(&transport(server), &format!("http://{server}"), &invitation.code, "a phone").await;
        enrolled.expect("the enrolment");
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
