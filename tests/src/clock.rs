//! Time in a test: one world, and the clocks that people look at in it.
//!
//! The world's time runs with the machine's and can be moved ahead, so that an hour of work passes in a moment and everybody, the server
//! included, sees it pass. A phone's wall clock may stand anywhere; its monotonic clock counts from its own boot.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use linecrew_client::Host;
use linecrew_protocol::{ids::BootId, time::Timestamp};
use linecrew_server::clock::Clock;
use rand::{RngCore, rngs::StdRng};

use crate::seed::Seed;

/// The time that passes for everybody. A server in this process keeps it as its own; a server in another one has the machine's, so there the
/// world must not be moved.
#[derive(Debug)]
pub struct World {
    began: Timestamp,
    since: Instant,
    ahead_ms: AtomicU64,
}

impl World {
    /// A world whose time is the machine's.
    ///
    /// # Panics
    /// The machine's clock stands before 1970.
    #[must_use]
    pub fn begin() -> Arc<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        let began = Timestamp::from_unix_millis(i64::try_from(now.as_millis()).expect("a clock before the year 292 million"));
        Arc::new(Self { began, since: Instant::now(), ahead_ms: AtomicU64::new(0) })
    }

    /// Lets time pass at once.
    pub fn pass(&self, time: Duration) {
        self.ahead_ms.fetch_add(millis(time), Ordering::SeqCst);
    }

    /// Since the world began.
    fn elapsed_ms(&self) -> u64 {
        millis(self.since.elapsed()) + self.ahead_ms.load(Ordering::SeqCst)
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.began.plus_ms(self.elapsed_ms())
    }
}

/// The clocks and the randomness of one phone.
#[derive(Debug)]
pub struct PhoneClock {
    world: Arc<World>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How far the wall clock is ahead of the world.
    ahead_ms: i64,
    boot: BootId,
    booted_at_ms: u64,
    random: StdRng,
}

impl PhoneClock {
    /// A phone that has just booted, with the right time.
    #[must_use]
    pub fn right(world: Arc<World>, seed: Seed) -> Self {
        let mut random = seed.random("phone");
        let boot = boot(&mut random);
        let booted_at_ms = world.elapsed_ms();
        Self { world, state: Mutex::new(State { ahead_ms: 0, boot, booted_at_ms, random }) }
    }

    /// Somebody sets the wall clock: so far ahead of the right time, or behind when negative.
    pub fn set_ahead_ms(&self, ahead_ms: i64) {
        self.state().ahead_ms = ahead_ms;
    }

    /// Another boot; the monotonic clock begins again.
    pub fn reboot(&self) {
        let mut state = self.state();
        state.boot = boot(&mut state.random);
        state.booted_at_ms = self.world.elapsed_ms();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host for PhoneClock {
    fn wall(&self) -> Timestamp {
        let right = self.world.now().as_unix_millis();
        Timestamp::from_unix_millis(right.saturating_add(self.state().ahead_ms))
    }

    fn monotonic_ms(&self) -> u64 {
        self.world.elapsed_ms().saturating_sub(self.state().booted_at_ms)
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

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
