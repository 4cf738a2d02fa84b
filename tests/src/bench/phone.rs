//! A phone with a counting transport.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use linecrew_client::{
    Client, ClientOptions, SystemHost,
    driver::{DriverOptions, SyncDriver},
    transport::{Cleartext, ServerAddress, TcpTransport},
};
use tempfile::TempDir;

use super::counting::Counting;
use crate::{key, office::Office, organisation::Person};

/// A first sync of 10,000 documents takes its time.
const WITHIN: Duration = Duration::from_secs(300);

pub(super) struct Phone {
    pub(super) client: Client,
    _folder: TempDir,
}

impl Phone {
    /// A new phone, signed in and without anything on it.
    pub(super) async fn of(person: &Person, office: &Office, server: SocketAddr) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (store, host) = (folder.path().join("phone.db"), Arc::new(SystemHost::new()));
        let client =
            Client::open(&store, key::of_store(&store), Arc::clone(&host) as Arc<_>, ClientOptions::default()).expect("the store opens");
        key::hand_over(&client, &store, host.as_ref());
        let invitation = office.invite(&person.username).await.expect("an invitation");
        client.enrol(&tcp(server), &format!("http://{server}"), &invitation.code, "phone").await.expect("the enrolment");
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
