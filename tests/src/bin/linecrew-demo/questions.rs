//! One of each conflict that people decide, so that the board's inbox shows them from the beginning: two crew mates who are out of each other's
//! sight, and an office that cannot know what they do meanwhile.

use linecrew_protocol::{
    ids::DocumentId,
    model::{
        kinds,
        work::{Phase, WorkEvent},
    },
};
use linecrew_tests::{fleet::Fleet, phone::Phone};
use serde_json::{Value, json};

/// The crew that they happen to.
const CREW: usize = 0;
/// The crew that takes over.
const OTHER: usize = 1;

/// Rules 1, 3, 4, 5, 7, 10, 11 and 15, and a forced start.
pub(crate) async fn ask(fleet: &mut Fleet) {
    let items = Items::dispatch(fleet).await;
    items.begin_together(fleet).await;
    items.apart(fleet).await;
    same_meter_twice(fleet).await;
    same_fault_twice(fleet).await;
}

struct Items {
    accepted_twice: DocumentId,
    moved: DocumentId,
    withdrawn: DocumentId,
    disputed: DocumentId,
    read_twice: DocumentId,
    filed: DocumentId,
}

impl Items {
    async fn dispatch(fleet: &mut Fleet) -> Self {
        Self {
            accepted_twice: fleet.dispatch(CREW).await,
            moved: fleet.dispatch(CREW).await,
            withdrawn: fleet.dispatch(CREW).await,
            disputed: fleet.dispatch(CREW).await,
            read_twice: rotation(fleet, "FZ204518").await,
            filed: fleet.dispatch(CREW).await,
        }
    }

    /// What both of them see before they part.
    async fn begin_together(&self, fleet: &mut Fleet) {
        let [one, other] = pair(fleet);
        for item in [self.disputed, self.read_twice, self.filed] {
            one.accept(item).expect("a new item is accepted");
            one.arrive(item).expect("who accepted arrives");
        }
        let rescue = WorkEvent::ForcedStart { reason: "被困人员需立即施救".to_owned() };
        one.record(self.disputed, rescue).expect("a forced start needs a reason only");
        one.own(self.disputed, "work_started", Value::Null).expect("the gate was forced");
        one.start_work(self.filed).expect("the gate is passed");
        one.complete(self.filed, "熔丝熔断", "更换熔丝").expect("work that began ends");
        let (disputed, filed) = (self.disputed, self.filed);
        let seen = |phone: &Phone, item, phase| phone.row(item).is_some_and(|row| row.row.phase == phase);
        other.until("seeing the work", |phone| seen(phone, disputed, Phase::Working) && seen(phone, filed, Phase::Done)).await;
    }

    async fn apart(&self, fleet: &mut Fleet) {
        let (to, office) = (fleet.crew(OTHER), fleet.office.clone());
        let [one, other] = pair(fleet);
        one.go_offline();
        other.go_offline();
        // Nothing proves when the second of them accepted.
        other.reboot().await;
        for phone in [&mut *one, &mut *other] {
            phone.accept(self.accepted_twice).expect("neither knows of the other");
        }
        for item in [self.moved, self.withdrawn] {
            one.accept(item).expect("a new item is accepted");
            one.arrive(item).expect("who accepted arrives");
        }
        one.complete(self.disputed, "接线端子烧毁", "重新压接端子").expect("one says done");
        other.record(self.disputed, WorkEvent::NotDone { reason: "缺少备件".to_owned() }).expect("the other says not done");
        one.own(self.read_twice, "exchanged", exchange("FZ204518", 48_210, "NEW8801")).expect("one reads");
        other.own(self.read_twice, "exchanged", exchange("FZ204518", 48_120, "NEW8801")).expect("the other reads");
        other.note(self.filed, "旧熔丝已回收").expect("nobody knows that it is filed");
        office.reassign(self.moved, to, "距离更近").await.expect("the office cannot know");
        office.cancel(self.withdrawn, "用户来电：已恢复供电").await.expect("the office cannot know");
        office.follow_up(self.filed, "用户满意").await.expect("it is done");
        office.archive(self.filed).await.expect("it was followed up");
        one.come_back();
        other.come_back();
    }
}

/// Rule 10: one new meter is installed at two sites.
async fn same_meter_twice(fleet: &mut Fleet) {
    let items = [rotation(fleet, "FZ330127").await, rotation(fleet, "FZ330951").await];
    let [one, _] = pair(fleet);
    for (item, serial) in items.into_iter().zip(["FZ330127", "FZ330951"]) {
        one.accept(item).expect("a new item is accepted");
        one.arrive(item).expect("who accepted arrives");
        one.own(item, "exchanged", exchange(serial, 48_100, "NEW4410")).expect("a plausible exchange");
    }
}

/// Rule 15: two neighbours report the same fault.
async fn same_fault_twice(fleet: &mut Fleet) {
    let (first, second) = (fleet.take_report().await, fleet.take_report().await);
    fleet.office.assign(first, fleet.crew(OTHER)).await.expect("the item is assigned");
    fleet.office.step(second, "linked", json!({"to": first})).await.expect("an open item is linked");
}

/// A rotation that both of the crew hold.
async fn rotation(fleet: &mut Fleet, serial: &str) -> DocumentId {
    let meter = json!({"serial": serial, "multiplier": 1, "registers": {"1": {"digits": 6, "last_index": 47_960}}});
    let (key, report) = fleet.reports.order(kinds::ROTATION, json!({"meter": meter}));
    let item = fleet.take(&key, &report).await;
    fleet.office.assign(item, fleet.crew(CREW)).await.expect("the item is assigned");
    for phone in pair(fleet) {
        phone.receives(item).await;
    }
    item
}

fn exchange(serial: &str, index: u64, new: &str) -> Value {
    json!({
        "removed": {"serial": serial, "registers": {"1": {"index": index}}},
        "installed": {"serial": new, "multiplier": 1, "registers": {"1": {"index": 0, "digits": 8}}},
        "no_photo": "镜头进水",
    })
}

fn pair(fleet: &mut Fleet) -> &mut [Phone; 2] {
    let places = fleet.phones_of(CREW);
    fleet.phones[places].first_chunk_mut::<2>().expect("a crew with two phones")
}
