//! What the kinds' own steps hold, as types for apps. The rules check the JSON that they become.

use std::collections::BTreeMap;

use linecrew_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What was found and done at a repair.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RepairReport {
    /// Why it failed.
    pub cause: String,
    /// What was done.
    pub remedy: String,
    /// When power was back, as the crew says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_at: Option<Timestamp>,
    /// Who did it, when it was not the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
}

/// One meter was taken off and another put on: one event with one instant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exchange {
    /// The meter that was taken off.
    pub removed: RemovedMeter,
    /// The meter that was put on.
    pub installed: InstalledMeter,
    /// The photo of the removed meter, by its hash: attach it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_removed: Option<String>,
    /// The photo of the installed meter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_installed: Option<String>,
    /// Why there is no photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_photo: Option<String>,
    /// Why something is not as expected: another serial, a lower index, another multiplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// The numbers of the seals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seals: Option<String>,
}

/// A meter that was taken off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RemovedMeter {
    /// Its number.
    pub serial: String,
    /// The final readings, by register.
    pub registers: BTreeMap<String, FinalReading>,
}

/// A final reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FinalReading {
    /// The index, in the register's smallest unit.
    pub index: u64,
}

/// A meter that was put on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InstalledMeter {
    /// Its number.
    pub serial: String,
    /// What its indexes are multiplied by.
    pub multiplier: u64,
    /// The initial readings, by register.
    pub registers: BTreeMap<String, InitialReading>,
}

/// An initial reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InitialReading {
    /// The index, in the register's smallest unit.
    pub index: u64,
    /// All digits that the register shows.
    pub digits: u8,
}

/// How a notice reached the customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Service {
    /// The way: `handed_over`, `left_at_door`, `posted`, `published`.
    pub how: String,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// A photo as proof, by its hash: attach it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A supply was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisconnectionReport {
    /// When.
    pub cut_at: Timestamp,
    /// What the meter showed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What was done to a meter that was not exchanged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MeterServiceReport {
    /// What came of it.
    pub result: String,
    /// The meter that was taken off: a removal names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<RemovedMeter>,
    /// The numbers of the seals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seals: Option<String>,
}
