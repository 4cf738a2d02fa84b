//! The rules of the model, as stories and as properties.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

mod clocks;
mod commands;
mod notices;
mod properties;
mod rotation;
mod rules;
mod safety;
mod surveys;
mod world;
