//! What people see of a repair dispatch: the row of a list and the details behind it. The same JSON on the phone, the board and the API.

use std::collections::BTreeMap;

use automerge::Automerge;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CrewId, DistrictId, DocumentId, EventId, InstallationId, MaterialId, PersonId},
    model::{
        document::{Material, Snapshot},
        history::{Entry, History, Receipts},
    },
    refusal::{Reason, Refusal},
    time::{Interval, Timestamp, Verdict},
};

use super::{
    attention::Attention,
    event::{RepairEvent, Report},
    fold::{Fold, State, fold},
    order::{AreaClass, Customer, Fault, Order, Priority, Site},
};

/// A row of a list (docs/api.md).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepairRow {
    /// The document.
    pub id: DocumentId,
    /// The number people say.
    pub number: String,
    /// The work kind.
    pub kind: String,
    /// Where it stands.
    pub state: State,
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
    /// Who reported.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// What.
    pub fault: Fault,
    /// When: server time.
    pub reported_at: Timestamp,
    /// How many edits came after archiving.
    pub late_events: usize,
    /// The arrival clock.
    pub arrival: ArrivalClock,
    /// Open questions.
    pub attention: Vec<Attention>,
}

/// The arrival limit and what the evidence says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalClock {
    /// The limit.
    pub limit_ms: u64,
    /// Its end.
    pub due_at: Timestamp,
    /// What can be said.
    pub verdict: Verdict,
    /// When the first of the crew arrived.
    pub arrived: Option<Interval>,
}

/// Everything about one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepairView {
    /// The row.
    #[serde(flatten)]
    pub row: RepairRow,
    /// The notes.
    pub notes: String,
    /// The lines of material.
    pub materials: Vec<MaterialView>,
    /// The completion report that shows; `reports` has all.
    pub report: Option<Report>,
    /// Every completion report (rule 6 keeps both).
    pub reports: Vec<Report>,
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
    pub body: serde_json::Value,
}

/// Reads a document into what people see.
///
/// # Errors
/// [`Reason::UnreadableEvent`] when it is no repair dispatch that this build can read.
pub fn view(document: &Automerge, receipts: &Receipts) -> Result<(RepairView, Fold), Refusal> {
    let snapshot = Snapshot::read(document)?;
    let order: Order = serde_json::from_value(snapshot.order.clone())
        .map_err(|_| Refusal::new(Reason::UnreadableEvent, "section order has another shape"))?;
    let history = History::read(document, &snapshot, receipts)?;
    let fold = fold(&history);
    let row = row(&snapshot, order, &fold);
    let names = names(&history);
    let view = RepairView {
        row,
        notes: snapshot.notes,
        materials: snapshot.materials.into_iter().filter_map(|(id, lines)| material(id, lines)).collect(),
        report: fold.reports.last().cloned(),
        reports: fold.reports.clone(),
        history: history.entries().iter().map(|entry| event(entry, &fold, &names)).collect(),
    };
    Ok((view, fold))
}

fn row(snapshot: &Snapshot, order: Order, fold: &Fold) -> RepairRow {
    let due_at = order.arrival_due();
    let verdict = fold.arrival.map_or(Verdict::Awaiting, |arrived| arrived.verdict(due_at));
    RepairRow {
        id: snapshot.meta.id,
        number: order.number,
        kind: snapshot.meta.kind.clone(),
        state: fold.state,
        district: snapshot.meta.district,
        crew: fold.holder,
        lead: fold.lead,
        priority: order.priority,
        area_class: order.area_class,
        customer: order.customer,
        site: order.site,
        fault: order.fault,
        reported_at: order.reported_at,
        late_events: fold.late.len(),
        arrival: ArrivalClock { limit_ms: order.arrival_limit_ms, due_at, verdict, arrived: fold.arrival },
        attention: fold.attention.clone(),
    }
}

/// Names known from the document: the office signs with its name, an assignment lists the crew.
fn names(history: &History) -> BTreeMap<PersonId, String> {
    let mut names = BTreeMap::new();
    for entry in history.entries() {
        if let Some(name) = &entry.event.by_name {
            names.insert(entry.event.by, name.clone());
        }
        if let Ok(RepairEvent::Assigned { members, .. }) = RepairEvent::of(&entry.event) {
            names.extend(members.into_iter().map(|member| (member.id, member.name)));
        }
    }
    names
}

fn material(id: MaterialId, mut lines: Vec<Material>) -> Option<MaterialView> {
    let conflicting = lines.split_off(1.min(lines.len()));
    Some(MaterialView { id, line: lines.pop()?, conflicting })
}

fn event(entry: &Entry, fold: &Fold, names: &BTreeMap<PersonId, String>) -> EventView {
    let event = &entry.event;
    EventView {
        id: entry.id,
        kind: event.kind.clone(),
        by: PersonView { id: event.by, name: names.get(&event.by).cloned() },
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
