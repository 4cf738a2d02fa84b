//! Scenes that every demo has, so that every kind of arrival clock is on the board: met, breached, overdue, and undecidable.

use std::time::Duration;

use linecrew_protocol::{ids::DocumentId, model::work::AreaClass};
use linecrew_server::clock::Clock;
use linecrew_tests::{fleet::Fleet, phone::Phone};

/// How much of the arrival limit is left when the reboot scene begins.
const LEFT: Duration = Duration::from_secs(8);
/// The arrival limit of a town, unless the policy says otherwise.
const URBAN: Duration = Duration::from_secs(45 * 60);
/// After this the limit is over, and the phone that was rebooted may come back.
pub(crate) const RETURN_AFTER: Duration = Duration::from_secs(11);

/// What happened before the visitor came.
pub(crate) async fn morning(fleet: &mut Fleet) {
    for (minutes_ago, crew, arrives) in [(4, 0, true), (70, 1, true), (70, 2, false), (25, 1, false), (12, 2, true)] {
        let item = report(fleet, Duration::from_secs(minutes_ago * 60)).await;
        fleet.office.assign(item, fleet.crew(crew)).await.expect("the item is assigned");
        let place = fleet.phones_of(crew).start;
        fleet.phones[place].receives(item).await;
        if arrives {
            go_there(&mut fleet.phones[place], item);
        }
    }
    for minutes_ago in [2, 70] {
        let item = report(fleet, Duration::from_secs(minutes_ago * 60)).await;
        fleet.left_to_people.insert(item);
    }
}

/// The last phone of the fleet is offline, rebooted, and arrives: nothing proves when. It has to stay offline until the limit is over.
pub(crate) async fn arrives_after_a_reboot(fleet: &mut Fleet) {
    let crew = fleet.organisation.crews.len() - 1;
    let (key, mut report) = fleet.reports.draw();
    report.order.area_class = AreaClass::Urban;
    report.reported_at = Some(fleet.world.now().minus_ms(millis(URBAN - LEFT)));
    let item = fleet.take(&key, &report).await;
    fleet.office.assign(item, fleet.crew(crew)).await.expect("the item is assigned");
    let Some(phone) = fleet.phones.last_mut() else { return };
    phone.receives(item).await;
    phone.go_offline();
    phone.reboot().await;
    go_there(phone, item);
}

/// A report of so long ago.
async fn report(fleet: &mut Fleet, ago: Duration) -> DocumentId {
    let (key, mut report) = fleet.reports.draw();
    report.order.area_class = AreaClass::Urban;
    report.reported_at = Some(fleet.world.now().minus_ms(millis(ago)));
    fleet.take(&key, &report).await
}

fn go_there(phone: &mut Phone, item: DocumentId) {
    phone.accept(item).expect("a new item is accepted");
    phone.depart(item).expect("who accepted departs");
    phone.arrive(item).expect("who departed arrives");
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
