//! Values that cross as what every language has: ids as texts, times as milliseconds since 1970, money in fen
//! (1/100 yuan), JSON as text.
//!
//! A text that is no id is [`LinecrewError::Invalid`] from whichever call it was given to.

use linecrew_client::protocol::{
    ids::{CrewId, DistrictId, DocumentId, EventId, InstallationId, MaterialId, PersonId, SessionId},
    model::collection::{EntryHash, Fen, Ticket},
    time::Timestamp,
};
use serde_json::Value;

use crate::error::LinecrewError;

uniffi::custom_type!(DocumentId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("document_id")), lower: |id| id.to_string() });
uniffi::custom_type!(EventId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("event_id")), lower: |id| id.to_string() });
uniffi::custom_type!(CrewId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("crew_id")), lower: |id| id.to_string() });
uniffi::custom_type!(PersonId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("person_id")), lower: |id| id.to_string() });
uniffi::custom_type!(InstallationId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("installation_id")), lower: |id| id.to_string() });
uniffi::custom_type!(DistrictId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("district_id")), lower: |id| id.to_string() });
uniffi::custom_type!(MaterialId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("material_id")), lower: |id| id.to_string() });
uniffi::custom_type!(SessionId, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("session_id")), lower: |id| id.to_string() });
uniffi::custom_type!(Ticket, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("ticket")), lower: |ticket| ticket.to_string() });
uniffi::custom_type!(EntryHash, String, { remote, try_lift: |text| text.parse().map_err(|_| invalid("entry_hash")), lower: |hash| hash.to_string() });
uniffi::custom_type!(Fen, i64, { remote, try_lift: |fen| Ok(Self(fen)), lower: |fen| fen.0 });
uniffi::custom_type!(Timestamp, i64, { remote, try_lift: |millis| Ok(Self::from_unix_millis(millis)), lower: |time| time.as_unix_millis() });

/// JSON, for what only a kind's own description knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub Value);

uniffi::custom_type!(Json, String, { try_lift: |text| serde_json::from_str(&text).map(Json).map_err(|_| invalid("json")), lower: |json| json.0.to_string() });

/// The error of this surface, inside the one that the scaffolding carries: every call gives it out as it is.
fn invalid(what: &str) -> uniffi::deps::anyhow::Error {
    LinecrewError::Invalid { code: what.to_owned() }.into()
}
