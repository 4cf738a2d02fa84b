//! A phone whose clocks and randomness a test or a simulation sets.

use std::sync::{Mutex, MutexGuard, PoisonError};

use linecrew_protocol::{ids::BootId, time::Timestamp};
use rand::{RngCore, SeedableRng, rngs::StdRng};

use super::Host;

/// Clocks that stand until they are moved, and randomness that a seed decides.
#[derive(Debug)]
pub struct ManualHost {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    wall: Timestamp,
    monotonic_ms: u64,
    boot: BootId,
    random: StdRng,
}

impl ManualHost {
    /// A phone that has just booted, with its wall clock at `wall`.
    #[must_use]
    pub fn new(seed: u64, wall: Timestamp) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let boot = boot(&mut random);
        Self { state: Mutex::new(State { wall, monotonic_ms: 0, boot, random }) }
    }

    /// Lets `millis` pass on both clocks.
    pub fn advance(&self, millis: u64) {
        let mut state = self.state();
        state.wall = state.wall.plus_ms(millis);
        state.monotonic_ms = state.monotonic_ms.saturating_add(millis);
    }

    /// Sets the wall clock, as a person or a network does; the monotonic clock does not notice.
    pub fn set_wall(&self, wall: Timestamp) {
        self.state().wall = wall;
    }

    /// Boots anew: another boot, the monotonic clock at zero.
    pub fn reboot(&self) {
        let mut state = self.state();
        state.boot = boot(&mut state.random);
        state.monotonic_ms = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host for ManualHost {
    fn wall(&self) -> Timestamp {
        self.state().wall
    }

    fn monotonic_ms(&self) -> u64 {
        self.state().monotonic_ms
    }

    fn boot(&self) -> BootId {
        self.state().boot
    }

    fn random(&self, bytes: &mut [u8]) {
        self.state().random.fill_bytes(bytes);
    }
}

fn boot(random: &mut StdRng) -> BootId {
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    BootId::from_bytes(bytes)
}
