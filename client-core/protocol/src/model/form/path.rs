//! From the path of an answer to its question.

use super::{
    MAX_NAME_BYTES,
    definition::{Form, Item, Question},
};

impl Form {
    /// The question that an answer at this path belongs to; `None` when the form has none there.
    #[must_use]
    pub fn question(&self, path: &str) -> Option<&Question> {
        let mut items = &self.items;
        let mut names = path.split('/');
        loop {
            let name = names.next()?;
            match items.iter().find(|item| item.name() == name)? {
                Item::Question(question) => return names.next().is_none().then_some(question),
                Item::Group(group) => {
                    if group.repeat.is_some() && !names.next().is_some_and(is_instance) {
                        return None;
                    }
                    items = &group.items;
                }
            }
        }
    }

    /// Whether money depends on the answer at this path.
    #[must_use]
    pub fn is_billing(&self, path: &str) -> bool {
        self.question(path).is_some_and(|question| question.billing)
    }
}

/// Whether this may name a form, an item or a choice.
pub(super) fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=MAX_NAME_BYTES).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// Whether this may name an instance of a repeated group.
pub(super) fn is_instance(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=MAX_NAME_BYTES).contains(&text.len()) && text.bytes().all(is_allowed)
}
