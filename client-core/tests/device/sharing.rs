//! Several clients on one file, and observers.

use std::{sync::Arc, thread, time::Duration};

use linecrew_client::{Client, ClientOptions, EditsFilter};
use linecrew_protocol::ids::DocumentId;

use crate::{
    office::{CREW, Office},
    phone::{Phone, inline, key_of},
};

/// Long enough for a slow machine; every wait ends as soon as what it waits for has happened.
const PATIENCE: Duration = Duration::from_secs(20);

fn with_item(options: ClientOptions) -> (Phone, Office, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::with(1, CREW, options);
    phone.sync(&mut office);
    (phone, office, item)
}

#[test]
fn two_processes_number_their_edits_without_gap_or_repeat() {
    let (phone, mut office, item) = with_item(ClientOptions::default());
    phone.client.accept(item).unwrap();
    let second = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), ClientOptions::default()).unwrap();
    assert_eq!(second.installation(), phone.client.installation());
    thread::scope(|scope| {
        for client in [&phone.client, &second] {
            scope.spawn(move || (0..25).for_each(|n| drop(client.note(item, format!("note {n}")).unwrap())));
        }
    });
    let numbers: Vec<u64> = second.edits(EditsFilter::default()).unwrap().iter().map(|edit| edit.device_seq).collect();
    assert_eq!(numbers, (1..=51).collect::<Vec<_>>());
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, 51);
    phone.assert_equal_to(&office, "two processes");
}

#[test]
fn an_observer_returns_a_level_and_wakes_on_own_commits() {
    let (phone, _, item) = with_item(inline());
    let mut observer = phone.client.observe();
    let first = observer.changed(Duration::ZERO).unwrap().expect("the first look returns what there is");
    assert_eq!(observer.changed(Duration::ZERO).unwrap(), None);
    phone.client.accept(item).unwrap();
    phone.client.depart(item).unwrap();
    assert_eq!(observer.changed(Duration::ZERO).unwrap(), Some(first + 2), "two commits, one look");
    assert_eq!(observer.changed(Duration::ZERO).unwrap(), None);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| observer.changed(PATIENCE).unwrap());
        phone.client.arrive(item).unwrap();
        assert_eq!(waiting.join().unwrap(), Some(first + 3));
    });
}

#[test]
fn an_observer_sees_the_commits_of_another_process() {
    let (phone, _, item) = with_item(inline());
    let other = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline()).unwrap();
    let mut observer = phone.client.observe();
    let first = observer.changed(Duration::ZERO).unwrap().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| observer.changed(PATIENCE).unwrap());
        other.accept(item).unwrap();
        assert_eq!(waiting.join().unwrap(), Some(first + 1));
    });
}

#[test]
fn an_async_observer_sees_both() {
    let (phone, _, item) = with_item(inline());
    let other = Arc::new(Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), inline()).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let mut observer = phone.client.observe();
    runtime.block_on(async {
        let first = observer.changed_async().await.unwrap();
        for (step, client) in (1..).zip([phone.client.clone(), Client::clone(&other)]) {
            let command =
                tokio::task::spawn_blocking(move || client.note(item, "a note").map(drop).or_else(|_| client.accept(item).map(drop)));
            let seen = tokio::time::timeout(PATIENCE, observer.changed_async()).await.unwrap().unwrap();
            assert_eq!(seen, first + step);
            command.await.unwrap().unwrap();
        }
    });
}
