//! The rules of the model, as stories and as properties.

mod properties;
mod rules;
mod world;
