//! What the customer reported and what the office promised.

use serde::{Deserialize, Serialize};

use crate::{
    limits::MAX_TEXT_CHARS,
    refusal::{Reason, Refusal},
    time::Timestamp,
};

/// How far the site is: it sets the arrival limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaClass {
    /// City: 45 minutes.
    Urban,
    /// Countryside: 90 minutes.
    Rural,
    /// Special remote area: 120 minutes.
    Remote,
}

impl AreaClass {
    /// The default arrival limit (Q/GDW 581-2011, the ten commitments), in milliseconds. Provinces may configure a stricter one.
    #[must_use]
    pub fn default_arrival_limit_ms(self) -> u64 {
        let minutes = match self {
            Self::Urban => 45,
            Self::Rural => 90,
            Self::Remote => 120,
        };
        minutes * 60_000
    }
}

/// What goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Danger, a hospital, many customers.
    Urgent,
    /// Everything else.
    Normal,
}

/// What is wrong, in the hotline's categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCategory {
    /// No power at all.
    NoPower,
    /// Power, but too little voltage.
    LowVoltage,
    /// A line is on the ground.
    LineDown,
    /// The meter.
    MeterFault,
    /// Fire, smoke or sparks.
    FireOrSmoke,
    /// Anything else.
    Other,
}

/// Who reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The name.
    pub name: String,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
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

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The category.
    pub category: FaultCategory,
    /// The customer's words.
    pub description: String,
}

/// The `order` section: written by the server.
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
    /// What.
    pub fault: Fault,
    /// How urgent.
    pub priority: Priority,
    /// When the report was taken: server time, the start of the arrival clock.
    pub reported_at: Timestamp,
    /// The arrival limit that was in force then, in milliseconds.
    pub arrival_limit_ms: u64,
}

impl Order {
    /// The end of the arrival limit.
    #[must_use]
    pub fn arrival_due(&self) -> Timestamp {
        self.reported_at.plus_ms(self.arrival_limit_ms)
    }
}

/// A report as the hotline hands it over, before it has a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRepair {
    /// Who.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// How far.
    pub area_class: AreaClass,
    /// What.
    pub fault: Fault,
    /// How urgent.
    pub priority: Priority,
}

impl NewRepair {
    /// Whether every text is present and of a sane length.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        required("customer.name", &self.customer.name)?;
        required("site.address", &self.site.address)?;
        bounded("customer.phone", self.customer.phone.as_deref().unwrap_or_default())?;
        bounded("site.street_code", self.site.street_code.as_deref().unwrap_or_default())?;
        bounded("fault.description", &self.fault.description)
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
