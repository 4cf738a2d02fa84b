//! Who has to hear of a commit, inside this process.
//!
//! A session is told only *that* a feed has something new and reads it from the store itself, so a slow phone costs one set of feeds and
//! never a queue of entries. The board is told *what* is new, through a bounded channel: whoever lags behind takes a new snapshot. A hint
//! that is lost costs time, never data.

mod board;
mod seat;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use linecrew_protocol::{ids::InstallationId, wire::Feed};
use tokio::sync::broadcast;

use self::seat::Bell;
pub use self::{
    board::{BoardNews, BoardUpdates},
    seat::{Seat, Wake},
};
use crate::store::{Effects, PhoneRecord};

/// News that a board may be behind before it has to take a new snapshot: some seconds of a storm night.
pub const BOARD_BACKLOG: usize = 1_024;

/// The bus. One per process.
#[derive(Debug)]
pub struct Live {
    rooms: Mutex<Rooms>,
    board: broadcast::Sender<BoardNews>,
    next_seat: AtomicU64,
}

#[derive(Debug, Default)]
struct Rooms {
    seats: HashMap<InstallationId, Arc<Bell>>,
    followers: BTreeMap<Feed, BTreeMap<u64, Arc<Bell>>>,
    closing: bool,
}

impl Live {
    /// A bus that nobody listens to yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let (board, _) = broadcast::channel(BOARD_BACKLOG);
        Arc::new(Self { rooms: Mutex::default(), board, next_seat: AtomicU64::new(1) })
    }

    /// Tells sessions and boards what a commit changed.
    pub fn publish(&self, effects: &Effects) {
        let bells: Vec<(Feed, Arc<Bell>)> = {
            let rooms = self.lock();
            let followers = effects.feeds.iter().filter_map(|feed| Some((feed, rooms.followers.get(feed)?)));
            followers.flat_map(|(feed, bells)| bells.values().map(|bell| (*feed, Arc::clone(bell)))).collect()
        };
        for (feed, bell) in bells {
            bell.ring(feed);
        }
        for bell in self.seats_of(&effects.admitted) {
            bell.call_back();
        }
        for row in &effects.rows {
            self.tell_boards(BoardNews::Item(Arc::new(row.clone())));
        }
        if effects.collection {
            self.tell_boards(BoardNews::Collection);
        }
        if effects.refused {
            self.tell_boards(BoardNews::Quarantine);
        }
    }

    /// Tells boards how a phone is.
    pub fn publish_phone(&self, phone: PhoneRecord) {
        self.tell_boards(BoardNews::Phone(Arc::new(phone)));
    }

    /// Whether any board listens: what nobody sees need not be read.
    #[must_use]
    pub fn has_boards(&self) -> bool {
        self.board.receiver_count() > 0
    }

    /// Listens for the board, from this moment on.
    #[must_use]
    pub fn board(&self) -> BoardUpdates {
        BoardUpdates::new(self.board.subscribe())
    }

    /// Takes the place of `installation`. A session that had it learns that it was replaced.
    #[must_use]
    pub fn join(self: &Arc<Self>, installation: InstallationId) -> Seat {
        let bell = Arc::new(Bell::new(self.next_seat.fetch_add(1, Ordering::Relaxed)));
        let mut rooms = self.lock();
        if rooms.closing {
            bell.close();
        }
        let before = rooms.seats.insert(installation, Arc::clone(&bell));
        drop(rooms);
        if let Some(before) = before {
            before.replace();
        }
        Seat::new(Arc::clone(self), installation, bell)
    }

    /// Lets the session of each of these phones see whether the phone may still do what it could.
    pub fn recheck(&self, installations: &[InstallationId]) {
        for bell in self.seats_of(installations) {
            bell.recheck();
        }
    }

    /// Whether this phone has a live session.
    #[must_use]
    pub fn is_connected(&self, installation: InstallationId) -> bool {
        self.lock().seats.contains_key(&installation)
    }

    /// How many phones have a live session.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.lock().seats.len()
    }

    /// Tells every session, and every later one, that the server goes down.
    pub fn shut_down(&self) {
        let bells: Vec<Arc<Bell>> = {
            let mut rooms = self.lock();
            rooms.closing = true;
            rooms.seats.values().cloned().collect()
        };
        for bell in bells {
            bell.close();
        }
    }

    fn seats_of<'a>(&self, installations: impl IntoIterator<Item = &'a InstallationId>) -> Vec<Arc<Bell>> {
        let rooms = self.lock();
        installations.into_iter().filter_map(|installation| rooms.seats.get(installation).cloned()).collect()
    }

    fn follow(&self, bell: &Arc<Bell>, feeds: &BTreeSet<Feed>) {
        let mut rooms = self.lock();
        for feed in feeds {
            rooms.followers.entry(*feed).or_default().insert(bell.seat(), Arc::clone(bell));
        }
    }

    /// A replaced session leaves last: the place may be another's by then.
    fn leave(&self, installation: InstallationId, seat: u64, feeds: &BTreeSet<Feed>) {
        let mut rooms = self.lock();
        for feed in feeds {
            let empty = rooms.followers.get_mut(feed).is_some_and(|bells| {
                bells.remove(&seat);
                bells.is_empty()
            });
            if empty {
                rooms.followers.remove(feed);
            }
        }
        if rooms.seats.get(&installation).is_some_and(|bell| bell.seat() == seat) {
            rooms.seats.remove(&installation);
        }
    }

    fn tell_boards(&self, news: BoardNews) {
        // An error means that no board listens.
        self.board.send(news).ok();
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
