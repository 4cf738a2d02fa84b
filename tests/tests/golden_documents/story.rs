//! A repair dispatch through its whole life, with two stretches in which two phones work without seeing each other.
//!
//! Everything in it is fixed (ids, clocks, actors), so that the same code gives the same bytes.

use anyhow::{Context as _, Result};
use linecrew_protocol::{
    Automerge, Change,
    ids::{BootId, CrewId, DistrictId, DocumentId, EventId, InstallationId, MaterialId, PersonId},
    model::{
        command::{Author, Written},
        document::{Meta, SCHEMA},
        kinds::REPAIR,
        person::{Grant, Principal, Role},
        reference::Reference,
        work::{
            AreaClass, Customer, Member, Order, Priority, Site, WorkCommand, WorkEvent,
            command::{execute, open},
            view::view,
        },
    },
    time::{Evidence, Sighting, Timestamp},
};
use serde_json::{Value, json};

/// 2026-11-23 08:00 in Fuzhou.
const MORNING: Timestamp = Timestamp::from_unix_millis(1_795_392_000_000);
pub(crate) const CREW: CrewId = CrewId::from_bytes([0xC1; 16]);
pub(crate) const DISTRICT: DistrictId = DistrictId::from_bytes([0xD1; 16]);
const FUSES: MaterialId = MaterialId::from_bytes([0xF1; 16]);

/// The life, told.
pub(crate) struct Story {
    /// Every change, in the order in which the server stored them.
    pub(crate) changes: Vec<Change>,
    /// While the crew works.
    pub(crate) work_started: Automerge,
    /// At the end.
    pub(crate) archived: Automerge,
}

impl Story {
    pub(crate) fn tell() -> Result<Self> {
        let mut office = Writer::office();
        let (mut chen, mut lin) = (Writer::phone(1), Writer::phone(2).without_server_time());
        office.report(0)?;
        office.record(2, assigned())?;
        chen.meets(&mut office)?;
        lin.meets(&mut office)?;
        // Out of each other's sight: both accept, and no evidence says who was first.
        chen.record(6, WorkEvent::Accepted)?;
        chen.record(8, WorkEvent::Departed)?;
        chen.record(31, WorkEvent::Arrived)?;
        chen.note(33, "变压器高压侧 A 相熔丝熔断")?;
        lin.record(7, WorkEvent::Accepted)?;
        lin.fuses(35, 3.0)?;
        chen.meets(&mut office)?;
        lin.meets(&mut office)?;
        office.settle(37, chen.principal.person)?;
        chen.meets(&mut office)?;
        lin.meets(&mut office)?;
        chen.record(40, WorkEvent::own("work_started", Value::Null))?;
        chen.meets(&mut office)?;
        let work_started = office.document.clone();
        // Again: both correct the same line.
        lin.meets(&mut office)?;
        chen.fuses(55, 4.0)?;
        lin.fuses(56, 5.0)?;
        lin.meets(&mut office)?;
        chen.meets(&mut office)?;
        chen.record(61, WorkEvent::own("restored", repaired(60)))?;
        chen.record(70, WorkEvent::own("completed", repaired(60)))?;
        chen.meets(&mut office)?;
        office.record(90, WorkEvent::FollowedUp { result: "客户确认已恢复供电".to_owned(), reporter: None })?;
        office.record(95, WorkEvent::Archived)?;
        Ok(Self { changes: office.changes, work_started, archived: office.document })
    }
}

fn assigned() -> WorkEvent {
    let member = |number, name: &str| Member { id: person(number), name: name.to_owned(), qualifications: Vec::new() };
    let members = vec![member(1, "陈伟"), member(2, "林芳"), member(3, "王磊")];
    WorkEvent::Assigned { crew: CREW, crew_name: "抢修一班".to_owned(), members, reason: None }
}

fn repaired(minute: u64) -> Value {
    json!({"cause": "熔丝老化", "remedy": "更换三相熔丝", "restored_at": at(minute)})
}

fn at(minute: u64) -> Timestamp {
    MORNING.plus_ms(minute * 60_000)
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

/// A crew member and a phone of the same number.
pub(crate) fn crew_member(number: u8) -> Principal {
    Principal {
        person: person(number),
        installation: InstallationId::from_bytes([number; 16]),
        grants: vec![Grant { role: Role::RepairCrew, district: Some(DISTRICT) }],
        crew: Some(CREW),
    }
}

/// Somebody who writes in a copy of their own.
struct Writer {
    principal: Principal,
    name: Option<String>,
    knows_server_time: bool,
    device_seq: u64,
    document: Automerge,
    changes: Vec<Change>,
}

impl Writer {
    fn office() -> Self {
        let grants = vec![Grant { role: Role::Dispatcher, district: None }];
        let principal = Principal { grants, crew: None, ..crew_member(9) };
        Self { name: Some("周敏".to_owned()), ..Self::of(principal) }
    }

    fn phone(number: u8) -> Self {
        Self::of(crew_member(number))
    }

    fn of(principal: Principal) -> Self {
        Self { principal, name: None, knows_server_time: true, device_seq: 0, document: Automerge::new(), changes: Vec::new() }
    }

    fn without_server_time(self) -> Self {
        Self { knows_server_time: false, ..self }
    }

    /// Both end with all that either had.
    fn meets(&mut self, office: &mut Self) -> Result<()> {
        let news = office.document.get_changes_added(&self.document);
        office.changes.extend(news.iter().cloned());
        office.document.apply_changes(news)?;
        self.document = office.document.clone();
        Ok(())
    }

    fn report(&mut self, minute: u64) -> Result<()> {
        let id = DocumentId::new(at(minute), [0xA1; 10]);
        let meta = Meta { id, kind: REPAIR.to_owned(), schema: SCHEMA, district: DISTRICT, created: at(minute) };
        let order = Order {
            number: "20261123-0007".to_owned(),
            customer: Customer { name: "陈秀英".to_owned(), phone: Some("0591-87654321".to_owned()), account: None, arrears_fen: None },
            site: Site { address: "福州市鼓楼区东街街道 12 号".to_owned(), street_code: Some("350102001".to_owned()) },
            area_class: AreaClass::Urban,
            priority: Priority::Urgent,
            reported_at: at(minute),
            arrival_limit_ms: Some(45 * 60_000),
            clocks: Default::default(),
            notice_age_ms: None,
            safety: Default::default(),
            qualifications: Default::default(),
            about: json!({"fault": {"category": "no_power", "description": "整栋楼没电"}}).as_object().cloned().unwrap_or_default(),
        };
        let author = self.author(minute);
        self.keep(open(&meta, &order, &author)?);
        Ok(())
    }

    fn record(&mut self, minute: u64, event: WorkEvent) -> Result<()> {
        self.command(minute, &WorkCommand::Record(event))
    }

    fn note(&mut self, minute: u64, text: &str) -> Result<()> {
        self.command(minute, &WorkCommand::Note { text: text.to_owned() })
    }

    fn fuses(&mut self, minute: u64, quantity: f64) -> Result<()> {
        let (name, unit) = ("10 kV 熔丝".to_owned(), "pcs".to_owned());
        self.command(minute, &WorkCommand::RecordMaterial { material: FUSES, name, quantity, unit })
    }

    /// Decides the open question in favour of `lead`.
    fn settle(&mut self, minute: u64, lead: PersonId) -> Result<()> {
        let (seen, _) = view(&self.document, &Default::default())?;
        let question = seen.row.attention.first().context("two who accepted leave a question")?;
        let attention = question.id.clone();
        self.record(minute, WorkEvent::Resolved { attention, choice: lead.to_string(), note: "先到现场".to_owned() })
    }

    fn command(&mut self, minute: u64, command: &WorkCommand) -> Result<()> {
        let author = self.author(minute);
        self.keep(execute(&self.document, command, &author, &Reference::default())?);
        Ok(())
    }

    fn keep(&mut self, written: Written) {
        self.document = written.document;
        self.changes.push(written.change);
    }

    fn author(&mut self, minute: u64) -> Author {
        self.device_seq += 1;
        let number = self.principal.installation.as_bytes()[0];
        let boot = BootId::from_bytes([number; 16]);
        let sighting = self.knows_server_time.then_some(Sighting { server: MORNING, round_trip_ms: 80, monotonic_ms: 5_000, boot });
        let evidence = match self.name {
            Some(_) => Evidence::of_server(at(minute), boot),
            None => Evidence { wall: at(minute), monotonic_ms: 5_000 + minute * 60_000, boot, sighting },
        };
        Author {
            principal: self.principal.clone(),
            name: self.name.clone(),
            device_seq: self.device_seq,
            evidence,
            event: EventId::new(at(minute), [number; 10]),
            generation: 0,
        }
    }
}
