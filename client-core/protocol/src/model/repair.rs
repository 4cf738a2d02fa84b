//! The repair dispatch (故障抢修, SI02): its order, its events, how they fold into a state, and who may add which.
//!
//! [`fold`] decides the state from the events alone, including what to do with events that did not see each other (the conflict
//! catalogue of docs/domain.md, rules 1 to 6 and 11). [`authorize`] decides whether one more event is allowed, from the author's view.
//! [`command`] makes that event. [`view`] is what people see.

pub mod attention;
pub mod authorize;
pub mod command;
pub mod event;
pub mod fold;
pub mod order;
mod tenure;
pub mod view;

pub use attention::{Attention, AttentionKind};
pub use command::RepairCommand;
pub use event::{Member, RepairEvent, Report};
pub use fold::{Fold, State};
pub use order::{AreaClass, Customer, Fault, FaultCategory, NewRepair, Order, Priority, Site};
pub use view::RepairView;

/// The work kind in `meta.kind`.
pub const KIND: &str = "repair_dispatch";
