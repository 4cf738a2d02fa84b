//! The work item: what all kinds of work share. A kind is a [`kind::Description`] with a few rules of its own (`model/kinds`).
//!
//! [`fold`] decides the state from the events alone, including what to do with events that did not see each other (the conflict
//! catalogue of docs/domain.md). [`permitted`] decides whether one more event is allowed; [`authorize`] asks it about a phone's edit, from
//! the author's view. [`command`] makes that event. [`view`] is what people see.

pub mod attention;
pub mod authorize;
pub mod catalogue;
pub mod clocks;
pub mod command;
pub mod common;
pub mod event;
pub mod field;
pub mod files;
pub mod fold;
pub mod kind;
pub mod label;
pub mod order;
pub mod permitted;
pub mod safety;
pub mod standing;
pub mod state;
mod tenure;
pub mod values;
pub mod view;

pub use attention::{Attention, AttentionKind};
pub use command::WorkCommand;
pub use event::{Member, WorkEvent};
pub use fold::Fold;
pub use kind::WorkKind;
pub use order::{AreaClass, Customer, NewOrder, Order, Priority, Site};
pub use safety::SafetyStep;
pub use standing::Standing;
pub use state::{Phase, State};
pub use view::{WorkRow, WorkView};
