//! A keystore that is locked, that lies, or that is not there.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use linecrew_client::{
    EditStatus, EditsFilter,
    driver::{DriverOptions, LinkState, SyncStop},
};
use linecrew_sqlite::Execution;

use crate::{
    office::{CREW, Office},
    phone::{Mood, Phone, inline, sign_in_of},
    switchboard::{Switchboard, agree, eventually},
};

const PATIENCE: Duration = Duration::from_secs(20);

fn is_key(stop: Option<&SyncStop>) -> bool {
    matches!(stop, Some(SyncStop::KeyUnavailable(_)))
}

#[tokio::test]
async fn without_a_key_that_signs_nothing_goes_out_and_nothing_is_lost() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let (board, phone) = (Switchboard::new(office), Phone::new(1));
    assert!(board.driver(&phone).sync_once(PATIENCE).await.is_complete());
    phone.client.accept(item).unwrap();
    let before = board.requests.load(Ordering::Relaxed);
    for mood in [Mood::Locked, Mood::Lies] {
        phone.keystore.set(mood);
        let report = board.driver(&phone).sync_once(PATIENCE).await;
        assert!(is_key(report.stopped.as_ref()), "{mood:?}: {report:?}");
        assert_eq!((report.still_pending, board.requests.load(Ordering::Relaxed)), (Some(1), before), "{mood:?}");
        let edit = phone.client.edits(EditsFilter::default()).unwrap().pop().unwrap();
        assert_eq!(edit.status, EditStatus::SavedHere, "{mood:?}");
    }
    phone.keystore.set(Mood::Works);
    assert!(board.driver(&phone).sync_once(PATIENCE).await.is_complete());
    assert!(agree(&board, &phone));
}

#[tokio::test]
async fn a_phone_that_was_given_no_key_says_so() {
    let (board, phone) = (Switchboard::new(Office::new()), Phone::new(1));
    let bare = linecrew_client::Client::open(&phone.path(), crate::phone::key_of(&phone.path()), phone.host.clone(), inline()).unwrap();
    let report = board.driver_of(&bare, DriverOptions { execution: Execution::Inline, ..DriverOptions::new(1) }).sync_once(PATIENCE).await;
    assert!(is_key(report.stopped.as_ref()), "{report:?}");
}

#[tokio::test]
async fn a_live_phone_waits_for_its_key_and_goes_on() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let (board, phone) = (Switchboard::new(office), Phone::new(1));
    let options = DriverOptions { execution: Execution::Inline, ..DriverOptions::new(5) };
    let driver = Arc::new(board.driver_with(&phone, options));
    let running = tokio::spawn({
        let driver = Arc::clone(&driver);
        async move { driver.run(std::future::pending()).await }
    });
    let link = || driver.link().borrow().clone();
    eventually("live", || link().is_live() && agree(&board, &phone)).await;
    phone.keystore.set(Mood::Locked);
    phone.client.accept(item).unwrap();
    let waits = || matches!(link(), LinkState::Offline { next_try: Some(_), why: Some(why), .. } if is_key(Some(&why)));
    eventually("it says what it waits for", waits).await;
    // Another sign-in changes nothing about it.
    let _ready = phone.client.sign_in(sign_in_of(phone.person, CREW)).unwrap();
    assert_eq!(phone.client.status().unwrap().pending(), 1);
    phone.keystore.set(Mood::Works);
    driver.nudge();
    eventually("the edit is safe", || link().is_live() && agree(&board, &phone)).await;
    running.abort();
}
