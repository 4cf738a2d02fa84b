//! The rules of the model, as stories and as properties.

#![expect(clippy::indexing_slicing, reason = "a test may panic")]

mod properties;
mod rules;
mod world;
