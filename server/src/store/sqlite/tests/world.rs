//! An office, two crews and their phones, on a store in a temporary folder.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use linecrew_protocol::{
    Automerge, Refusal,
    digest::{Digest, fingerprint},
    gate::{inspect, receive},
    ids::{BootId, CrewId, DistrictId, DocumentId, EventId, InstallationId, PersonId},
    key::{ChainLink, PublicKey, Signature, Statement},
    model::{
        command::Author,
        form, kinds,
        person::{Grant, Principal, Role},
        policy::Policy,
        reference::Reference,
        work::{AreaClass, Customer, NewOrder, Priority, Site, WorkCommand, WorkEvent, command::execute},
    },
    sync::Page,
    time::{Evidence, Sighting, Timestamp},
    wire::{Acked, Edit, EntryKind, Feed, Push, Verdict, Withdrawal},
};
use linecrew_sqlite::{Execution, Options};
use p256::ecdsa::{SigningKey, signature::Signer};
use serde_json::json;
use tempfile::TempDir;

use super::super::{Settings, SqliteStore};
use crate::rulebook::Rulebook;
use crate::store::{
    BoardDetail, BoardRow, CrewRecord, Delivery, DistrictRecord, Effects, NewPerson, OfficeCommand, OfficeOrder, Ordered, Organisation,
    Store, StoreError, TakeOrder, Taken,
    register::{Enrolled, Enrolling, NewInvite, Register as _},
};

pub(crate) const DISTRICT: DistrictId = DistrictId::from_bytes([0xD; 16]);
pub(crate) const CREW_A: CrewId = CrewId::from_bytes([0xA; 16]);
pub(crate) const CREW_B: CrewId = CrewId::from_bytes([0xB; 16]);
pub(crate) const FEED_A: Feed = Feed::Crew(CREW_A);
pub(crate) const FEED_B: Feed = Feed::Crew(CREW_B);
pub(crate) const REFERENCE: Feed = Feed::Reference(DISTRICT);
const START: i64 = 1_795_363_200_000;

/// Everything that is done on site; which role does what is a subject of its own.
const FIELD_ROLES: [Role; 4] = [Role::RepairCrew, Role::MeterTechnician, Role::Surveyor, Role::Collector];

/// People by number: 1 dispatcher, 2 and 3 crew A, 4 crew B, 5 hotline.
const PEOPLE: [(u8, &str, Role, Option<CrewId>); 5] = [
    (1, "王芳", Role::Dispatcher, None),
    (2, "张伟", Role::RepairCrew, Some(CREW_A)),
    (3, "李娜", Role::RepairCrew, Some(CREW_A)),
    (4, "陈强", Role::RepairCrew, Some(CREW_B)),
    (5, "95598", Role::Integrator, None),
];

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

pub(crate) fn organisation() -> Organisation {
    let crew = |id, name: &str| CrewRecord { id, name: name.into(), district: DISTRICT };
    let people = PEOPLE.iter().map(|(number, name, role, crew)| NewPerson {
        id: person(*number),
        name: (*name).into(),
        username: format!("u{number}"),
        password_hash: "$argon2id$".into(),
        roles: grants(*role),
        crew: *crew,
        qualifications: Vec::new(),
    });
    Organisation {
        districts: vec![DistrictRecord { id: DISTRICT, name: "鼓楼供电所".into() }],
        crews: vec![crew(CREW_A, "抢修一班"), crew(CREW_B, "抢修二班")],
        people: people.collect(),
    }
}

fn grants(role: Role) -> Vec<Grant> {
    let roles = if role == Role::RepairCrew { FIELD_ROLES.to_vec() } else { vec![role] };
    roles.into_iter().map(|role| Grant { role, district: Some(DISTRICT) }).collect()
}

/// The standard's limits without its safety gate, which is a story of its own.
pub(crate) fn without_gate() -> Settings {
    let kinds = kinds::ALL.into_iter().map(|kind| (kind.describe().name.to_owned(), Vec::new()));
    let policy = Policy { safety: kinds.collect(), ..Policy::default() };
    Settings { rulebook: Rulebook { policy, ..Rulebook::default() }, ..Settings::default() }
}

pub(crate) struct World {
    folder: TempDir,
    pub(crate) store: Arc<SqliteStore>,
    now: AtomicI64,
    keys: AtomicI64,
}

impl World {
    /// Everything on the calling thread.
    pub(crate) async fn inline() -> Self {
        Self::with(Options { execution: Execution::Inline, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self::under(options, without_gate()).await
    }

    pub(crate) async fn under(options: Options, settings: Settings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open_with(&folder.path().join("store.db"), options, settings).expect("a store");
        store.import(organisation()).await.expect("people");
        Self { folder, store, now: AtomicI64::new(START), keys: AtomicI64::new(0) }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.now.load(Ordering::SeqCst))
    }

    /// Time passes.
    pub(crate) fn pass_days(&self, days: i64) {
        self.now.fetch_add(days * 24 * 60 * 60 * 1_000, Ordering::SeqCst);
    }

    /// A second passes.
    pub(crate) fn tick(&self) -> Timestamp {
        self.now.fetch_add(1_000, Ordering::SeqCst);
        self.now()
    }

    /// An order of this kind, of a customer who left no number (a number is a subject of its own).
    pub(crate) fn new_order(&self, kind: &str, about: serde_json::Value) -> TakeOrder {
        let now = self.tick();
        let serde_json::Value::Object(about) = about else { panic!("an object") };
        TakeOrder {
            by: principal(1, None),
            by_name: "王芳".into(),
            idempotency_key: self.keys.fetch_add(1, Ordering::SeqCst).to_string(),
            body_hash: [7; 32],
            district: DISTRICT,
            order: NewOrder {
                kind: kind.into(),
                customer: Customer { name: "陈秀英".into(), phone: None, account: None, arrears_fen: None },
                site: Site { address: "鼓楼区温泉街道 12 号".into(), street_code: None },
                area_class: AreaClass::Urban,
                priority: Priority::Normal,
                on_road: false,
                at_height: false,
                about,
            },
            reported_at: now,
            appointment: None,
            now,
        }
    }

    /// A report of a fault.
    pub(crate) fn fault(&self, priority: Priority) -> TakeOrder {
        let mut fault = self.new_order(kinds::REPAIR, json!({"fault": {"category": "no_power", "description": "全楼停电"}}));
        fault.order.priority = priority;
        fault
    }

    pub(crate) async fn taken(&self, order: TakeOrder) -> DocumentId {
        match self.store.take_order(order).await.expect("stored") {
            Taken::Created(row, _) => row.row.id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn report(&self, priority: Priority) -> DocumentId {
        self.taken(self.fault(priority)).await
    }

    pub(crate) async fn order(&self, kind: &str, about: serde_json::Value) -> DocumentId {
        self.taken(self.new_order(kind, about)).await
    }

    pub(crate) async fn office(&self, document: DocumentId, command: OfficeCommand) -> Result<Ordered, StoreError> {
        let order = OfficeOrder { by: principal(1, None), by_name: "王芳".into(), document, command, now: self.tick() };
        self.store.order(order).await
    }

    pub(crate) async fn assign(&self, document: DocumentId, crew: CrewId) -> (BoardRow, Effects) {
        let reason = Some("就近".to_owned());
        match self.office(document, OfficeCommand::Assign { crew, reason }).await.expect("stored") {
            Ordered::Done(row, effects) => (row, effects),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn decide(&self, document: DocumentId, event: WorkEvent) -> BoardRow {
        match self.office(document, OfficeCommand::Other(WorkCommand::Record(event))).await.expect("stored") {
            Ordered::Done(row, _) => row,
            other => panic!("{other:?}"),
        }
    }

    /// A new item in the hands of crew A.
    pub(crate) async fn item(&self) -> DocumentId {
        let document = self.report(Priority::Normal).await;
        self.assign(document, CREW_A).await;
        document
    }

    pub(crate) async fn phone(&self, number: u8) -> Phone {
        let crew = PEOPLE.iter().find(|(n, ..)| *n == number).and_then(|(.., crew)| *crew);
        let phone = Phone::new(principal(number, crew));
        self.enrol(&phone).await;
        phone
    }

    /// Makes a phone its person's, with a code of its own.
    pub(crate) async fn enrol(&self, phone: &Phone) -> Enrolled {
        let Principal { person, installation, .. } = phone.principal;
        let (now, code) = (self.now(), random());
        let invite = NewInvite { code, person, by: person, now, expires_at: now.plus_ms(900_000) };
        assert!(self.store.invite(invite).await.expect("stored"), "nobody has this id");
        let (family, secret) = (random()[..16].try_into().unwrap(), random());
        let family_expires_at = now.plus_ms(3_600_000);
        let enrolling = Enrolling {
            installation,
            name: "手机".into(),
            key: phone.public_key(),
            code,
            family: (family, secret),
            now,
            family_expires_at,
        };
        self.store.enrol(enrolling).await.expect("stored")
    }

    pub(crate) async fn push(&self, phone: &Phone, push: Push) -> Result<(Acked, Effects), StoreError> {
        self.store.deliver(Delivery { principal: phone.principal.clone(), push, now: self.tick() }).await
    }

    /// Sends everything from `first_seq` on.
    pub(crate) async fn send(&self, phone: &Phone, first_seq: u64) -> Acked {
        self.push(phone, phone.outbox(first_seq)).await.expect("stored").0
    }

    pub(crate) async fn send_if_any(&self, phone: &Phone, first_seq: u64) -> Option<Acked> {
        if phone.edits.len() as u64 >= first_seq { Some(self.send(phone, first_seq).await) } else { None }
    }

    pub(crate) async fn page(&self, phone: &Phone, feed: Feed) -> Page {
        let at = phone.feeds.get(&feed).cloned().unwrap_or_default();
        self.store.page(phone.principal.installation, feed, at.cursor, at.transfer).await.expect("a page")
    }

    /// Reads the feed to its end; answers with how many pages that took.
    pub(crate) async fn pull(&self, phone: &mut Phone, feed: Feed) -> usize {
        for pages in 1..1_000 {
            let page = self.page(phone, feed).await;
            let more = page.more;
            let digest = page.digest;
            phone.store_page(feed, page);
            if !more {
                assert_eq!(phone.digest(feed), digest, "phone {} holds what the feed holds", phone.principal.person.short());
                return pages;
            }
        }
        panic!("the feed does not end");
    }

    pub(crate) async fn detail(&self, document: DocumentId) -> BoardDetail {
        self.store.detail(document).await.expect("read").expect("there")
    }

    /// The reason for which the office is refused.
    pub(crate) async fn refused(&self, document: DocumentId, command: OfficeCommand) -> Refusal {
        match self.office(document, command).await.expect("stored") {
            Ordered::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn row(&self, document: DocumentId) -> BoardRow {
        let detail = self.detail(document).await;
        BoardRow { revision: detail.revision, updated_at: detail.updated_at, row: detail.view.row }
    }
}

pub(crate) fn principal(number: u8, crew: Option<CrewId>) -> Principal {
    let role = PEOPLE.iter().find(|(n, ..)| *n == number).map_or(Role::RepairCrew, |(_, _, role, _)| *role);
    Principal { person: person(number), installation: InstallationId::from_bytes([0x10 + number; 16]), grants: grants(role), crew }
}

/// Where a phone is in a feed, and which documents it holds because of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Position {
    pub(crate) cursor: u64,
    pub(crate) transfer: Option<Vec<u8>>,
    pub(crate) documents: BTreeMap<DocumentId, Automerge>,
    pub(crate) listed: Vec<DocumentId>,
}

#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub(crate) principal: Principal,
    pub(crate) feeds: BTreeMap<Feed, Position>,
    /// The outbox: every edit ever made, from number 1.
    pub(crate) edits: Vec<Edit>,
    pub(crate) withdrawals: Vec<(DocumentId, Withdrawal)>,
    /// Change bytes received.
    pub(crate) received: usize,
    /// What this phone shows: accepted documents with its own pending edits.
    pub(crate) shown: BTreeMap<DocumentId, Automerge>,
    /// The forms on it.
    pub(crate) reference: Reference,
    /// How far its clock is ahead of the story's beginning, beside a second for every edit.
    pub(crate) later_ms: i64,
    key: SigningKey,
}

impl Phone {
    fn new(principal: Principal) -> Self {
        // One person, one phone, one key: what is signed is the same in every run.
        let [.., number] = *principal.person.as_bytes();
        Self {
            key: SigningKey::from_slice(&[number; 32]).expect("a key"),
            principal,
            feeds: BTreeMap::new(),
            edits: Vec::new(),
            withdrawals: Vec::new(),
            received: 0,
            shown: BTreeMap::new(),
            reference: Reference::of(form::shipped()),
            later_ms: 0,
        }
    }

    pub(crate) fn author(&self, generation: u32) -> Author {
        let device_seq = self.edits.len() as u64 + 1;
        let boot = BootId::from_bytes([1; 16]);
        let begun = Timestamp::from_unix_millis(START + self.later_ms);
        let now = begun.plus_ms(1_000 * device_seq);
        let sighting = Sighting { server: begun, round_trip_ms: 50, monotonic_ms: 0, boot };
        let mut random = [0; 10];
        random[..8].copy_from_slice(&device_seq.to_be_bytes());
        random[8] = self.principal.installation.as_bytes()[0];
        random[9] = generation.to_be_bytes()[3];
        Author {
            principal: self.principal.clone(),
            name: None,
            device_seq,
            evidence: Evidence { wall: now, monotonic_ms: device_seq * 1_000, boot, sighting: Some(sighting) },
            event: EventId::new(now, random),
            generation,
        }
    }

    /// Carries out a command and puts the edit into the outbox.
    pub(crate) fn try_run(&mut self, document: DocumentId, command: &WorkCommand) -> Result<u64, Refusal> {
        let author = self.author(0);
        let before = self.shown.get(&document).cloned().unwrap_or_default();
        let written = execute(&before, command, &author, &self.reference)?;
        self.shown.insert(document, written.document);
        self.edits.push(Edit { document, generation: 0, change: written.change.raw_bytes().to_vec().into(), lost: None });
        Ok(author.device_seq)
    }

    pub(crate) fn run(&mut self, document: DocumentId, command: &WorkCommand) -> u64 {
        self.try_run(document, command).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    pub(crate) fn record(&mut self, document: DocumentId, event: WorkEvent) -> u64 {
        self.run(document, &WorkCommand::Record(event))
    }

    pub(crate) fn note(&mut self, document: DocumentId, text: &str) -> u64 {
        self.run(document, &WorkCommand::Note { text: text.into() })
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.key.verifying_key().to_encoded_point(true).as_bytes().try_into().expect("33 bytes"))
    }

    pub(crate) fn sign(&self, hash: &[u8; 32]) -> Signature {
        let signature: p256::ecdsa::Signature = self.key.sign(hash);
        Signature::from_bytes(signature.to_bytes().into())
    }

    pub(crate) fn outbox(&self, first_seq: u64) -> Push {
        self.push_of(first_seq, self.edits.iter().skip(place(first_seq)).cloned().collect())
    }

    /// These edits, signed, as what comes after the outbox's edits before that number.
    pub(crate) fn push_of(&self, first_seq: u64, edits: Vec<Edit>) -> Push {
        let previous = chained(ChainLink::START, self.edits.iter().take(place(first_seq)));
        let last_seq = first_seq + edits.len() as u64 - 1;
        let link = chained(previous, &edits);
        let signature = self.sign(&Statement::Batch { installation: self.principal.installation, last_seq, link: &link }.hash());
        Push { first_seq, edits, previous, signature }
    }

    pub(crate) fn store_page(&mut self, feed: Feed, page: Page) {
        let position = self.feeds.entry(feed).or_default();
        for entry in page.entries {
            let document = entry.document;
            position.listed.push(document);
            match entry.kind {
                EntryKind::Leave(withdrawal) => {
                    position.documents.remove(&document);
                    self.shown.remove(&document);
                    self.withdrawals.push((document, withdrawal));
                    continue;
                }
                EntryKind::Enter => drop(position.documents.remove(&document)),
                EntryKind::Changed => {}
            }
            self.received += entry.changes.iter().map(|record| record.change.len()).sum::<usize>();
            let changes: Vec<_> = entry.changes.iter().map(|record| inspect(&record.change).expect("honest")).collect();
            let held = position.documents.entry(document).or_default();
            receive(held, &changes).expect("in order");
            let shown = self.shown.entry(document).or_default();
            shown.merge(held).expect("merge");
        }
        if page.transfer_done {
            let listed = std::mem::take(&mut position.listed);
            position.documents.retain(|document, _| listed.contains(document));
        }
        position.cursor = page.cursor;
        position.transfer = page.transfer.map(Into::into);
        if position.transfer.is_none() {
            position.listed.clear();
        }
    }

    /// Own edits that were accepted are held without being sent back.
    pub(crate) fn store_acked(&mut self, feed: Feed, acked: &Acked) {
        for outcome in acked.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Accepted) {
            let edit = &self.edits[place(outcome.device_seq)];
            let held = self.feeds.entry(feed).or_default().documents.get_mut(&edit.document);
            if let Some(held) = held {
                receive(held, &[inspect(&edit.change).expect("honest")]).expect("in order");
            }
        }
    }

    pub(crate) fn digest(&self, feed: Feed) -> Digest {
        let held = self.feeds.get(&feed).into_iter().flat_map(|position| &position.documents);
        held.fold(Digest::EMPTY, |sum, (id, document)| sum.plus(fingerprint(*id, &document.get_heads())))
    }

    pub(crate) fn holds(&self, feed: Feed, document: DocumentId) -> bool {
        self.feeds.get(&feed).is_some_and(|position| position.documents.contains_key(&document))
    }
}

/// A phone of crew A with one item, offline from here on.
pub(crate) async fn out_with_an_item() -> (World, DocumentId, Phone) {
    let world = World::inline().await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    (world, item, phone)
}

/// What the phone of person `number` says under its signature.
pub(crate) fn signed_by(number: u8, statement: &Statement<'_>) -> Signature {
    Phone::new(principal(number, None)).sign(&statement.hash())
}

fn chained<'a>(previous: ChainLink, edits: impl IntoIterator<Item = &'a Edit>) -> ChainLink {
    edits.into_iter().fold(previous, |link, edit| link.then(&edit.content()))
}

fn random() -> [u8; 32] {
    rand::random()
}

pub(crate) fn done() -> WorkEvent {
    WorkEvent::own("completed", json!({"cause": "电缆接头烧毁", "remedy": "更换接头"}))
}

pub(crate) fn started() -> WorkEvent {
    WorkEvent::own("work_started", serde_json::Value::Null)
}

/// The whole of a visit.
pub(crate) fn visit(phone: &mut Phone, document: DocumentId) {
    for event in [WorkEvent::Accepted, WorkEvent::Departed, WorkEvent::Arrived, started()] {
        phone.record(document, event);
    }
    phone.note(document, "接头烧毁");
    phone.record(document, done());
}

pub(crate) fn verdicts(acked: &Acked) -> Vec<Option<linecrew_protocol::Reason>> {
    let verdict = |verdict: &Verdict| match verdict {
        Verdict::Accepted => None,
        Verdict::Quarantined { reason, .. } => Some(*reason),
    };
    acked.outcomes.iter().map(|outcome| verdict(&outcome.verdict)).collect()
}

/// The place of an edit in the outbox.
fn place(device_seq: u64) -> usize {
    usize::try_from(device_seq).expect("a small number") - 1
}
