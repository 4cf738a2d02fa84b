//! A small world for stories: an office and phones that hold replicas of one work item and meet when the story says so.
use std::collections::BTreeMap;

use linecrew_protocol::{
    Automerge, Refusal,
    gate::{self, Expected},
    ids::{BootId, CrewId, DistrictId, DocumentId, EventId, InstallationId, PersonId},
    model::{
        command::{Author, Written},
        document::Meta,
        form::Form,
        history::Receipts,
        kinds,
        person::{Grant, Principal, Role},
        reference::Reference,
        work::{
            AreaClass, Customer, Fold, Member, Order, Priority, Site, WorkCommand, WorkEvent, WorkView,
            authorize::{Edit, authorize},
            command::{execute, open},
            view::view,
        },
    },
    time::{Evidence, Sighting, Timestamp},
};
use serde_json::json;

pub(crate) const START: i64 = 1_790_000_000_000;
pub(crate) const MINUTE: u64 = 60_000;
pub(crate) const DISTRICT: DistrictId = DistrictId::from_bytes([9; 16]);
pub(crate) const DOCUMENT: DocumentId = DocumentId::from_bytes([8; 16]);
pub(crate) const CREW_A: CrewId = CrewId::from_bytes([0xA; 16]);
pub(crate) const CREW_B: CrewId = CrewId::from_bytes([0xB; 16]);

pub(crate) fn minute(minute: u64) -> Timestamp {
    Timestamp::from_unix_millis(START).plus_ms(minute * MINUTE)
}

/// One replica and the person in front of it.
#[derive(Clone)]
pub(crate) struct Replica {
    pub(crate) name: &'static str,
    pub(crate) principal: Principal,
    pub(crate) document: Automerge,
    pub(crate) device_seq: u64,
    /// What the clocks say, in minutes of the story.
    pub(crate) now: u64,
    /// How far the wall clock is wrong, in minutes.
    pub(crate) wall_wrong_by: i64,
    pub(crate) boot: u8,
    /// The minute of the last boot: the monotonic clock counts from there.
    pub(crate) booted_at: u64,
    /// Minute of the last contact, and the boot it happened in.
    pub(crate) seen: Option<(u64, u8)>,
    /// The forms on it.
    pub(crate) reference: Reference,
    office: bool,
}

/// A form with a question about money, one about anything, and a repeat.
pub(crate) const FORM: &str = r#"{"form": "small", "version": 3, "title": {"en": "Small", "zh": "小表"}, "items": [
    {"name": "capacity", "type": "integer", "min": 1, "max": 100, "required": true, "billing": true, "label": {"en": "Capacity", "zh": "容量"}},
    {"name": "access", "type": "text", "label": {"en": "Access", "zh": "进场"}},
    {"name": "rooms", "type": "group", "repeat": true, "min": 1, "max": 2, "label": {"en": "Rooms", "zh": "房间"}, "items": [
        {"name": "area", "type": "integer", "min": 1, "max": 900, "required": true, "label": {"en": "Area", "zh": "面积"}}
    ]}
]}"#;

/// Everything that is done on site; which role does what is a subject of its own.
const FIELD_ROLES: [Role; 4] = [Role::RepairCrew, Role::MeterTechnician, Role::Surveyor, Role::Collector];

impl Replica {
    pub(crate) fn new(number: u8, name: &'static str, crew: Option<CrewId>) -> Self {
        let roles = if crew.is_some() { FIELD_ROLES.to_vec() } else { vec![Role::Dispatcher] };
        Self {
            name,
            principal: Principal {
                person: PersonId::from_bytes([number; 16]),
                installation: InstallationId::from_bytes([number; 16]),
                grants: roles.into_iter().map(|role| Grant { role, district: Some(DISTRICT) }).collect(),
                crew,
            },
            document: Automerge::new(),
            device_seq: 0,
            now: 0,
            wall_wrong_by: 0,
            boot: 1,
            booted_at: 0,
            seen: Some((0, 1)),
            reference: Reference::of([Form::parse(FORM).expect("a form")]),
            office: crew.is_none(),
        }
    }

    fn evidence(&self) -> Evidence {
        let boot = BootId::from_bytes([self.boot; 16]);
        if self.office {
            return Evidence::of_server(minute(self.now), boot);
        }
        let sighting = self.seen.map(|(at, boot)| Sighting {
            server: minute(at),
            round_trip_ms: 50,
            monotonic_ms: at * MINUTE,
            boot: BootId::from_bytes([boot; 16]),
        });
        let wall = minute(self.now);
        let wall = Timestamp::from_unix_millis(wall.as_unix_millis() + self.wall_wrong_by * 60_000);
        Evidence { wall, monotonic_ms: (self.now - self.booted_at) * MINUTE, boot, sighting }
    }

    pub(crate) fn author(&mut self) -> Author {
        self.device_seq += 1;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.device_seq.to_be_bytes());
        random[8] = self.principal.installation.as_bytes()[0];
        Author {
            principal: self.principal.clone(),
            name: self.office.then(|| self.name.to_owned()),
            device_seq: self.device_seq,
            evidence: self.evidence(),
            event: EventId::new(minute(self.now), random),
            generation: 0,
        }
    }

    pub(crate) fn try_run(&mut self, command: WorkCommand) -> Result<EventId, Refusal> {
        let before = self.document.clone();
        let author = self.author();
        let Written { document, change, recorded } = match execute(&self.document, &command, &author, &self.reference) {
            Ok(written) => written,
            Err(refusal) => {
                self.device_seq -= 1;
                return Err(refusal);
            }
        };
        if !self.office {
            server_agrees(&before, change.raw_bytes(), &author, &self.reference);
        }
        self.document = document;
        Ok(recorded.id)
    }

    pub(crate) fn run(&mut self, command: WorkCommand) -> EventId {
        self.try_run(command).unwrap_or_else(|refusal| panic!("{}: {refusal}", self.name))
    }

    pub(crate) fn record(&mut self, event: WorkEvent) -> EventId {
        self.run(WorkCommand::Record(event))
    }

    /// Tries a step of the kind's own.
    pub(crate) fn try_step(&mut self, step: &str, body: serde_json::Value) -> Result<EventId, Refusal> {
        self.try_run(WorkCommand::Record(WorkEvent::own(step, body)))
    }

    /// Takes a step of the kind's own.
    pub(crate) fn step(&mut self, step: &str, body: serde_json::Value) -> EventId {
        self.try_step(step, body).unwrap_or_else(|refusal| panic!("{}: {refusal}", self.name))
    }

    /// The state's name.
    pub(crate) fn state(&self) -> &'static str {
        self.fold().state.name
    }

    /// The phone was off and on again: no evidence from before counts.
    pub(crate) fn reboot_at(&mut self, now: u64) {
        self.now = now;
        self.booted_at = now;
        self.boot += 1;
    }

    pub(crate) fn at(&mut self, now: u64) -> &mut Self {
        self.now = now;
        self
    }

    pub(crate) fn fold(&self) -> Fold {
        self.view().1
    }

    pub(crate) fn view(&self) -> (WorkView, Fold) {
        let (view, standing) = view(&self.document, &Receipts::new()).expect("readable");
        (view, standing.fold)
    }
}

/// What the phone's rules allowed, the server's gate and rules allow too: from the author's view.
fn server_agrees(before: &Automerge, bytes: &[u8], author: &Author, reference: &Reference) {
    let inspected = gate::inspect(bytes).expect("an honest change passes inspection");
    let actor = linecrew_protocol::actor::actor_of(author.principal.installation, DOCUMENT, 0);
    let next_seq = before.get_changes(&[]).iter().filter(|change| *change.actor_id() == actor).count() as u64 + 1;
    let expected = Expected { actor, next_seq, document_changes: 1, document_bytes: 1 };
    let applied = gate::apply(before, &inspected, &expected).expect("an honest change applies");
    let edit = Edit {
        before: applied.before(before),
        after: applied.after(),
        touches: &gate::touched(&inspected, before),
        device_seq: author.device_seq,
        reference,
    };
    authorize(&edit, &author.principal).expect("what the phone allowed, the server allows");
}

/// What all orders of these stories share.
pub(crate) fn order(about: serde_json::Value) -> Order {
    Order {
        number: "20261123-0001".into(),
        customer: Customer { name: "陈秀英".into(), phone: Some("0591-0000000".into()), account: None, arrears_fen: None },
        site: Site { address: "鼓楼区温泉街道 12 号".into(), street_code: Some("350102003".into()) },
        area_class: AreaClass::Urban,
        priority: Priority::Urgent,
        reported_at: minute(0),
        arrival_limit_ms: None,
        clocks: BTreeMap::new(),
        notice_age_ms: None,
        safety: BTreeMap::new(),
        qualifications: BTreeMap::new(),
        about: about.as_object().cloned().unwrap_or_default(),
    }
}

/// A repair without a safety gate (the gate has stories of its own), 45 minutes away.
pub(crate) fn repair_order() -> Order {
    let about = json!({"fault": {"category": "no_power", "description": "全楼停电"}});
    Order { arrival_limit_ms: Some(45 * MINUTE), ..order(about) }
}

/// An office that has opened an item of this kind.
pub(crate) fn office_with(kind: &str, order: &Order) -> Replica {
    let mut office = Replica::new(1, "王芳", None);
    let meta = Meta { id: DOCUMENT, kind: kind.into(), schema: 1, district: DISTRICT, created: minute(0) };
    let author = office.author();
    office.document = open(&meta, order, &author).expect("an order").document;
    office
}

pub(crate) fn office() -> Replica {
    office_with(kinds::REPAIR, &repair_order())
}

pub(crate) fn assigned(crew: CrewId) -> WorkEvent {
    let name = if crew == CREW_A { "抢修一班" } else { "抢修二班" };
    let members = vec![
        Member { id: PersonId::from_bytes([2; 16]), name: "张伟".into(), qualifications: Vec::new() },
        Member { id: PersonId::from_bytes([3; 16]), name: "李娜".into(), qualifications: Vec::new() },
    ];
    WorkEvent::Assigned { crew, crew_name: name.into(), members, reason: None }
}

pub(crate) fn done() -> WorkEvent {
    WorkEvent::own("completed", json!({"cause": "电缆接头烧毁", "remedy": "更换接头"}))
}

pub(crate) fn work_started() -> WorkEvent {
    WorkEvent::own("work_started", serde_json::Value::Null)
}

pub(crate) fn because(reason: &str) -> String {
    reason.to_owned()
}

/// Two replicas meet: both then hold what either held.
pub(crate) fn meet(a: &mut Replica, b: &mut Replica) {
    a.document.merge(&mut b.document).expect("merge");
    b.document.merge(&mut a.document).expect("merge");
    let now = a.now.max(b.now);
    for phone in [a, b] {
        phone.now = now;
        if !phone.office {
            phone.seen = Some((now, phone.boot));
        }
    }
}

/// An office that has given the item to crew A, and two phones of that crew that have it.
pub(crate) fn crew_of_two() -> (Replica, Replica, Replica) {
    crew_with(office())
}

/// The same for an item that this office has opened.
pub(crate) fn crew_with(mut office: Replica) -> (Replica, Replica, Replica) {
    office.record(assigned(CREW_A));
    let (mut zhang, mut li) = (Replica::new(2, "张伟", Some(CREW_A)), Replica::new(3, "李娜", Some(CREW_A)));
    meet(&mut office, &mut zhang);
    meet(&mut office, &mut li);
    (office, zhang, li)
}

/// The same, and one of them is on site.
pub(crate) fn crew_on_site(office: Replica) -> (Replica, Replica, Replica) {
    let (mut office, mut zhang, mut li) = crew_with(office);
    zhang.at(2).record(WorkEvent::Accepted);
    zhang.at(9).record(WorkEvent::Arrived);
    gather(&mut [&mut office, &mut zhang, &mut li]);
    (office, zhang, li)
}

/// All of them see the same.
pub(crate) fn all_agree(replicas: &[&Replica]) {
    let first = replicas[0].view();
    for replica in replicas {
        assert_eq!(replica.view(), first, "{} sees something else", replica.name);
    }
}

/// Decides about the first open question.
pub(crate) fn resolve(replica: &mut Replica, choice: &str) {
    let attention = replica.fold().attention[0].id.clone();
    replica.record(WorkEvent::Resolved { attention, choice: choice.into(), note: String::new() });
}

/// Everybody meets everybody.
pub(crate) fn gather(replicas: &mut [&mut Replica]) {
    for _ in 0..2 {
        for i in 1..replicas.len() {
            let (left, right) = replicas.split_at_mut(i);
            meet(left[0], right[0]);
        }
    }
}
