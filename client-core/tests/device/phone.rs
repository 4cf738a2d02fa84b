//! A phone of the test: a real client on a real file, with clocks that the test moves.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use linecrew_client::{Client, ClientOptions, Execution, ItemFilter, ManualHost, RepairReport, SignIn, SignedIn};
use linecrew_protocol::{
    ids::{CrewId, DocumentId, PersonId},
    model::{
        person::{Grant, Principal, Role},
        work::WorkRow,
    },
    time::Timestamp,
    wire::Feed,
};
use tempfile::TempDir;

use crate::office::{CREW, Office, person};

pub(crate) struct Phone {
    pub(crate) client: Client,
    pub(crate) host: Arc<ManualHost>,
    pub(crate) person: PersonId,
    pub(crate) crew: CrewId,
    pub(crate) folder: TempDir,
}

pub(crate) fn report() -> RepairReport {
    RepairReport { cause: "blown fuse".to_owned(), remedy: "replaced".to_owned(), restored_at: None, handler: None }
}

pub(crate) fn inline() -> ClientOptions {
    ClientOptions { execution: Execution::Inline, ..ClientOptions::default() }
}

/// Everything that is done on site: which role does what is the protocol's subject.
fn field_grants() -> Vec<Grant> {
    let roles = [Role::RepairCrew, Role::MeterTechnician, Role::Surveyor, Role::Collector];
    roles.map(|role| Grant { role, district: None }).to_vec()
}

pub(crate) fn sign_in_of(person: PersonId, crew: CrewId) -> SignIn {
    SignIn {
        server_url: "http://localhost".to_owned(),
        person,
        name: "林强".to_owned(),
        username: "lin".to_owned(),
        grants: field_grants(),
        crew: Some((crew, "一班".to_owned())),
        token: "token".to_owned(),
        token_expires_at: Timestamp::from_unix_millis(i64::MAX),
    }
}

impl Phone {
    /// The phone of the `n`-th person of the crew.
    pub(crate) fn new(n: u8) -> Self {
        Self::with(n, CREW, inline())
    }

    pub(crate) fn with(n: u8, crew: CrewId, options: ClientOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Arc::new(ManualHost::new(u64::from(n), Timestamp::from_unix_millis(1_790_000_000_000)));
        let client = Client::open(&folder.path().join("phone.db"), host.clone(), options).unwrap();
        let signed_in = client.sign_in(sign_in_of(person(n), crew)).unwrap();
        assert_eq!(signed_in, SignedIn::Ready);
        Self { client, host, person: person(n), crew, folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("phone.db")
    }

    /// Closes the store and opens it again, as a restarted app does.
    pub(crate) fn restart(&mut self) {
        self.client.clone().close().unwrap();
        self.client = Client::open(&self.path(), self.host.clone(), inline()).unwrap();
    }

    pub(crate) fn feed(&self) -> Feed {
        Feed::Crew(self.crew)
    }

    pub(crate) fn principal(&self) -> Principal {
        let grants = field_grants();
        Principal { person: self.person, installation: self.client.installation(), grants, crew: Some(self.crew) }
    }

    pub(crate) fn cursor(&self) -> u64 {
        self.cursor_of(self.feed())
    }

    pub(crate) fn cursor_of(&self, feed: Feed) -> u64 {
        let (hand, _) = self.client.hand().unwrap().unwrap();
        hand.hello.positions.iter().find(|position| position.feed == feed).map_or(0, |position| position.seq)
    }

    pub(crate) fn first_pending(&self) -> u64 {
        self.client.hand().unwrap().unwrap().0.first_pending
    }

    pub(crate) fn greet(&self, office: &Office) {
        self.client.store_welcome(office.welcome(self.client.installation(), self.crew), 40).unwrap();
    }

    pub(crate) fn pull(&self, office: &Office) {
        for feed in self.client.status().unwrap().feeds {
            let entries = office.tail(feed.feed, self.cursor_of(feed.feed), self.client.installation());
            self.client.store_entries(entries).unwrap();
        }
    }

    /// Sends everything that has no answer, and stores the answers, until there is nothing left.
    pub(crate) fn push(&self, office: &mut Office) {
        while let Some(push) = self.client.push_from(self.first_pending()).unwrap() {
            self.client.mark_sent(&push).unwrap();
            let acked = office.push(&self.principal(), &push);
            self.client.store_acked(acked).unwrap();
        }
    }

    pub(crate) fn sync(&self, office: &mut Office) {
        self.greet(office);
        self.push(office);
        self.pull(office);
        self.push(office);
    }

    /// Fails unless phone and office hold the same, heads and rows.
    pub(crate) fn assert_equal_to(&self, office: &Office, context: &str) {
        assert_eq!(self.client.compare(&office.caught_up(self.feed())).unwrap(), Vec::new(), "digests differ: {context}");
        assert_eq!(self.rows(), office.rows(self.feed()), "rows differ: {context}");
    }

    pub(crate) fn rows(&self) -> BTreeMap<DocumentId, WorkRow> {
        let items = self.client.items(ItemFilter::default()).unwrap();
        items.into_iter().map(|item| (item.row.id, item.row)).collect()
    }
}
