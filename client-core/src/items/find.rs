//! Finding an item by what a person types.
//!
//! An edit cannot be taken back, so nothing is guessed: what was typed names one item, or none. A count of the day is a number and no ending, so
//! that `2` is never 0012; an id counts from as many characters as people see of it; and what has left this phone still stands for itself.

use linecrew_protocol::{ids::DocumentId, wire::Withdrawal};

use crate::{
    client::Client,
    error::StoreError,
    store::{
        departure::{self, Departed},
        item,
    },
};

#[cfg(test)]
mod tests;

/// Characters that the end of an id has at least: as many as people see of one.
const MIN_ID_CHARS: usize = 6;

/// Why what was typed names no single item.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// No item on this phone.
    #[error("no item on this phone has the number or id {0:?}")]
    NotFound(String),
    /// Several; each with its number, the newest first.
    #[error("{} items on this phone match", .0.len())]
    Ambiguous(Vec<(DocumentId, String)>),
    /// The item that was meant has left this phone.
    #[error("{number} left this phone")]
    Departed {
        /// Which.
        document: DocumentId,
        /// Its number, or the end of its id when it never had one that could be read.
        number: String,
        /// Why it left.
        withdrawal: Withdrawal,
    },
    /// The store failed.
    #[error("failed to look for the item")]
    Store(#[from] StoreError),
}

impl Client {
    /// The item with this number (`20261123-0007`), this count of the day (`7`, `0007`), both with the end of the day (`23-0007`), or this id or six
    /// characters or more from its end.
    ///
    /// A count that several days have is ambiguous, and when the newest item with it has left, no older one takes its place.
    ///
    /// # Errors
    /// See [`FindError`].
    pub fn find_item(&self, text: &str) -> Result<DocumentId, FindError> {
        self.read(|connection| {
            let (held, gone) = (item::numbers(connection), departure::numbers(connection));
            match among(&held.map_err(StoreError::from)?, &gone.map_err(StoreError::from)?, text) {
                Found::Held(document) => Ok(document),
                Found::Several(found) => Err(FindError::Ambiguous(found)),
                Found::Nothing => Err(FindError::NotFound(text.trim().to_owned())),
                Found::Gone(document, number) => match departure::find(connection, document).map_err(StoreError::from)? {
                    Some(Departed { withdrawal, .. }) => Err(FindError::Departed { document, number, withdrawal }),
                    None => Err(FindError::NotFound(text.trim().to_owned())),
                },
            }
        })
    }
}

type Known = (DocumentId, String);

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Held(DocumentId),
    Several(Vec<Known>),
    Gone(DocumentId, String),
    Nothing,
}

/// The item that `text` names among those that are here and those that have left.
fn among(held: &[Known], gone: &[Known], text: &str) -> Found {
    let text = text.trim().to_lowercase();
    let matching = |known: &[Known]| {
        let all = || known.iter().filter(|(id, number)| is_meant(&id.to_string(), number, &text));
        // A whole name is meant before the end of another.
        let mut found: Vec<Known> = all().filter(|(id, number)| *number == text || id.to_string() == text).cloned().collect();
        if found.is_empty() {
            found = all().cloned().collect();
        }
        found.sort_by(|one, other| day(&other.1).cmp(day(&one.1)).then_with(|| one.cmp(other)));
        found
    };
    let (here, left) = (matching(held), matching(gone));
    match (here.as_slice(), left.first()) {
        ([], None) => Found::Nothing,
        ([], Some(gone)) => Found::Gone(gone.0, said(gone)),
        ([newest, ..], Some(gone)) if day(&gone.1) > day(&newest.1) => Found::Gone(gone.0, said(gone)),
        ([(id, _)], _) => Found::Held(*id),
        _ => Found::Several(here),
    }
}

fn said((id, number): &Known) -> String {
    if number.is_empty() { format!("…{}", id.short()) } else { number.clone() }
}

fn is_meant(id: &str, number: &str, text: &str) -> bool {
    number == text || is_count(number, text) || (text.len() >= MIN_ID_CHARS && id.ends_with(text))
}

/// The count of the day, with or without its zeros, and before it as much of the day as was typed.
fn is_count(number: &str, text: &str) -> bool {
    let Some((day, count)) = number.rsplit_once('-') else { return false };
    let (typed_day, typed_count) = text.rsplit_once('-').unwrap_or(("", text));
    let counted = |digits: &str| digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let is_day = if text.contains('-') { !typed_day.is_empty() && day.ends_with(typed_day) } else { true };
    is_day && counted(count).is_some() && counted(count) == counted(typed_count)
}

/// The day that a number was counted on, such that a later one is greater.
fn day(number: &str) -> &str {
    number.rsplit_once('-').map_or("", |(day, _)| day)
}
