//! Prints the figures in the gate's documentation: `cargo test --release --test gate -- --nocapture cost`.

use std::hint::black_box;

use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc, transaction::Transactable};
use linecrew_protocol::gate::{Expected, apply, inspect};
use rustix::time::{ClockId, clock_gettime};

use crate::corpus::actor;

const CHANGES: usize = 50;
const EVENT: &str = r#"{"id":"01931c6e-7d00-7000-8000-000000000001","kind":"arrived","by":"01931c6e-7d00-7000-8000-000000000002",
    "device":"01931c6e-7d00-7000-8000-000000000003","device_seq":42,"at":"2026-03-02T08:15:00.000Z","evidence":{"lat":52.1,"lon":4.9}}"#;

/// A repair dispatch: nine sections, then one event per change.
fn document() -> Automerge {
    let mut document = Automerge::new().with_actor(actor(1));
    document
        .transact::<_, _, automerge::AutomergeError>(|transaction| {
            for name in ["meta", "order", "assignment", "events", "safety", "materials", "readings", "attachments"] {
                let map = transaction.put_object(ROOT, name, ObjType::Map)?;
                (0..5).try_for_each(|n| transaction.put(&map, format!("field {n}"), "some words of text"))?;
            }
            transaction.put_object(ROOT, "notes", ObjType::Text).map(drop)
        })
        .unwrap();
    for number in 1..CHANGES {
        event(&mut document, number);
    }
    document
}

fn event(document: &mut Automerge, number: usize) {
    document
        .transact::<_, _, automerge::AutomergeError>(|transaction| {
            let (_, events) = transaction.get(ROOT, "events")?.unwrap();
            transaction.put(events, format!("01931c6e-7d00-7000-8000-{number:012}"), EVENT)
        })
        .unwrap();
}

/// The median of the processor time, so that a busy machine gives the same figures as an idle one.
fn measure<T>(what: &str, mut work: impl FnMut() -> T) {
    let mut times: Vec<i64> = (0..200)
        .map(|_| {
            let begin = processor_ns();
            black_box(work());
            processor_ns() - begin
        })
        .collect();
    times.sort_unstable();
    println!("{what:36} {:6.1} µs", times[times.len() / 2] as f64 / 1e3);
}

fn processor_ns() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

#[test]
fn cost_of_a_change_to_a_document_of_50() {
    let document = document();
    let expected = |actor: ActorId| Expected { actor, next_seq: 1, document_changes: CHANGES, document_bytes: 50_000 };
    let mut sequential = document.fork().with_actor(actor(2));
    event(&mut sequential, 1_000);
    let bytes = sequential.get_last_local_change().unwrap().raw_bytes().to_vec();
    let inspected = inspect(&bytes).unwrap();
    measure("inspect", || inspect(&bytes));
    measure("apply", || apply(&document, &inspected, &expected(actor(2))).unwrap());

    let mut concurrent = document.fork().with_actor(actor(3));
    event(&mut concurrent, 2_000);
    let concurrent = inspect(concurrent.get_last_local_change().unwrap().raw_bytes()).unwrap();
    measure("apply to a document that moved on", || apply(&sequential, &concurrent, &expected(actor(3))).unwrap());

    measure("copy", || document.clone());
    measure("change metas", || document.get_changes_meta(&[]).len());
    let hash = document.get_heads()[0];
    measure("read one change back", || document.get_change_by_hash(&hash));
    measure("read every change back", || document.get_changes(&[]));
    measure("fork at the heads", || document.fork_at(&document.get_heads()));
    measure("save", || document.save());
    measure("save and load", || Automerge::load(&document.save()).unwrap());
    measure("save without deflate and load", || Automerge::load(&document.save_nocompress()).unwrap());
}
