//! A phone with a counting transport.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use linecrew_client::{
    Client, ClientOptions, SystemHost,
    driver::{DriverOptions, SyncDriver},
    login::{Credentials, Device, login},
    transport::{Cleartext, ServerAddress, TcpTransport},
};
use tempfile::TempDir;

use super::{counting::Counting, stage::PASSWORD};
use crate::organisation::Person;

/// A first sync of 10,000 documents takes its time.
const WITHIN: Duration = Duration::from_secs(300);

pub(super) struct Phone {
    pub(super) client: Client,
    _folder: TempDir,
}

impl Phone {
    /// A new phone, signed in and without anything on it.
    pub(super) async fn of(person: &Person, server: SocketAddr) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let client = Client::open(&folder.path().join("phone.db"), Arc::new(SystemHost::new()), ClientOptions::default());
        let client = client.expect("the store opens");
        let device = Device { installation: client.installation(), name: "phone".to_owned() };
        let credentials = Credentials { username: person.username.clone(), password: PASSWORD.to_owned(), device };
        let signed_in = login(&tcp(server), &format!("http://{server}"), &credentials).await.expect("the login");
        let _ready = client.sign_in(signed_in.sign_in).expect("the sign-in is stored");
        Self { client, _folder: folder }
    }

    /// Its way to an address.
    pub(super) fn towards(&self, address: SocketAddr) -> (Arc<Counting>, SyncDriver) {
        let transport = Arc::new(Counting::over(tcp(address)));
        let driver = SyncDriver::new(self.client.clone(), Arc::clone(&transport) as Arc<_>, DriverOptions::new(1));
        (transport, driver)
    }
}

/// Syncs in requests until nothing is left.
pub(super) async fn sync(driver: &SyncDriver) {
    let report = driver.sync_once(WITHIN).await;
    assert!(report.is_complete() && report.equal == Some(true), "{report:?}");
}

pub(super) fn tcp(address: SocketAddr) -> TcpTransport {
    TcpTransport::new(ServerAddress::parse(&format!("http://{address}"), Cleartext::LoopbackOnly).expect("an address"))
}
