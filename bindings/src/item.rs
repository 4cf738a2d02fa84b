//! One item, with everything about it.

use linecrew_client::{
    ItemView,
    protocol::{
        ids::{DocumentId, EventId, InstallationId, MaterialId, PersonId},
        model::{
            document::Material,
            work::{
                SafetyStep, WorkView,
                files::{AttachmentKind, SignerRole},
                view::{
                    ClaimView, EventView, FileView, MaterialView, PersonView, ReportView, ReporterView, SafetyDone, SafetyView,
                    SignatureView, ValueView,
                },
            },
        },
        time::{Interval, Timestamp},
    },
};

use crate::{core::LinecrewCore, edits::EditState, error::LinecrewError, items::WorkItem, values::Json};

/// One item, with everything about it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ItemDetail {
    /// Its row of the list.
    pub row: WorkItem,
    /// The notes, one text.
    pub notes: String,
    /// The lines of material.
    pub materials: Vec<MaterialLine>,
    /// Every ending on site: when two phones ended it differently, both.
    pub reports: Vec<Report>,
    /// Readings and answers.
    pub values: Vec<RecordedValue>,
    /// The safety gate.
    pub safety: SafetyGate,
    /// Files.
    pub files: Vec<FileView>,
    /// Signatures.
    pub signatures: Vec<SignatureView>,
    /// Reports of the same fault.
    pub reporters: Vec<ReporterView>,
    /// What happened, in causal order.
    pub history: Vec<HistoryEvent>,
}

/// A person with a name, where one is known.
#[uniffi::remote(Record)]
pub struct PersonView {
    /// The person.
    pub id: PersonId,
    /// The name, as the assignment or the office wrote it.
    pub name: Option<String>,
}

/// A line of material.
#[uniffi::remote(Record)]
pub struct Material {
    /// What it is.
    pub name: String,
    /// How much, in `unit`.
    pub quantity: f64,
    /// The unit: `m`, `pcs`, `kg`.
    pub unit: String,
    /// Who wrote this line.
    pub by: PersonId,
}

/// A line of material, with what was written concurrently.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct MaterialLine {
    /// The line.
    pub id: MaterialId,
    /// What it says.
    pub line: Material,
    /// What others wrote for the same line without seeing this.
    pub conflicting: Vec<Material>,
}

/// One ending on site.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Report {
    /// The event.
    pub event: EventId,
    /// The step.
    pub step: String,
    /// Who.
    pub by: PersonView,
    /// What it holds.
    pub body: Json,
}

/// A reading or an answer, with what was written concurrently.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RecordedValue {
    /// Which, such as `removed/1` or `site/access`.
    pub path: String,
    /// The one that shows.
    pub shown: Claim,
    /// Whether the bill depends on it.
    pub billing: bool,
    /// What others wrote without seeing it.
    pub conflicting: Vec<Claim>,
}

/// One value and who gave it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Claim {
    /// What.
    pub value: Json,
    /// The event.
    pub event: EventId,
    /// Who.
    pub by: PersonView,
}

/// A step of the safety gate, in the order of work.
#[uniffi::remote(Enum)]
pub enum SafetyStep {
    /// The work ticket (工作票), by its number.
    WorkTicket,
    /// The hazards of the place were looked at.
    HazardSurvey,
    /// The crew was briefed on site, by its host.
    Briefing,
    /// The supervisor agrees.
    SupervisorConfirmed,
    /// The line is cut off.
    DeEnergised,
    /// No voltage was found.
    VerifiedDead,
    /// The line is earthed.
    Earthed,
    /// Warning boards stand in both directions (on a road).
    WarningBoards,
    /// Belt and helmet are worn (at height).
    BeltAndHelmet,
}

/// What has to be done before electrical work begins.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct SafetyGate {
    /// What the order demands.
    pub required: Vec<SafetyStep>,
    /// What the leading crew has done.
    pub done: Vec<SafetyRecord>,
    /// What is still to do.
    pub missing: Vec<SafetyStep>,
    /// The forced start, if there was one.
    pub forced: Option<EventId>,
}

/// One step of the gate, done.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct SafetyRecord {
    /// Which.
    pub step: SafetyStep,
    /// The event.
    pub event: EventId,
    /// Who.
    pub by: PersonView,
    /// What it holds.
    pub body: Json,
}

/// What a file is.
#[uniffi::remote(Enum)]
pub enum AttachmentKind {
    /// A picture.
    Photo,
    /// A scanned or written page.
    Document,
    /// A recording.
    Audio,
}

/// A file.
#[uniffi::remote(Record)]
pub struct FileView {
    /// Its name: the SHA-256 of its bytes.
    pub hash: String,
    /// What it is.
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

/// Who signs.
#[uniffi::remote(Enum)]
pub enum SignerRole {
    /// The customer.
    Customer,
    /// The technician.
    Technician,
    /// Somebody who saw it.
    Witness,
}

/// A signature as a picture.
#[uniffi::remote(Record)]
pub struct SignatureView {
    /// The event.
    pub event: EventId,
    /// Whose.
    pub role: SignerRole,
    /// The signer's name.
    pub name: String,
    /// The picture, as SVG. It holds numbers only.
    pub svg: String,
}

/// A report of the same fault.
#[uniffi::remote(Record)]
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

/// One event with its times beside each other.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HistoryEvent {
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
    /// When the server stored it; none while it is only on a phone.
    pub received_at: Option<Timestamp>,
    /// Overtaken by a decision.
    pub superseded: bool,
    /// Came after archiving.
    pub late: bool,
    /// What the kind adds.
    pub body: Json,
    /// Where it is, as far as this phone knows.
    pub state: Option<EditState>,
}

impl From<ItemView> for ItemDetail {
    fn from(ItemView { view, edits, mut events, withdrawn, damage }: ItemView) -> Self {
        let WorkView { row, notes, materials, reports, values, safety, files, signatures, reporters, history } = view;
        let history = history.into_iter().map(|event| HistoryEvent::of(events.remove(&event.id).map(EditState::from), event));
        Self {
            row: WorkItem::of(row, edits, withdrawn, damage.as_ref()),
            notes,
            materials: materials.into_iter().map(MaterialLine::from).collect(),
            reports: reports.into_iter().map(Report::from).collect(),
            values: values.into_iter().map(RecordedValue::from).collect(),
            safety: safety.into(),
            files,
            signatures,
            reporters,
            history: history.collect(),
        }
    }
}

impl HistoryEvent {
    fn of(state: Option<EditState>, event: EventView) -> Self {
        let EventView { id, kind, by, device, device_seq, claimed_at, evidence, received_at, superseded, late, body } = event;
        Self { id, kind, by, device, device_seq, claimed_at, evidence, received_at, superseded, late, body: Json(body), state }
    }
}

impl From<MaterialView> for MaterialLine {
    fn from(MaterialView { id, line, conflicting }: MaterialView) -> Self {
        Self { id, line, conflicting }
    }
}

impl From<ReportView> for Report {
    fn from(ReportView { event, step, by, body }: ReportView) -> Self {
        Self { event, step, by, body: Json(body) }
    }
}

impl From<ValueView> for RecordedValue {
    fn from(ValueView { path, shown, billing, conflicting }: ValueView) -> Self {
        Self { path, shown: shown.into(), billing, conflicting: conflicting.into_iter().map(Claim::from).collect() }
    }
}

impl From<ClaimView> for Claim {
    fn from(ClaimView { value, event, by }: ClaimView) -> Self {
        Self { value: Json(value), event, by }
    }
}

impl From<SafetyView> for SafetyGate {
    fn from(SafetyView { required, done, missing, forced }: SafetyView) -> Self {
        Self { required, done: done.into_iter().map(SafetyRecord::from).collect(), missing, forced }
    }
}

impl From<SafetyDone> for SafetyRecord {
    fn from(SafetyDone { step, event, by, body }: SafetyDone) -> Self {
        Self { step, event, by, body: Json(body) }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// One item; absent when this phone does not hold it, or cannot read its kind or version.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn item(&self, item: DocumentId) -> Result<Option<ItemDetail>, LinecrewError> {
        self.read(|client| Ok(client.item(item)?.map(ItemDetail::from)))
    }
}
