//! What the customer reported and what the office promised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    ids::DocumentId,
    limits::MAX_TEXT_CHARS,
    model::{contact::Contact, kinds, reference::Reference},
    refusal::{Reason, Refusal},
    time::Timestamp,
};

use super::{
    field::{self, Unknown},
    kind::WorkKind,
    safety::SafetyStep,
};

/// How far the site is: it sets the arrival limit (the policy says which).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaClass {
    /// City.
    #[default]
    Urban,
    /// Countryside.
    Rural,
    /// Special remote area.
    Remote,
}

/// What goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Danger, a hospital, many customers.
    Urgent,
    /// Everything else.
    #[default]
    Normal,
}

/// Who reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The name.
    pub name: String,
    /// How to reach them. Orders of this version keep it apart, as the arrears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The account that the bills go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What they owe, in fen. Never part of an item's document: [`contact`](crate::model::contact) says where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrears_fen: Option<i64>,
}

/// Where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The address as spoken.
    pub address: String,
    /// The national street code (9 digits), when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street_code: Option<String>,
}

/// The `order` section: what the customer reported, what the office promised, and the rules that were in force then. Written by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The number people say on the phone, such as `20261123-0007`.
    pub number: String,
    /// Who.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// How far.
    pub area_class: AreaClass,
    /// How urgent.
    pub priority: Priority,
    /// When the report was taken: server time, the start of the clocks.
    pub reported_at: Timestamp,
    /// The arrival limit, in milliseconds, for kinds that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival_limit_ms: Option<u64>,
    /// When the kind's other clocks end, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<String, Timestamp>,
    /// How old a notice must be before the cut, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_age_ms: Option<u64>,
    /// The steps of the safety gate.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub safety: BTreeMap<SafetyStep, bool>,
    /// What somebody of the crew must be qualified for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub qualifications: BTreeMap<String, bool>,
    /// What the kind's orders hold beside that.
    #[serde(flatten)]
    pub about: Map<String, Value>,
}

impl Order {
    /// The steps of the safety gate that apply, in order.
    pub fn safety_steps(&self) -> impl Iterator<Item = SafetyStep> {
        self.safety.iter().filter(|(_, applies)| **applies).map(|(step, _)| *step)
    }

    /// The qualifications that somebody of the crew needs.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        self.qualifications.iter().filter(|(_, applies)| **applies).map(|(name, _)| name.as_str())
    }
}

/// Work as somebody orders it, before it has a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The work kind.
    pub kind: String,
    /// Who.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// How far.
    #[serde(default)]
    pub area_class: AreaClass,
    /// How urgent.
    #[serde(default)]
    pub priority: Priority,
    /// The work is on a road: warning boards are part of the gate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_road: bool,
    /// The work is at height: belt and helmet are part of the gate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_height: bool,
    /// What the kind's orders hold beside that.
    #[serde(default)]
    pub about: Map<String, Value>,
}

impl NewOrder {
    /// What of the customer is kept apart from the item, if there is anything.
    #[must_use]
    pub fn contact(&self, item: DocumentId) -> Option<Contact> {
        let Customer { phone, arrears_fen, .. } = &self.customer;
        (phone.is_some() || arrears_fen.is_some()).then(|| Contact { item, phone: phone.clone(), arrears_fen: *arrears_fen })
    }

    /// The kind, when the order is sound.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self, reference: &Reference) -> Result<&'static dyn WorkKind, Refusal> {
        let kind = kinds::named(&self.kind).ok_or_else(|| Refusal::new(Reason::InvalidValue, "kind is none that this server knows"))?;
        required("customer.name", &self.customer.name)?;
        required("site.address", &self.site.address)?;
        bounded("customer.phone", self.customer.phone.as_deref().unwrap_or_default())?;
        bounded("customer.account", self.customer.account.as_deref().unwrap_or_default())?;
        if self.customer.arrears_fen.is_some_and(|fen| fen < 0) {
            return Err(Refusal::new(Reason::InvalidValue, "customer.arrears_fen is below zero"));
        }
        bounded("site.street_code", self.site.street_code.as_deref().unwrap_or_default())?;
        let about = Value::Object(self.about.clone());
        field::check(kind.describe().about, &about, Unknown::Refused)
            .map_err(|refusal| Refusal::new(refusal.reason, format!("about.{}", refusal.detail)))?;
        kind.check_order(&self.about, reference)?;
        Ok(kind)
    }
}

/// Refuses an empty or overlong text.
///
/// # Errors
/// [`Reason::InvalidValue`] naming `field`.
pub fn required(field: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::new(Reason::InvalidValue, format!("{field} is empty")));
    }
    bounded(field, text)
}

/// Refuses an overlong text.
///
/// # Errors
/// [`Reason::InvalidValue`] naming `field`.
pub fn bounded(field: &str, text: &str) -> Result<(), Refusal> {
    let count = text.chars().count();
    if count > MAX_TEXT_CHARS {
        let detail = format!("{field} has {count} characters; {MAX_TEXT_CHARS} are allowed");
        return Err(Refusal::new(Reason::InvalidValue, detail));
    }
    Ok(())
}
