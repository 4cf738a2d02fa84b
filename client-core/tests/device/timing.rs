//! What a command costs. Prints its figures; fails only when something is out of all proportion.

use std::time::{Duration, Instant};

use linecrew_client::ItemFilter;

use crate::{
    office::{CREW, Office},
    phone::{Phone, report},
};

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
fn a_command_takes_a_few_milliseconds() {
    let mut office = Office::new();
    let items: Vec<_> = (0..30).map(|_| office.dispatch(CREW)).collect();
    let phone = Phone::new(1);
    phone.sync(&mut office);
    let (mut early, mut late) = (Vec::new(), Vec::new());
    for item in &items {
        let timed = |times: &mut Vec<Duration>, command: &dyn Fn()| {
            let started = Instant::now();
            command();
            times.push(started.elapsed());
        };
        timed(&mut early, &|| drop(phone.client.accept(*item).unwrap()));
        timed(&mut early, &|| drop(phone.client.arrive(*item).unwrap()));
        timed(&mut early, &|| drop(phone.client.start_work(*item).unwrap()));
        timed(&mut early, &|| drop(phone.client.complete_repair(*item, report()).unwrap()));
    }
    for n in 0..96 {
        phone.client.note(items[0], format!("note {n}")).unwrap();
    }
    for n in 0..30 {
        let started = Instant::now();
        phone.client.note(items[0], format!("late note {n}")).unwrap();
        late.push(started.elapsed());
    }
    let lists: Vec<Duration> = (0..30)
        .map(|_| {
            let started = Instant::now();
            phone.client.items(ItemFilter::default()).unwrap();
            started.elapsed()
        })
        .collect();
    let commits: Vec<Duration> = (0..30)
        .map(|_| {
            let started = Instant::now();
            phone.client.sighting(office.now, 40).unwrap();
            started.elapsed()
        })
        .collect();
    let fresh = Phone::new(2);
    fresh.greet(&office);
    let started = Instant::now();
    fresh.pull(&office);
    let first_sync = started.elapsed();
    println!("a commit alone: {:?}; a first page of 30 items: {first_sync:?}", median(commits));
    let (early, late, lists) = (median(early), median(late), median(lists));
    println!("command on an item of 2 to 6 changes: {early:?}; on one of 102 to 132: {late:?}; a list of 30: {lists:?}");
    assert!(early < Duration::from_millis(250) && late < Duration::from_millis(500), "{early:?} {late:?}");
}
