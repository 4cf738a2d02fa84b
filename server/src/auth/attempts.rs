//! How often one may fail to sign in: per user name, and per address.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::buckets::Buckets;

/// Names and addresses remembered at once; when it is full even after forgetting the harmless ones, nobody new is let in for a second.
const MAX_REMEMBERED: usize = 20_000;

/// How many failures are forgiven, and how fast they are forgotten.
#[derive(Debug, Clone, Copy)]
pub struct AttemptLimits {
    /// Failures in a row for one user name.
    pub per_name: u32,
    /// After this, one more is allowed for it.
    pub name_recovery: Duration,
    /// Failures in a row from one address. A whole station may share one.
    pub per_address: u32,
    /// After this, one more is allowed from it.
    pub address_recovery: Duration,
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self { per_name: 5, name_recovery: Duration::from_secs(10), per_address: 60, address_recovery: Duration::from_millis(500) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Name(String),
    Address(IpAddr),
}

/// An attempt takes a token, a success gives it back, so that only failures count and 60 phones of one station can sign in at once.
#[derive(Debug)]
pub struct Attempts {
    limits: AttemptLimits,
    buckets: Mutex<Buckets<Who>>,
}

impl Attempts {
    /// No attempts yet.
    #[must_use]
    pub fn new(limits: AttemptLimits) -> Self {
        Self { limits, buckets: Mutex::default() }
    }

    /// Takes an attempt.
    ///
    /// # Errors
    /// How long to wait before the next one.
    pub fn take(&self, name: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.has_room(MAX_REMEMBERED, now) {
            return Err(Duration::from_secs(1));
        }
        let whos = self.whos(name, address);
        for (who, allowed, recovery) in &whos {
            let most = recovery.saturating_mul(allowed.saturating_sub(1));
            let over = buckets.lacks(who, now).saturating_sub(most);
            if !over.is_zero() {
                return Err(over);
            }
        }
        for (who, _, recovery) in whos {
            buckets.take(who, recovery, now);
        }
        Ok(())
    }

    /// Gives back the attempt that succeeded.
    pub fn succeeded(&self, name: &str, address: IpAddr) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for (who, _, recovery) in self.whos(name, address) {
            buckets.give_back(&who, recovery);
        }
    }

    fn whos(&self, name: &str, address: IpAddr) -> [(Who, u32, Duration); 2] {
        let AttemptLimits { per_name, name_recovery, per_address, address_recovery } = self.limits;
        [(Who::Name(name.to_lowercase()), per_name, name_recovery), (Who::Address(address), per_address, address_recovery)]
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::BROADCAST);

    #[test]
    fn failures_of_a_name_run_out_and_come_back() {
        let attempts = Attempts::new(AttemptLimits::default());
        let now = Instant::now();
        for _ in 0..5 {
            assert_eq!(attempts.take("wang.min", HERE, now), Ok(()));
        }
        assert_eq!(attempts.take("Wang.Min", THERE, now), Err(Duration::from_secs(10)));
        assert_eq!(attempts.take("li.na", HERE, now), Ok(()), "another name is not affected");
        assert_eq!(attempts.take("wang.min", HERE, now + Duration::from_secs(10)), Ok(()));
        assert!(attempts.take("wang.min", HERE, now + Duration::from_secs(10)).is_err());
    }

    #[test]
    fn failures_of_an_address_run_out() {
        let attempts = Attempts::new(AttemptLimits { per_address: 3, ..AttemptLimits::default() });
        let now = Instant::now();
        for name in ["a", "b", "c"] {
            assert_eq!(attempts.take(name, HERE, now), Ok(()));
        }
        assert!(attempts.take("d", HERE, now).is_err());
        assert_eq!(attempts.take("d", THERE, now), Ok(()));
    }

    #[test]
    fn successes_do_not_count() {
        let attempts = Attempts::new(AttemptLimits::default());
        let now = Instant::now();
        for _ in 0..1_000 {
            assert_eq!(attempts.take("wang.min", HERE, now), Ok(()));
            attempts.succeeded("wang.min", HERE);
        }
    }

    #[test]
    fn a_success_forgives_no_failure_before_it() {
        let attempts = Attempts::new(AttemptLimits { per_address: 5, ..AttemptLimits::default() });
        let now = Instant::now();
        for name in ["a", "b", "c"] {
            assert_eq!(attempts.take(name, HERE, now), Ok(()));
            assert_eq!(attempts.take("wang.min", HERE, now), Ok(()), "whoever guesses has a password of their own");
            attempts.succeeded("wang.min", HERE);
        }
        for name in ["d", "e"] {
            assert_eq!(attempts.take(name, HERE, now), Ok(()));
        }
        assert!(attempts.take("f", HERE, now).is_err());
    }

    #[test]
    fn quiet_times_are_not_saved_up() {
        let attempts = Attempts::new(AttemptLimits::default());
        let now = Instant::now();
        for now in [now, now + Duration::from_secs(3_600)] {
            for _ in 0..5 {
                assert_eq!(attempts.take("wang.min", HERE, now), Ok(()));
            }
            assert_eq!(attempts.take("wang.min", HERE, now), Err(Duration::from_secs(10)));
        }
    }

    #[test]
    fn names_do_not_fill_the_memory() {
        let attempts = Attempts::new(AttemptLimits { per_address: u32::MAX, ..AttemptLimits::default() });
        let now = Instant::now();
        let refused = (0..MAX_REMEMBERED * 2).filter(|name| attempts.take(&name.to_string(), HERE, now).is_err()).count();
        assert!(refused > 0);
        assert!(attempts.buckets.lock().unwrap().len() <= MAX_REMEMBERED + 1);
        assert_eq!(attempts.take("later", THERE, now + Duration::from_secs(3_600)), Ok(()));
    }
}
