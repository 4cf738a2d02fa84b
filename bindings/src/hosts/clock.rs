//! The app's clock: asked when a store is opened and before each contact with the server, never in between.
//!
//! The store asks for the time inside its transactions, where nothing of an app's may be asked. So a sample is taken outside of them, and the time
//! that has passed since is the kernel's.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use linecrew_client::{
    Host, SystemHost,
    protocol::{ids::BootId, time::Timestamp},
};
use sha2::{Digest, Sha256};

use super::{Desk, HostError, HostFault, Unanswered};
use crate::{error::LinecrewError, runtime::aside};

/// What it is asked, in errors.
const SAMPLE: &str = "clock.sample";
/// What a boot's name is hashed after.
const BOOT_OF: &[u8] = b"linecrew boot 1\0";

/// Knows the time, and which boot this is.
///
/// It is asked when a store is opened and before each contact, on a thread of the library's, and has two seconds for an answer. It must not call the
/// library meanwhile.
#[uniffi::export(rust, foreign)]
pub trait HostClock: Send + Sync {
    /// What the clocks show now.
    fn sample(&self) -> Result<ClockSample, HostError>;
}

/// What an app's clocks show.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClockSample {
    /// The wall clock. It may be wrong by years; nothing depends on it.
    pub wall: Timestamp,
    /// A clock that never steps and counts through sleep, in milliseconds since the boot: on Android `SystemClock.elapsedRealtime`.
    pub monotonic_ms: u64,
    /// A text that names the boot and no other one: on Android the setting `boot_count`, on iOS `kern.bootsessionuuid`. None when it is not known:
    /// then `monotonic_ms` is not used, and what the phone can prove about times reaches no further back than the app runs.
    pub boot: Option<String>,
}

/// The app's clock as it was sampled, and the kernel's since.
pub(crate) struct SampledClock {
    host: Arc<dyn HostClock>,
    desk: Arc<Desk>,
    kernel: SystemHost,
    sampled: RwLock<Sampled>,
}

/// What a sample says, and what the kernel's clock showed then.
#[derive(Debug, Clone, Copy)]
struct Sampled {
    wall: Timestamp,
    /// The boot and its clock, when the app knows them; else the kernel's are used whole.
    named: Option<(BootId, u64)>,
    kernel_ms: u64,
}

impl SampledClock {
    /// Takes the first sample.
    ///
    /// # Errors
    /// The app did not give it.
    pub(crate) fn begin(host: Arc<dyn HostClock>, kernel: SystemHost, desk: Arc<Desk>) -> Result<Self, LinecrewError> {
        let sample = ask(&host, &desk)?;
        let sampled = RwLock::new(Sampled::of(sample, kernel.monotonic_ms()));
        Ok(Self { host, desk, kernel, sampled })
    }

    /// Takes another one. When there is none, or none of this boot, the last one goes on; the trouble is in the status.
    pub(crate) fn resample(&self) {
        let Ok(sample) = ask(&self.host, &self.desk) else { return };
        let mut sampled = self.sampled.write().unwrap_or_else(PoisonError::into_inner);
        match sampled.gone_on(Sampled::of(sample, self.kernel.monotonic_ms())) {
            Some(now) => *sampled = now,
            None => self.desk.note(SAMPLE, Some(HostFault::Unusable)),
        }
    }

    fn sampled(&self) -> Sampled {
        *self.sampled.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn passed_ms(&self, sampled: Sampled) -> u64 {
        self.kernel.monotonic_ms().saturating_sub(sampled.kernel_ms)
    }
}

fn ask(host: &Arc<dyn HostClock>, desk: &Arc<Desk>) -> Result<ClockSample, Unanswered> {
    let host = Arc::clone(host);
    desk.ask(SAMPLE, desk.patience().clock, move || Ok(host.sample()?))
}

impl Sampled {
    fn of(sample: ClockSample, kernel_ms: u64) -> Self {
        let ClockSample { wall, monotonic_ms, boot } = sample;
        let named = boot.filter(|boot| !boot.is_empty()).map(|boot| (boot_of(&boot), monotonic_ms));
        Self { wall, named, kernel_ms }
    }

    /// A later sample after this one: no process outlives its boot, and a monotonic clock does not step back, whatever an app says.
    fn gone_on(self, later: Self) -> Option<Self> {
        let passed = later.kernel_ms.saturating_sub(self.kernel_ms);
        let named = match (self.named, later.named) {
            (Some((boot, before)), Some((same, now))) if boot == same => Some((boot, now.max(before.saturating_add(passed)))),
            (None, None) => None,
            _ => return None,
        };
        Some(Self { named, ..later })
    }
}

/// A boot's id, out of its name. Names differ from system to system, and may be a count: no two boots of a phone may have one id.
fn boot_of(name: &str) -> BootId {
    let hash = Sha256::new().chain_update(BOOT_OF).chain_update(name).finalize();
    let mut id = [0; 16];
    id.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
    BootId::from_bytes(id)
}

impl Host for SampledClock {
    fn wall(&self) -> Timestamp {
        let sampled = self.sampled();
        sampled.wall.plus_ms(self.passed_ms(sampled))
    }

    fn monotonic_ms(&self) -> u64 {
        let sampled = self.sampled();
        sampled.named.map_or_else(|| self.kernel.monotonic_ms(), |(_, then)| then.saturating_add(self.passed_ms(sampled)))
    }

    fn boot(&self) -> BootId {
        self.sampled().named.map_or_else(|| self.kernel.boot(), |(boot, _)| boot)
    }

    fn random(&self, bytes: &mut [u8]) {
        self.kernel.random(bytes);
    }
}

impl fmt::Debug for SampledClock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SampledClock")
    }
}

/// Asks the app again, on a thread that may wait.
pub(crate) async fn resampled(clock: Arc<SampledClock>) -> Result<(), LinecrewError> {
    aside(move || {
        clock.resample();
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests;
