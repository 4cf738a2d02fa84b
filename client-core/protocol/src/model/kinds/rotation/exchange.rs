//! What can be told about an exchange offline: the serial, the indexes, the multiplier, the photos.

use serde_json::Value;

use crate::{
    model::{
        index::advance,
        kinds::meter,
        work::{kind::Given, standing::Standing},
    },
    refusal::{Reason, Refusal},
};

const NONE: Value = Value::Null;

/// Whether an exchange is plausible, or explained.
///
/// # Errors
/// What is wrong. An index that its register cannot show is wrong whatever the explanation.
pub(super) fn plausible(standing: &Standing, body: &Value) -> Result<(), Refusal> {
    let known = standing.order.about.get("meter").unwrap_or(&NONE);
    let removed = body.get("removed").unwrap_or(&NONE);
    let installed = body.get("installed").unwrap_or(&NONE);
    photos_are_there(standing, body)?;
    let mut odd = Vec::new();
    odd.extend(identity(known, removed, installed));
    odd.extend(final_readings(known, removed)?);
    odd.extend(initial_readings(installed)?);
    let explained = !meter::text(body, "explanation").trim().is_empty();
    match odd.first() {
        Some(problem) if !explained => Err(invalid(format!("{problem}; if it is right, say why in explanation"))),
        _ => Ok(()),
    }
}

fn identity(known: &Value, removed: &Value, installed: &Value) -> Vec<String> {
    let mut odd = Vec::new();
    let expected = meter::text(known, "serial");
    if meter::text(removed, "serial") != expected {
        odd.push(format!("removed.serial is not the expected {expected}"));
    }
    if meter::text(removed, "serial") == meter::text(installed, "serial") {
        odd.push("installed.serial is the removed meter's".to_owned());
    }
    let multiplier = |meter: &Value| meter.get("multiplier").and_then(Value::as_u64);
    if multiplier(installed) != multiplier(known) {
        odd.push("installed.multiplier is not the removed meter's".to_owned());
    }
    odd
}

fn final_readings(known: &Value, removed: &Value) -> Result<Vec<String>, Refusal> {
    let mut odd = Vec::new();
    for name in meter::names(known) {
        let path = format!("removed.registers.{name}.index");
        let Some(index) = meter::number(removed, name, "index") else { return Err(invalid(format!("{path} is missing"))) };
        let Some(register) = meter::register(known, name) else { continue };
        register.fits(index).map_err(|error| invalid(format!("{path}: {error}")))?;
        let last = meter::number(known, name, "last_index").unwrap_or_default();
        if let Err(error) = advance(last, index, register) {
            odd.push(format!("{path}: {error}"));
        }
    }
    odd.extend(
        meter::names(removed)
            .filter(|name| meter::register(known, name).is_none())
            .map(|name| format!("removed.registers.{name} is not known of this meter")),
    );
    Ok(odd)
}

fn initial_readings(installed: &Value) -> Result<Vec<String>, Refusal> {
    let mut odd = Vec::new();
    for name in meter::names(installed) {
        let path = format!("installed.registers.{name}.index");
        let index = meter::number(installed, name, "index").unwrap_or_default();
        let Some(register) = meter::register(installed, name) else { return Err(invalid(format!("{path} has no digits"))) };
        register.fits(index).map_err(|error| invalid(format!("{path}: {error}")))?;
        if let Err(error) = register.begins_at(index) {
            odd.push(format!("{path}: {error}"));
        }
    }
    Ok(odd)
}

/// A photo of both registers, or why there is none.
fn photos_are_there(standing: &Standing, body: &Value) -> Result<(), Refusal> {
    if !meter::text(body, "no_photo").trim().is_empty() {
        return Ok(());
    }
    for field in ["photo_removed", "photo_installed"] {
        let hash = meter::text(body, field);
        if !standing.fold.files.iter().any(|(_, file, _)| file.hash == hash) {
            return Err(invalid(format!("{field} names no photo of this item; without one, say why in no_photo")));
        }
    }
    Ok(())
}

/// The values that an exchange gives: every index, and the new serial.
pub(super) fn readings(body: &Value) -> Vec<Given> {
    let mut given = Vec::new();
    for side in ["removed", "installed"] {
        let Some(of) = body.get(side) else { continue };
        given.push(Given { path: format!("{side}/serial"), value: of.get("serial").cloned().unwrap_or_default() });
        for name in meter::names(of) {
            let index = of.get("registers").and_then(|registers| registers.get(name)?.get("index"));
            given.push(Given { path: format!("{side}/{name}"), value: index.cloned().unwrap_or_default() });
        }
    }
    given
}

/// Whether a reading that was recorded may be corrected to `value`.
///
/// # Errors
/// When there is no such reading, or its register cannot show the value.
pub(super) fn correctable(standing: &Standing, path: &str, value: &Value) -> Result<(), Refusal> {
    if !standing.fold.values.iter().any(|held| held.path == path) {
        return Err(invalid(format!("there is no reading {path} to correct; it is removed/ or installed/ and a register")));
    }
    let Some((side, name)) = path.split_once('/') else { return Err(invalid("path names no reading".to_owned())) };
    if name == "serial" {
        let sane = value.as_str().is_some_and(|serial| !serial.trim().is_empty());
        return if sane { Ok(()) } else { Err(invalid("a serial number is a text".to_owned())) };
    }
    let index = value.as_u64().ok_or_else(|| invalid("an index is a whole number".to_owned()))?;
    let mut meters = standing.history.entries().iter().rev().filter_map(|entry| entry.event.body.get("installed"));
    let described = if side == "removed" { standing.order.about.get("meter") } else { meters.next() };
    match described.and_then(|meter| meter::register(meter, name)) {
        Some(register) => register.fits(index).map_err(|error| invalid(error.to_string())),
        None => Ok(()),
    }
}

fn invalid(detail: String) -> Refusal {
    Refusal::new(Reason::InvalidValue, detail)
}
