//! The sections of a work item, and how they lie in Automerge.
//!
//! All sections are maps (notes: text) that the genesis change creates, so that no two replicas ever create the same object twice (the
//! second would hide the first). Below them lie scalars only: an event or a line of material is one JSON text.

use std::collections::BTreeMap;

use automerge::{Automerge, ObjId, ObjType, ROOT, ReadDoc, Value};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CrewId, DistrictId, DocumentId, EventId, MaterialId, PersonId},
    refusal::{Reason, Refusal},
    time::Timestamp,
};

/// The version of the layout described here. A document of a newer one is kept and synced, but not judged.
pub const SCHEMA: u64 = 1;

/// Root keys and the kind of object under each.
pub const SECTIONS: [(&str, ObjType); 9] = [
    ("meta", ObjType::Map),
    ("order", ObjType::Map),
    ("assignment", ObjType::Map),
    ("events", ObjType::Map),
    ("safety", ObjType::Map),
    ("materials", ObjType::Map),
    ("readings", ObjType::Map),
    ("attachments", ObjType::Map),
    ("notes", ObjType::Text),
];

/// The `meta` section: written once, by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The document.
    pub id: DocumentId,
    /// The work kind, such as `repair_dispatch`.
    pub kind: String,
    /// The layout's version.
    pub schema: u64,
    /// The district it belongs to.
    pub district: DistrictId,
    /// When the server created it.
    pub created: Timestamp,
}

/// The `assignment` section: the office's latest assignment, readable without folding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Assignment {
    /// The crew.
    #[serde(default)]
    pub crew: Option<CrewId>,
    /// Since when.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// By whom.
    #[serde(default)]
    pub by: Option<PersonId>,
}

/// A line of material, as one JSON text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// What it is.
    pub name: String,
    /// How much, in `unit`.
    pub quantity: f64,
    /// The unit: `m`, `pcs`, `kg` …
    pub unit: String,
    /// Who wrote this line.
    pub by: PersonId,
}

/// A document's sections as plain values.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Identity.
    pub meta: Meta,
    /// The kind's order, as JSON; the kind gives it a type.
    pub order: serde_json::Value,
    /// The office's latest assignment.
    pub assignment: Assignment,
    /// Event texts by id, unread.
    pub events: BTreeMap<EventId, String>,
    /// Every value ever written concurrently for a line; the first is the one to show.
    pub materials: BTreeMap<MaterialId, Vec<Material>>,
    /// The notes.
    pub notes: String,
}

impl Snapshot {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Reason::UnreadableEvent`] when a section is missing or of another shape: the document is not one of ours, or newer.
    pub fn read(document: &Automerge) -> Result<Self, Refusal> {
        let materials = section(document, "materials")?;
        Ok(Self {
            meta: typed(document, "meta")?,
            order: json(document, &section(document, "order")?),
            assignment: typed(document, "assignment")?,
            events: read_events(document)?,
            materials: document
                .keys(&materials)
                .filter_map(|key| Some((key.parse().ok()?, read_material(document, &materials, &key))))
                .collect(),
            notes: document.text(section(document, "notes")?).map_err(|_| unreadable("notes"))?,
        })
    }
}

/// The object of a section.
///
/// # Errors
/// [`Reason::UnreadableEvent`] when there is none.
pub fn section(document: &impl ReadDoc, name: &str) -> Result<ObjId, Refusal> {
    match document.get(ROOT, name) {
        Ok(Some((Value::Object(_), object))) => Ok(object),
        _ => Err(unreadable(name)),
    }
}

fn read_events(document: &Automerge) -> Result<BTreeMap<EventId, String>, Refusal> {
    let events = section(document, "events")?;
    let mut texts = BTreeMap::new();
    for key in document.keys(&events) {
        let id = key.parse().map_err(|_| unreadable("events"))?;
        if let Ok(Some((value, _))) = document.get(&events, &key) {
            texts.insert(id, value.as_str().ok_or_else(|| unreadable("events"))?.to_owned());
        }
    }
    Ok(texts)
}

fn read_material(document: &Automerge, materials: &ObjId, key: &str) -> Vec<Material> {
    let values = document.get_all(materials, key).unwrap_or_default();
    // get_all gives the winner last; people look at the winner first.
    values.iter().rev().filter_map(|(value, _)| serde_json::from_str(value.as_str()?).ok()).collect()
}

fn typed<T: serde::de::DeserializeOwned>(document: &Automerge, name: &str) -> Result<T, Refusal> {
    serde_json::from_value(json(document, &section(document, name)?)).map_err(|_| unreadable(name))
}

/// A map of scalars and maps as JSON (depth is bounded by the gate).
fn json(document: &Automerge, object: &ObjId) -> serde_json::Value {
    let fields = document.keys(object).filter_map(|key| {
        let (value, id) = document.get(object, &key).ok()??;
        let value = match value {
            Value::Object(_) => json(document, &id),
            Value::Scalar(scalar) => scalar_json(&scalar),
        };
        Some((key, value))
    });
    serde_json::Value::Object(fields.collect())
}

fn scalar_json(scalar: &automerge::ScalarValue) -> serde_json::Value {
    use automerge::ScalarValue as S;
    match scalar {
        S::Str(text) => text.as_str().into(),
        S::Int(number) | S::Timestamp(number) => (*number).into(),
        S::Uint(number) => (*number).into(),
        S::F64(number) => (*number).into(),
        S::Boolean(flag) => (*flag).into(),
        _ => serde_json::Value::Null,
    }
}

fn unreadable(section: &str) -> Refusal {
    Refusal::new(Reason::UnreadableEvent, format!("section {section} is missing or has another shape"))
}

/// An event that is added stands alone under its id. The server asks this of the document with the change as well: a phone that knows the id of
/// a colleague's event and pretends not to have seen it could otherwise put another text there, and of two values Automerge shows one.
///
/// # Errors
/// [`Reason::NotOneEvent`] when the id is taken.
pub fn event_is_alone(document: &Automerge, id: EventId) -> Result<(), Refusal> {
    if event_texts(document, id).len() == 1 { Ok(()) } else { Err(Refusal::new(Reason::NotOneEvent, "the event's id is taken")) }
}

/// The event under `id`, with every text that was ever written there: more than one is a forgery or a broken installation.
#[must_use]
pub fn event_texts(document: &Automerge, id: EventId) -> Vec<String> {
    let Ok(events) = section(document, "events") else { return Vec::new() };
    let values = document.get_all(&events, id.to_string()).unwrap_or_default();
    values.iter().filter_map(|(value, _)| value.as_str().map(str::to_owned)).collect()
}
