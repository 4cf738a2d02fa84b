#![doc = include_str!("../README.md")]

pub mod admission;
pub mod auth;
pub mod clock;
mod config;
mod fail_point;
mod http;
pub mod live;
mod run;
pub mod store;
pub mod sync_session;

pub use config::{Config, HttpLimits, ParseUtcOffsetError, UtcOffset};
pub use run::{ServeError, open_store, run, run_with};
