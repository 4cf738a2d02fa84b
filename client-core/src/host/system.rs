//! The real phone.

use std::{
    fs,
    sync::LazyLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use linecrew_protocol::{ids::BootId, time::Timestamp};
use rand::RngCore;

use super::Host;

/// The clocks and the randomness of this machine.
///
/// The monotonic clock is the kernel's, and counts through sleep. Where the kernel names its boot (Linux), it counts from there, and evidence reaches
/// from one run of the app to the next. Where it does not (apps of Android may not read the name, iOS has none there), the boot is drawn for each
/// process, and the clock begins with it: evidence then reaches no further back than that, and proves less rather than something wrong. A clock that
/// went on under a drawn boot would count the time since the phone was switched on anew with each run. All hosts of a process have the one that was
/// drawn: a store that is closed and opened again meanwhile has not been without time.
#[derive(Debug)]
pub struct SystemHost {
    boot: BootId,
    /// What the kernel's clock showed when this boot began.
    began: Duration,
}

/// The boot of this process where the kernel's has no name, and what the kernel's clock showed when it began.
static DRAWN: LazyLock<(BootId, Duration)> = LazyLock::new(|| {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    (BootId::from_bytes(bytes), since_any_moment())
});

impl SystemHost {
    /// Asks the kernel for its boot.
    #[must_use]
    pub fn new() -> Self {
        Self::of(kernel_boot())
    }

    fn of(kernel: Option<BootId>) -> Self {
        let (boot, began) = kernel.map_or_else(|| *DRAWN, |boot| (boot, Duration::ZERO));
        Self { boot, began }
    }
}

impl Default for SystemHost {
    fn default() -> Self {
        Self::new()
    }
}

impl Host for SystemHost {
    fn wall(&self) -> Timestamp {
        let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        };
        Timestamp::from_unix_millis(millis)
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(since_any_moment().saturating_sub(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    fn boot(&self) -> BootId {
        self.boot
    }

    fn random(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// The name of this boot, where the clock counts from it.
fn kernel_boot() -> Option<BootId> {
    let named = cfg!(any(target_os = "linux", target_os = "android"));
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().filter(|_| named)?.trim().parse().ok()
}

/// A clock that never steps and counts through sleep. On Linux and Android it counts from the boot (clock_gettime(2)); asking takes no file, which
/// Android would refuse. Apple's monotonic clock counts through sleep, too.
#[cfg(unix)]
fn since_any_moment() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = ClockId::Monotonic;
    // It is never before its beginning.
    clock_gettime(clock).try_into().unwrap_or_default()
}

#[cfg(not(unix))]
fn since_any_moment() -> Duration {
    static FIRST_ASKED: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    FIRST_ASKED.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monotonic_clock_does_not_step_back_and_the_boot_stays() {
        let host = SystemHost::new();
        let (boot, before) = (host.boot(), host.monotonic_ms());
        assert!(host.monotonic_ms() >= before);
        assert_eq!(host.boot(), boot);
        assert!(host.wall() > Timestamp::from_unix_millis(0));
    }

    #[test]
    fn a_boot_that_the_kernel_does_not_name_begins_with_the_process() {
        let (one, other) = (SystemHost::of(None), SystemHost::of(None));
        let (began, shown) = (DRAWN.1, one.monotonic_ms());
        let passed = since_any_moment().saturating_sub(began);
        assert!(began > Duration::ZERO && u128::from(shown) <= passed.as_millis(), "{shown} ms of a boot that began {passed:?} ago");
        assert!(other.boot() == one.boot() && other.monotonic_ms() >= shown, "one boot and one clock for the process");
        assert_ne!(Some(one.boot()), kernel_boot());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_boot_that_the_kernel_names_is_the_same_for_all_and_counts_from_its_beginning() {
        let (one, other) = (SystemHost::new(), SystemHost::new());
        assert_eq!(one.boot(), other.boot());
        let uptime = fs::read_to_string("/proc/uptime").unwrap();
        let seconds: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
        let shown = Duration::from_millis(one.monotonic_ms()).as_secs_f64();
        assert!(shown >= seconds - 0.02 && shown < seconds + 60.0, "{shown} s of {seconds} s");
    }

    #[test]
    fn randomness_differs() {
        let (mut one, mut two) = ([0; 16], [0; 16]);
        SystemHost::new().random(&mut one);
        SystemHost::new().random(&mut two);
        assert_ne!(one, two);
    }
}
