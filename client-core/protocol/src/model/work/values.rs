//! Readings and answers (rule 7): every value is part of an event, so none can overwrite another; what shows is worked out here.

use serde_json::Value;

use super::{event::WorkEvent, standing::Standing};

/// What an item says under one path.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Which value, such as `removed/1` or `supply/capacity`.
    pub path: String,
    /// The one that shows: somebody's decision, or the last in the history.
    pub shown: Claim,
    /// What others wrote without seeing it, while nobody has decided.
    pub conflicting: Vec<Claim>,
    /// Whether the bill depends on it.
    pub billing: bool,
}

/// One value, and the event that gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The place of the event in the history.
    pub place: usize,
    /// The value; null takes an answer back.
    pub value: Value,
}

/// Works out every value. `ask` asks people about events that give different values, and gives their decision: an event's id.
pub(super) fn held(standing: &Standing, mut ask: impl FnMut(&[usize]) -> Option<String>) -> Vec<Held> {
    let mut asked: Vec<(Vec<usize>, Option<String>)> = Vec::new();
    let mut held: Vec<Held> = Vec::new();
    for (path, claims) in claims_by_path(standing) {
        let heads = heads(standing, claims);
        let billing = standing.kind.is_billing(&standing.order, &path);
        let Some(shown) = heads.last().cloned() else { continue };
        let differ = heads.iter().any(|claim| claim.value != shown.value);
        if !differ {
            held.push(Held { path, shown, conflicting: Vec::new(), billing });
            continue;
        }
        let places: Vec<usize> = heads.iter().map(|claim| claim.place).collect();
        // One pair of exchanges differs in several registers and is one question.
        let decision = match asked.iter().find(|(known, _)| *known == places) {
            Some((_, decision)) => decision.clone(),
            None if billing => {
                let decision = ask(&places);
                asked.push((places, decision.clone()));
                decision
            }
            None => None,
        };
        held.push(settled(standing, path, heads, decision.as_deref(), billing));
    }
    held
}

fn settled(standing: &Standing, path: String, mut heads: Vec<Claim>, decision: Option<&str>, billing: bool) -> Held {
    let decided = heads.iter().position(|claim| {
        let entry = standing.history.at(claim.place);
        entry.is_some_and(|entry| decision == Some(entry.id.to_string().as_str()))
    });
    let shown = heads.remove(decided.unwrap_or(heads.len().saturating_sub(1)));
    let conflicting = if decided.is_some() { Vec::new() } else { heads.into_iter().filter(|claim| claim.value != shown.value).collect() };
    Held { path, shown, conflicting, billing }
}

fn claims_by_path(standing: &Standing) -> std::collections::BTreeMap<String, Vec<Claim>> {
    let mut by_path: std::collections::BTreeMap<String, Vec<Claim>> = std::collections::BTreeMap::new();
    for (place, event) in standing.events.iter().enumerate() {
        match event {
            Some(WorkEvent::ValueRecorded { path, value }) => {
                by_path.entry(path.clone()).or_default().push(Claim { place, value: value.clone() });
            }
            Some(WorkEvent::Own { step, body }) => {
                for given in standing.kind.values(step, body) {
                    by_path.entry(given.path).or_default().push(Claim { place, value: given.value });
                }
            }
            _ => {}
        }
    }
    by_path
}

/// The claims that no other claim about the same saw.
fn heads(standing: &Standing, claims: Vec<Claim>) -> Vec<Claim> {
    let places: Vec<usize> = claims.iter().map(|claim| claim.place).collect();
    claims.into_iter().filter(|claim| !places.iter().any(|other| standing.history.saw(*other, claim.place))).collect()
}
