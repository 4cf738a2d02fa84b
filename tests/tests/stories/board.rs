//! Whoever looks at the board sees what happens on a phone.

use std::time::{Duration, Instant};

use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    office::News,
    organisation::Shape,
    seed::Seed,
};
use tokio::time::timeout;

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_a_thirteenth_phone_is_on_the_board_within_a_second() {
    let shape = Shape { districts: 2, crews: 4, people_per_crew: 4 };
    let options = FleetOptions { shape, phones_per_crew: 3, ..FleetOptions::small(4, 3) };
    let mut fleet = Fleet::assemble(Seed(8), options).await;
    let item = fleet.dispatch(0).await;
    let mut thirteenth = fleet.another_phone(0).await;
    thirteenth.receives(item).await;
    let mut board = fleet.office.watch().await.unwrap();
    let Some(News::Snapshot(snapshot)) = board.next().await else { panic!("a stream begins with a snapshot") };
    assert_eq!((snapshot["items"].as_array().unwrap().len(), snapshot["phones"].as_array().unwrap().len()), (1, 13));

    let mut taken = Vec::new();
    for state in ["accepted", "departed", "arrived", "work_started", "completed"] {
        let before = Instant::now();
        match state {
            "accepted" => thirteenth.accept(item),
            "departed" => thirteenth.depart(item),
            "arrived" => thirteenth.arrive(item),
            "work_started" => thirteenth.start_work(item),
            _ => thirteenth.complete(item, "熔丝熔断", "更换熔丝"),
        }
        .unwrap();
        let shown = board.item(|row| row.row.id == item && row.row.state == state);
        timeout(Duration::from_secs(10), shown).await.expect("the board is told").expect("the stream goes on");
        taken.push(before.elapsed());
    }
    taken.sort_unstable();
    println!("from the command to the board: {taken:?}");
    // The median: one slow moment of a busy machine proves nothing.
    assert!(taken[2] < Duration::from_secs(1), "{taken:?}");
}
