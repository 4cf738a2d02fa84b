//! The forms that ship with this build: what a field person of a State Grid company records on site (Q/GDW 581-2011, service items SI01,
//! SI03, SI04, SI09, SI10, SI12, SI14 and SI15). A province that asks more adds a version of its own.

use super::definition::Form;

const SHIPPED: [&str; 10] = [
    include_str!("shipped/new_connection.json"),
    include_str!("shipped/capacity_change.json"),
    include_str!("shipped/interim_inspection.json"),
    include_str!("shipped/completion_inspection.json"),
    include_str!("shipped/meter_test.json"),
    include_str!("shipped/supply_assurance.json"),
    include_str!("shipped/usage_advice.json"),
    include_str!("shipped/outage_negotiation.json"),
    include_str!("shipped/complaint_intake.json"),
    include_str!("shipped/identity_check.json"),
];

/// The shipped forms, in the order in which the office offers them.
#[must_use]
pub fn shipped() -> Vec<Form> {
    SHIPPED.iter().map(|text| Form::parse(text).expect("every shipped form is read by a test")).collect()
}
