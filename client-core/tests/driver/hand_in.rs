//! Phones that may work no longer, or not at the moment: what was confirmed on them reaches the office all the same.

use std::sync::atomic::Ordering;

use linecrew_client::driver::{LinkState, SyncStop};
use linecrew_protocol::Reason;

use crate::{
    office::Office,
    phone::Phone,
    running::Running,
    switchboard::{Line, Switchboard},
    tokens::{enrolled, sync},
};

/// What the office has refused of this phone.
fn handed_in(office: &Office, phone: &Phone) -> usize {
    let installation = phone.client.installation();
    office.refuse.iter().filter(|((of, _), reason)| *of == installation && **reason == Reason::Revoked).count()
}

fn is_wiped(board: &Switchboard, phone: &Phone) {
    assert!(phone.client.status().is_err(), "the store is gone");
    assert_eq!(board.pending.load(Ordering::Relaxed), 0, "the office knows that nothing waits here");
}

#[tokio::test]
async fn a_revoked_phone_hands_in_what_it_holds() {
    let (board, phone, item) = enrolled().await;
    phone.client.accept(item).unwrap();
    phone.client.note(item, "the fuse is in the van".to_owned()).unwrap();
    board.registry().revoke(phone.client.installation());
    for line in [Line::Down, Line::LosesAnswers] {
        board.set(line);
        let stopped = sync(&board, &phone.client).await.stopped;
        assert!(matches!(stopped, Some(SyncStop::Transport(_))), "{line:?}: {stopped:?}");
        assert_eq!(phone.client.status().unwrap().pending(), 2, "{line:?}: nothing was answered");
    }
    board.set(Line::Good);
    let report = sync(&board, &phone.client).await;
    assert!(matches!(report.stopped, Some(SyncStop::Revoked)), "{report:?}");
    assert_eq!((handed_in(&board.office(), &phone), report.quarantined), (2, 2));
    is_wiped(&board, &phone);
}

#[tokio::test]
async fn a_revoked_phone_that_runs_hands_in_and_stops() {
    let (board, phone, item) = enrolled().await;
    let running = Running::start(&board, &phone).await;
    running.is_cut_off().await;
    phone.client.accept(item).unwrap();
    board.registry().revoke(phone.client.installation());
    running.tries(Line::Good);
    running.shows("revoked", |link| matches!(link, LinkState::Revoked)).await;
    assert_eq!(handed_in(&board.office(), &phone), 1);
    is_wiped(&board, &phone);
}

#[tokio::test]
async fn whoever_may_not_work_at_the_moment_hands_in_and_goes_on_afterwards() {
    let (board, phone, item) = enrolled().await;
    let running = Running::start(&board, &phone).await;
    running.is_cut_off().await;
    phone.client.accept(item).unwrap();
    board.registry().suspend(true);
    running.tries(Line::Good);
    running.shows("suspended", |link| matches!(link, LinkState::Suspended)).await;
    assert_eq!(handed_in(&board.office(), &phone), 1);
    assert_eq!(phone.client.status().unwrap().pending(), 0);
    assert!(phone.rows().is_empty(), "no item is left on the phone");
    assert_eq!(board.pending.load(Ordering::Relaxed), 0, "the office knows that nothing waits here");
    board.registry().suspend(false);
    running.tries(Line::Good);
    running.is_live().await;
    assert_eq!(phone.rows().len(), 1, "the item is back");
}
