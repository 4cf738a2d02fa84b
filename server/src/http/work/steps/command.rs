//! A step's name and body as a command. What they hold is described by the model; this only tells the office's steps from the others.

use linecrew_protocol::{
    ids::CrewId,
    model::work::{
        WorkCommand, WorkEvent, common,
        field::{self, Field, Unknown},
        kind::{By, Description},
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    http::problem::{Code, Problem},
    store::OfficeCommand,
    unreadable::Unreadable,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignRequest {
    crew: CrewId,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResolveRequest {
    attention: String,
    choice: String,
    #[serde(default)]
    note: String,
}

/// The command behind `POST /v1/work/{id}/steps/{step}`.
///
/// # Errors
/// 404 for a step that this kind does not have, 403 for one that is not recorded in the office, 400 for a body that does not fit.
pub(super) fn parse(kind: &Description, step: &str, body: Map<String, Value>) -> Result<OfficeCommand, Problem> {
    let body = Value::Object(body);
    match step {
        "assigned" => {
            let AssignRequest { crew, reason } = read(body)?;
            Ok(OfficeCommand::Assign { crew, reason })
        }
        "resolved" => {
            let ResolveRequest { attention, choice, note } = read(body)?;
            Ok(record(WorkEvent::Resolved { attention, choice, note }))
        }
        step => other(kind, step, body),
    }
}

fn other(kind: &Description, step: &str, body: Value) -> Result<OfficeCommand, Problem> {
    if let Some(own) = kind.step(step) {
        office_only(own.by)?;
        fits(own.fields, &body)?;
        return Ok(record(WorkEvent::own(step, if own.fields.is_empty() { Value::Null } else { body })));
    }
    let common = common::STEPS.iter().find(|common| common.name == step).ok_or(Problem::new(Code::NotFound))?;
    office_only(common.by)?;
    fits(common.fields, &body)?;
    let tagged = if common.fields.is_empty() { json!({"kind": step}) } else { json!({"kind": step, "body": body}) };
    read(tagged).map(record)
}

fn record(event: WorkEvent) -> OfficeCommand {
    OfficeCommand::Other(WorkCommand::Record(event))
}

fn office_only(by: By) -> Result<(), Problem> {
    match by {
        By::Office | By::Both => Ok(()),
        By::Crew => Err(Problem::new(Code::NotPermitted).because("the crew that holds the item records this step, on a phone")),
        By::Server => Err(Problem::new(Code::NotPermitted).because("the server itself records this step")),
    }
}

fn fits(fields: &[Field], body: &Value) -> Result<(), Problem> {
    field::check(fields, body, Unknown::Refused).map_err(|refusal| Problem::refused(refusal, None))
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, Problem> {
    serde_json::from_value(body).map_err(|error| Problem::invalid(Unreadable::of(&error).to_string()))
}

#[cfg(test)]
mod tests {
    use linecrew_protocol::model::kinds;

    use super::*;

    fn parsed(kind: &str, step: &str, body: Value) -> Result<OfficeCommand, Problem> {
        let Value::Object(body) = body else { panic!("an object") };
        parse(kinds::named(kind).unwrap().describe(), step, body)
    }

    #[test]
    fn the_offices_steps_become_commands_and_no_others() {
        let archived = parsed(kinds::REPAIR, "archived", json!({})).unwrap();
        assert_eq!(archived, record(WorkEvent::Archived));
        let returned = parsed(kinds::SURVEY, "returned", json!({"issues": "no photo"})).unwrap();
        assert_eq!(returned, record(WorkEvent::own("returned", json!({"issues": "no photo"}))));
        let booked = parsed(kinds::ROTATION, "booked", json!({"appointment": 5})).unwrap();
        assert!(matches!(booked, OfficeCommand::Other(WorkCommand::Record(WorkEvent::Booked { reason: None, .. }))));
        for step in ["accepted", "completed", "exchanged", "meter_claimed"] {
            assert_eq!(parsed(kinds::ROTATION, step, json!({})).unwrap_err().code(), Code::NotPermitted, "{step}");
        }
        for step in ["planned", "own", "opened", "approved", ""] {
            assert_eq!(parsed(kinds::ROTATION, step, json!({})).unwrap_err().code(), Code::NotFound, "{step}");
        }
    }

    #[test]
    fn a_field_that_no_step_has_is_refused() {
        for (step, body) in [
            ("cancelled", json!({"reason": "x", "colour": "red"})),
            ("archived", json!({"reason": "x"})),
            ("assigned", json!({"crew": "x"})),
            ("linked", json!({"to": 5})),
            ("resolved", json!({"attention": "3:x"})),
        ] {
            assert_eq!(parsed(kinds::REPAIR, step, body).unwrap_err().code(), Code::InvalidField, "{step}");
        }
    }
}
