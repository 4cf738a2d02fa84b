//! The server's process is killed, again and again, and comes back on the same files.

use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
    server::{Place, program},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_comes_back_with_all_that_it_had_answered() {
    let options = FleetOptions { place: Place::Child(program()), ..FleetOptions::small(1, 2) };
    let mut fleet = Fleet::assemble(Seed(15), options).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].accept(item).unwrap();
    for round in 0..5 {
        for phone in 0..2 {
            fleet.phones[phone].note(item, &format!("第{round}轮")).unwrap();
        }
        fleet.server.kill().await;
        fleet.phones[0].note(item, "服务器不在").unwrap();
        fleet.server.start().await;
    }
    let tally = fleet.must_settle().await;
    assert_eq!((tally.edits, tally.accepted), (16, 16));
}
