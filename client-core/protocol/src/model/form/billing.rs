//! Which answers a bill depends on.

use super::definition::{Form, Item};

impl Form {
    /// The paths of the questions that money depends on, with `*` for the instance of a repeated group: what an order keeps of its form,
    /// so that a replica without the form finds the same conflicts.
    #[must_use]
    pub fn billing_patterns(&self) -> Vec<String> {
        let mut patterns = Vec::new();
        gather("", &self.items, &mut patterns);
        patterns
    }
}

fn gather(within: &str, items: &[Item], patterns: &mut Vec<String>) {
    for item in items {
        match item {
            Item::Question(question) if question.billing => patterns.push(format!("{within}{}", question.name)),
            Item::Question(_) => {}
            Item::Group(group) => {
                let instance = if group.repeat.is_some() { "*/" } else { "" };
                gather(&format!("{within}{}/{instance}", group.name), &group.items, patterns);
            }
        }
    }
}
