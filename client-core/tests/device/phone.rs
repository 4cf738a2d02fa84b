//! A phone of the test: a real client on a real file, with clocks that the test moves.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use linecrew_client::{
    Client, ClientOptions, DeviceKey, Execution, FileDatabaseKey, FileKey, ItemFilter, KeyUnavailable, ManualHost, RepairReport, SignIn,
    SignedIn,
};
use linecrew_protocol::{
    ids::{CrewId, DocumentId, PersonId},
    key::{PublicKey, Signature},
    model::{
        person::{Grant, Principal, Role},
        work::WorkRow,
    },
    time::Timestamp,
    wire::{Feed, Push},
};
use tempfile::TempDir;

use crate::office::{CREW, Office, person};

pub(crate) struct Phone {
    pub(crate) client: Client,
    pub(crate) host: Arc<ManualHost>,
    pub(crate) person: PersonId,
    pub(crate) crew: CrewId,
    pub(crate) folder: TempDir,
    pub(crate) keystore: Arc<Keystore>,
}

/// What a keystore does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Works,
    Locked,
    /// It answers with signatures that fit nothing.
    Lies,
}

/// A keystore that does as it is told.
pub(crate) struct Keystore {
    key: FileKey,
    mood: Mutex<Mood>,
}

impl Keystore {
    /// The keystore of a phone in `folder`.
    pub(crate) fn in_folder(folder: &Path, host: &ManualHost) -> Arc<Self> {
        Arc::new(Self { key: FileKey::open(&folder.join("device.key"), host).unwrap(), mood: Mutex::new(Mood::Works) })
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Does something with the keystore unlocked, as a person who looks at the phone.
    pub(crate) fn unlocked<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = std::mem::replace(&mut *self.mood.lock().unwrap(), Mood::Works);
        let done = work();
        self.set(before);
        done
    }

    pub(crate) fn public(&self) -> PublicKey {
        self.key.public_key().unwrap()
    }

    fn mood(&self) -> Result<Mood, KeyUnavailable> {
        match *self.mood.lock().unwrap() {
            Mood::Locked => Err(KeyUnavailable::because("locked")),
            mood => Ok(mood),
        }
    }
}

impl DeviceKey for Keystore {
    fn public_key(&self) -> Result<PublicKey, KeyUnavailable> {
        self.mood()?;
        self.key.public_key()
    }

    fn sign(&self, hash: &[u8; 32]) -> Result<Signature, KeyUnavailable> {
        match self.mood()? {
            Mood::Lies => self.key.sign(&[0; 32]),
            _ => self.key.sign(hash),
        }
    }
}

/// The key of the store at `path`, in a file beside it.
pub(crate) fn key_of(path: &Path) -> Arc<FileDatabaseKey> {
    Arc::new(FileDatabaseKey::at(&path.with_file_name("store.key")))
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
        refresh_token: "refresh-0".to_owned(),
        refresh_expires_at: Timestamp::from_unix_millis(i64::MAX),
        server_time: Timestamp::from_unix_millis(1_790_000_000_000),
    }
}

impl Phone {
    /// The phone of the `n`-th person of the crew.
    pub(crate) fn new(n: u8) -> Self {
        Self::with(n, CREW, inline())
    }

    pub(crate) fn with(n: u8, crew: CrewId, options: ClientOptions) -> Self {
        let phone = Self::bare(n, crew, options);
        let signed_in = phone.client.sign_in(sign_in_of(person(n), crew)).unwrap();
        assert_eq!(signed_in, SignedIn::Ready);
        phone
    }

    /// A phone that is nobody's yet.
    pub(crate) fn bare(n: u8, crew: CrewId, options: ClientOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Arc::new(ManualHost::new(u64::from(n), Timestamp::from_unix_millis(1_790_000_000_000)));
        let path = folder.path().join("phone.db");
        let client = Client::open(&path, key_of(&path), host.clone(), options).unwrap();
        let keystore = Keystore::in_folder(folder.path(), &host);
        client.set_device_key(keystore.clone());
        Self { client, host, person: person(n), crew, folder, keystore }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("phone.db")
    }

    /// Closes the store and opens it again, as a restarted app does.
    pub(crate) fn restart(&mut self) {
        self.client.clone().close().unwrap();
        self.open(&self.path(), inline());
    }

    /// Opens a store as this phone's, with its key.
    pub(crate) fn open(&mut self, path: &Path, options: ClientOptions) {
        self.client = Client::open(path, key_of(path), self.host.clone(), options).unwrap();
        self.client.set_device_key(self.keystore.clone());
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
        let feeds = self.client.status().unwrap().feeds;
        feeds.iter().find(|known| known.feed == feed).and_then(|known| known.cursor).unwrap_or(0)
    }

    pub(crate) fn first_pending(&self) -> u64 {
        self.keystore.unlocked(|| self.client.hand().unwrap().unwrap().0.first_pending)
    }

    /// What waits, as it is sent: signed, whatever it holds.
    pub(crate) fn next_push(&self) -> Option<Push> {
        let push = self.keystore.unlocked(|| self.client.push_from(self.first_pending()).unwrap())?;
        assert!(push.is_signed(self.client.installation(), &self.keystore.public()));
        Some(push)
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
        while let Some(push) = self.next_push() {
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
