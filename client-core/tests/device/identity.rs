//! Other people, other installations.

use std::sync::Arc;

use linecrew_client::{Client, InboxBody, ManualHost, SignInError, SignedIn};
use linecrew_protocol::{Reason, time::Timestamp};

use crate::{
    office::{CREW, Office, person},
    phone::{Keystore, Phone, inline, key_of, sign_in_of},
    raw::copy_store,
};

#[test]
fn another_person_waits_until_everything_is_answered_and_then_begins_anew() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    let before = phone.client.installation();
    match phone.client.sign_in(sign_in_of(person(2), CREW)) {
        Err(error @ SignInError::OthersEditsWait { .. }) => {
            assert!(error.to_string().contains("林强 has 1 edits on this phone"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(phone.client.account().unwrap().person, person(1));
    phone.sync(&mut office);
    let SignedIn::EnrolAgain { installation } = phone.client.sign_in(sign_in_of(person(2), CREW)).unwrap() else {
        panic!("still the old one")
    };
    assert_ne!(installation, before);
    assert_eq!(phone.client.installation(), installation);
    assert_eq!((phone.client.account(), phone.rows().len(), phone.client.edits(Default::default()).unwrap().len()), (None, 0, 0));
    // With a token of the new installation.
    assert_eq!(phone.client.sign_in(sign_in_of(person(2), CREW)).unwrap(), SignedIn::Ready);
    phone.person = person(2);
    phone.sync(&mut office);
    assert_eq!(phone.client.accept(item).unwrap().device_seq, 1);
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "the second person");
}

#[test]
fn a_phone_restored_from_a_backup_makes_its_waiting_edits_again_under_a_new_identity() {
    let mut office = Office::new();
    let (item, other) = (office.dispatch(CREW), office.dispatch(CREW));
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.sync(&mut office);
    // The backup, then more work on the phone that it was taken of.
    let backup = tempfile::tempdir().unwrap();
    let copy = backup.path().join("phone.db");
    copy_store(&phone.path(), &copy);
    phone.client.depart(item).unwrap();
    phone.client.accept(other).unwrap();
    phone.sync(&mut office);

    // The restored phone, with other work of its own under the same numbers.
    let host = Arc::new(ManualHost::new(77, Timestamp::from_unix_millis(1_790_000_000_000)));
    // A backup holds no key: the restored phone has another one.
    let keystore = Keystore::in_folder(backup.path(), &host);
    let mut restored =
        Phone { client: Client::open(&copy, key_of(&copy), host.clone(), inline()).unwrap(), host, folder: backup, keystore, ..phone };
    restored.client.set_device_key(restored.keystore.clone());
    restored.client.note(item, "written on the restored phone").unwrap();
    assert_eq!(restored.client.hand().unwrap().unwrap().0.next_seq, 3);
    let welcome = office.welcome(restored.client.installation(), CREW);
    assert_eq!(welcome.next_device_seq, 4, "the server knows more of this installation than it made");
    restored.client.store_welcome(welcome, 40).unwrap();
    let old = restored.client.installation();
    let renewed = restored.client.renew_installation().unwrap();
    assert_eq!(renewed.edits, 1);
    assert_ne!(renewed.installation, old);
    assert!(restored.client.hand().unwrap().is_none(), "the old token is worth nothing");
    assert_eq!(restored.client.sign_in(sign_in_of(person(1), CREW)).unwrap(), SignedIn::Ready);
    restored.restart();
    restored.sync(&mut office);
    restored.assert_equal_to(&office, "restored");
    assert_eq!(office.row(item).state, "departed");
    assert_eq!(restored.client.item(item).unwrap().unwrap().view.notes, "written on the restored phone\n");
    let status = restored.client.status().unwrap();
    assert_eq!((status.pending(), status.safe, status.needs_attention), (0, 1, 0));
}

#[test]
fn renewing_keeps_refused_edits_in_the_inbox_and_forgets_no_waiting_one() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.note(item, "refused").unwrap();
    phone.client.note(item, "depends on it").unwrap();
    office.refuse.insert((phone.client.installation(), 2), Reason::RuleViolated);
    let push = phone.client.push_from(1).unwrap().unwrap();
    phone.client.note(item, "not sent yet").unwrap();
    phone.client.store_acked(office.push(&phone.principal(), &push)).unwrap();
    let renewed = phone.client.renew_installation().unwrap();
    assert_eq!(renewed.edits, 2);
    assert_eq!(phone.client.item(item).unwrap().unwrap().view.notes, "depends on it\nnot sent yet\n");
    let inbox = phone.client.inbox().unwrap();
    assert!(matches!(inbox.as_slice(), [one] if matches!(one.body, InboxBody::Refused { device_seq: 2, .. })), "{inbox:?}");
    let numbers: Vec<u64> = phone.client.edits(Default::default()).unwrap().iter().map(|edit| edit.device_seq).collect();
    assert_eq!(numbers, [1, 2]);
    assert!(phone.client.edits(Default::default()).unwrap().iter().all(|edit| edit.status.to_string() == "saved here"));
    let _ = phone.client.sign_in(sign_in_of(person(1), CREW)).unwrap();
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "renewed");
}
