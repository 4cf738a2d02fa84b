//! Reading `policy.json`: serde finds what has the wrong shape, this finds names that nothing has.

use std::path::PathBuf;

use linecrew_protocol::model::{
    kinds,
    policy::Policy,
    work::{field::Shape, kind::Description},
};

use super::RulebookError;

/// The policy of this text. What it leaves out of a map of limits is as the standard says, so that nobody loses a clock by tightening another.
pub(super) fn parse(file: PathBuf, text: &str) -> Result<Policy, RulebookError> {
    let mut policy: Policy = match serde_json::from_str(text) {
        Ok(policy) => policy,
        Err(source) => return Err(RulebookError::Policy { file, source }),
    };
    if let Some((field, problem)) = mistake(&policy) {
        return Err(RulebookError::Field { file, field, problem });
    }
    for (area, minutes) in Policy::default().arrival_minutes {
        policy.arrival_minutes.entry(area).or_insert(minutes);
    }
    Ok(policy)
}

fn mistake(policy: &Policy) -> Option<(String, String)> {
    let zero = policy.arrival_minutes.iter().find(|(_, minutes)| **minutes == 0);
    if let Some((area, _)) = zero {
        let area = serde_json::to_value(area).unwrap_or_default();
        return Some((format!("arrival_minutes.{}", area.as_str().unwrap_or_default()), "is 0: nobody arrives in no time".to_owned()));
    }
    let kinds: Vec<&str> = kinds::ALL.into_iter().map(|kind| kind.describe().name).collect();
    let unknown = |section: &str, name: &str| {
        let known = kinds::named(name).is_some();
        (!known).then(|| (format!("{section}.{name}"), format!("is no kind of work; there are {}", kinds.join(", "))))
    };
    let safety = policy.safety.keys().find_map(|name| unknown("safety", name));
    let qualifications = || policy.qualifications.keys().find_map(|name| unknown("qualifications", name));
    safety.or_else(qualifications).or_else(|| workdays(policy))
}

fn workdays(policy: &Policy) -> Option<(String, String)> {
    let clocks = || kinds::ALL.into_iter().flat_map(|kind| kind.describe().clocks.iter().map(move |clock| (kind.describe(), clock)));
    for (name, by_class) in &policy.workdays {
        let Some((kind, clock)) = clocks().find(|(_, clock)| clock.name == name) else {
            let names: Vec<&str> = clocks().map(|(_, clock)| clock.name).collect();
            return Some((format!("workdays.{name}"), format!("is no clock; there are {}", names.join(", "))));
        };
        let classes = classes(kind, clock.class);
        if let Some(class) = by_class.keys().find(|class| !classes.contains(&class.as_str())) {
            return Some((format!("workdays.{name}.{class}"), format!("is no class of this clock; there are {}", classes.join(", "))));
        }
    }
    None
}

/// The names that the field of a class can have; `other` stands for all that have no limit of their own.
fn classes(kind: &Description, field: &str) -> Vec<&'static str> {
    let field = kind.about.iter().find(|about| about.name == field);
    let mut names: Vec<&str> = match field.map(|field| field.shape) {
        Some(Shape::Choice { choices }) => choices.iter().map(|choice| choice.name).collect(),
        _ => Vec::new(),
    };
    if !names.contains(&"other") {
        names.push("other");
    }
    names
}
