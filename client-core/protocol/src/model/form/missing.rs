//! What a form still lacks before it can be submitted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Answers,
    definition::{Condition, Form, Group, Item, Question, Repeat},
    path::is_instance,
};

impl Form {
    /// The paths of required questions that are relevant and have no answer, in the order of the form.
    ///
    /// A repeated group with fewer instances than its `min` stands there with its own path. An instance exists while one of its questions has
    /// an answer. Cleared answers, blank texts and empty lists of choices are none; answers that the form does not ask for count for nothing.
    #[must_use]
    pub fn missing(&self, answers: &Answers) -> Vec<String> {
        Walk::of(self, answers).missing
    }

    /// The paths of repeated groups with more instances than their `max`: two phones may each have added the last one while offline.
    #[must_use]
    pub fn surplus(&self, answers: &Answers) -> Vec<String> {
        Walk::of(self, answers).surplus
    }
}

/// One pass over the form in its own order. Conditions name earlier questions only, so what they ask for has always been decided: the cost is
/// that of the form times its instances, however conditions are chained.
struct Walk<'a> {
    form: &'a Form,
    answers: &'a Answers,
    /// Answers of relevant questions so far. An answer to a question that no longer counts keeps nothing else alive.
    counting: BTreeMap<String, &'a Value>,
    missing: Vec<String>,
    surplus: Vec<String>,
}

/// The groups around an item, each with its instance.
type Scope<'a> = Vec<(&'a str, Option<&'a str>)>;

impl<'a> Walk<'a> {
    fn of(form: &'a Form, answers: &'a Answers) -> Self {
        let mut walk = Self { form, answers, counting: BTreeMap::new(), missing: Vec::new(), surplus: Vec::new() };
        walk.items(&form.items, &Vec::new());
        walk
    }

    fn items(&mut self, items: &'a [Item], scope: &Scope<'a>) {
        for item in items {
            match item {
                Item::Question(question) if self.is_relevant(question.relevant.as_ref(), scope) => self.question(question, scope),
                Item::Group(group) if self.is_relevant(group.relevant.as_ref(), scope) => self.group(group, scope),
                Item::Question(_) | Item::Group(_) => {}
            }
        }
    }

    fn question(&mut self, question: &'a Question, scope: &Scope<'a>) {
        let path = path_of(scope, &question.name);
        match self.answers.get(&path).filter(|value| is_answer(value)) {
            Some(value) => {
                self.counting.insert(path, value);
            }
            None if question.required => self.missing.push(path),
            None => {}
        }
    }

    fn group(&mut self, group: &'a Group, scope: &Scope<'a>) {
        let inside = |instance| scope.iter().copied().chain([(group.name.as_str(), instance)]).collect::<Scope<'a>>();
        let Some(repeat) = group.repeat else { return self.items(&group.items, &inside(None)) };
        let path = path_of(scope, &group.name);
        let instances = self.instances(&path);
        self.count(path, instances.len(), repeat);
        for instance in instances {
            self.items(&group.items, &inside(Some(instance)));
        }
    }

    fn count(&mut self, path: String, instances: usize, repeat: Repeat) {
        let instances = u32::try_from(instances).unwrap_or(u32::MAX);
        if instances < repeat.min {
            self.missing.push(path);
        } else if instances > repeat.max {
            self.surplus.push(path);
        }
    }

    fn instances(&self, path: &str) -> BTreeSet<&'a str> {
        let prefix = format!("{path}/");
        let below = self.answers.range(prefix.clone()..).map_while(|(path, value)| Some((path, path.strip_prefix(&prefix)?, value)));
        let answered = below.filter(|(path, _, value)| is_answer(value) && self.form.question(path).is_some());
        answered.filter_map(|(_, rest, _)| rest.split('/').next()).filter(|instance| is_instance(instance)).collect()
    }

    fn is_relevant(&self, condition: Option<&Condition>, scope: &Scope<'a>) -> bool {
        let Some(condition) = condition else { return true };
        match self.counting.get(&seen_from(scope, &condition.question)) {
            Some(Value::Array(chosen)) => chosen.contains(&condition.equals),
            Some(value) => **value == condition.equals,
            None => false,
        }
    }
}

/// Where the question of a condition is answered, for an item inside `scope`: in the same instances.
fn seen_from(scope: &Scope<'_>, question: &str) -> String {
    let mut around = scope.iter();
    let mut path: Vec<&str> = Vec::new();
    for name in question.split('/') {
        path.push(name);
        match around.next() {
            Some((group, instance)) if *group == name => path.extend(instance),
            // The ways part here: what follows is beside us, and not repeated.
            _ => around = [].iter(),
        }
    }
    path.join("/")
}

fn path_of(scope: &Scope<'_>, name: &str) -> String {
    let around = scope.iter().flat_map(|(group, instance)| std::iter::once(*group).chain(*instance));
    around.chain([name]).collect::<Vec<_>>().join("/")
}

/// Whether something was said.
fn is_answer(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => true,
    }
}
