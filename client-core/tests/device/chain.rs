//! The chain of a phone's edits: the same links however they are sent, whatever happens to the app.

use linecrew_client::EditsFilter;
use linecrew_protocol::{
    ids::DocumentId,
    key::{ChainLink, content_of},
    wire::Push,
};

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::{Mood, Phone, inline},
    raw::raw,
};

/// A phone with three edits that wait.
fn with_edits() -> (Phone, Office, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.depart(item).unwrap();
    phone.client.arrive(item).unwrap();
    (phone, office, item)
}

fn last_link(push: &Push) -> ChainLink {
    push.contents().fold(push.previous, |link, content| link.then(&content))
}

#[test]
fn other_boundaries_give_the_same_links() {
    let (phone, mut office, item) = with_edits();
    let whole = phone.client.push_from(1).unwrap().unwrap();
    assert_eq!((whole.edits.len(), whole.previous), (3, ChainLink::START));
    let rest = phone.client.push_from(2).unwrap().unwrap();
    assert_eq!(rest.previous, ChainLink::START.then(&whole.edits[0].content()));
    assert_eq!((last_link(&rest), rest.signature), (last_link(&whole), whole.signature), "one statement, whatever it is sent with");
    // It arrives, the answer does not: what is sent next holds more.
    office.push(&phone.principal(), &whole);
    phone.client.note(item, "one more").unwrap();
    let again = phone.next_push().unwrap();
    assert_eq!((again.first_seq, again.edits.len()), (1, 4));
    phone.push(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, 4);
}

#[test]
fn an_app_that_dies_before_it_sends_goes_on_where_it_was() {
    let (mut phone, mut office, item) = with_edits();
    let before = phone.client.push_from(1).unwrap().unwrap();
    // The process is gone without a word; the next one opens the file as it lies there.
    let dead = phone.client.clone();
    phone.open(&phone.path(), inline());
    assert_eq!(phone.client.push_from(1).unwrap().unwrap(), before);
    phone.client.note(item, "after it").unwrap();
    assert_eq!(phone.client.push_from(4).unwrap().unwrap().previous, last_link(&before));
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "one chain");
    drop(dead);
}

#[test]
fn a_rebase_goes_on_with_the_chain() {
    let (phone, mut office, item) = with_edits();
    office.refuse.insert((phone.client.installation(), 2), linecrew_protocol::Reason::RuleViolated);
    phone.client.note(item, "depends on it").unwrap();
    phone.sync(&mut office);
    // The arrival and the note were made again; the office has followed every link.
    assert!(phone.client.edits(EditsFilter::default()).unwrap().iter().any(|edit| edit.device_seq > 4));
    phone.assert_equal_to(&office, "rebased");
}

#[test]
fn a_new_installation_begins_a_chain_of_its_own() {
    let (phone, _, _) = with_edits();
    let before = phone.client.push_from(1).unwrap().unwrap();
    phone.client.renew_installation().unwrap();
    let after = phone.client.push_from(1).unwrap().unwrap();
    assert_eq!((after.previous, after.edits.len()), (ChainLink::START, 3));
    assert_ne!(last_link(&after), last_link(&before));
    assert!(after.is_signed(phone.client.installation(), &phone.keystore.public()));
    assert!(!before.is_signed(phone.client.installation(), &phone.keystore.public()), "of the former one");
}

#[test]
fn a_change_that_rots_here_is_named_and_breaks_nothing_behind_it() {
    let (phone, mut office, item) = with_edits();
    let sent: Vec<_> = phone.client.push_from(1).unwrap().unwrap().contents().collect();
    let store = raw(&phone.path());
    let sql = "UPDATE change SET bytes = x'00' WHERE hash = (SELECT hash FROM outbox WHERE device_seq = 2)";
    assert_eq!(store.execute(sql, []).unwrap(), 1);
    let push = phone.client.push_from(1).unwrap().unwrap();
    assert!(push.edits[1].change.is_empty() && push.edits[1].lost.is_some());
    assert_eq!(push.contents().collect::<Vec<_>>(), sent);
    assert!(push.is_signed(phone.client.installation(), &phone.keystore.public()));
    phone.push(&mut office);
    assert_eq!(office.row(item).state, "arrived", "what came after the rotten one was made again");
    let status = phone.client.status().unwrap();
    assert_eq!((status.pending(), status.needs_attention), (0, 1));
}

#[test]
fn nothing_leaves_without_a_good_signature() {
    let (phone, _, _) = with_edits();
    for mood in [Mood::Locked, Mood::Lies] {
        phone.keystore.set(mood);
        assert!(phone.client.push_from(1).is_err() && phone.client.hand().is_err(), "{mood:?}");
        assert_eq!(phone.client.status().unwrap().pending(), 3);
    }
    phone.keystore.set(Mood::Works);
    let (hand, first) = phone.client.hand().unwrap().unwrap();
    assert_eq!((hand.first_pending, first.unwrap().edits.len()), (1, 3));
}

#[test]
fn edits_of_a_build_without_a_chain_get_their_links_when_the_store_is_opened() {
    let (mut phone, mut office, item) = with_edits();
    let left = office.dispatch(CREW);
    phone.sync(&mut office);
    phone.client.accept(left).unwrap();
    phone.sync(&mut office);
    office.decide(left, assigned(OTHER_CREW));
    phone.sync(&mut office);
    phone.client.note(item, "waits").unwrap();
    phone.client.clone().close().unwrap();
    let store = raw(&phone.path());
    store.execute_batch("UPDATE outbox SET content = NULL, link = NULL; UPDATE installation SET layout = 3").unwrap();
    drop(store);
    phone.open(&phone.path(), inline());
    let push = phone.client.push_from(1).unwrap().unwrap();
    assert_eq!((push.edits.len(), push.previous), (5, ChainLink::START));
    assert!(push.edits.iter().all(|edit| edit.lost.is_none()), "what was gone was gone before there was a chain");
    assert_eq!(push.edits[3].content(), content_of(left, push.edits[3].generation, &[]), "the change of an item that had left");
    // And what is written from now on follows.
    phone.client.note(item, "new").unwrap();
    assert_eq!(phone.client.push_from(6).unwrap().unwrap().previous, last_link(&push));
}
