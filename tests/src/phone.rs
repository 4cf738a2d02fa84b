//! A phone: the real device library with a store of its own, in a folder of its own, behind a link of its own.
//!
//! Every edit that a command returned is written into the phone's [`Journal`], outside of the phone, as the person would remember it: that is
//! what must never be lost, whatever happens to the phone, its link or the server.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use linecrew_client::{
    Client, ClientOptions, CommandError, EditsFilter, EnrolError, InboxBody, InboxItem, ItemFilter, ItemRow, SavedEdit, StatusView,
    collection::Issued,
    driver::{DriverOptions, SyncDriver, SyncReport},
    transport::{Cleartext, ServerAddress, TcpTransport, Timeouts, Trust},
};
use linecrew_protocol::{
    enrolment::InviteCode,
    ids::{DocumentId, InstallationId},
    model::work::{WorkCommand, WorkEvent, WorkView},
    wire::Withdrawal,
};
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};

use crate::{
    clock::{PhoneClock, World},
    key,
    link::Link,
    office::Office,
    organisation::Person,
    seed::Seed,
};

mod journal;
mod till;

pub use journal::{Journal, Remembered};

/// How long a phone waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long one request of [`Phone::sync`] and all that follow from it may take.
const SYNC_WITHIN: Duration = Duration::from_secs(30);

/// A phone and the person who holds it.
#[derive(Debug)]
pub struct Phone {
    /// Who holds it.
    pub person: Person,
    /// Its way to the server.
    pub link: Link,
    /// Its clocks.
    pub clock: Arc<PhoneClock>,
    /// What was confirmed on it.
    pub journal: Journal,
    /// Receipts that customers hold.
    pub printed: Vec<Issued>,
    folder: PathBuf,
    seed: Seed,
    client: Client,
    /// Whom it believes; in the clear without one.
    trust: Option<Trust>,
    live: Option<Live>,
}

/// The driver at work.
#[derive(Debug)]
struct Live {
    driver: Arc<SyncDriver>,
    work: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Phone {
    /// A new phone that nobody has signed in on, with its store in `folder`.
    ///
    /// # Panics
    /// The folder cannot be used.
    #[must_use]
    pub fn new(person: &Person, server: SocketAddr, folder: &Path, world: &Arc<World>, seed: Seed) -> Self {
        let clock = Arc::new(PhoneClock::right(Arc::clone(world), seed));
        let link = Link::to(server, seed).expect("a link on loopback");
        std::fs::create_dir_all(folder).expect("a folder for the phone");
        let client = open(folder, &clock);
        Self {
            person: person.clone(),
            link,
            clock,
            journal: Journal::default(),
            printed: Vec::new(),
            folder: folder.to_owned(),
            seed,
            client,
            trust: None,
            live: None,
        }
    }

    /// Speaks TLS from now on, and believes these.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { trust: Some(trust), ..self }
    }

    /// Enrols with an invitation by the office, and stays connected from then on.
    ///
    /// # Errors
    /// The server refused, or is not reached.
    ///
    /// # Panics
    /// The office cannot invite the person.
    pub async fn enrol(&mut self, office: &Office) -> Result<(), EnrolError> {
        let invitation = office.invite(&self.person.username).await.expect("an invitation");
        self.enrol_by(&invitation.code).await
    }

    /// The same with an invitation that was given already.
    ///
    /// # Errors
    /// The server refused, or is not reached.
    pub async fn enrol_by(&mut self, code: &InviteCode) -> Result<(), EnrolError> {
        let name = format!("{}的手机", self.person.name);
        self.client.enrol(&self.transport(), &self.url(), code, &name).await?;
        self.wake();
        Ok(())
    }

    /// Keeps a live connection from now on, as an app on the screen does.
    pub fn wake(&mut self) {
        if self.live.is_some() {
            return;
        }
        let driver = Arc::new(self.driver());
        let (stop, stopped) = oneshot::channel();
        let at_work = Arc::clone(&driver);
        let work = tokio::spawn(async move { at_work.run(async { drop(stopped.await) }).await });
        self.live = Some(Live { driver, work, stop });
    }

    /// Ends the live connection in an orderly way, as an app in the background does. [`sync`](Self::sync) still works.
    ///
    /// # Panics
    /// The driver panicked.
    pub async fn rest(&mut self) {
        if let Some(Live { work, stop, .. }) = self.live.take() {
            // It may have gone already; awaiting it says how.
            stop.send(()).ok();
            work.await.expect("the driver ends well");
        }
    }

    /// Sends and fetches everything in single requests, as a background task does.
    pub async fn sync(&self) -> SyncReport {
        self.driver().sync_once(SYNC_WITHIN).await
    }

    /// Loses the network.
    pub fn go_offline(&self) {
        self.link.down();
    }

    /// Has the network again, and notices.
    ///
    /// # Panics
    /// The link's port cannot be listened on.
    pub fn come_back(&self) {
        self.link.up().expect("our own port");
        self.nudge();
    }

    /// Tries at once instead of waiting.
    pub fn nudge(&self) {
        if let Some(live) = &self.live {
            live.driver.nudge();
        }
    }

    /// The app dies in the middle of whatever it does, and is opened again. Its clocks go on.
    ///
    /// # Panics
    /// The store does not open again.
    pub async fn restart(&mut self) {
        let was_awake = self.live.is_some();
        self.die().await;
        self.client = open(&self.folder, &self.clock);
        if was_awake {
            self.wake();
        }
    }

    /// The phone itself is switched off and on: the app dies, and the monotonic clock begins again.
    ///
    /// # Panics
    /// As [`restart`](Self::restart).
    pub async fn reboot(&mut self) {
        self.clock.reboot();
        self.restart().await;
    }

    async fn die(&mut self) {
        if let Some(Live { work, .. }) = self.live.take() {
            work.abort();
            drop(work.await);
        }
    }

    /// The library itself, for whatever has no word here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The installation of the app.
    #[must_use]
    pub fn installation(&self) -> InstallationId {
        self.client.installation()
    }

    /// The folder of its store.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of its store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        store_in(&self.folder)
    }

    fn driver(&self) -> SyncDriver {
        let mut options = DriverOptions::new(self.seed.child("jitter").0);
        // A black hole is noticed within a test's patience.
        (options.answer_within, options.welcome_within) = (Duration::from_secs(3), Duration::from_secs(3));
        SyncDriver::new(self.client.clone(), Arc::new(self.transport()), options)
    }

    fn transport(&self) -> TcpTransport {
        let address = ServerAddress::parse(&self.url(), Cleartext::LoopbackOnly).expect("a link's address");
        let patience = Timeouts { connect: Duration::from_secs(3), reply: Duration::from_secs(15) };
        TcpTransport::with_timeouts(address, patience).trusting(self.trust.as_ref().unwrap_or(&Trust::PublicCas))
    }

    fn url(&self) -> String {
        let scheme = if self.trust.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.link.address())
    }
}

/// What the person does. Each command is on this phone's disk when it returns.
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `CommandError`, which says them")]
impl Phone {
    /// Takes the item.
    pub fn accept(&mut self, item: DocumentId) -> Result<SavedEdit, CommandError> {
        self.record(item, WorkEvent::Accepted)
    }

    /// Sets out.
    pub fn depart(&mut self, item: DocumentId) -> Result<SavedEdit, CommandError> {
        self.record(item, WorkEvent::Departed)
    }

    /// Is there.
    pub fn arrive(&mut self, item: DocumentId) -> Result<SavedEdit, CommandError> {
        self.record(item, WorkEvent::Arrived)
    }

    /// Begins to work.
    pub fn start_work(&mut self, item: DocumentId) -> Result<SavedEdit, CommandError> {
        self.pass_the_gate(item)?;
        self.own(item, "work_started", Value::Null)
    }

    /// Is done.
    pub fn complete(&mut self, item: DocumentId, cause: &str, remedy: &str) -> Result<SavedEdit, CommandError> {
        self.own(item, "completed", json!({"cause": cause, "remedy": remedy}))
    }

    /// Takes a step of the kind's own.
    pub fn own(&mut self, item: DocumentId, step: &str, body: Value) -> Result<SavedEdit, CommandError> {
        self.record(item, WorkEvent::own(step, body))
    }

    /// Takes the safety steps that are still to take, each an edit of its own.
    pub fn pass_the_gate(&mut self, item: DocumentId) -> Result<(), CommandError> {
        let missing = self.view(item).map(|view| view.safety.missing).unwrap_or_default();
        for step in missing {
            self.record(item, WorkEvent::SafetyRecorded { step, detail: "GZP-118".to_owned() })?;
        }
        Ok(())
    }

    /// Writes a line.
    pub fn note(&mut self, item: DocumentId, text: &str) -> Result<SavedEdit, CommandError> {
        self.execute(item, WorkCommand::Note { text: text.to_owned() })
    }

    /// Writes down material.
    pub fn use_material(&mut self, item: DocumentId, name: &str, quantity: f64, unit: &str) -> Result<SavedEdit, CommandError> {
        let saved = self.client.record_material(item, name, quantity, unit)?;
        Ok(self.journal.keep(saved))
    }

    /// Records any event.
    pub fn record(&mut self, item: DocumentId, event: WorkEvent) -> Result<SavedEdit, CommandError> {
        self.execute(item, WorkCommand::Record(event))
    }

    /// Does anything.
    pub fn execute(&mut self, item: DocumentId, command: WorkCommand) -> Result<SavedEdit, CommandError> {
        let saved = self.client.execute(item, command)?;
        Ok(self.journal.keep(saved))
    }
}

/// What the person sees. Reading cannot fail unless the phone is broken, and a broken phone is a failed test.
#[expect(clippy::missing_panics_doc, reason = "they panic when the store cannot be read")]
impl Phone {
    /// Whether the item is on this phone and still the crew's.
    #[must_use]
    pub fn holds(&self, item: DocumentId) -> bool {
        self.row(item).is_some_and(|row| row.withdrawn.is_none())
    }

    /// The item's row.
    #[must_use]
    pub fn row(&self, item: DocumentId) -> Option<ItemRow> {
        self.items().into_iter().find(|row| row.row.id == item)
    }

    /// Everything about the item.
    #[must_use]
    pub fn view(&self, item: DocumentId) -> Option<WorkView> {
        self.client.item(item).expect("the phone reads its items").map(|item| item.view)
    }

    /// All rows.
    #[must_use]
    pub fn items(&self) -> Vec<ItemRow> {
        self.client.items(ItemFilter::default()).expect("the phone reads its items")
    }

    /// What the person has to know or decide.
    #[must_use]
    pub fn inbox(&self) -> Vec<InboxItem> {
        self.client.inbox().expect("the phone reads its inbox")
    }

    /// Why the item was taken away, when the inbox says that it was.
    #[must_use]
    pub fn withdrawal(&self, item: DocumentId) -> Option<Withdrawal> {
        self.inbox().into_iter().filter(|entry| entry.document == item).find_map(|entry| match entry.body {
            InboxBody::Withdrawn(withdrawal) => Some(withdrawal),
            InboxBody::Refused { .. } => None,
        })
    }

    /// How it stands with the server.
    #[must_use]
    pub fn status(&self) -> StatusView {
        self.client.status().expect("the phone reads its status")
    }

    /// Edits that the server has not answered.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.status().pending()
    }

    /// All edits of this installation.
    #[must_use]
    pub fn edits(&self) -> Vec<linecrew_client::EditView> {
        self.client.edits(EditsFilter::default()).expect("the phone reads its edits")
    }

    /// Waits until the phone looks like this.
    ///
    /// # Panics
    /// It does not within [`PATIENCE`]; the message says what was waited for and how the phone stands.
    pub async fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        let mut observer = self.client.observe();
        let waiting = async {
            while !so(self) {
                observer.changed_async().await.expect("the phone reads its store");
            }
        };
        if timeout(PATIENCE, waiting).await.is_err() {
            let link = self.live.as_ref().map(|live| live.driver.link().borrow().clone());
            let (name, status, inbox) = (&self.person.name, self.status(), self.inbox());
            panic!("{name}'s phone did not come to: {what}\nconnection: {link:?}\nstatus: {status:?}\ninbox: {inbox:?}");
        }
    }

    /// Waits until the item is on this phone.
    ///
    /// # Panics
    /// As [`until`](Self::until).
    pub async fn receives(&self, item: DocumentId) {
        self.until("holding the item", |phone| phone.holds(item)).await;
    }

    /// Waits until the item is no longer this phone's.
    ///
    /// # Panics
    /// As [`until`](Self::until).
    pub async fn loses(&self, item: DocumentId) {
        self.until("losing the item", |phone| !phone.holds(item)).await;
    }

    /// Waits until the server has answered every edit.
    ///
    /// # Panics
    /// As [`until`](Self::until).
    pub async fn is_answered(&self) {
        self.until("having no pending edits", |phone| phone.pending() == 0).await;
    }

    /// Waits until the connection is open.
    ///
    /// # Panics
    /// It does not within [`PATIENCE`], or the phone is asleep.
    pub async fn is_connected(&self) {
        let live = self.live.as_ref().expect("the phone is awake");
        let mut link = live.driver.link();
        let connected = timeout(PATIENCE, link.wait_for(linecrew_client::driver::LinkState::is_live)).await;
        assert!(connected.is_ok_and(|open| open.is_ok()), "{}'s phone did not connect", self.person.name);
    }
}

fn open(folder: &Path, clock: &Arc<PhoneClock>) -> Client {
    let host: Arc<PhoneClock> = Arc::clone(clock);
    let store = store_in(folder);
    let client = Client::open(&store, key::of_store(&store), host, ClientOptions::default()).expect("the phone's store opens");
    key::hand_over(&client, &store, clock.as_ref());
    client
}

fn store_in(folder: &Path) -> PathBuf {
    folder.join("phone.db")
}
