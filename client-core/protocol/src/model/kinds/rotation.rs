//! The meter rotation (表计轮换, SI13): the planned exchange of a meter, with readings that customer and technician confirm together.

use serde_json::{Map, Value};

use crate::{
    model::{
        reference::Reference,
        work::{
            event::WorkEvent,
            files::SignerRole,
            kind::{Description, Given, MeterClaim, MeterSide, Proposal, WorkKind},
            order::Order,
        },
    },
    refusal::{Reason, Refusal},
};

use super::meter;

mod description;
mod exchange;

/// The kind's name.
pub const KIND: &str = "meter_rotation";

/// The kind.
pub(super) struct Rotation;

impl WorkKind for Rotation {
    fn describe(&self) -> &'static Description {
        &description::DESCRIPTION
    }

    fn check_order(&self, about: &Map<String, Value>, _reference: &Reference) -> Result<(), Refusal> {
        let none = Value::Null;
        let known = about.get("meter").unwrap_or(&none);
        for name in meter::names(known) {
            let last = meter::number(known, name, "last_index").unwrap_or_default();
            let fits = meter::register(known, name).is_some_and(|register| register.fits(last).is_ok());
            if !fits {
                let detail = format!("about.meter.registers.{name}.last_index does not fit its digits");
                return Err(Refusal::new(Reason::InvalidValue, detail));
            }
        }
        Ok(())
    }

    fn permits(&self, proposal: &Proposal<'_>) -> Result<(), Refusal> {
        match proposal.event {
            WorkEvent::Own { step, body } if step == "exchanged" => exchange::plausible(proposal.standing, body),
            WorkEvent::Own { step, .. } if step == "confirmed" && !customer_signed(proposal) => {
                let detail = "the customer has not signed; without a signature, record why in confirmation_refused";
                Err(Refusal::new(Reason::StateNotPermitted, detail))
            }
            WorkEvent::ValueRecorded { path, value } => exchange::correctable(proposal.standing, path, value),
            _ => Ok(()),
        }
    }

    fn values(&self, step: &str, body: &Value) -> Vec<Given> {
        if step != "exchanged" {
            return Vec::new();
        }
        exchange::readings(body)
    }

    fn is_billing(&self, _order: &Order, _path: &str) -> bool {
        true
    }

    fn meters(&self, step: &str, body: &Value) -> Vec<MeterClaim> {
        if step != "exchanged" {
            return Vec::new();
        }
        let claim = |field: &str, side| {
            let serial = body.get(field).map(|meter| meter::text(meter, "serial").to_owned());
            serial.filter(|serial| !serial.is_empty()).map(|serial| MeterClaim { serial, side })
        };
        [claim("removed", MeterSide::Removed), claim("installed", MeterSide::Installed)].into_iter().flatten().collect()
    }
}

fn customer_signed(proposal: &Proposal<'_>) -> bool {
    let signed = |event: &WorkEvent| matches!(event, WorkEvent::Signed(signature) if signature.role == SignerRole::Customer);
    !proposal.standing.places(signed).is_empty()
}
