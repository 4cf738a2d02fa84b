//! What people see of a work item: the row of a list and the details behind it. The same JSON on the phone, the board and the API.

use std::collections::BTreeMap;

use automerge::Automerge;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    ids::{CrewId, DistrictId, DocumentId, EventId, InstallationId, MaterialId, PersonId},
    model::{
        document::Material,
        history::{Entry, Receipts},
    },
    refusal::Refusal,
    time::{Interval, Timestamp},
};

use super::{
    attention::Attention,
    clocks::{ClockView, clocks},
    event::WorkEvent,
    files::{AttachmentKind, SignerRole},
    kind::By,
    order::{AreaClass, Customer, Priority, Site},
    permitted::next,
    safety::SafetyStep,
    standing::Standing,
    state::Phase,
    values::{Claim, Held},
};

/// A row of a list (docs/api.md).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkRow {
    /// The document.
    pub id: DocumentId,
    /// The number people say.
    pub number: String,
    /// The work kind.
    pub kind: String,
    /// Where it stands, in the kind's words.
    pub state: String,
    /// The same, in words of all kinds.
    pub phase: Phase,
    /// Its district.
    pub district: DistrictId,
    /// Whose it is.
    pub crew: Option<CrewId>,
    /// Who leads on site.
    pub lead: Option<PersonId>,
    /// How urgent.
    pub priority: Priority,
    /// How far.
    pub area_class: AreaClass,
    /// For whom.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// What the kind's orders hold.
    pub about: Map<String, Value>,
    /// When: server time.
    pub reported_at: Timestamp,
    /// The appointment, if there is one.
    pub appointment: Option<Timestamp>,
    /// How many edits came after archiving.
    pub late_events: usize,
    /// The time limits.
    pub clocks: Vec<ClockView>,
    /// How many files, and how many of them are safe on the server.
    pub attachments: AttachmentCount,
    /// What may come next.
    pub next: NextSteps,
    /// Open questions.
    pub attention: Vec<Attention>,
}

/// How many files an item has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AttachmentCount {
    /// All.
    pub total: usize,
    /// Those whose bytes are safe on the server.
    pub stored: usize,
}

/// The steps that the state has room for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NextSteps {
    /// By the office.
    pub office: Vec<String>,
    /// By the crew that holds it.
    pub crew: Vec<String>,
}

/// Everything about one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkView {
    /// The row.
    #[serde(flatten)]
    pub row: WorkRow,
    /// The notes.
    pub notes: String,
    /// The lines of material.
    pub materials: Vec<MaterialView>,
    /// Every ending on site (rule 6 keeps both).
    pub reports: Vec<ReportView>,
    /// Readings and answers.
    pub values: Vec<ValueView>,
    /// The safety gate.
    pub safety: SafetyView,
    /// Files.
    pub files: Vec<FileView>,
    /// Signatures.
    pub signatures: Vec<SignatureView>,
    /// Reports of the same fault (rule 15).
    pub reporters: Vec<ReporterView>,
    /// What happened, in causal order.
    pub history: Vec<EventView>,
}

/// A line of material, with what was written concurrently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaterialView {
    /// The line.
    pub id: MaterialId,
    /// What it says.
    #[serde(flatten)]
    pub line: Material,
    /// What others wrote for the same line without seeing this.
    pub conflicting: Vec<Material>,
}

/// One ending on site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportView {
    /// The event.
    pub event: EventId,
    /// The step.
    pub step: String,
    /// Who.
    pub by: PersonView,
    /// What it holds.
    pub body: Value,
}

/// A value with what was written concurrently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueView {
    /// Which.
    pub path: String,
    /// The one that shows.
    #[serde(flatten)]
    pub shown: ClaimView,
    /// Whether the bill depends on it.
    pub billing: bool,
    /// What others wrote without seeing it.
    pub conflicting: Vec<ClaimView>,
}

/// One value and who gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimView {
    /// What.
    pub value: Value,
    /// The event.
    pub event: EventId,
    /// Who.
    pub by: PersonView,
}

/// The safety gate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SafetyView {
    /// What the order demands.
    pub required: Vec<SafetyStep>,
    /// What the leading crew has done.
    pub done: Vec<SafetyDone>,
    /// What is still to do.
    pub missing: Vec<SafetyStep>,
    /// The forced start.
    pub forced: Option<EventId>,
}

/// One step of the gate, done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SafetyDone {
    /// Which.
    pub step: SafetyStep,
    /// The event.
    pub event: EventId,
    /// Who.
    pub by: PersonView,
    /// What it holds.
    pub body: Value,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileView {
    /// Its name.
    pub hash: String,
    /// What it shows.
    pub kind: AttachmentKind,
    /// The media type.
    pub mime: String,
    /// How many bytes.
    pub bytes: u64,
    /// When it was taken, by the phone's clock.
    pub taken_at: Timestamp,
    /// In the person's words.
    pub caption: String,
    /// Whether its bytes are safe on the server.
    pub stored: bool,
    /// The event.
    pub event: EventId,
}

/// A signature as a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignatureView {
    /// The event.
    pub event: EventId,
    /// Whose.
    pub role: SignerRole,
    /// The signer's name.
    pub name: String,
    /// The picture.
    pub svg: String,
}

/// A report of the same fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReporterView {
    /// The other report.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// When it was taken.
    pub reported_at: Timestamp,
    /// Who reported.
    pub customer: String,
    /// Whether somebody asked them afterwards.
    pub asked: bool,
}

/// A person with a name, where one is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// The person.
    pub id: PersonId,
    /// The name, as the assignment or the office wrote it.
    pub name: Option<String>,
}

/// One event with its times beside each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventView {
    /// The event.
    pub id: EventId,
    /// What happened.
    pub kind: String,
    /// Who.
    pub by: PersonView,
    /// On which installation.
    pub device: InstallationId,
    /// Its number there.
    pub device_seq: u64,
    /// What that installation's clock said.
    pub claimed_at: Timestamp,
    /// What can be proven.
    pub evidence: Interval,
    /// When the server stored it; none while it is only on this phone.
    pub received_at: Option<Timestamp>,
    /// Overtaken by a decision.
    pub superseded: bool,
    /// Came after archiving.
    pub late: bool,
    /// What the kind adds.
    pub body: Value,
}

/// Reads a document into what people see.
///
/// # Errors
/// As [`Standing::read`].
pub fn view(document: &Automerge, receipts: &Receipts) -> Result<(WorkView, Standing), Refusal> {
    let standing = Standing::read(document, receipts)?;
    let names = names(&standing);
    let seen = Seen { standing: &standing, names: &names };
    let view = WorkView {
        row: row(&standing),
        notes: standing.snapshot.notes.clone(),
        materials: standing.snapshot.materials.iter().filter_map(|(id, lines)| material(*id, lines)).collect(),
        reports: seen.reports(),
        values: standing.fold.values.iter().filter_map(|held| seen.value(held)).collect(),
        safety: seen.safety(),
        files: seen.files(),
        signatures: seen.signatures(),
        reporters: reporters(&standing),
        history: standing.history.entries().iter().map(|entry| seen.event(entry)).collect(),
    };
    Ok((view, standing))
}

fn row(standing: &Standing) -> WorkRow {
    let Standing { snapshot, order, fold, .. } = standing;
    let named = |by: By| next(standing, by).into_iter().map(str::to_owned).collect();
    WorkRow {
        id: snapshot.meta.id,
        number: order.number.clone(),
        kind: snapshot.meta.kind.clone(),
        state: fold.state.name.to_owned(),
        phase: fold.state.phase,
        district: snapshot.meta.district,
        crew: fold.holder,
        lead: fold.lead,
        priority: order.priority,
        area_class: order.area_class,
        customer: order.customer.clone(),
        site: order.site.clone(),
        about: order.about.clone(),
        reported_at: order.reported_at,
        appointment: fold.appointment,
        late_events: fold.late.len(),
        clocks: clocks(standing),
        attachments: AttachmentCount { total: fold.files.len(), stored: fold.files.iter().filter(|(_, _, stored)| *stored).count() },
        next: NextSteps { office: named(By::Office), crew: named(By::Crew) },
        attention: fold.attention.clone(),
    }
}

/// Names known from the document: the office signs with its name, an assignment lists the crew.
fn names(standing: &Standing) -> BTreeMap<PersonId, String> {
    let mut names = BTreeMap::new();
    for (entry, event) in standing.history.entries().iter().zip(&standing.events) {
        if let Some(name) = &entry.event.by_name {
            names.insert(entry.event.by, name.clone());
        }
        if let Some(WorkEvent::Assigned { members, .. }) = event {
            names.extend(members.iter().map(|member| (member.id, member.name.clone())));
        }
    }
    names
}

fn material(id: MaterialId, lines: &[Material]) -> Option<MaterialView> {
    let (line, conflicting) = lines.split_first()?;
    Some(MaterialView { id, line: line.clone(), conflicting: conflicting.to_vec() })
}

fn reporters(standing: &Standing) -> Vec<ReporterView> {
    let reporters = standing.fold.reporters.iter().cloned();
    reporters
        .map(|reporter| ReporterView {
            document: reporter.document,
            number: reporter.number,
            reported_at: reporter.reported_at,
            customer: reporter.customer,
            asked: reporter.asked,
        })
        .collect()
}

/// A standing item, with the names of people.
struct Seen<'a> {
    standing: &'a Standing,
    names: &'a BTreeMap<PersonId, String>,
}

impl Seen<'_> {
    fn person(&self, id: PersonId) -> PersonView {
        PersonView { id, name: self.names.get(&id).cloned() }
    }

    fn entries(&self) -> impl Iterator<Item = (&Entry, &WorkEvent)> {
        let events = self.standing.history.entries().iter().zip(&self.standing.events);
        events.filter_map(|(entry, event)| Some((entry, event.as_ref()?)))
    }

    fn reports(&self) -> Vec<ReportView> {
        let endings = self.standing.fold.endings.iter().filter_map(|place| self.standing.history.at(*place));
        let report = |entry: &Entry| ReportView {
            event: entry.id,
            step: entry.event.kind.clone(),
            by: self.person(entry.event.by),
            body: entry.event.body.clone(),
        };
        endings.map(report).collect()
    }

    fn value(&self, held: &Held) -> Option<ValueView> {
        let conflicting = held.conflicting.iter().filter_map(|claim| self.claim(claim)).collect();
        Some(ValueView { path: held.path.clone(), shown: self.claim(&held.shown)?, billing: held.billing, conflicting })
    }

    fn claim(&self, claim: &Claim) -> Option<ClaimView> {
        let entry = self.standing.history.at(claim.place)?;
        Some(ClaimView { value: claim.value.clone(), event: entry.id, by: self.person(entry.event.by) })
    }

    fn safety(&self) -> SafetyView {
        let gate = &self.standing.fold.gate;
        let done = self.entries().filter_map(|(entry, event)| match event {
            WorkEvent::SafetyRecorded { step, .. } if gate.done.get(step).is_some_and(|ids| ids.contains(&entry.id)) => {
                Some(SafetyDone { step: *step, event: entry.id, by: self.person(entry.event.by), body: entry.event.body.clone() })
            }
            _ => None,
        });
        SafetyView { required: gate.required.clone(), done: done.collect(), missing: gate.missing(), forced: gate.forced }
    }

    fn files(&self) -> Vec<FileView> {
        let files = self.standing.fold.files.iter().filter_map(|(place, file, stored)| {
            let event = self.standing.history.at(*place)?.id;
            let file = file.clone();
            Some(FileView {
                hash: file.hash,
                kind: file.kind,
                mime: file.mime,
                bytes: file.bytes,
                taken_at: file.taken_at,
                caption: file.caption,
                stored: *stored,
                event,
            })
        });
        files.collect()
    }

    fn signatures(&self) -> Vec<SignatureView> {
        let signatures = self.entries().filter_map(|(entry, event)| match event {
            WorkEvent::Signed(signature) => {
                Some(SignatureView { event: entry.id, role: signature.role, name: signature.name.clone(), svg: signature.strokes.to_svg() })
            }
            _ => None,
        });
        signatures.collect()
    }

    fn event(&self, entry: &Entry) -> EventView {
        let (event, fold) = (&entry.event, &self.standing.fold);
        EventView {
            id: entry.id,
            kind: event.kind.clone(),
            by: self.person(event.by),
            device: event.device,
            device_seq: event.device_seq,
            claimed_at: event.evidence.wall,
            evidence: entry.proven,
            received_at: entry.received_at,
            superseded: fold.superseded.contains(&entry.id),
            late: fold.late.contains(&entry.id),
            body: event.body.clone(),
        }
    }
}
