//! What the phone's operating system gives: clocks and randomness, behind a trait so that a simulation replays exactly.

use linecrew_protocol::{
    ids::{BootId, EventId, InstallationId, MaterialId, SessionId},
    time::{Evidence, Sighting, Timestamp},
};

mod manual;
mod system;

pub use manual::ManualHost;
pub use system::SystemHost;

/// The phone under the app.
pub trait Host: Send + Sync + 'static {
    /// What the wall clock claims. It may be wrong by years; nothing depends on it.
    fn wall(&self) -> Timestamp;

    /// A clock that never steps and counts through sleep, in milliseconds since any moment of this boot.
    fn monotonic_ms(&self) -> u64;

    /// The boot that [`monotonic_ms`](Self::monotonic_ms) counts in.
    fn boot(&self) -> BootId;

    /// Fills `bytes` with randomness.
    fn random(&self, bytes: &mut [u8]);
}

/// What the phone knows of the present moment, beside the last server time seen.
pub(crate) fn evidence(host: &dyn Host, sighting: Option<Sighting>) -> Evidence {
    Evidence { wall: host.wall(), monotonic_ms: host.monotonic_ms(), boot: host.boot(), sighting }
}

pub(crate) fn new_event(host: &dyn Host) -> EventId {
    EventId::new(host.wall(), ten_bytes(host))
}

pub(crate) fn new_installation(host: &dyn Host) -> InstallationId {
    InstallationId::new(host.wall(), ten_bytes(host))
}

pub(crate) fn new_session(host: &dyn Host) -> SessionId {
    SessionId::new(host.wall(), ten_bytes(host))
}

pub(crate) fn new_material(host: &dyn Host) -> MaterialId {
    MaterialId::new(host.wall(), ten_bytes(host))
}

/// A name for a file while it is written. From the clock and randomness, as ids are.
pub(crate) fn part_name(host: &dyn Host) -> u64 {
    let mut bytes = [0; 8];
    host.random(&mut bytes);
    u64::from_be_bytes(bytes)
}

fn ten_bytes(host: &dyn Host) -> [u8; 10] {
    let mut bytes = [0; 10];
    host.random(&mut bytes);
    bytes
}
