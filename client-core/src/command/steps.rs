//! The kinds' own steps. Which kind has which stands in its description; a step of another kind is refused in words.

use linecrew_protocol::{
    Reason, Refusal,
    ids::DocumentId,
    model::work::{
        WorkCommand, WorkEvent,
        common::{self, CommonStep},
        field::{self, Unknown},
    },
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{CommandError, DisconnectionReport, Exchange, MeterServiceReport, RepairReport, Saved, Service};
use crate::{client::Client, host};

#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `CommandError`, which says them")]
impl Client {
    /// Takes any step by its name and with its fields, as the catalogue describes them: one of the item's kind, or one that all kinds have.
    pub fn step(&self, item: DocumentId, name: &str, body: Value) -> Saved {
        let command = match common::STEPS.iter().find(|step| step.name == name) {
            Some(step) => self.common(step, &body)?,
            None => WorkCommand::Record(WorkEvent::own(name, body)),
        };
        self.execute(item, command)
    }

    /// Electrical work begins: repairs, disconnections, services of meters. The safety gate comes first.
    pub fn start_work(&self, item: DocumentId) -> Saved {
        self.step(item, "work_started", Value::Null)
    }

    /// Power is back after a fault.
    pub fn restore(&self, item: DocumentId, report: RepairReport) -> Saved {
        self.typed(item, "restored", &report)
    }

    /// A repair is done on site.
    pub fn complete_repair(&self, item: DocumentId, report: RepairReport) -> Saved {
        self.typed(item, "completed", &report)
    }

    /// A rotation: the meter was exchanged.
    pub fn exchange_meter(&self, item: DocumentId, exchange: Exchange) -> Saved {
        self.typed(item, "exchanged", &exchange)
    }

    /// A rotation: the customer has confirmed the readings, and signed.
    pub fn confirm_readings(&self, item: DocumentId) -> Saved {
        self.step(item, "confirmed", Value::Null)
    }

    /// A rotation: the customer did not confirm the readings, or was not there.
    pub fn refuse_confirmation(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.step(item, "confirmation_refused", json!({ "reason": reason.into() }))
    }

    /// A rotation: nobody let the crew in. `proof` is the hash of an attached photo.
    pub fn no_access(&self, item: DocumentId, reason: impl Into<String>, proof: impl Into<String>) -> Saved {
        self.step(item, "no_access", json!({ "reason": reason.into(), "proof": proof.into() }))
    }

    /// A rotation is done on site.
    pub fn complete_rotation(&self, item: DocumentId, note: Option<String>) -> Saved {
        self.noted(item, "completed", note)
    }

    /// A survey: the form is filled.
    pub fn submit_survey(&self, item: DocumentId, note: Option<String>) -> Saved {
        self.noted(item, "submitted", note)
    }

    /// A notice has reached the customer.
    pub fn serve_notice(&self, item: DocumentId, service: Service) -> Saved {
        self.typed(item, "served", &service)
    }

    /// A notice could not be served.
    pub fn not_served(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.step(item, "not_served", json!({ "reason": reason.into() }))
    }

    /// A supply was cut off.
    pub fn complete_disconnection(&self, item: DocumentId, report: DisconnectionReport) -> Saved {
        self.typed(item, "completed", &report)
    }

    /// A service of a meter is done on site.
    pub fn complete_meter_service(&self, item: DocumentId, report: MeterServiceReport) -> Saved {
        self.typed(item, "completed", &report)
    }

    /// Done on site, with what the item's kind asks for then.
    pub fn complete(&self, item: DocumentId, body: Value) -> Saved {
        self.step(item, "completed", body)
    }

    fn common(&self, step: &CommonStep, body: &Value) -> Result<WorkCommand, CommandError> {
        let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        match step.name {
            "noted" => Ok(WorkCommand::Note { text: text("text") }),
            "material_recorded" => Ok(WorkCommand::RecordMaterial {
                material: host::new_material(self.host().as_ref()),
                name: text("name"),
                quantity: body.get("quantity").and_then(Value::as_f64).unwrap_or(f64::NAN),
                unit: text("unit"),
            }),
            // Their fields are not described: any value may stand in a form, and a question's choices are its own.
            "value_recorded" => {
                let value = body.get("value").cloned().unwrap_or_default();
                Ok(WorkCommand::Record(WorkEvent::ValueRecorded { path: text("path"), value }))
            }
            "resolved" => {
                Ok(WorkCommand::Record(WorkEvent::Resolved { attention: text("attention"), choice: text("choice"), note: text("note") }))
            }
            // Without the bytes on this phone, nobody could ever send them.
            "attached" => Err(invalid("a file has a command of its own, which keeps its bytes")),
            _ => common_event(step, body),
        }
    }

    fn noted(&self, item: DocumentId, name: &str, note: Option<String>) -> Saved {
        self.step(item, name, note.map_or(Value::Null, |note| json!({ "note": note })))
    }

    fn typed(&self, item: DocumentId, name: &str, body: &impl Serialize) -> Saved {
        self.step(item, name, serde_json::to_value(body).map_err(|_| invalid("the step cannot be written as JSON"))?)
    }
}

fn common_event(step: &CommonStep, body: &Value) -> Result<WorkCommand, CommandError> {
    // A field that nobody knows would be lost without a word.
    field::check(step.fields, body, Unknown::Refused).map_err(CommandError::Refused)?;
    let tagged = if body.is_null() { json!({ "kind": step.name }) } else { json!({ "kind": step.name, "body": body }) };
    let plain = json!({ "kind": step.name });
    let read = serde_json::from_value(tagged).or_else(|_| serde_json::from_value(plain));
    Ok(WorkCommand::Record(read.map_err(|_| invalid("this step has other fields"))?))
}

fn invalid(detail: &str) -> CommandError {
    CommandError::Refused(Refusal::new(Reason::InvalidValue, detail))
}
