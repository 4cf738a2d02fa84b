#![doc = include_str!("../README.md")]

mod connection;
mod database;
mod encrypt;
mod error;
mod gate;
mod group;
mod identity;
mod job;
mod key;
pub mod limits;
mod migrate;
mod options;
mod queue;
mod readers;
mod remove;
mod set_aside;
mod writer;
mod writer_thread;

pub use database::Database;
pub use encrypt::encrypt;
pub use error::{CloseError, ErrorClass, OpenError, StorageError, WriteError, class};
pub use identity::{Form, form};
pub use key::{KEY_BYTES, Key};
pub use migrate::Migration;
pub use options::{Execution, GroupLimits, Options};
pub use remove::remove;
pub use set_aside::set_aside;
