//! What Automerge's own sync protocol costs for the same: a phone comes back and nothing has changed. The reason for feeds of our own
//! (docs/adr/0002).
//!
//! Every document has a conversation of its own. Both ends remember the last one, as Automerge's documentation advises.

use std::time::Instant;

use automerge::{
    Automerge,
    sync::{Message, State, SyncDoc},
};
use linecrew_protocol::{
    ids::{BootId, CrewId, DistrictId, DocumentId, EventId, InstallationId, PersonId},
    model::{
        command::Author,
        document::{Meta, SCHEMA},
        kinds::REPAIR,
        person::{Grant, Principal, Role},
        reference::Reference,
        work::{
            Order, WorkCommand, WorkEvent,
            command::{execute, open},
        },
    },
    time::{Evidence, Timestamp},
};
use serde_json::{Value, json};

use super::Options;

const NOW: Timestamp = Timestamp::from_unix_millis(1_790_000_000_000);

pub(super) fn measure(options: &Options) -> Value {
    let sizes = options.usual_or_quick([200, 10_000], [20, 200]);
    json!(sizes.map(|documents| {
        eprintln!("automerge: {documents} unchanged documents");
        one_size(documents)
    }))
}

/// Messages and bytes in both directions.
#[derive(Default)]
struct Talk {
    messages: u64,
    bytes: u64,
}

fn one_size(documents: u32) -> Value {
    let mut talk = Talk::default();
    let mut took = std::time::Duration::ZERO;
    for number in 0..documents {
        let mut phone = document(number);
        let mut server = phone.fork();
        let (mut to_server, mut to_phone) = (State::new(), State::new());
        converse(&mut phone, &mut to_server, &mut server, &mut to_phone, &mut Talk::default());
        let (mut to_server, mut to_phone) = (remembered(&to_server), remembered(&to_phone));
        let began = Instant::now();
        converse(&mut phone, &mut to_server, &mut server, &mut to_phone, &mut talk);
        took += began.elapsed();
    }
    json!({"documents": documents, "messages": talk.messages, "bytes": talk.bytes, "cpu_ms_both_ends": took.as_millis()})
}

fn remembered(state: &State) -> State {
    State::decode(&state.encode()).expect("its own encoding")
}

/// Until neither has anything to say.
fn converse(phone: &mut Automerge, to_server: &mut State, server: &mut Automerge, to_phone: &mut State, talk: &mut Talk) {
    loop {
        let asked = say(phone, to_server, server, to_phone, talk);
        let answered = say(server, to_phone, phone, to_server, talk);
        if !asked && !answered {
            return;
        }
    }
}

fn say(from: &Automerge, sending: &mut State, to: &mut Automerge, receiving: &mut State, talk: &mut Talk) -> bool {
    let Some(message) = from.generate_sync_message(sending) else { return false };
    let bytes = message.encode();
    talk.messages += 1;
    talk.bytes += bytes.len() as u64;
    to.receive_sync_message(receiving, Message::decode(&bytes).expect("its own encoding")).expect("a message that applies");
    true
}

/// A repair dispatch as the reconnect measures it: reported and assigned.
fn document(number: u32) -> Automerge {
    let id = DocumentId::new(NOW, ten_bytes(number));
    let meta = Meta { id, kind: REPAIR.to_owned(), schema: SCHEMA, district: DistrictId::from_bytes([9; 16]), created: NOW };
    let reported = open(&meta, &order(number), &office(number, 1)).expect("a report");
    let assigned =
        WorkEvent::Assigned { crew: CrewId::from_bytes([3; 16]), crew_name: "抢修一班".to_owned(), members: Vec::new(), reason: None };
    let assigned =
        execute(&reported.document, &WorkCommand::Record(assigned), &office(number, 2), &Reference::default()).expect("an assignment");
    assigned.document
}

fn order(number: u32) -> Order {
    let order = json!({
        "number": format!("20261123-{number:04}"),
        "customer": {"name": "陈秀英", "phone": "0591-87654321"},
        "site": {"address": format!("福州市鼓楼区温泉街道{number}号"), "street_code": "350102003"},
        "area_class": "urban",
        "fault": {"category": "no_power", "description": "家里突然停电，邻居有电"},
        "priority": "normal",
        "reported_at": NOW,
        "arrival_limit_ms": 45 * 60_000,
    });
    serde_json::from_value(order).expect("an order")
}

fn office(number: u32, edit: u8) -> Author {
    let grants = vec![Grant { role: Role::Dispatcher, district: None }];
    let principal =
        Principal { person: PersonId::from_bytes([1; 16]), installation: InstallationId::from_bytes([2; 16]), grants, crew: None };
    let mut event = ten_bytes(number);
    event[0] = edit;
    Author {
        principal,
        name: Some("调度值班员".to_owned()),
        device_seq: u64::from(number) * 2 + u64::from(edit),
        evidence: Evidence::of_server(NOW, BootId::from_bytes([4; 16])),
        event: EventId::new(NOW, event),
        generation: 0,
    }
}

fn ten_bytes(number: u32) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[6..].copy_from_slice(&number.to_be_bytes());
    bytes
}
