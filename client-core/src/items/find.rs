//! Finding an item by what a person types.

use linecrew_protocol::ids::DocumentId;

use crate::{
    client::Client,
    error::StoreError,
    store::{departure, item},
};

/// Why what was typed names no single item.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// No item on this phone.
    #[error("no item on this phone has the number or id {0:?}")]
    NotFound(String),
    /// Several; each with its number.
    #[error("{} items on this phone match", .0.len())]
    Ambiguous(Vec<(DocumentId, String)>),
    /// The store failed.
    #[error("failed to look for the item")]
    Store(#[from] StoreError),
}

impl Client {
    /// The item with this number (`20261123-0007`), the end of one (`7`, `0007`), or this id or the end of one.
    ///
    /// # Errors
    /// See [`FindError`].
    pub fn find_item(&self, text: &str) -> Result<DocumentId, FindError> {
        let known = self.read(|connection| Ok::<_, FindError>(item::numbers(connection).map_err(StoreError::from)?))?;
        among(&known, text)
    }

    /// The same among the items that have left this phone.
    ///
    /// # Errors
    /// See [`FindError`].
    pub fn find_departed(&self, text: &str) -> Result<DocumentId, FindError> {
        let known = self.read(|connection| Ok::<_, FindError>(departure::numbers(connection).map_err(StoreError::from)?))?;
        among(&known, text)
    }
}

fn among(known: &[(DocumentId, String)], text: &str) -> Result<DocumentId, FindError> {
    let text = text.trim().to_lowercase();
    // The first way that matches anything decides: a whole number is meant before the end of another.
    for matches in [is_whole, is_count, is_end] {
        let found: Vec<_> = known.iter().filter(|(id, number)| matches(&id.to_string(), number, &text)).cloned().collect();
        match found.as_slice() {
            [] => {}
            [(id, _)] => return Ok(*id),
            _ => return Err(FindError::Ambiguous(found)),
        }
    }
    Err(FindError::NotFound(text))
}

fn is_whole(id: &str, number: &str, text: &str) -> bool {
    number == text || id == text
}

/// The count of the day, with or without its zeros.
fn is_count(_: &str, number: &str, text: &str) -> bool {
    let count = number.rsplit('-').next().and_then(|count| count.parse::<u64>().ok());
    count.is_some() && count == text.parse().ok()
}

fn is_end(id: &str, number: &str, text: &str) -> bool {
    !text.is_empty() && (number.ends_with(text) || id.ends_with(text))
}
