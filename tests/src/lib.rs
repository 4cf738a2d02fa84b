//! Placeholder.

pub mod clock;
pub mod crash;
pub mod divisions;
pub mod link;
pub mod office;
pub mod organisation;
mod port;
pub mod seed;
pub mod server;
