//! Site surveys (现场勘查), and readings and answers of all kinds.

use linecrew_client::protocol::ids::DocumentId;
use serde_json::Value;

use super::Saved;
use crate::{core::LinecrewCore, values::Json};

#[uniffi::export]
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `LinecrewError`, which says them")]
impl LinecrewCore {
    /// Answers a question of the item's form under its path, such as `site/access`. No answer takes the former one back.
    pub async fn answer(&self, item: DocumentId, path: String, answer: Option<Json>) -> Saved {
        self.command(move |client| client.answer(item, path, answer.map_or(Value::Null, |Json(value)| value))).await
    }

    /// The form is filled.
    #[uniffi::method(default(note = None))]
    pub async fn submit_survey(&self, item: DocumentId, note: Option<String>) -> Saved {
        self.command(move |client| client.submit_survey(item, note)).await
    }

    /// Corrects a reading under its path, such as `removed/1`.
    pub async fn record_value(&self, item: DocumentId, path: String, value: Json) -> Saved {
        self.command(move |client| client.record_value(item, path, value.0)).await
    }
}
