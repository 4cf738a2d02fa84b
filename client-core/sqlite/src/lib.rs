#![doc = include_str!("../README.md")]

mod connection;
mod database;
mod error;
mod gate;
mod group;
mod identity;
mod job;
pub mod limits;
mod migrate;
mod options;
mod queue;
mod readers;
mod set_aside;
mod writer;
mod writer_thread;

pub use database::Database;
pub use error::{CloseError, ErrorClass, OpenError, StorageError, WriteError, class};
pub use migrate::Migration;
pub use options::{Execution, GroupLimits, Options};
pub use set_aside::set_aside;
