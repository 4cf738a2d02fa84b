#![doc = include_str!("../README.md")]

pub mod admission;
pub mod auth;
mod buckets;
pub mod clock;
mod config;
mod exposed;
mod fail_point;
mod http;
pub mod invitation;
pub mod live;
pub mod nem13;
mod outgoing;
pub mod plan;
pub mod receivables;
pub mod rulebook;
mod run;
pub mod store;
pub mod sync_session;
mod tls;
pub mod unreadable;

pub use config::{Config, HttpLimits, ParseUtcOffsetError, UtcOffset};
pub use outgoing::{OutgoingLimits, WebAddress, WebAddressError};
pub use run::{OpenDataError, ServeError, open_store, run, run_with, store_file};
pub use tls::{PairError, TlsError, TlsFiles, TrustError};
