use futures_util::FutureExt as _;
use linecrew_protocol::ids::CrewId;

use super::*;

const PHONE: InstallationId = InstallationId::from_bytes([1; 16]);

fn feed(number: u8) -> Feed {
    Feed::Crew(CrewId::from_bytes([number; 16]))
}

fn news_of(feeds: &[Feed]) -> Effects {
    Effects { feeds: feeds.iter().copied().collect(), ..Effects::default() }
}

#[tokio::test]
async fn a_session_is_woken_once_for_many_commits() {
    let live = Live::new();
    let mut seat = live.join(PHONE);
    seat.follow([feed(1), feed(2)]);
    for _ in 0..1_000 {
        live.publish(&news_of(&[feed(1)]));
    }
    live.publish(&news_of(&[feed(2), feed(3)]));
    assert_eq!(seat.woken().await, Wake::Feeds(BTreeSet::from([feed(1), feed(2)])));
    assert_eq!(seat.woken().now_or_never(), None);
}

#[tokio::test]
async fn a_new_session_replaces_the_old_one_and_stays_connected() {
    let live = Live::new();
    let mut old = live.join(PHONE);
    old.follow([feed(1)]);
    let mut new = live.join(PHONE);
    new.follow([feed(1)]);
    assert_eq!(old.woken().await, Wake::Replaced);
    drop(old);
    assert!(live.is_connected(PHONE));
    live.publish(&news_of(&[feed(1)]));
    assert_eq!(new.woken().await, Wake::Feeds(BTreeSet::from([feed(1)])));
    drop(new);
    assert!(!live.is_connected(PHONE));
    assert_eq!(live.connected(), 0);
    assert!(live.lock().followers.is_empty());
}

#[tokio::test]
async fn a_slow_board_is_told_to_take_a_snapshot() {
    let live = Live::new();
    assert!(!live.has_boards());
    let mut board = live.board();
    for _ in 0..=BOARD_BACKLOG {
        live.tell_boards(BoardNews::Lagged);
    }
    assert!(matches!(board.next().await, Some(BoardNews::Lagged)));
}

#[tokio::test]
async fn a_change_of_rights_reaches_the_phones_that_are_meant() {
    let live = Live::new();
    let other = InstallationId::from_bytes([2; 16]);
    let (mut seat, neighbour) = (live.join(PHONE), live.join(other));
    seat.follow([feed(1)]);
    live.publish(&news_of(&[feed(1)]));
    live.recheck(&[PHONE, InstallationId::from_bytes([3; 16])]);
    assert_eq!(seat.woken().await, Wake::Access, "before anything is read for it");
    assert_eq!(seat.woken().await, Wake::Feeds(BTreeSet::from([feed(1)])));
    assert_eq!(neighbour.woken().now_or_never(), None);
}

#[tokio::test]
async fn a_shutdown_reaches_sessions_of_before_and_after() {
    let live = Live::new();
    let before = live.join(PHONE);
    live.shut_down();
    let after = live.join(InstallationId::from_bytes([2; 16]));
    assert_eq!(before.woken().await, Wake::ShuttingDown);
    assert_eq!(after.woken().await, Wake::ShuttingDown);
}
