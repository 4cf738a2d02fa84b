//! A small world for stories: an office and phones that hold replicas of one repair dispatch and meet when the story says so.
use linecrew_protocol::{
    Automerge, Refusal,
    gate::{self, Expected},
    ids::{BootId, CrewId, DistrictId, DocumentId, EventId, InstallationId, PersonId},
    model::{
        command::{Author, Written},
        document::Meta,
        history::Receipts,
        person::{Grant, Principal, Role},
        repair::{
            AreaClass, Customer, Fault, FaultCategory, Fold, KIND, Member, Order, Priority, RepairCommand, RepairEvent, RepairView, Report,
            Site,
            authorize::{Edit, authorize},
            command::{execute, report},
            view::view,
        },
    },
    time::{Evidence, Sighting, Timestamp},
};

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
    office: bool,
}

impl Replica {
    pub(crate) fn new(number: u8, name: &'static str, crew: Option<CrewId>) -> Self {
        let role = if crew.is_some() { Role::RepairCrew } else { Role::Dispatcher };
        Self {
            name,
            principal: Principal {
                person: PersonId::from_bytes([number; 16]),
                installation: InstallationId::from_bytes([number; 16]),
                grants: vec![Grant { role, district: Some(DISTRICT) }],
                crew,
            },
            document: Automerge::new(),
            device_seq: 0,
            now: 0,
            wall_wrong_by: 0,
            boot: 1,
            booted_at: 0,
            seen: Some((0, 1)),
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

    fn author(&mut self) -> Author {
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

    pub(crate) fn try_run(&mut self, command: RepairCommand) -> Result<EventId, Refusal> {
        let before = self.document.clone();
        let author = self.author();
        let Written { document, change, recorded } = match execute(&self.document, &command, &author) {
            Ok(written) => written,
            Err(refusal) => {
                self.device_seq -= 1;
                return Err(refusal);
            }
        };
        if !self.office {
            server_agrees(&before, change.raw_bytes(), &author);
        }
        self.document = document;
        Ok(recorded.id)
    }

    pub(crate) fn run(&mut self, command: RepairCommand) -> EventId {
        self.try_run(command).unwrap_or_else(|refusal| panic!("{}: {refusal}", self.name))
    }

    pub(crate) fn record(&mut self, event: RepairEvent) -> EventId {
        self.run(RepairCommand::Record(event))
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

    pub(crate) fn view(&self) -> (RepairView, Fold) {
        view(&self.document, &Receipts::new()).expect("readable")
    }
}

/// What the phone's rules allowed, the server's gate and rules allow too: from the author's view.
fn server_agrees(before: &Automerge, bytes: &[u8], author: &Author) {
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
    };
    authorize(&edit, &author.principal).expect("what the phone allowed, the server allows");
}

pub(crate) fn order() -> Order {
    Order {
        number: "20261123-0001".into(),
        customer: Customer { name: "陈秀英".into(), phone: Some("0591-0000000".into()) },
        site: Site { address: "鼓楼区温泉街道 12 号".into(), street_code: Some("350102003".into()) },
        area_class: AreaClass::Urban,
        fault: Fault { category: FaultCategory::NoPower, description: "全楼停电".into() },
        priority: Priority::Urgent,
        reported_at: minute(0),
        arrival_limit_ms: AreaClass::Urban.default_arrival_limit_ms(),
    }
}

pub(crate) fn office() -> Replica {
    let mut office = Replica::new(1, "王芳", None);
    let meta = Meta { id: DOCUMENT, kind: KIND.into(), schema: 1, district: DISTRICT, created: minute(0) };
    let author = office.author();
    office.document = report(&meta, &order(), &author).expect("a report").document;
    office
}

pub(crate) fn assigned(crew: CrewId) -> RepairEvent {
    let name = if crew == CREW_A { "抢修一班" } else { "抢修二班" };
    let members = vec![
        Member { id: PersonId::from_bytes([2; 16]), name: "张伟".into() },
        Member { id: PersonId::from_bytes([3; 16]), name: "李娜".into() },
    ];
    RepairEvent::Assigned { crew, crew_name: name.into(), members, reason: None }
}

pub(crate) fn done() -> RepairEvent {
    RepairEvent::Completed(Report { cause: "电缆接头烧毁".into(), remedy: "更换接头".into(), restored_at: None, handler: None })
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
    let mut office = office();
    office.record(assigned(CREW_A));
    let (mut zhang, mut li) = (Replica::new(2, "张伟", Some(CREW_A)), Replica::new(3, "李娜", Some(CREW_A)));
    meet(&mut office, &mut zhang);
    meet(&mut office, &mut li);
    (office, zhang, li)
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
