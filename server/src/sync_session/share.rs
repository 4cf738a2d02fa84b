//! Each phone's share of the server, over all of its sessions.
//!
//! A phone that asks for more is not refused anything: it waits. Its session still brings it what is new, and listens again when the share has
//! recovered; until then what the phone goes on to send stays with it. An honest phone notices none of this; 64 that answer every page with an inventory, or push
//! nothing but forgeries, leave the server to the others.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use linecrew_protocol::{
    ids::InstallationId,
    wire::{Acked, Frame, Verdict},
};

use super::limits::MAX_SHARES;
use crate::buckets::Buckets;

/// How large a share is and what is taken from it, in the time that it takes to recover. A session costs the server about 0.6 ms of a core and
/// takes 500, so that a phone that begins one after the other has about a thousandth of one. An accepted edit costs as much and takes 5: work is
/// what phones are for, and a document takes no more than 2,000 changes (docs/benchmarks.md, 2026-11-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareLimits {
    /// What a phone may use up at once.
    pub share: Duration,
    /// A hello.
    pub hello: Duration,
    /// An inventory, which an honest phone sends when a digest differs.
    pub inventory: Duration,
    /// Each document that it names.
    pub holding: Duration,
    /// A report: a ping, or cursors that are on disk.
    pub report: Duration,
    /// An edit.
    pub edit: Duration,
    /// An edit that is refused, on top.
    pub refused_edit: Duration,
    /// A document that is read for the phone.
    pub entry: Duration,
    /// Not taken from a share: how long at most a hello that comes too soon is kept without an answer. Meanwhile it holds its connection's
    /// place, so that the limit for each address bounds how fast others follow.
    pub refusal: Duration,
}

impl Default for ShareLimits {
    /// 60 hellos at once, and then two a second; a shift of 80 edits takes 0.4 s; of refused ones 285 may come at once, and then ten a second; a first
    /// sync of 10,000 documents takes 20 s.
    fn default() -> Self {
        Self {
            share: Duration::from_secs(30),
            hello: Duration::from_millis(500),
            inventory: Duration::from_secs(5),
            holding: Duration::from_millis(1),
            report: Duration::from_millis(50),
            edit: Duration::from_millis(5),
            refused_edit: Duration::from_millis(100),
            entry: Duration::from_millis(2),
            refusal: Duration::from_secs(2),
        }
    }
}

impl ShareLimits {
    /// A frame, apart from what comes of it.
    pub(super) fn of_frame(&self, frame: &Frame) -> Duration {
        match frame {
            Frame::Inventory(inventory) => self.inventory.saturating_add(times(self.holding, inventory.holdings.len())),
            Frame::Ping(_) | Frame::Stored(_) => self.report,
            _ => Duration::ZERO,
        }
    }

    /// Edits that were judged.
    pub(super) fn of_answer(&self, acked: &Acked) -> Duration {
        let refused = acked.outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Accepted).count();
        times(self.edit, acked.outcomes.len()).saturating_add(times(self.refused_edit, refused))
    }

    /// Documents that were read for the phone.
    pub(super) fn of_entries(&self, entries: usize) -> Duration {
        times(self.entry, entries)
    }
}

/// What all phones have used up of their shares.
#[derive(Debug, Default)]
pub struct Shares {
    pub(super) limits: ShareLimits,
    used: Mutex<Buckets<InstallationId>>,
}

impl Shares {
    /// Nobody has used up anything.
    #[must_use]
    pub fn new(limits: ShareLimits) -> Self {
        Self { limits, used: Mutex::default() }
    }

    /// Takes a part of this phone's share; answers how long it has to wait before it may take more.
    pub(super) fn take(&self, phone: InstallationId, part: Duration, now: Instant) -> Duration {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        // Beyond that many only those that are known wait: there are as many phones as the office has enrolled.
        if used.has_room(MAX_SHARES, now) || !used.lacks(&phone, now).is_zero() {
            used.take(phone, part, now);
        }
        used.lacks(&phone, now).saturating_sub(self.limits.share)
    }

    /// How long this phone has to wait.
    pub(super) fn wait(&self, phone: InstallationId, now: Instant) -> Duration {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).lacks(&phone, now).saturating_sub(self.limits.share)
    }
}

fn times(one: Duration, count: usize) -> Duration {
    one.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: Duration = Duration::from_secs(30);
    const PHONE: InstallationId = InstallationId::from_bytes([1; 16]);
    const OTHER: InstallationId = InstallationId::from_bytes([2; 16]);

    #[test]
    fn a_share_is_used_up_and_recovers() {
        let (shares, now) = (Shares::default(), Instant::now());
        assert_eq!(shares.take(PHONE, SHARE, now), Duration::ZERO);
        assert_eq!(shares.take(PHONE, Duration::from_secs(2), now), Duration::from_secs(2));
        assert_eq!(shares.wait(OTHER, now), Duration::ZERO, "another phone has its own");
        assert_eq!(shares.wait(PHONE, now + Duration::from_secs(1)), Duration::from_secs(1));
        assert_eq!(shares.wait(PHONE, now + Duration::from_secs(2)), Duration::ZERO);
    }

    #[test]
    fn shares_do_not_fill_the_memory() {
        let (shares, now) = (Shares::default(), Instant::now());
        for number in 0..2 * MAX_SHARES as u128 {
            shares.take(InstallationId::from_bytes(number.to_be_bytes()), 2 * SHARE, now);
        }
        assert_eq!(shares.used.lock().unwrap().len(), MAX_SHARES);
        assert_eq!(shares.take(InstallationId::from_bytes([0; 16]), SHARE, now), 2 * SHARE, "who is known goes on waiting");
    }
}
