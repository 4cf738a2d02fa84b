//! The real phone.

use std::{
    fs,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use linecrew_protocol::{ids::BootId, time::Timestamp};
use rand::RngCore;

use super::Host;

/// The clocks and the randomness of this machine.
///
/// On Linux and Android the monotonic clock is the uptime, which counts through sleep, and the boot is the kernel's. Elsewhere both begin
/// with the process: evidence then reaches no further back than that, and proves less rather than something wrong.
#[derive(Debug)]
pub struct SystemHost {
    boot: BootId,
    kernel: bool,
    started: Instant,
}

impl SystemHost {
    /// Asks the kernel for its boot.
    #[must_use]
    pub fn new() -> Self {
        let of_kernel = kernel_boot().filter(|_| uptime_ms().is_some());
        let boot = of_kernel.unwrap_or_else(|| {
            let mut bytes = [0; 16];
            rand::rng().fill_bytes(&mut bytes);
            BootId::from_bytes(bytes)
        });
        Self { boot, kernel: of_kernel.is_some(), started: Instant::now() }
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
        let in_process = || u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Should the kernel's clock vanish, an earlier reading of this boot proves less, never something wrong.
        if self.kernel { uptime_ms().unwrap_or(0) } else { in_process() }
    }

    fn boot(&self) -> BootId {
        self.boot
    }

    fn random(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

fn kernel_boot() -> Option<BootId> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().parse().ok()
}

/// `/proc/uptime` is `CLOCK_BOOTTIME` in hundredths of a second (proc_uptime(5)): `12345.67 4567.89`.
fn uptime_ms() -> Option<u64> {
    let text = fs::read_to_string("/proc/uptime").ok()?;
    let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    let seconds: u64 = seconds.parse().ok()?;
    let hundredths: u64 = hundredths.parse().ok()?;
    Some(seconds.saturating_mul(1_000).saturating_add(hundredths.saturating_mul(10)))
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
    fn randomness_differs() {
        let (mut one, mut two) = ([0; 16], [0; 16]);
        SystemHost::new().random(&mut one);
        SystemHost::new().random(&mut two);
        assert_ne!(one, two);
    }
}
