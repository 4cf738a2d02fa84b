//! What an app can give of its phone: keystores, a clock, a log, a network. What it does not give is this machine's: keys in files beside the
//! store, its clock, no log, our own connections.
//!
//! Nothing that an app gives is believed to answer. It is asked on a [desk](desk::Desk): on a thread of ours, for a bounded time, never inside a
//! transaction, under no lock but that of opening and closing, and what it throws is an error of ours without its words. Generated code takes some failures for success with
//! nothing in it: so every answer is a record with something in it, which nothing cannot be taken for.

mod clock;
mod database_key;
mod desk;
mod device_key;
mod guards;
mod limits;
mod log;
mod transport;
mod trouble;

use std::{fmt, sync::Arc};

use uniffi::UnexpectedUniFFICallbackError;

pub(crate) use clock::{SampledClock, resampled};
pub(crate) use desk::{Desk, Unanswered, refuse_reentry};
pub(crate) use guards::Guards;
pub(crate) use limits::Patience;
pub(crate) use transport::HostedTransport;

pub use clock::{ClockSample, HostClock};
pub use database_key::{FoundDatabaseKey, HostDatabaseKey, MadeDatabaseKey};
pub use device_key::{HostDeviceKey, HostPublicKey, HostSignature};
pub use log::{HostLog, LogField, LogLevel, LogLine};
pub use transport::{HostAnswer, HostRequest, HostTransport};
pub use trouble::HostTrouble;

/// What the app gives of its phone. Whatever is absent is this machine's.
#[derive(Clone, Default, uniffi::Record)]
pub struct Hosts {
    /// Keeps the key of the store; a file beside it when absent, which keeps out whoever has the other files alone.
    #[uniffi(default = None)]
    pub database_key: Option<Arc<dyn HostDatabaseKey>>,
    /// Keeps the key of the phone; a file beside the store when absent.
    #[uniffi(default = None)]
    pub device_key: Option<Arc<dyn HostDeviceKey>>,
    /// Knows the time, and which boot this is.
    #[uniffi(default = None)]
    pub clock: Option<Arc<dyn HostClock>>,
    /// Takes what the library logs; nothing is logged when absent. There is one for the process: the one that was given last.
    #[uniffi(default = None)]
    pub log: Option<Arc<dyn HostLog>>,
    /// Carries requests to the server; our own connections when absent.
    #[uniffi(default = None)]
    pub transport: Option<Arc<dyn HostTransport>>,
}

impl fmt::Debug for Hosts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hosts")
    }
}

/// Why the app did not do what it was asked for. Its words stay with the app: they may quote a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// Not now, and later perhaps: the phone is locked, or there is no network.
    #[error("not now")]
    Unavailable,
    /// It failed. Whatever else is thrown counts as this.
    #[error("it failed")]
    Failed,
}

/// Without its reason, which holds what was thrown, and where.
impl From<UnexpectedUniFFICallbackError> for HostError {
    fn from(_: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// How the app failed to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HostFault {
    /// It said that it cannot now.
    Unavailable,
    /// It failed, or threw.
    Failed,
    /// It did not answer in time. What it answers later is dropped.
    TimedOut,
    /// Earlier questions still hang in it, so it was not asked.
    Stuck,
    /// It called this library while it was asked.
    Reentered,
    /// It answered what cannot be used, such as a key of another length.
    Unusable,
}

impl fmt::Display for HostFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unavailable => "it cannot now",
            Self::Failed => "it failed",
            Self::TimedOut => "it did not answer in time",
            Self::Stuck => "earlier questions still hang in it",
            Self::Reentered => "it called back into the library",
            Self::Unusable => "its answer cannot be used",
        })
    }
}

impl From<HostError> for HostFault {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Unavailable => Self::Unavailable,
            HostError::Failed => Self::Failed,
        }
    }
}

/// The app did what it was asked for. It is a record because nothing at all cannot be told from a failure that generated code swallows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct HostDone {
    /// Whether it is done.
    pub done: bool,
}

impl HostDone {
    fn checked(self) -> Result<(), HostFault> {
        if self.done { Ok(()) } else { Err(HostFault::Failed) }
    }
}

#[cfg(test)]
mod tests;
