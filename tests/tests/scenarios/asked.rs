//! What a step of a phone is given.

use std::str::FromStr;

use linecrew_client::protocol::ids::DocumentId;
use linecrew_ffi::{Json, LinecrewError};
use linecrew_tests::scenario::Step;

use crate::labels::Labels;

/// Why a step did not give what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library said so.
    Call(LinecrewError),
    /// The scenario cannot be played.
    Play(anyhow::Error),
}

pub(crate) type Seen = Result<Vec<String>, Failure>;

impl From<LinecrewError> for Failure {
    fn from(error: LinecrewError) -> Self {
        Self::Call(error)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Play(error)
    }
}

/// The keys of a step, and what labels stand for.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) step: &'a Step,
    pub(crate) labels: &'a mut Labels,
}

impl Asked<'_> {
    pub(crate) fn item(&self) -> Result<DocumentId, Failure> {
        self.id("item", "document_id")
    }

    /// An id. Other languages give the text, and the surface refuses it with this code; in Rust there is no such text.
    pub(crate) fn id<T: FromStr>(&self, key: &str, code: &str) -> Result<T, Failure> {
        let id = self.labels.value_of(self.step.text(key)?);
        id.parse().map_err(|_| Failure::Call(LinecrewError::Invalid { code: code.to_owned() }))
    }

    pub(crate) fn maybe_id<T: FromStr>(&self, key: &str, code: &str) -> Result<Option<T>, Failure> {
        if self.step.find(key).is_some() { self.id(key, code).map(Some) } else { Ok(None) }
    }

    pub(crate) fn maybe_json(&self, key: &str) -> Result<Option<Json>, Failure> {
        if self.step.find(key).is_some() { self.json(key).map(Some) } else { Ok(None) }
    }

    pub(crate) fn json(&self, key: &str) -> Result<Json, Failure> {
        let value = serde_json::from_str(self.step.text(key)?);
        value.map(Json).map_err(|_| Failure::Call(LinecrewError::Invalid { code: "json".to_owned() }))
    }

    pub(crate) fn text(&self, key: &str) -> Result<String, Failure> {
        Ok(self.labels.value_of(self.step.text(key)?).to_owned())
    }

    pub(crate) fn find(&self, key: &str) -> Option<String> {
        self.step.find(key).map(|text| self.labels.value_of(text).to_owned())
    }

    /// Learns what the call answered, when the step says under which label.
    pub(crate) fn learn(&mut self, value: impl ToString) {
        if let Some(label) = self.step.find("label") {
            self.labels.learn(label, &value.to_string());
        }
    }

    pub(crate) fn parsed<T: FromStr>(&self, key: &str) -> Result<Option<T>, Failure> {
        Ok(self.step.parsed(key)?)
    }
}
