#![doc = include_str!("../README.md")]

mod account;
mod commands;
mod core;
mod edits;
mod enrol;
mod error;
mod hosts;
mod items;
mod observe;
mod runtime;
mod status;
mod sync;
mod values;

pub use account::Account;
pub use commands::SavedEdit;
pub use core::{LinecrewCore, OpenRequest, open_linecrew};
pub use edits::{Edit, EditState};
pub use error::{Found, LinecrewError};
pub use hosts::{
    ClockSample, FoundDatabaseKey, HostAnswer, HostClock, HostDatabaseKey, HostDeviceKey, HostDone, HostError, HostFault, HostLog,
    HostPublicKey, HostRequest, HostSignature, HostTransport, HostTrouble, Hosts, LogField, LogLevel, LogLine, MadeDatabaseKey,
};
pub use items::WorkItem;
pub use observe::Changes;
pub use status::{FeedStatus, Status};
pub use sync::{SyncOutcome, SyncStopped};

uniffi::setup_scaffolding!("linecrew");

/// The version of this library. The language layers compare it with the one that they were generated for.
///
/// # Errors
/// Never; every function of this surface can fail, so that a fault of ours is an error everywhere and a crash nowhere.
#[uniffi::export]
pub fn library_version() -> Result<String, LinecrewError> {
    Ok(env!("CARGO_PKG_VERSION").to_owned())
}
