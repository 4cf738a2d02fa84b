//! Finding an item by what a person types.

use linecrew_protocol::ids::DocumentId;

use crate::{client::Client, error::StoreError, store::item};

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
        let text = text.trim().to_lowercase();
        let matches: [&dyn Fn(&(DocumentId, String)) -> bool; 3] =
            [&|(id, number)| *number == text || id.to_string() == text, &|(_, number)| same_count(number, &text), &|(id, number)| {
                !text.is_empty() && (number.ends_with(&text) || id.to_string().ends_with(&text))
            }];
        for matches in matches {
            let found: Vec<_> = known.iter().filter(|item| matches(item)).cloned().collect();
            match found.as_slice() {
                [] => {}
                [(id, _)] => return Ok(*id),
                _ => return Err(FindError::Ambiguous(found)),
            }
        }
        Err(FindError::NotFound(text))
    }
}

/// Whether `text` is the count of the day in `number`, with or without its zeros.
fn same_count(number: &str, text: &str) -> bool {
    let count = number.rsplit('-').next().and_then(|count| count.parse::<u64>().ok());
    count.is_some() && count == text.parse().ok()
}
