//! Honest messages: every frame of the protocol, those with changes as often as there is work.

use linecrew_protocol::{
    Reason,
    digest::Digest,
    ids::{CrewId, DocumentId, InstallationId, PersonId, StoreEpoch},
    key::{ChainLink, PublicKey, Signature, Statement},
    sync::Granted,
    time::Timestamp,
    wire::{
        Acked, CaughtUp, ChangeRecord, Edit, Entries, Entry, EntryKind, Farewell, Feed, FeedDigest, FeedHead, Frame, Goodbye, Health,
        Hello, Holding, Inventory, LeaveReason, Outcome, Ping, Pong, Position, Push, Stored, Verdict, Welcome, Withdrawal,
    },
};
use p256::ecdsa::{SigningKey, signature::Signer};

use crate::{cases::Case, world::DOCUMENT};

const FEED: Feed = Feed::Crew(CrewId::from_bytes([0xA; 16]));
const STORE: StoreEpoch = StoreEpoch::from_bytes([2; 16]);
const PHONE: InstallationId = InstallationId::from_bytes([3; 16]);
/// Changes in one `Entries` here.
const CHANGES: usize = 6;

/// An honest message, and the change that comes next in the document that it is about.
pub(crate) struct Letter {
    pub(crate) case: usize,
    pub(crate) frames: Vec<Frame>,
}

pub(crate) fn all(cases: &[Case]) -> Vec<Letter> {
    let alone = small().into_iter().map(|frame| Letter { case: 0, frames: vec![frame] });
    let flights = (0..cases.len()).flat_map(|case| {
        let up = vec![Frame::Hello(hello()), Frame::Push(push(&cases[case..cases.len().min(case + 3)]))];
        let down =
            vec![Frame::Welcome(welcome()), Frame::Entries(entries(case, cases)), Frame::CaughtUp(CaughtUp { feeds: vec![digest()] })];
        [Letter { case, frames: up }, Letter { case, frames: down }, Letter { case, frames: vec![Frame::Push(push(&cases[case..=case]))] }]
    });
    alone.chain(flights).collect()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix_millis(1_790_000_000_000)
}

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn signed(statement: &Statement<'_>) -> Signature {
    let signature: p256::ecdsa::Signature = key().sign(&statement.hash());
    Signature::from_bytes(signature.to_bytes().into())
}

/// What opens sessions, made once: signing costs more than reading a message.
pub(crate) struct Opening {
    pub(crate) hello: Hello,
    pub(crate) welcome: Welcome,
    pub(crate) granted: Granted,
}

impl Opening {
    pub(crate) fn new() -> Self {
        Self { hello: hello(), welcome: welcome(), granted: granted() }
    }
}

fn granted() -> Granted {
    let key = PublicKey::from_bytes(key().verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap());
    Granted { now: now(), store: STORE, key, next_device_seq: 1, feeds: vec![digest()], hand_in: None, admitted: Vec::new() }
}

fn hello() -> Hello {
    let token = "header.claims.signature".to_owned();
    Hello {
        version_min: 1,
        version_max: 1,
        installation: PHONE,
        proof: signed(&Statement::Hello { installation: PHONE, token: &token }),
        token,
        store: Some(STORE),
        positions: vec![Position { feed: FEED, seq: 811, digest: Digest::EMPTY, transfer: Some(vec![7, 8].into()) }],
        health: health(),
        refused: vec![4, 300],
    }
}

fn welcome() -> Welcome {
    let person = Feed::Person(PersonId::from_bytes([3; 16]));
    let feeds = vec![FeedHead { feed: FEED, seq: 812 }, FeedHead { feed: person, seq: 0 }];
    let admitted = vec![Outcome { device_seq: 300, received_at: now(), verdict: Verdict::Accepted, entry: None }];
    Welcome { version: 1, server_time: now(), store: STORE, next_device_seq: 1, feeds, hand_in: None, admitted }
}

fn digest() -> FeedDigest {
    FeedDigest { feed: FEED, seq: 812, digest: Digest::from_bytes([0xD; 16]) }
}

fn health() -> Health {
    Health { pending: 3, oldest_pending_at: Some(now()), needs_attention: 1, documents: 12, app_version: "0.1.0".into() }
}

fn push(cases: &[Case]) -> Push {
    let edit = |case: &Case| Edit { document: DOCUMENT, generation: 0, change: case.bytes.clone().into(), lost: None };
    let edits: Vec<Edit> = cases.iter().map(edit).collect();
    let link = edits.iter().fold(ChainLink::START, |link, edit| link.then(&edit.content()));
    let signature = signed(&Statement::Batch { installation: PHONE, last_seq: edits.len() as u64, link: &link });
    Push { first_seq: 1, edits, previous: ChainLink::START, signature }
}

fn entries(case: usize, cases: &[Case]) -> Entries {
    let next = &cases[case..cases.len().min(case + CHANGES)];
    let changes = next.iter().map(|case| ChangeRecord { change: case.bytes.clone().into(), received_at: now() }).collect();
    let left = Withdrawal { reason: LeaveReason::Reassigned, by: Some("王芳".into()), at: now(), to: Some("抢修二班".into()) };
    let other = DocumentId::from_bytes([5; 16]);
    let entries = vec![
        Entry { document: DOCUMENT, kind: EntryKind::Changed, changes },
        Entry { document: other, kind: EntryKind::Enter, changes: Vec::new() },
        Entry { document: other, kind: EntryKind::Leave(left), changes: Vec::new() },
    ];
    Entries { feed: FEED, entries, cursor: 812, transfer: Some(vec![1, 2, 3].into()), transfer_done: false }
}

fn small() -> Vec<Frame> {
    let refused = Verdict::Quarantined { reason: Reason::NotYourItem, detail: "the item belongs to another crew".into() };
    let outcome = |device_seq, verdict, entry| Outcome { device_seq, received_at: now(), verdict, entry };
    let outcomes = vec![outcome(1, Verdict::Accepted, Some([4; 32].into())), outcome(2, refused, None)];
    let holdings = (0..40).map(|number| Holding { document: DocumentId::from_bytes([number; 16]), fingerprint: Digest::EMPTY }).collect();
    vec![
        hello().into(),
        welcome().into(),
        Acked { outcomes, next_seq: 3 }.into(),
        CaughtUp { feeds: vec![digest()] }.into(),
        Stored { feeds: vec![digest()] }.into(),
        Inventory { feed: FEED, holdings }.into(),
        Ping { health: health() }.into(),
        Pong { server_time: now() }.into(),
        Goodbye { why: Farewell::Busy, retry_after_ms: Some(2_500), detail: "too many phones".into() }.into(),
        Frame::Unknown(77),
    ]
}
