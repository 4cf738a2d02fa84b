//! The `linecrew` binary, as a process.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]
#![cfg(target_os = "linux")]

mod administration;
mod bad_input;
mod child;
mod collection;
mod command_line;
#[path = "../http/fitter.rs"]
mod fitter;
mod idle_sockets;
mod oidc;
mod phones;
mod quarantine;
mod receipts_audit;
