//! What an order is about, by the kind of work.

use std::collections::HashMap;

use linecrew_client::protocol::{ids::DocumentId, time::Timestamp};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::values::Json;

/// What an order is about. A later version may know more kinds: they are `Other`.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum About {
    /// `repair_dispatch` (故障抢修).
    Repair {
        /// `no_power`, `low_voltage`, `line_down`, `meter_fault`, `fire_or_smoke` or `other`.
        category: String,
        /// In the customer's words.
        description: Option<String>,
    },
    /// `meter_rotation` (表计轮换).
    Rotation {
        /// The meter to exchange.
        meter: KnownMeter,
    },
    /// `site_survey` (现场勘查).
    Survey {
        /// The form to answer.
        form: FormName,
        /// The class of supply.
        supply: Option<String>,
        /// What the customer asks for.
        request: Option<String>,
    },
    /// `notice` (停电通知).
    Notice {
        /// `arrears` or `planned_outage`.
        purpose: String,
        /// From when power will be off.
        outage_from: Option<Timestamp>,
        /// Until when.
        outage_until: Option<Timestamp>,
        /// What it says.
        text: Option<String>,
    },
    /// `disconnection` (停电).
    Disconnection {
        /// `arrears` or `planned_outage`.
        reason: String,
        /// The notice that came before it.
        notice: DocumentId,
    },
    /// `meter_service` (表计服务).
    MeterService {
        /// `meter_test`, `removal`, `sealing`, `restoring` or `energising`.
        service: String,
        /// The class of supply.
        supply: Option<String>,
        /// The meter, when the order names one.
        meter: Option<KnownMeter>,
    },
    /// A kind that this version of the library does not know, or an order that does not fit it.
    Other {
        /// What the order holds.
        json: Json,
    },
}

/// A meter as the office knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct KnownMeter {
    /// Its number.
    pub serial: String,
    /// What its indexes are multiplied by.
    pub multiplier: u64,
    /// Its registers by number, such as `1`.
    pub registers: HashMap<String, KnownRegister>,
}

/// A register of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct KnownRegister {
    /// How many digits it shows.
    pub digits: u8,
    /// The last index that the office knows, in the register's smallest unit.
    pub last_index: u64,
}

/// One version of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct FormName {
    /// Its name, such as `meter_test`.
    pub form: String,
    /// Its version, from 1.
    pub version: u32,
}

impl About {
    /// What the order of an item of this kind holds.
    pub(crate) fn of(kind: &str, about: Value) -> Self {
        let read = match kind {
            "repair_dispatch" => {
                fitting(&about).map(|Repair { fault }| Self::Repair { category: fault.category, description: fault.description })
            }
            "meter_rotation" => fitting(&about).map(|Rotation { meter }| Self::Rotation { meter }),
            "site_survey" => fitting(&about).map(|Survey { form, supply, request }| Self::Survey { form, supply, request }),
            "notice" => fitting(&about).map(Notice::into),
            "disconnection" => fitting(&about).map(|Disconnection { reason, notice }| Self::Disconnection { reason, notice }),
            "meter_service" => fitting(&about).map(|MeterService { service, supply, meter }| Self::MeterService { service, supply, meter }),
            _ => None,
        };
        read.unwrap_or(Self::Other { json: Json(about) })
    }
}

/// Fields that a later version has added are left out.
fn fitting<T: DeserializeOwned>(about: &Value) -> Option<T> {
    T::deserialize(about).ok()
}

#[derive(Deserialize)]
struct Repair {
    fault: Fault,
}

#[derive(Deserialize)]
struct Fault {
    category: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Rotation {
    meter: KnownMeter,
}

#[derive(Deserialize)]
struct Survey {
    form: FormName,
    supply: Option<String>,
    request: Option<String>,
}

#[derive(Deserialize)]
struct Notice {
    purpose: String,
    outage_from: Option<Timestamp>,
    outage_until: Option<Timestamp>,
    text: Option<String>,
}

impl From<Notice> for About {
    fn from(Notice { purpose, outage_from, outage_until, text }: Notice) -> Self {
        Self::Notice { purpose, outage_from, outage_until, text }
    }
}

#[derive(Deserialize)]
struct Disconnection {
    reason: String,
    notice: DocumentId,
}

#[derive(Deserialize)]
struct MeterService {
    service: String,
    supply: Option<String>,
    meter: Option<KnownMeter>,
}

#[cfg(test)]
mod tests {
    use linecrew_client::protocol::model::kinds;
    use serde_json::json;

    use super::*;

    fn order(kind: &str) -> Value {
        let meter = json!({ "serial": "M1", "multiplier": 1, "registers": { "1": { "digits": 5, "last_index": 7 } } });
        match kind {
            "repair_dispatch" => json!({ "fault": { "category": "no_power" } }),
            "meter_rotation" => json!({ "meter": meter }),
            "site_survey" => json!({ "form": { "form": "meter_test", "version": 1 }, "billing": {} }),
            "notice" => json!({ "purpose": "arrears", "outage_from": 1 }),
            "disconnection" => json!({ "reason": "arrears", "notice": "018f0000-0000-7000-8000-000000000001" }),
            "meter_service" => json!({ "service": "removal", "meter": meter }),
            other => panic!("{other} needs an order here, and a variant of About"),
        }
    }

    #[test]
    fn every_kind_has_words_of_its_own_and_what_does_not_fit_is_kept() {
        for kind in kinds::ALL {
            let name = kind.describe().name;
            let about = About::of(name, order(name));
            assert!(!matches!(about, About::Other { .. }), "{name}: {about:?}");
            assert_eq!(About::of(name, json!({ "new": 1 })), About::Other { json: Json(json!({ "new": 1 })) }, "{name}");
        }
        assert_eq!(About::of("later", json!([])), About::Other { json: Json(json!([])) });
    }

    #[test]
    fn a_meter_keeps_its_registers() {
        let About::Rotation { meter } = About::of("meter_rotation", order("meter_rotation")) else { panic!("a rotation") };
        assert_eq!(meter.registers.get("1"), Some(&KnownRegister { digits: 5, last_index: 7 }));
    }
}
