//! Golden bytes: every frame of protocol version 1, as it has always been written.
//!
//! A change of these bytes breaks phones in the field. `LINECREW_BLESS=1` writes files that are missing; it never rewrites one.

use std::{fs, path::PathBuf};

use linecrew_protocol::{
    Reason,
    digest::Digest,
    ids::{CrewId, DocumentId, InstallationId, PersonId, StoreEpoch},
    key::{ChainLink, Signature},
    time::Timestamp,
    wire::{
        Acked, CaughtUp, ChangeRecord, Edit, Entries, Entry, EntryKind, Farewell, Feed, FeedDigest, FeedHead, Frame, Goodbye, Health,
        Hello, Holding, Inventory, LeaveReason, Outcome, Ping, Pong, Position, Push, Stored, Verdict, Welcome, Withdrawal, decode_message,
        encode_message,
    },
};

fn at(ms: i64) -> Timestamp {
    Timestamp::from_unix_millis(ms)
}

fn crew() -> Feed {
    Feed::Crew(CrewId::from_bytes([0xC; 16]))
}

fn digest() -> FeedDigest {
    FeedDigest { feed: crew(), seq: 812, digest: Digest::from_bytes([0xD; 16]) }
}

fn health() -> Health {
    Health { pending: 3, oldest_pending_at: Some(at(1_790_000_000_000)), needs_attention: 1, documents: 12, app_version: "0.1.0".into() }
}

fn document() -> DocumentId {
    DocumentId::from_bytes([0xE; 16])
}

fn left() -> Withdrawal {
    Withdrawal { reason: LeaveReason::Reassigned, by: Some("王芳".into()), at: at(1_790_000_000_000), to: Some("抢修二班".into()) }
}

fn session_frames() -> Vec<(&'static str, Frame)> {
    let hello = Hello {
        version_min: 1,
        version_max: 1,
        installation: InstallationId::from_bytes([1; 16]),
        token: "header.claims.signature".into(),
        store: Some(StoreEpoch::from_bytes([2; 16])),
        positions: vec![Position { feed: crew(), seq: 811, digest: Digest::EMPTY, transfer: Some(vec![7, 8].into()) }],
        health: health(),
        proof: Signature::from_bytes([0xA; 64]),
        refused: Vec::new(),
    };
    let welcome = Welcome {
        version: 1,
        server_time: at(1_790_000_000_123),
        store: StoreEpoch::from_bytes([2; 16]),
        next_device_seq: 18,
        feeds: vec![FeedHead { feed: crew(), seq: 812 }, FeedHead { feed: Feed::Person(PersonId::from_bytes([3; 16])), seq: 0 }],
        hand_in: None,
        admitted: Vec::new(),
    };
    vec![
        ("hello", hello.into()),
        ("welcome", welcome.into()),
        ("ping", Ping { health: health() }.into()),
        ("pong", Pong { server_time: at(1_790_000_000_123) }.into()),
        ("goodbye", Goodbye { why: Farewell::Busy, retry_after_ms: Some(2_500), detail: "too many phones".into() }.into()),
    ]
}

fn sync_frames() -> Vec<(&'static str, Frame)> {
    let whole = Edit { document: document(), generation: 0, change: vec![0x85, 0x6f, 0x4a, 0x83].into(), lost: None };
    let lost = Edit { change: Vec::new().into(), lost: Some([0xB; 32].into()), ..whole.clone() };
    let (previous, signature) = (ChainLink::from_bytes([0xC; 32]), Signature::from_bytes([0xD; 64]));
    let push = Push { first_seq: 18, edits: vec![whole, lost], previous, signature };
    let refused = Verdict::Quarantined { reason: Reason::NotYourItem, detail: "the item belongs to another crew".into() };
    let acked = Acked {
        outcomes: vec![
            Outcome { device_seq: 18, received_at: at(1_790_000_000_200), verdict: Verdict::Accepted, entry: None },
            Outcome { device_seq: 19, received_at: at(1_790_000_000_200), verdict: refused, entry: None },
        ],
        next_seq: 20,
    };
    let change = ChangeRecord { change: vec![0x85, 0x6f].into(), received_at: at(1_790_000_000_200) };
    let entries = Entries {
        feed: crew(),
        entries: vec![
            Entry { document: document(), kind: EntryKind::Enter, changes: vec![change] },
            Entry { document: document(), kind: EntryKind::Changed, changes: Vec::new() },
            Entry { document: document(), kind: EntryKind::Leave(left()), changes: Vec::new() },
        ],
        cursor: 812,
        transfer: Some(vec![1, 2, 3].into()),
        transfer_done: false,
    };
    let holding = Holding { document: document(), fingerprint: Digest::from_bytes([0xF; 16]) };
    vec![
        ("push", push.into()),
        ("acked", acked.into()),
        ("entries", entries.into()),
        ("caught_up", CaughtUp { feeds: vec![digest()] }.into()),
        ("stored", Stored { feeds: vec![digest()] }.into()),
        ("inventory", Inventory { feed: crew(), holdings: vec![holding] }.into()),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn every_frame_keeps_its_golden_bytes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/wire/v1");
    let bless = std::env::var_os("LINECREW_BLESS").is_some();
    for (name, frame) in session_frames().into_iter().chain(sync_frames()) {
        let bytes = encode_message(std::slice::from_ref(&frame)).unwrap();
        let path = folder.join(format!("{name}.hex"));
        if bless && !path.exists() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, format!("{}\n", hex(&bytes))).unwrap();
        }
        let golden = unhex(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        assert_eq!(hex(&bytes), hex(&golden), "{name} is written in other bytes than before");
        assert_eq!(decode_message(&golden).unwrap(), [frame], "{name} is read differently than before");
    }
}

#[test]
fn a_newer_peer_may_add_keys_codes_and_frame_types() {
    // goodbye with an unknown key 9 and an unknown code 200
    let newer = [0, 0x82, 11, 0xa3, 0, 0x18, 200, 2, 0x60, 9, 0x61, b'x'];
    assert_eq!(decode_message(&newer).unwrap(), [Frame::Goodbye(Goodbye::new(Farewell::Unknown, ""))]);
    // frame type 77 with some map
    assert_eq!(decode_message(&[0, 0x82, 0x18, 77, 0xa1, 0, 1]).unwrap(), [Frame::Unknown(77)]);
}

#[test]
fn long_messages_are_compressed_and_bounded() {
    let edits = vec![Edit { document: document(), generation: 0, change: vec![7; 4_000].into(), lost: None }; 8];
    let frame = Frame::Push(Push { first_seq: 1, edits, previous: ChainLink::START, signature: Signature::from_bytes([0; 64]) });
    let bytes = encode_message(std::slice::from_ref(&frame)).unwrap();
    assert!(bytes.len() < 400 && bytes[0] == 1, "{} bytes", bytes.len());
    assert_eq!(decode_message(&bytes).unwrap(), [frame]);
    let mut bomb = bytes.clone();
    bomb[1..5].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(decode_message(&bomb).is_err(), "a length beyond the limit");
    bomb[1..5].copy_from_slice(&10u32.to_be_bytes());
    assert!(decode_message(&bomb).is_err(), "more than announced");
}

/// Seeded mutants of every golden message: decoding never panics and never takes long.
#[test]
fn mutated_messages_are_refused_or_read_but_never_panic() {
    let mut state: u64 = 0x5eed_0001;
    println!("seed {state:#x}");
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let originals: Vec<Vec<u8>> =
        session_frames().into_iter().chain(sync_frames()).map(|(_, frame)| encode_message(&[frame]).unwrap()).collect();
    let (mut read, mut refused) = (0, 0);
    for round in 0..50_000usize {
        let mut bytes = originals[round % originals.len()].clone();
        for _ in 0..=next() % 4 {
            let place = usize::try_from(next()).unwrap() % bytes.len();
            match next() % 4 {
                0 => bytes[place] = u8::try_from(next() % 256).unwrap(),
                1 => bytes[place] ^= 1 << (next() % 8),
                2 => bytes.insert(place, u8::try_from(next() % 256).unwrap()),
                _ => bytes.truncate(place.max(1)),
            }
        }
        match decode_message(&bytes) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(read > 100 && refused > 10_000, "{read} read, {refused} refused");
}
