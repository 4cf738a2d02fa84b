//! Lines for whoever watches the terminal.

use linecrew_server::clock::Clock;
use linecrew_tests::{clock::World, fleet::Fleet, link::LinkState};

/// China Standard Time, as the numbers of work items count.
const OFFSET_SECONDS: i64 = 8 * 3_600;

/// One line with the time of day.
pub(crate) fn tell(world: &World, what: &str) {
    let seconds = (world.now().as_unix_millis() / 1_000 + OFFSET_SECONDS).rem_euclid(86_400);
    println!("  {:02}:{:02}:{:02}  {what}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
}

/// How things stand.
pub(crate) fn tell_how_it_stands(fleet: &Fleet) {
    let edits: usize = fleet.phones.iter().map(|phone| phone.journal.len()).sum();
    let pending: u64 = fleet.phones.iter().map(linecrew_tests::phone::Phone::pending).sum();
    let offline = fleet.phones.iter().filter(|phone| phone.link.state() != LinkState::Up).count();
    tell(&fleet.world, &format!("{edits} edits confirmed, {pending} of them not on the server yet; {offline} phones without network"));
}
