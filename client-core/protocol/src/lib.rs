#![doc = include_str!("../README.md")]

pub mod actor;
pub mod calendar;
mod codes;
pub mod digest;
pub mod enrolment;
pub mod gate;
pub mod ids;
pub mod key;
pub mod limits;
pub mod model;
pub mod refusal;
pub mod sync;
pub mod time;
pub mod wire;

pub use automerge::{ActorId, Automerge, Change, ChangeHash};
pub use refusal::{Reason, Refusal};
