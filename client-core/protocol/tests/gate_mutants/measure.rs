//! What one piece of work costs: memory and processor time of this thread, however busy the machine is.

use std::time::Duration;

use allocation_counter::AllocationInfo;
use rustix::time::{ClockId, clock_gettime};

/// Bytes that one change or message may need at its peak.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Processor time that it may need.
const MAX_TIME: Duration = Duration::from_millis(100);
/// A processor that was taken away in the middle of the work is cold afterwards: what looks slow is measured again.
const AGAIN: u32 = 5;

/// The most that anything cost.
#[derive(Debug, Default)]
pub(crate) struct Worst {
    pub(crate) bytes: u64,
    pub(crate) time: Duration,
}

impl Worst {
    /// Does the work and holds it against the limits.
    pub(crate) fn of<T>(&mut self, mut work: impl FnMut() -> T) -> T {
        let (done, bytes, mut time) = measured(&mut work);
        for _ in 0..AGAIN {
            if time <= MAX_TIME / 2 {
                break;
            }
            time = time.min(measured(&mut work).2);
        }
        self.bytes = self.bytes.max(bytes);
        self.time = self.time.max(time);
        assert!(bytes <= MAX_BYTES, "{bytes} bytes at once, at most {MAX_BYTES}");
        assert!(time <= MAX_TIME, "{time:?} at best, at most {MAX_TIME:?}");
        done
    }
}

fn measured<T>(work: &mut impl FnMut() -> T) -> (T, u64, Duration) {
    let mut done = None;
    let begin = processor_time();
    let info: AllocationInfo = allocation_counter::measure(|| done = Some(work()));
    (done.unwrap(), info.bytes_max, processor_time() - begin)
}

/// What this thread has computed so far.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}
