//! Sign-ins under way. They stay in this process, so that each is good once; a server that starts anew has forgotten them, and people begin again.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

/// A hash of what only the browser or the provider holds.
type Hash = [u8; 32];

/// The table. When it is full the oldest makes room: whoever floods it hinders those who are slow, and nobody with a password.
#[derive(Debug)]
pub(super) struct Pending {
    most: usize,
    lasts: Duration,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    begun: HashMap<Hash, UnderWay>,
    /// By age. Those that were taken may still be named here.
    order: VecDeque<Hash>,
}

#[derive(Debug)]
struct UnderWay {
    browser: Hash,
    secrets: Secrets,
    at: Instant,
}

/// What the provider's answer is held against.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secrets {
    /// Stands in the ID token.
    pub(super) nonce: String,
    /// Proves that it is this sign-in's code (RFC 7636).
    pub(super) verifier: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secrets")
    }
}

impl Pending {
    pub(super) fn new(most: usize, lasts: Duration) -> Self {
        Self { most, lasts, table: Mutex::default() }
    }

    /// Remembers a sign-in.
    pub(super) fn begin(&self, state: &str, browser: &str, secrets: Secrets, now: Instant) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.forget_old(self.most.saturating_sub(1), self.lasts, now);
        let state = hash(state);
        table.begun.insert(state, UnderWay { browser: hash(browser), secrets, at: now });
        table.order.push_back(state);
    }

    /// Takes a sign-in, for ever, when it is this browser's. Another browser's stays: who guesses ends nobody's.
    pub(super) fn take(&self, state: &str, browser: &str, now: Instant) -> Option<Secrets> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let state = hash(state);
        if table.begun.get(&state)?.browser != hash(browser) {
            return None;
        }
        let taken = table.begun.remove(&state)?;
        (now.saturating_duration_since(taken.at) < self.lasts).then_some(taken.secrets)
    }
}

impl Table {
    /// Forgets what is over or was taken, and the oldest until at most `most` are left.
    fn forget_old(&mut self, most: usize, lasts: Duration, now: Instant) {
        while let Some(oldest) = self.order.front() {
            let is_young = self.begun.get(oldest).is_some_and(|under_way| now.saturating_duration_since(under_way.at) < lasts);
            if is_young && self.order.len() <= most {
                return;
            }
            self.begun.remove(oldest);
            self.order.pop_front();
        }
    }
}

fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTS: Duration = Duration::from_secs(600);

    fn secrets(nonce: &str) -> Secrets {
        Secrets { nonce: nonce.to_owned(), verifier: "v".to_owned() }
    }

    #[test]
    fn a_sign_in_is_taken_once_and_by_its_browser_alone() {
        let (pending, now) = (Pending::new(10, LASTS), Instant::now());
        pending.begin("state", "browser", secrets("n"), now);
        assert_eq!(pending.take("state", "another", now), None);
        assert_eq!(pending.take("another", "browser", now), None);
        assert_eq!(pending.take("state", "browser", now), Some(secrets("n")));
        assert_eq!(pending.take("state", "browser", now), None, "once");
    }

    #[test]
    fn a_sign_in_ends_after_its_time() {
        let (pending, now) = (Pending::new(10, LASTS), Instant::now());
        for state in ["a", "b"] {
            pending.begin(state, "browser", secrets(state), now);
        }
        assert!(pending.take("a", "browser", now + LASTS - Duration::from_millis(1)).is_some());
        assert!(pending.take("b", "browser", now + LASTS).is_none());
    }

    #[test]
    fn a_flood_takes_no_memory_and_drives_out_the_oldest() {
        let (pending, now) = (Pending::new(100, LASTS), Instant::now());
        for number in 0..1_000 {
            pending.begin(&number.to_string(), "browser", secrets("n"), now);
        }
        let table = pending.table.lock().unwrap();
        assert_eq!((table.begun.len(), table.order.len()), (100, 100));
        drop(table);
        assert!(pending.take("899", "browser", now).is_none() && pending.take("900", "browser", now).is_some());
        pending.begin("later", "browser", secrets("n"), now + LASTS);
        assert_eq!(pending.table.lock().unwrap().order.len(), 1, "what is over is forgotten");
    }
}
