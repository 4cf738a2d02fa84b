//! Items that are taken away.

use linecrew_client::{CommandError, InboxBody};
use linecrew_protocol::{
    Reason,
    model::work::WorkEvent,
    wire::{Acked, LeaveReason, Outcome, Verdict, Welcome},
};

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::{Phone, sign_in_of},
};

#[test]
fn an_item_without_own_edits_leaves_at_once_and_says_why() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    office.decide(item, assigned(OTHER_CREW));
    phone.sync(&mut office);
    assert!(phone.client.item(item).unwrap().is_none());
    assert!(phone.rows().is_empty());
    assert_eq!(phone.client.status().unwrap().documents, 0);
    let inbox = phone.client.inbox().unwrap();
    let [note] = inbox.as_slice() else { panic!("{inbox:?}") };
    let InboxBody::Withdrawn(withdrawal) = &note.body else { panic!("{note:?}") };
    assert_eq!(note.number.as_deref(), Some("20261123-0001"));
    assert_eq!(withdrawal.reason, LeaveReason::Reassigned);
    assert_eq!((withdrawal.by.as_deref(), withdrawal.to.as_deref()), (Some("王芳"), Some("二班")));
    assert_eq!(withdrawal.at, office.now);
    phone.assert_equal_to(&office, "after the leave");
}

#[test]
fn an_item_with_unanswered_edits_stays_until_they_are_answered() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.note(item, "seen from the road").unwrap();
    office.decide(item, assigned(OTHER_CREW));
    phone.pull(&office);
    // Withdrawn, but here.
    let rows = phone.client.items(Default::default()).unwrap();
    assert_eq!(rows[0].withdrawn.as_ref().map(|withdrawn| withdrawn.reason), Some(LeaveReason::Reassigned));
    assert!(matches!(phone.client.depart(item), Err(CommandError::Withdrawn { .. })));
    phone.restart();
    assert_eq!(phone.client.push_from(1).unwrap().unwrap().edits.len(), 2);
    assert_eq!(phone.client.compare(&office.caught_up(phone.feed())).unwrap(), Vec::new(), "it is in no digest any more");
    phone.push(&mut office);
    assert!(phone.client.item(item).unwrap().is_none());
    assert_eq!(phone.client.status().unwrap().safe, 2);
    assert_eq!(phone.client.inbox().unwrap().len(), 1);
}

#[test]
fn edits_of_a_withdrawn_item_that_are_refused_keep_their_values() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.note(item, "seen from the road").unwrap();
    office.refuse.insert((phone.client.installation(), 1), Reason::NotYourItem);
    office.decide(item, assigned(OTHER_CREW));
    phone.pull(&office);
    phone.push(&mut office);
    let refused = phone.client.inbox().unwrap().into_iter().filter(|item| matches!(item.body, InboxBody::Refused { .. }));
    assert_eq!(refused.count(), 2, "the refused one and the one that depended on it");
    assert_eq!(phone.client.status().unwrap().documents, 0);
}

#[test]
fn an_item_that_comes_back_is_worked_on_under_a_new_actor() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    office.refuse.insert((phone.client.installation(), 2), Reason::RuleViolated);
    phone.client.note(item, "refused").unwrap();
    office.decide(item, assigned(OTHER_CREW));
    phone.sync(&mut office);
    assert!(phone.client.item(item).unwrap().is_none());
    office.decide(item, assigned(CREW));
    phone.sync(&mut office);
    assert!(phone.client.item(item).unwrap().is_some());
    let withdrawn = phone.client.inbox().unwrap().into_iter().filter(|item| matches!(item.body, InboxBody::Withdrawn(_)));
    assert_eq!(withdrawn.count(), 0, "it is back: nobody needs to know that it had gone");
    assert_eq!(phone.client.accept(item).unwrap().device_seq, 3);
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().pending(), 0);
    assert_eq!(phone.client.hand().unwrap().unwrap().0.next_seq, 4, "accepted at once, without another rebase");
    assert_eq!(phone.client.edits(Default::default()).unwrap().last().unwrap().status.to_string(), "safe");
    phone.assert_equal_to(&office, "back again");
}

#[test]
fn an_archived_item_leaves_quietly() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.not_done(item, "nobody home").unwrap();
    phone.sync(&mut office);
    office.decide(item, WorkEvent::FollowedUp { result: "will call again".to_owned(), reporter: None });
    office.decide(item, WorkEvent::Archived);
    let mut page = office.tail(phone.feed(), phone.cursor(), phone.client.installation());
    for entry in &mut page.entries {
        if let linecrew_protocol::wire::EntryKind::Leave(withdrawal) = &mut entry.kind {
            withdrawal.reason = LeaveReason::Archived;
        }
    }
    phone.client.store_entries(page).unwrap();
    assert_eq!(phone.client.status().unwrap().documents, 0);
    assert_eq!(phone.client.inbox().unwrap(), Vec::new());
}

#[test]
fn a_feed_that_is_not_ours_any_more_takes_its_items_along() {
    let mut office = Office::new();
    let (answered, waiting) = (office.dispatch(CREW), office.dispatch(CREW));
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(waiting).unwrap();
    phone.crew = OTHER_CREW;
    let signed_in = phone.client.sign_in(sign_in_of(phone.person, OTHER_CREW)).unwrap();
    assert_eq!(signed_in, linecrew_client::SignedIn::Ready);
    phone.greet(&office);
    assert!(phone.client.item(answered).unwrap().is_none());
    assert!(phone.client.item(waiting).unwrap().is_some(), "an unanswered edit keeps it");
    let reasons = phone.client.inbox().unwrap().into_iter().map(|item| match item.body {
        InboxBody::Withdrawn(withdrawal) => withdrawal.reason,
        other @ InboxBody::Refused { .. } => panic!("{other:?}"),
    });
    assert_eq!(reasons.collect::<Vec<_>>(), [LeaveReason::AccessEnded, LeaveReason::AccessEnded]);
    let feeds = phone.client.status().unwrap().feeds;
    assert_eq!(feeds.iter().map(|feed| feed.feed).collect::<Vec<_>>(), [phone.feed()]);
    // The server judges the edit by today's crew.
    phone.push(&mut office);
    assert_eq!(phone.client.status().unwrap().documents, 0);
    assert_eq!(phone.client.status().unwrap().needs_attention, 1);
}

#[test]
fn a_welcome_without_any_feed_empties_the_phone_but_not_its_outbox() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    let welcome = Welcome { feeds: Vec::new(), ..office.welcome(phone.client.installation(), CREW) };
    phone.client.store_welcome(welcome, 40).unwrap();
    assert_eq!(phone.client.status().unwrap().feeds, Vec::new());
    assert_eq!(phone.client.status().unwrap().pending(), 1);
    phone.push(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, 1);
}

#[test]
fn what_was_admitted_after_its_item_had_left_is_refused_no_longer() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.crew = OTHER_CREW;
    assert_eq!(phone.client.sign_in(sign_in_of(phone.person, OTHER_CREW)).unwrap(), linecrew_client::SignedIn::Ready);
    phone.greet(&office);
    phone.push(&mut office);
    assert_eq!(phone.client.status().unwrap().needs_attention, 1);
    let installation = phone.client.installation();
    let asked = |phone: &Phone| phone.client.hand().unwrap().unwrap().0.hello.refused;
    assert_eq!(asked(&phone), [1], "the hello names it");
    let greet = |phone: &Phone, admitted| {
        let welcome = Welcome { admitted, ..office.welcome(installation, OTHER_CREW) };
        phone.client.store_welcome(welcome, 40).unwrap();
    };
    // Nothing was admitted; and a server that names what this phone never asked about changes nothing.
    greet(&phone, office.accepted(installation, &[1]));
    let outcome = |device_seq| Outcome { device_seq, received_at: office.now, verdict: Verdict::Accepted, entry: None };
    greet(&phone, vec![outcome(7)]);
    assert_eq!(phone.client.status().unwrap().needs_attention, 1);
    greet(&phone, vec![outcome(1)]);
    let status = phone.client.status().unwrap();
    assert_eq!((status.needs_attention, status.safe), (0, 1));
    assert!(phone.client.inbox().unwrap().iter().all(|entry| !matches!(entry.body, InboxBody::Refused { .. })));
    assert_eq!(asked(&phone), [0; 0], "it is asked about no longer");
}

#[test]
fn what_is_part_of_its_item_already_is_not_asked_about() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.depart(item).unwrap();
    let refused = |device_seq, reason| {
        let verdict = Verdict::Quarantined { reason, detail: String::new() };
        Outcome { device_seq, received_at: office.now, verdict, entry: None }
    };
    let outcomes = vec![refused(1, Reason::AlreadyRecorded), refused(2, Reason::NotYourItem)];
    phone.client.store_acked(Acked { outcomes, next_seq: 3 }).unwrap();
    assert_eq!(phone.client.hand().unwrap().unwrap().0.hello.refused, [2]);
}
