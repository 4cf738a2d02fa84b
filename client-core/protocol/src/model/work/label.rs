//! Names for people, in the two languages of the UI.

use serde::Serialize;

/// A name in English and Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Label {
    /// English.
    pub en: &'static str,
    /// Chinese (zh-CN).
    pub zh: &'static str,
}

/// A label.
#[must_use]
pub const fn label(en: &'static str, zh: &'static str) -> Label {
    Label { en, zh }
}
