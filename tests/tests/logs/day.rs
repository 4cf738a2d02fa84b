//! A busy day whose server is a process of its own and logs all that an operator can make it log.

use std::time::Duration;

use linecrew_protocol::enrolment::InviteCode;
use linecrew_tests::{
    clock::World,
    day::{Kind, Mix, Plan},
    fleet::{Fleet, FleetOptions, PASSWORD},
    organisation::{Organisation, Shape},
    phone::Phone,
    seed::Seed,
    server::{Place, Server, program},
};
use rand::Rng;
use tokio::time::sleep;

use crate::{TALKATIVE, needles::Needles};

/// Everything but the passing of time, since a server in another process has the machine's, and but transfers: who comes back has what was
/// refused judged again.
const MIX: Mix = &[
    (Kind::Report, 10),
    (Kind::Assign, 14),
    (Kind::Reassign, 5),
    (Kind::Cancel, 2),
    (Kind::Close, 5),
    (Kind::Resolve, 3),
    (Kind::Work, 60),
    (Kind::Remark, 16),
    (Kind::AcceptTwice, 3),
    (Kind::Disagree, 4),
    (Kind::Collect, 30),
    (Kind::Counter, 6),
    (Kind::Bill, 2),
    (Kind::Offline, 4),
    (Kind::Back, 7),
    (Kind::Cut, 4),
    (Kind::BlackHole, 1),
    (Kind::Quality, 2),
    (Kind::RestartPhone, 2),
    (Kind::RebootPhone, 1),
    (Kind::WrongClock, 2),
    (Kind::RestartServer, 1),
];
const CREWS: usize = 2;
const PHONES_PER_CREW: usize = 2;
const DEEDS: usize = 300;
const PACE: Duration = Duration::from_millis(6);
const TICKETS: u32 = 12;
const BILLS: usize = 8;

/// The fleet of this seed.
pub(crate) async fn assemble(seed: Seed) -> Fleet {
    let shape = Shape { districts: 1, crews: CREWS, people_per_crew: PHONES_PER_CREW + 1 };
    let options = FleetOptions { shape, phones_per_crew: PHONES_PER_CREW, place: Place::Child(program()) };
    let (world, organisation) = (World::begin(), Organisation::new(shape, PASSWORD, seed));
    let mut server = Server::found(options.place.clone(), &organisation, &world).await;
    server.stop().await;
    server.log_as(TALKATIVE);
    server.start().await;
    Fleet::around(seed, options, world, organisation, server).await
}

/// Lives the day: honest work, money, storms, and edits that end in quarantine with their words.
pub(crate) async fn live(fleet: &mut Fleet, needles: &mut Needles) {
    write_where_it_is(fleet, needles).await;
    for phone in &fleet.phones {
        fleet.lease(phone, TICKETS).await;
        fleet.bill(&phone.person, "morning", BILLS).await;
    }
    for step in Plan::new(fleet.seed, MIX, CREWS, fleet.phones.len()).take(DEEDS) {
        sleep(PACE.mul_f64(step.pause)).await;
        fleet.perform(&step.deed).await;
    }
    let tally = fleet.must_settle().await;
    println!("seed {}: {tally:?}", fleet.seed);
    assert!(tally.edits > 60 && tally.receipts > 5 && tally.quarantined > 0, "hardly anything was done: {tally:?}");
}

/// Two notes that say who lives where: one becomes part of its item, the other one is refused.
async fn write_where_it_is(fleet: &mut Fleet, needles: &mut Needles) {
    let item = fleet.dispatch(0).await;
    let customer = fleet.phones[0].row(item).unwrap().row.customer;
    let mut random = fleet.seed.random("positions");
    for phone in 0..PHONES_PER_CREW {
        let (north, east): (f64, f64) = (random.random_range(25.9..26.2), random.random_range(119.1..119.5));
        let note = format!("{}家电表箱在 {north:.6}, {east:.6}，门口有狗", customer.name);
        if phone > 0 {
            fleet.phones[phone].go_offline();
        }
        fleet.phones[phone].note(item, &note).unwrap();
        needles.add("words", note);
        needles.add_position(north);
        needles.add_position(east);
    }
    fleet.phones[0].is_answered().await;
    fleet.transfer(fleet.phones[1].person.id, fleet.crew(1)).await;
    fleet.phones[1].come_back();
    fleet.phones[1].is_answered().await;
    assert!(!fleet.office.refused().await.unwrap().is_empty(), "the second note is refused");
}

/// A phone more than the fleet has, and the code that it was enrolled with.
pub(crate) async fn enrolled_by_hand(fleet: &Fleet) -> (Phone, InviteCode) {
    let person = &fleet.organisation.crews[0].people[PHONES_PER_CREW];
    let code = fleet.office.invite(&person.username).await.unwrap().code;
    let folder = fleet.folder().join("by-hand");
    let mut phone = Phone::new(person, fleet.server.address(), &folder, &fleet.world, fleet.seed.child("by hand"));
    phone.enrol_by(&code).await.unwrap();
    phone.is_connected().await;
    phone.rest().await;
    (phone, code)
}
