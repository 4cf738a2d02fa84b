//! Invitations: whose phone it becomes, and what happens to whoever had it before.

use std::{sync::Arc, time::Duration};

use linecrew_client::{AccountView, EditsFilter, EnrolError, SignInError};
use linecrew_protocol::enrolment::InviteCode;

use crate::{
    office::{CREW, Office, person},
    phone::{Keystore, Mood, Phone, inline},
    switchboard::{Line, Switchboard, agree},
};

const PATIENCE: Duration = Duration::from_secs(20);
const URL: &str = "http://localhost";

async fn enrol(board: &Arc<Switchboard>, phone: &Phone, code: &InviteCode) -> Result<AccountView, EnrolError> {
    phone.client.enrol(&board.way(), URL, code, "a phone").await
}

/// The phone of the first person, enrolled and synced, and an item on it.
async fn enrolled() -> (Arc<Switchboard>, Phone, linecrew_protocol::ids::DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let (board, phone) = (Switchboard::new(office), Phone::bare(1, CREW, inline()));
    let code = board.registry().invite(person(1));
    let account = enrol(&board, &phone, &code).await.unwrap();
    assert_eq!((account.person, account.signed_in, account.crew), (person(1), true, Some(CREW)));
    sync(&board, &phone).await;
    (board, phone, item)
}

async fn sync(board: &Arc<Switchboard>, phone: &Phone) {
    let report = board.driver_of(&phone.client, linecrew_client::driver::DriverOptions::new(1)).sync_once(PATIENCE).await;
    assert!(report.is_complete() && report.equal == Some(true), "{report:?}");
}

#[tokio::test]
async fn an_invitation_makes_a_phone_somebodys() {
    let (board, phone, item) = enrolled().await;
    let account = phone.client.account().unwrap();
    assert_eq!((account.server_url.as_str(), account.signed_in_until.is_some()), (URL, true));
    assert!(phone.client.status().unwrap().last_contact.is_some());
    phone.client.accept(item).unwrap();
    sync(&board, &phone).await;
    assert!(agree(&board, &phone));
}

#[tokio::test]
async fn refusals_are_told_apart_and_change_nothing() {
    let (board, phone, item) = enrolled().await;
    phone.client.accept(item).unwrap();
    let (before, installation) = (phone.client.account(), phone.client.installation());
    let wrong = "7K4QM-2XHTB".parse().unwrap();
    assert!(matches!(enrol(&board, &phone, &wrong).await, Err(EnrolError::InvitationInvalid)));
    let code = board.registry().invite(person(1));
    for line in [Line::Portal, Line::PortalRefuses, Line::Down, Line::Busy] {
        board.set(line);
        let error = enrol(&board, &phone, &code).await.unwrap_err();
        let as_expected = match line {
            Line::Portal => matches!(error, EnrolError::NotOurs(_)),
            _ => matches!(error, EnrolError::Transport(_)),
        };
        assert!(as_expected, "{line:?}: {error:?}");
    }
    board.set(Line::Good);
    for mood in [Mood::Locked, Mood::Lies] {
        phone.keystore.set(mood);
        assert!(matches!(enrol(&board, &phone, &code).await, Err(EnrolError::KeyUnavailable(_))), "{mood:?}");
    }
    phone.keystore.set(Mood::Works);
    board.registry().revoke(installation);
    assert!(matches!(enrol(&board, &phone, &code).await, Err(EnrolError::Revoked)));
    assert_eq!((phone.client.account(), phone.client.installation()), (before, installation));
    assert_eq!(phone.client.status().unwrap().pending(), 1);
}

#[tokio::test]
async fn a_lost_answer_costs_nothing() {
    let (board, phone) = (Switchboard::new(Office::new()), Phone::bare(1, CREW, inline()));
    let code = board.registry().invite(person(1));
    board.set(Line::LosesAnswers);
    assert!(matches!(enrol(&board, &phone, &code).await, Err(EnrolError::Transport(_))));
    assert_eq!(phone.client.account(), None);
    board.set(Line::Good);
    assert_eq!(enrol(&board, &phone, &code).await.unwrap().person, person(1));
    sync(&board, &phone).await;
    // For anybody else the code is used up.
    let other = Phone::bare(2, CREW, inline());
    assert!(matches!(enrol(&board, &other, &code).await, Err(EnrolError::InvitationInvalid)));
}

#[tokio::test]
async fn another_person_gets_the_phone_when_everything_of_the_former_is_answered() {
    let (board, phone, item) = enrolled().await;
    let before = phone.client.installation();
    phone.client.accept(item).unwrap();
    let code = board.registry().invite(person(2));
    match enrol(&board, &phone, &code).await {
        Err(EnrolError::SignIn(SignInError::OthersEditsWait { name, pending: 1 })) => assert_eq!(name, "林强"),
        other => panic!("{other:?}"),
    }
    assert_eq!((phone.client.account().unwrap().person, phone.client.installation()), (person(1), before));
    sync(&board, &phone).await;
    assert_eq!(enrol(&board, &phone, &code).await.unwrap().person, person(2), "the same code");
    assert_ne!(phone.client.installation(), before);
    assert_eq!((phone.rows().len(), phone.client.edits(EditsFilter::default()).unwrap().len()), (0, 0), "nothing of the former");
    sync(&board, &phone).await;
    assert_eq!(phone.rows().len(), 1);
}

#[tokio::test]
async fn a_phone_whose_key_is_gone_sends_what_waits_under_a_new_installation() {
    let (board, mut phone, item) = enrolled().await;
    let before = phone.client.installation();
    phone.client.accept(item).unwrap();
    let keys = tempfile::tempdir().unwrap();
    phone.keystore = Keystore::in_folder(keys.path(), &phone.host);
    phone.client.set_device_key(phone.keystore.clone());
    let report = board.driver_of(&phone.client, linecrew_client::driver::DriverOptions::new(1)).sync_once(PATIENCE).await;
    assert!(report.stopped.as_ref().is_some_and(linecrew_client::driver::SyncStop::needs_sign_in), "{report:?}");
    assert_eq!((report.still_pending, phone.client.account().unwrap().signed_in), (Some(1), false));
    let code = board.registry().invite(person(1));
    assert!(enrol(&board, &phone, &code).await.unwrap().signed_in);
    assert_ne!(phone.client.installation(), before);
    assert_eq!(phone.client.status().unwrap().pending(), 1);
    sync(&board, &phone).await;
    assert!(agree(&board, &phone));
    assert_eq!(board.office().row(item).lead, Some(person(1)));
}

#[tokio::test]
async fn edits_of_one_person_are_sent_although_the_server_took_the_phone_for_anothers() {
    let (board, phone, item) = enrolled().await;
    // Restored without this phone: it has edits of the first person, and the server knows nothing of it.
    *board.registry() = Default::default();
    phone.client.accept(item).unwrap();
    let others = board.registry().invite(person(2));
    assert!(matches!(enrol(&board, &phone, &others).await, Err(EnrolError::SignIn(SignInError::OthersEditsWait { .. }))));
    assert_eq!((phone.client.account().unwrap().person, phone.client.status().unwrap().pending()), (person(1), 1));
    let code = board.registry().invite(person(1));
    assert_eq!(enrol(&board, &phone, &code).await.unwrap().person, person(1));
    sync(&board, &phone).await;
    assert!(agree(&board, &phone));
    assert_eq!(board.office().row(item).lead, Some(person(1)));
}
