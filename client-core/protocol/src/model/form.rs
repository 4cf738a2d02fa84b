//! Survey forms (现场勘查): versioned definitions, and what counts as an answer.
//!
//! A definition is plain data that knows nothing of where it came from: today JSON written by hand, later an XLSForm. Answers are kept apart
//! from it, by path, so two surveyors may fill one form together and a definition may be replaced by its next version. Invariants: whoever
//! holds a [`Form`] holds one whose names are unique, whose bounds are in order and whose conditions look only at earlier questions, so
//! nothing here can recurse for ever. This module never does IO.
//!
//! | path | means |
//! | --- | --- |
//! | `purpose` | a question at the top |
//! | `site/access` | a question in a group |
//! | `rooms/b7/area` | a question in the instance `b7` of a repeated group; instances are named, never numbered, so two phones can add one each |

mod answers;
mod billing;
mod definition;
mod error;
mod missing;
mod path;
mod reader;
mod shipped;
mod source;

use std::collections::BTreeMap;

pub use self::{
    definition::{AnswerType, Choice, Condition, Form, Group, Item, Question, Repeat, Text},
    error::{FormError, Problem},
    shipped::shipped,
};

/// What has been answered so far: values by path. `null` is an answer that was cleared.
pub type Answers = BTreeMap<String, serde_json::Value>;

/// Bytes of a definition's text; the largest shipped one has under 10 KiB.
const MAX_FORM_BYTES: usize = 64 * 1024;
/// Questions of one form. Nobody answers more on one visit.
const MAX_QUESTIONS: usize = 500;
/// Names in a path, instances not counted.
const MAX_DEPTH: usize = 6;
/// Bytes of a name and of an instance: an instance may be a UUID.
const MAX_NAME_BYTES: usize = 40;
/// Choices of one question: what a thumb can scroll through.
const MAX_CHOICES: usize = 100;
/// Instances of a repeated group that sets no smaller `max`.
const MAX_INSTANCES: u32 = 100;
/// Characters of a text on one line.
const MAX_LINE_CHARS: usize = 200;
/// Characters of a serial number. A State Grid bar code has 22 to 24.
const MAX_SERIAL_CHARS: usize = 40;

#[cfg(test)]
mod tests;
