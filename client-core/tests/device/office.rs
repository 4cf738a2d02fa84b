//! A server without storage, network or sign-in: what it admits and what it sends are decided by the protocol's functions.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    Automerge, ChangeHash, Reason, Refusal,
    actor::actor_of,
    calendar::Calendar,
    digest::{Digest, fingerprint},
    gate::{self, Expected},
    ids::{BootId, CrewId, DistrictId, DocumentId, EventId, InstallationId, PersonId, StoreEpoch},
    key::ChainLink,
    limits::MAX_ENTRIES,
    model::{
        command::{Author, Written},
        document::Meta,
        form,
        history::Receipts,
        kinds,
        person::{Grant, Principal, Role},
        policy::Policy,
        reference::{self, FORM_KIND, Reference},
        work::{
            AreaClass, Customer, Member, NewOrder, Priority, Site, Standing, WorkCommand, WorkEvent, WorkRow,
            authorize::{Edit as Judged, authorize},
            command::{execute, open},
            view::view,
        },
    },
    time::{Evidence, Timestamp},
    wire::{
        Acked, CaughtUp, ChangeRecord, Entries, Entry, EntryKind, Feed, FeedDigest, FeedHead, LeaveReason, Outcome, Push, Verdict, Welcome,
        Withdrawal,
    },
};
use serde_json::json;

#[path = "money.rs"]
mod money;

pub(crate) const DISTRICT: DistrictId = DistrictId::from_bytes([200; 16]);
pub(crate) const CREW: CrewId = CrewId::from_bytes([101; 16]);
pub(crate) const OTHER_CREW: CrewId = CrewId::from_bytes([102; 16]);
const START: Timestamp = Timestamp::from_unix_millis(1_790_000_000_000);
const OWN: InstallationId = InstallationId::from_bytes([250; 16]);

/// The `n`-th person of [`CREW`].
pub(crate) fn person(n: u8) -> PersonId {
    PersonId::from_bytes([n; 16])
}

#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) now: Timestamp,
    pub(crate) epoch: StoreEpoch,
    pub(crate) documents: BTreeMap<DocumentId, Filed>,
    log: BTreeMap<Feed, Vec<Logged>>,
    devices: BTreeMap<InstallationId, Device>,
    /// Edits to refuse for a reason that no phone could know.
    pub(crate) refuse: BTreeMap<(InstallationId, u64), Reason>,
    /// The rules in force. Repairs have no safety gate here: it has stories of its own.
    pub(crate) policy: Policy,
    /// The forms that were published.
    pub(crate) reference: Reference,
    /// Books and amounts due.
    pub(crate) money: money::Money,
    events: u64,
}

#[derive(Clone)]
pub(crate) struct Filed {
    pub(crate) automerge: Automerge,
    pub(crate) changes: Vec<Kept>,
    feed: Option<Feed>,
}

#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) hash: ChangeHash,
    pub(crate) bytes: Vec<u8>,
    received_at: Timestamp,
    by: InstallationId,
}

#[derive(Clone)]
struct Logged {
    document: DocumentId,
    kind: EntryKind,
    /// How many changes the document had before.
    before: usize,
}

#[derive(Clone, Default)]
struct Device {
    answers: Vec<Outcome>,
    /// The link of each edit.
    links: Vec<ChainLink>,
    refused: BTreeSet<(DocumentId, u32)>,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self {
            now: START,
            epoch: StoreEpoch::from_bytes([1; 16]),
            documents: BTreeMap::new(),
            log: [Feed::Crew(CREW), Feed::Crew(OTHER_CREW), Feed::Reference(DISTRICT)].map(|feed| (feed, Vec::new())).into(),
            devices: BTreeMap::new(),
            refuse: BTreeMap::new(),
            policy: Policy { safety: [(kinds::REPAIR.to_owned(), Vec::new())].into(), ..Policy::default() },
            reference: Reference::default(),
            money: money::Money::default(),
            events: 0,
        }
    }

    /// A report, already given to `crew`.
    pub(crate) fn dispatch(&mut self, crew: CrewId) -> DocumentId {
        self.order(kinds::REPAIR, crew, json!({ "fault": { "category": "no_power", "description": "no power" } }))
    }

    /// Work of any kind, already given to `crew`.
    pub(crate) fn order(&mut self, kind: &str, crew: CrewId, about: serde_json::Value) -> DocumentId {
        let (n, id) = self.next_document();
        let meta = Meta { id, kind: kind.to_owned(), schema: 1, district: DISTRICT, created: self.now };
        let new = NewOrder {
            kind: kind.to_owned(),
            customer: Customer { name: "陈秀英".to_owned(), phone: None, account: None, arrears_fen: None },
            site: Site { address: "鼓楼区东街 1 号".to_owned(), street_code: None },
            area_class: AreaClass::Urban,
            priority: if n.is_multiple_of(3) { Priority::Urgent } else { Priority::Normal },
            on_road: false,
            at_height: false,
            about: about.as_object().cloned().unwrap(),
        };
        let work = new.validate(&self.reference).unwrap();
        let mut order = self.policy.order(&new, work, self.now, &Calendar::shipped(), &self.reference).unwrap();
        order.number = format!("20261123-{n:04}");
        let written = open(&meta, &order, &self.author()).unwrap();
        self.file(id, written);
        self.decide(id, assigned(crew));
        id
    }

    /// Publishes a shipped form to the district.
    pub(crate) fn publish(&mut self, name: &str) -> DocumentId {
        let form = form::shipped().into_iter().find(|form| form.form == name).unwrap();
        let definition = serde_json::to_string(&form).unwrap();
        let (_, id) = self.next_document();
        let meta = Meta { id, kind: FORM_KIND.to_owned(), schema: 1, district: DISTRICT, created: self.now };
        let written = reference::publish(&meta, &definition, &self.author()).unwrap();
        self.reference.add(form);
        self.file(id, written);
        self.announce(id, 0);
        id
    }

    fn next_document(&mut self) -> (u64, DocumentId) {
        let n = self.documents.len() as u64 + 1;
        (n, DocumentId::new(self.tick(), [u8::try_from(n % 256).unwrap(); 10]))
    }

    fn file(&mut self, id: DocumentId, written: Written) {
        let genesis = kept(&written.change, self.now);
        self.documents.insert(id, Filed { automerge: written.document, changes: vec![genesis], feed: None });
    }

    /// A decision of the dispatcher.
    pub(crate) fn decide(&mut self, id: DocumentId, event: WorkEvent) {
        self.tick();
        let author = self.author();
        let filed = self.documents.get_mut(&id).unwrap();
        let before = filed.changes.len();
        let written = execute(&filed.automerge, &WorkCommand::Record(event), &author, &self.reference).unwrap();
        filed.automerge = written.document;
        filed.changes.push(kept(&written.change, author.evidence.wall));
        self.announce(id, before);
    }

    pub(crate) fn welcome(&self, installation: InstallationId, crew: CrewId) -> Welcome {
        let forms = self.head(Feed::Reference(DISTRICT)) > 0;
        let feeds = [Feed::Crew(crew)].into_iter().chain(forms.then_some(Feed::Reference(DISTRICT)));
        let feeds = feeds.chain(self.money.feed_of(installation));
        let next_device_seq = self.devices.get(&installation).map_or(1, |device| device.answers.len() as u64 + 1);
        Welcome {
            version: 1,
            server_time: self.now,
            store: self.epoch,
            next_device_seq,
            feeds: feeds.map(|feed| FeedHead { feed, seq: self.head(feed) }).collect(),
            hand_in: None,
            admitted: Vec::new(),
        }
    }

    /// What was answered to those of these edits that are accepted.
    pub(crate) fn accepted(&self, installation: InstallationId, device_seqs: &[u64]) -> Vec<Outcome> {
        let answers = self.devices.get(&installation).into_iter().flat_map(|device| &device.answers);
        let named = |outcome: &&Outcome| device_seqs.contains(&outcome.device_seq) && outcome.verdict == Verdict::Accepted;
        answers.filter(named).cloned().collect()
    }

    pub(crate) fn head(&self, feed: Feed) -> u64 {
        self.log.get(&feed).map_or(0, |log| log.len() as u64)
    }

    /// Takes the edits into their phone's chain. A push that does not begin where the chain is, or holds other edits than before, is another
    /// phone's.
    fn chain(&mut self, installation: InstallationId, push: &Push) {
        let links = &mut self.devices.entry(installation).or_default().links;
        let at = usize::try_from(push.first_seq).unwrap() - 1;
        let mut link = at.checked_sub(1).map_or(ChainLink::START, |before| *links.get(before).expect("a gap"));
        assert_eq!(push.previous, link, "the link before edit {}", push.first_seq);
        for (at, content) in (at..).zip(push.contents()) {
            link = link.then(&content);
            match links.get(at) {
                Some(known) => assert_eq!(*known, link, "the link of edit {}", at + 1),
                None => links.push(link),
            }
        }
    }

    /// Admits a push, as sync.md section 3 says.
    pub(crate) fn push(&mut self, principal: &Principal, push: &Push) -> Acked {
        let installation = principal.installation;
        self.chain(installation, push);
        let mut outcomes = Vec::new();
        for (device_seq, edit) in (push.first_seq..).zip(&push.edits) {
            let known = self.devices.entry(installation).or_default().answers.len() as u64;
            assert!(device_seq <= known + 1, "a gap: {device_seq} after {known}");
            if device_seq <= known {
                outcomes.push(self.devices[&installation].answers[usize::try_from(device_seq).unwrap() - 1].clone());
                continue;
            }
            self.tick();
            let verdict = match self.admit(principal, device_seq, edit.document, edit.generation, &edit.change) {
                Ok(()) => Verdict::Accepted,
                Err(Refusal { reason, detail }) => Verdict::Quarantined { reason, detail },
            };
            let device = self.devices.get_mut(&installation).unwrap();
            if verdict != Verdict::Accepted {
                device.refused.insert((edit.document, edit.generation));
            }
            let entry = self.money.named(device_seq, &edit.change).map(Into::into);
            let device = self.devices.get_mut(&installation).unwrap();
            let outcome = Outcome { device_seq, received_at: self.now, verdict, entry };
            device.answers.push(outcome.clone());
            outcomes.push(outcome);
        }
        Acked { outcomes, next_seq: self.devices[&installation].answers.len() as u64 + 1 }
    }

    fn admit(&mut self, principal: &Principal, device_seq: u64, id: DocumentId, generation: u32, bytes: &[u8]) -> Result<(), Refusal> {
        let installation = principal.installation;
        let inspected = gate::inspect(bytes)?;
        if self.devices[&installation].refused.contains(&(id, generation)) {
            return Err(Refusal::new(Reason::DependsOnRefused, "an earlier edit was refused"));
        }
        if let Some(reason) = self.refuse.get(&(installation, device_seq)) {
            return Err(Refusal::new(*reason, "refused for the test"));
        }
        let filed = self.documents.get(&id).ok_or_else(|| Refusal::new(Reason::UnknownDocument, "unknown"))?;
        let actor = actor_of(installation, id, generation);
        let own = filed.automerge.get_changes_meta(&[]).iter().filter(|meta| *meta.actor == actor).count() as u64;
        let expected = Expected {
            actor,
            next_seq: own + 1,
            document_changes: filed.changes.len(),
            document_bytes: filed.changes.iter().map(|change| change.bytes.len()).sum(),
        };
        let applied = gate::apply(&filed.automerge, &inspected, &expected)?;
        let before = applied.before(&filed.automerge);
        let touches = gate::touched(&inspected, before);
        let judged = Judged { before, after: applied.after(), touches: &touches, device_seq, reference: &self.reference };
        if money::is_book(before) {
            self.money.judge(&judged, principal, bytes)?;
        } else {
            authorize(&judged, principal)?;
        }
        let received_at = self.now;
        let filed = self.documents.get_mut(&id).unwrap();
        let count = filed.changes.len();
        filed.automerge = applied.into_merged();
        filed.changes.push(Kept { hash: inspected.hash(), bytes: bytes.to_vec(), received_at, by: installation });
        self.announce(id, count);
        Ok(())
    }

    /// What `installation` has not seen of `feed` after `after`, in one page.
    pub(crate) fn tail(&self, feed: Feed, after: u64, installation: InstallationId) -> Entries {
        let mut entries: BTreeMap<DocumentId, (usize, EntryKind)> = BTreeMap::new();
        for logged in self.log.get(&feed).into_iter().flatten().skip(usize::try_from(after).unwrap()) {
            let slot = entries.entry(logged.document).or_insert((logged.before, logged.kind.clone()));
            // What came before a leave or an enter does not count any more; a change after an enter is part of it.
            if !matches!((&slot.1, &logged.kind), (EntryKind::Enter, EntryKind::Changed)) {
                slot.1 = logged.kind.clone();
            }
        }
        assert!(entries.len() <= MAX_ENTRIES);
        let entries = entries.into_iter().map(|(document, (before, kind))| {
            let changes = match kind {
                EntryKind::Enter => self.records(document, 0, None),
                EntryKind::Changed => self.records(document, before, Some(installation)),
                EntryKind::Leave(_) => Vec::new(),
            };
            Entry { document, kind, changes }
        });
        Entries { feed, entries: entries.collect(), cursor: self.head(feed), transfer: None, transfer_done: false }
    }

    /// Everything in `feed`, as one state transfer of pages of two documents.
    pub(crate) fn transfer(&self, feed: Feed) -> Vec<Entries> {
        let members: Vec<DocumentId> = self.members(feed).collect();
        let pages = members.chunks(2).enumerate().map(|(page, documents)| {
            let entry =
                |document: &DocumentId| Entry { document: *document, kind: EntryKind::Enter, changes: self.records(*document, 0, None) };
            let done = (page + 1) * 2 >= members.len();
            let transfer = (!done).then(|| vec![u8::try_from(page).unwrap() + 1].into());
            Entries { feed, entries: documents.iter().map(entry).collect(), cursor: self.head(feed), transfer, transfer_done: done }
        });
        pages.collect()
    }

    /// The answer to an inventory: whole documents that differ.
    pub(crate) fn reconcile(&self, inventory: &linecrew_protocol::wire::Inventory) -> Entries {
        let differs = |document: &DocumentId| {
            let own = Digest::EMPTY.plus(fingerprint(*document, &self.documents[document].automerge.get_heads()));
            !inventory.holdings.iter().any(|holding| holding.document == *document && holding.fingerprint == own)
        };
        let entry = |document| Entry { document, kind: EntryKind::Enter, changes: self.records(document, 0, None) };
        let entries = self.members(inventory.feed).filter(differs).map(entry).collect();
        Entries { feed: inventory.feed, entries, cursor: self.head(inventory.feed), transfer: None, transfer_done: false }
    }

    pub(crate) fn caught_up(&self, feed: Feed) -> CaughtUp {
        let heads = |document: DocumentId| self.documents[&document].automerge.get_heads();
        let digest = self.members(feed).fold(Digest::EMPTY, |sum, document| sum.plus(fingerprint(document, &heads(document))));
        CaughtUp { feeds: vec![FeedDigest { feed, seq: self.head(feed), digest }] }
    }

    /// The rows of `feed`, as the board shows them.
    pub(crate) fn rows(&self, feed: Feed) -> BTreeMap<DocumentId, WorkRow> {
        self.members(feed).map(|document| (document, self.row(document))).collect()
    }

    pub(crate) fn row(&self, document: DocumentId) -> WorkRow {
        let filed = &self.documents[&document];
        let receipts: Receipts = filed.changes.iter().map(|change| (change.hash, change.received_at)).collect();
        view(&filed.automerge, &receipts).unwrap().0.row
    }

    fn members(&self, feed: Feed) -> impl Iterator<Item = DocumentId> + '_ {
        self.documents.iter().filter(move |(_, filed)| filed.feed == Some(feed)).map(|(id, _)| *id)
    }

    fn records(&self, document: DocumentId, before: usize, but: Option<InstallationId>) -> Vec<ChangeRecord> {
        let changes = self.documents[&document].changes.iter().skip(before).filter(|change| Some(change.by) != but);
        changes.map(|change| ChangeRecord { change: change.bytes.clone().into(), received_at: change.received_at }).collect()
    }

    /// Logs what a new change means for the feeds.
    fn announce(&mut self, document: DocumentId, before: usize) {
        let filed = self.documents.get_mut(&document).unwrap();
        let feed = match Standing::read(&filed.automerge, &Receipts::new()) {
            Ok(Standing { fold, .. }) => fold.holder.filter(|_| !fold.state.phase.is_closed()).map(Feed::Crew),
            Err(_) => self.money.feed_of_document(document, &filed.automerge).unwrap_or(Some(Feed::Reference(DISTRICT))),
        };
        let was = std::mem::replace(&mut filed.feed, feed);
        let mut log = |feed: Feed, kind| self.log.entry(feed).or_default().push(Logged { document, kind, before });
        if was == feed {
            feed.into_iter().for_each(|feed| log(feed, EntryKind::Changed));
            return;
        }
        let reason = if feed.is_some() { LeaveReason::Reassigned } else { LeaveReason::Cancelled };
        let to = feed.map(|_| "二班".to_owned());
        let withdrawal = Withdrawal { reason, by: Some("王芳".to_owned()), at: self.now, to };
        was.into_iter().for_each(|was| log(was, EntryKind::Leave(withdrawal.clone())));
        feed.into_iter().for_each(|feed| log(feed, EntryKind::Enter));
    }

    pub(crate) fn tick(&mut self) -> Timestamp {
        self.now = self.now.plus_ms(1_000);
        self.now
    }

    fn author(&mut self) -> Author {
        self.events += 1;
        let grants = vec![Grant { role: Role::Dispatcher, district: None }];
        let mut random = [9; 10];
        random[2..].copy_from_slice(&self.events.to_be_bytes());
        Author {
            principal: Principal { person: PersonId::from_bytes([240; 16]), installation: OWN, grants, crew: None },
            name: Some("王芳".to_owned()),
            device_seq: self.events,
            evidence: Evidence::of_server(self.now, BootId::from_bytes([7; 16])),
            event: EventId::new(self.now, random),
            generation: 0,
        }
    }
}

pub(crate) fn assigned(crew: CrewId) -> WorkEvent {
    let members = (1..=3).map(|n| Member { id: person(n), name: format!("person {n}"), qualifications: Vec::new() });
    let reason = Some("as the day goes".to_owned());
    WorkEvent::Assigned { crew, crew_name: "一班".to_owned(), members: members.collect(), reason }
}

fn kept(change: &linecrew_protocol::Change, received_at: Timestamp) -> Kept {
    Kept { hash: change.hash(), bytes: change.raw_bytes().to_vec(), received_at, by: OWN }
}
