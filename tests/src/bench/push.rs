//! A shift comes home: ten items, eight changes each, made without a network and sent at once; by one phone, and by many together.

use std::time::Instant;

use futures_util::future::join_all;
use linecrew_client::{CommandError, ItemFilter, RepairReport, SavedEdit};
use linecrew_protocol::{ids::DocumentId, model::work::Phase};
use serde_json::{Value, json};

use super::{
    Options,
    figures::summary,
    gauge,
    phone::{Phone, sync},
    stage::Stage,
};
use crate::{link::Link, seed::Seed};

const ITEMS: usize = 10;
const CHANGES: usize = 8;
/// Phones that come home together, each of another crew.
const PHONES: usize = 32;

pub(super) async fn measure(options: &Options) -> Value {
    let runs = options.usual_or_quick(5, 1);
    let mut stage = Stage::set(PHONES).await;
    // One shift more than runs, for the first phone: to count bytes, and to warm up.
    stage.give(&[ITEMS * (2 * runs + 1); PHONES]).await;
    stage.server.start().await;
    let address = stage.server.address();
    eprintln!("push: {PHONES} phones receive their items");
    let mut phones = Vec::new();
    for crew in 0..PHONES {
        let phone = Phone::of(stage.person(crew), &stage.office().await, address).await;
        sync(&phone.towards(address).1).await;
        phones.push(phone);
    }
    let bytes = bytes(&phones[0], &stage).await;
    let mut alone = Figures::default();
    for run in 0..runs {
        eprintln!("push: one phone, run {}", run + 1);
        alone.shift(&phones[..1], &stage).await;
    }
    let mut together = Figures::default();
    for run in 0..runs {
        eprintln!("push: {PHONES} phones, run {}", run + 1);
        together.shift(&phones, &stage).await;
    }
    json!({"documents": ITEMS, "changes_each": CHANGES, "bytes": bytes, "one_phone": alone.json(1), "phones_together": together.json(PHONES)})
}

/// What one shift's push takes on the wire.
async fn bytes(phone: &Phone, stage: &Stage) -> Value {
    work(phone);
    let link = Link::to(stage.server.address(), Seed(1)).expect("a link");
    let (transport, driver) = phone.towards(link.address());
    sync(&driver).await;
    let ((up, down), traffic) = (transport.take(), link.traffic());
    json!({"messages": {"up": up, "down": down}, "tcp_payload": {"up": traffic.up, "down": traffic.down}})
}

/// What was measured in each run.
#[derive(Default)]
struct Figures {
    /// From the first phone's start to the last phone's last stored acknowledgement.
    wall_ms: Vec<f64>,
    /// The server's, for one edit.
    cpu_us: Vec<f64>,
    edits_per_second: Vec<f64>,
}

impl Figures {
    async fn shift(&mut self, phones: &[Phone], stage: &Stage) {
        phones.iter().for_each(work);
        let drivers: Vec<_> = phones.iter().map(|phone| phone.towards(stage.server.address()).1).collect();
        let (before, began) = (gauge::cpu_time(stage.process()), Instant::now());
        join_all(drivers.iter().map(sync)).await;
        let (wall, cpu) = (began.elapsed(), gauge::cpu_time(stage.process()) - before);
        let edits = f64::from(u32::try_from(phones.len() * ITEMS * CHANGES).expect("a few"));
        self.wall_ms.push(wall.as_secs_f64() * 1_000.0);
        self.cpu_us.push(cpu.as_secs_f64() * 1_000_000.0 / edits);
        self.edits_per_second.push(edits / wall.as_secs_f64());
    }

    fn json(self, phones: usize) -> Value {
        json!({
            "phones": phones,
            "edits": phones * ITEMS * CHANGES,
            "wall_ms_to_last_ack": summary(self.wall_ms, 1),
            "edits_per_second": summary(self.edits_per_second, 0),
            "server_cpu_us_per_edit": summary(self.cpu_us, 0),
        })
    }
}

/// A shift's work, offline.
fn work(phone: &Phone) {
    let items = phone.client.items(ItemFilter { open_only: true, ..ItemFilter::default() }).expect("the items");
    let fresh = items.iter().filter(|item| item.row.phase == Phase::Assigned).take(ITEMS);
    let done = fresh.map(|item| visit(phone, item.row.id)).collect::<Result<Vec<_>, _>>().expect("every command is permitted");
    assert_eq!(done.iter().flatten().count(), ITEMS * CHANGES);
}

fn visit(phone: &Phone, item: DocumentId) -> Result<[SavedEdit; CHANGES], CommandError> {
    let (client, report) =
        (&phone.client, RepairReport { cause: "熔丝熔断".to_owned(), remedy: "更换熔丝".to_owned(), restored_at: None, handler: None });
    Ok([
        client.accept(item)?,
        client.depart(item)?,
        client.arrive(item)?,
        client.force_start(item, "低压侧熔丝熔断，现场已隔离")?,
        client.start_work(item)?,
        client.record_material(item, "熔断器", 2.0, "只")?,
        client.restore(item, report.clone())?,
        client.complete_repair(item, report)?,
    ])
}
