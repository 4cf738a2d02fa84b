//! The session of both ends: what travels when nothing changed, when edits wait, when numbers do not follow.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use linecrew_protocol::{
    digest::Digest,
    ids::{CrewId, DocumentId, InstallationId, StoreEpoch},
    key::{ChainLink, PublicKey, Signature, Statement},
    limits::MAX_PUSHES_IN_FLIGHT,
    sync::{Granted, Hand, Page, PhoneSession, PhoneStep, ServerSession, ServerStep},
    time::Timestamp,
    wire::{
        Acked, Edit, Farewell, Feed, FeedDigest, Frame, Goodbye, Health, Hello, Inventory, Outcome, Position, Push, Verdict, encode_message,
    },
};

use p256::ecdsa::{SigningKey, signature::Signer};

const FEED: Feed = Feed::Crew(CrewId::from_bytes([1; 16]));
const STORE: StoreEpoch = StoreEpoch::from_bytes([2; 16]);

fn now() -> Timestamp {
    Timestamp::from_unix_millis(1_790_000_000_000)
}

const PHONE: InstallationId = InstallationId::from_bytes([3; 16]);

fn private() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn key() -> PublicKey {
    PublicKey::from_bytes(private().verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap())
}

fn signed(statement: &Statement<'_>) -> Signature {
    let signature: p256::ecdsa::Signature = private().sign(&statement.hash());
    Signature::from_bytes(signature.to_bytes().into())
}

fn hello(seq: u64, store: StoreEpoch) -> Hello {
    let token = "t".repeat(305);
    Hello {
        version_min: 1,
        version_max: 1,
        installation: PHONE,
        proof: signed(&Statement::Hello { installation: PHONE, token: &token }),
        refused: Vec::new(),
        token,
        store: Some(store),
        positions: vec![Position { feed: FEED, seq, digest: Digest::EMPTY, transfer: None }],
        health: Health { app_version: "0.1.0".into(), documents: 200, ..Health::default() },
    }
}

fn hand(first_pending: u64, next_seq: u64) -> Hand {
    Hand { hello: hello(812, STORE), first_pending, next_seq }
}

fn granted(head: u64, next_device_seq: u64) -> Granted {
    let feeds = vec![FeedDigest { feed: FEED, seq: head, digest: Digest::EMPTY }];
    Granted { now: now(), store: STORE, key: key(), next_device_seq, feeds, hand_in: None, admitted: Vec::new() }
}

fn push(first_seq: u64, count: usize) -> Push {
    let edit = Edit { document: DocumentId::from_bytes([4; 16]), generation: 0, change: vec![0; 10].into(), lost: None };
    let edits = vec![edit; count];
    let link = edits.iter().fold(ChainLink::START, |link, edit| link.then(&edit.content()));
    let last_seq = first_seq + edits.len() as u64 - 1;
    let signature = signed(&Statement::Batch { installation: PHONE, last_seq, link: &link });
    Push { first_seq, edits, previous: ChainLink::START, signature }
}

fn acked(seqs: std::ops::Range<u64>) -> Acked {
    let outcome = |device_seq| Outcome { device_seq, received_at: now(), verdict: Verdict::Accepted, entry: None };
    Acked { next_seq: seqs.end, outcomes: seqs.map(outcome).collect() }
}

fn page(cursor: u64) -> Page {
    Page { entries: Vec::new(), cursor, transfer: None, transfer_done: false, more: false, digest: Digest::EMPTY }
}

fn sent(steps: &[PhoneStep]) -> Vec<&Frame> {
    let frames = steps.iter().filter_map(|step| if let PhoneStep::Send(frames) = step { Some(frames) } else { None });
    frames.flatten().collect()
}

/// A phone session that has been welcomed.
fn welcomed(first_pending: u64, next_seq: u64) -> PhoneSession {
    let (mut phone, _) = PhoneSession::start(hand(first_pending, next_seq), None);
    let mut server = ServerSession::new();
    server.received(Frame::Hello(hello(812, STORE)), now());
    for step in server.granted(&granted(812, first_pending)) {
        if let ServerStep::Send(frames) = step {
            for frame in frames {
                phone.received(frame);
            }
        }
    }
    phone
}

#[test]
fn an_unchanged_reconnect_is_one_message_each_way_under_600_bytes() {
    let (mut phone, steps) = PhoneSession::start(hand(18, 18), None);
    let [PhoneStep::Send(up)] = steps.as_slice() else { panic!("{steps:?}") };
    let mut server = ServerSession::new();
    assert!(matches!(server.received(up[0].clone(), now()).as_slice(), [ServerStep::Authenticate { .. }]));
    let steps = server.granted(&granted(812, 18));
    let [ServerStep::Health(_), ServerStep::Stored(stored), ServerStep::Send(down)] = steps.as_slice() else {
        panic!("a document was touched: {steps:?}")
    };
    assert_eq!(stored, &granted(812, 18).feeds, "what the phone begins with is on its disk");
    let [Frame::Welcome(_), Frame::CaughtUp(proof)] = down.as_slice() else { panic!("{down:?}") };
    assert!(proof.feeds.is_empty(), "the phone has claimed the very digest: nothing to repeat");
    let bytes = encode_message(up).unwrap().len() + encode_message(down).unwrap().len();
    assert!(bytes < 600, "{bytes} bytes");
    let mut steps: Vec<PhoneStep> = down.iter().flat_map(|frame| phone.received(frame.clone())).collect();
    assert!(matches!(steps.remove(0), PhoneStep::StoreWelcome(_)));
    assert!(matches!(steps.as_slice(), [PhoneStep::Compare(_)]));
    assert_eq!(phone.compared(&[]), [PhoneStep::CaughtUp]);
}

#[test]
fn edits_travel_with_the_hello_and_keep_a_bounded_window() {
    let (_, steps) = PhoneSession::start(hand(18, 20), Some(push(18, 2)));
    assert!(matches!(sent(&steps).as_slice(), [Frame::Hello(_), Frame::Push(_)]));

    let mut phone = welcomed(1, 1_000);
    let mut steps = phone.edits_saved(1_000);
    let mut pushes = 0;
    let mut from = 1;
    // The first read was asked for when the session started.
    steps.push(PhoneStep::ReadOutbox { from });
    while let Some(PhoneStep::ReadOutbox { from: wanted }) = steps.pop() {
        assert_eq!(wanted, from);
        steps = phone.outbox(Some(push(from, 10)));
        from += 10;
        pushes += 1;
    }
    assert_eq!(pushes, MAX_PUSHES_IN_FLIGHT);
    let steps = phone.received(Frame::Acked(acked(1..11)));
    assert!(matches!(steps.as_slice(), [PhoneStep::StoreAcked(_), PhoneStep::ReadOutbox { from: 41 }]));
}

#[test]
fn a_gap_sends_again_from_the_number_the_server_wants() {
    let mut phone = welcomed(5, 9);
    phone.outbox(Some(push(5, 4)));
    let steps = phone.received(Frame::Acked(Acked { outcomes: Vec::new(), next_seq: 3 }));
    assert!(steps.contains(&PhoneStep::ReadOutbox { from: 3 }), "{steps:?}");
}

#[test]
fn an_answer_that_a_gap_overtook_is_asked_for_again() {
    let mut phone = welcomed(5, 9);
    // A read from 5 is under way (asked for at the start) when the server asks for 3.
    phone.received(Frame::Acked(Acked { outcomes: Vec::new(), next_seq: 3 }));
    assert_eq!(phone.outbox(Some(push(5, 4))), [PhoneStep::ReadOutbox { from: 3 }]);
}

#[test]
fn a_server_restored_from_backup_gets_again_what_it_lost() {
    let (mut phone, _) = PhoneSession::start(hand(18, 18), None);
    let mut server = ServerSession::new();
    server.received(Frame::Hello(hello(812, STORE)), now());
    let steps = server.granted(&granted(812, 11));
    let Some(ServerStep::Send(frames)) = steps.last() else { panic!("{steps:?}") };
    let steps = phone.received(frames[0].clone());
    assert!(steps.contains(&PhoneStep::ReadOutbox { from: 11 }), "{steps:?}");
}

#[test]
fn a_copy_of_the_installation_is_told_so() {
    let (mut phone, _) = PhoneSession::start(hand(18, 18), None);
    let mut server = ServerSession::new();
    server.received(Frame::Hello(hello(812, STORE)), now());
    let steps = server.granted(&granted(812, 40));
    let Some(ServerStep::Send(frames)) = steps.last() else { panic!("{steps:?}") };
    let steps = phone.received(frames[0].clone());
    assert!(matches!(steps.last(), Some(PhoneStep::Close(Goodbye { why: Farewell::IdentityReused, .. }))));
}

#[test]
fn cursors_of_another_store_or_beyond_the_head_begin_a_transfer() {
    for hello in [hello(812, StoreEpoch::from_bytes([9; 16])), hello(9_999, STORE)] {
        let mut server = ServerSession::new();
        server.received(Frame::Hello(hello), now());
        let steps = server.granted(&granted(812, 18));
        let Some(ServerStep::Read { after: 0, transfer: Some(token), .. }) = steps.last() else { panic!("{steps:?}") };
        assert!(token.is_empty());
    }
}

#[test]
fn pages_are_read_one_at_a_time_and_wakes_coalesce() {
    let mut server = ServerSession::new();
    server.received(Frame::Hello(hello(800, STORE)), now());
    let steps = server.granted(&granted(812, 18));
    assert!(matches!(steps.last(), Some(ServerStep::Read { after: 800, .. })));
    for _ in 0..10 {
        assert!(server.wake([FEED]).is_empty(), "a read is under way");
    }
    let steps = server.page(FEED, page(812));
    assert!(matches!(steps.as_slice(), [ServerStep::Send(_), ServerStep::Read { after: 812, .. }]));
    let steps = server.page(FEED, page(812));
    assert!(matches!(steps.as_slice(), [ServerStep::Send(frames)] if matches!(frames.as_slice(), [Frame::CaughtUp(_)])), "{steps:?}");
    assert!(server.is_idle());
}

#[test]
fn unequal_digests_are_repaired_once_and_then_reported() {
    let mut phone = welcomed(18, 18);
    let inventory = Inventory { feed: FEED, holdings: Vec::new() };
    assert_eq!(phone.compared(&[FEED]), [PhoneStep::ReadInventory(FEED)]);
    assert!(matches!(sent(&phone.inventory(inventory)).as_slice(), [Frame::Inventory(_)]));
    assert_eq!(phone.compared(&[FEED]), [PhoneStep::Diverged(FEED)]);
}

#[test]
fn while_edits_are_unanswered_digests_differ_rightly() {
    let mut phone = welcomed(18, 19);
    phone.outbox(Some(push(18, 1)));
    assert!(phone.compared(&[FEED]).is_empty());
}

fn refused(steps: Vec<ServerStep>) -> Farewell {
    match steps.last() {
        Some(ServerStep::Close(goodbye)) => goodbye.why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_does_not_belong_here_ends_the_session_politely() {
    let mut server = ServerSession::new();
    assert_eq!(refused(server.received(Frame::Push(push(1, 1)), now())), Farewell::Malformed);
    assert_eq!(refused(server.received(Frame::Unknown(77), now())), Farewell::UpgradeRequired);
    let newer = Hello { version_min: 2, version_max: 3, ..hello(0, STORE) };
    assert_eq!(refused(server.received(Frame::Hello(newer), now())), Farewell::UpgradeRequired);
    let mut server = ServerSession::new();
    server.received(Frame::Hello(hello(812, STORE)), now());
    server.granted(&granted(812, 18));
    assert_eq!(refused(server.received(Frame::Push(push(1, 0)), now())), Farewell::LimitExceeded);
    assert_eq!(refused(server.received(Frame::Push(push(1, 257)), now())), Farewell::LimitExceeded);
    assert_eq!(refused(server.received(Frame::Hello(hello(812, STORE)), now())), Farewell::Malformed);
}

#[test]
fn counts_of_zero_are_left_out_of_a_report_and_read_as_zero() {
    let quiet = Health { documents: 200, app_version: "0.1.0".into(), ..Health::default() };
    let busy = Health { pending: 1, needs_attention: 1, ..quiet.clone() };
    let bytes = |health: &Health| minicbor::to_vec(health).unwrap();
    assert_eq!(bytes(&busy).len(), bytes(&quiet).len() + 4);
    for health in [quiet, busy] {
        assert_eq!(minicbor::decode::<Health>(&bytes(&health)).unwrap(), health);
    }
}

/// A session of the phone that `key` belongs to.
fn opened() -> ServerSession {
    let mut server = ServerSession::new();
    server.received(Frame::Hello(hello(812, STORE)), now());
    server.granted(&granted(812, 1));
    assert!(server.is_open());
    server
}

#[test]
fn a_token_in_other_hands_opens_nothing() {
    let thief = SigningKey::from_slice(&[8; 32]).unwrap();
    let of_thief: p256::ecdsa::Signature = thief.sign(&Statement::Hello { installation: PHONE, token: &hello(812, STORE).token }.hash());
    let other_token = signed(&Statement::Hello { installation: PHONE, token: "another" });
    let refresh = signed(&Statement::Refresh { installation: PHONE, token: &hello(812, STORE).token });
    for proof in [Signature::from_bytes(of_thief.to_bytes().into()), other_token, refresh, Signature::from_bytes([0; 64])] {
        let mut server = ServerSession::new();
        server.received(Frame::Hello(Hello { proof, ..hello(812, STORE) }), now());
        assert_eq!(refused(server.granted(&granted(812, 1))), Farewell::Unauthenticated);
        assert!(!server.is_open());
        assert_eq!(refused(server.received(Frame::Push(push(1, 1)), now())), Farewell::Malformed);
    }
}

#[test]
fn a_push_is_taken_as_its_phone_has_signed_it_or_not_at_all() {
    let good = push(5, 2);
    assert_eq!(opened().received(Frame::Push(good.clone()), now()), [ServerStep::Commit(good.clone())]);
    let mut altered = good.clone();
    altered.edits[1].change = vec![1; 10].into();
    let mut moved = good.clone();
    moved.edits[0].document = DocumentId::from_bytes([5; 16]);
    let mut raised = good.clone();
    raised.edits[0].generation = 1;
    let mut shorter = good.clone();
    shorter.edits.pop();
    let mut longer = good.clone();
    longer.edits.push(longer.edits[0].clone());
    let mut claimed = good.clone();
    claimed.edits[0].lost = Some([9; 32].into());
    claimed.edits[0].change = Vec::new().into();
    let other_numbers = Push { first_seq: 6, ..good.clone() };
    let other_past = Push { previous: ChainLink::START.then(&[1; 32]), ..good.clone() };
    let unsigned = Push { signature: Signature::from_bytes([0; 64]), ..good };
    for bad in [altered, moved, raised, shorter, longer, claimed, other_numbers, other_past, unsigned] {
        assert_eq!(refused(opened().received(Frame::Push(bad), now())), Farewell::BadSignature);
    }
}

#[test]
fn an_edit_whose_change_is_lost_keeps_its_place_in_the_chain() {
    let whole = push(5, 2);
    let mut without = whole.clone();
    let content = without.edits[0].content();
    without.edits[0].change = Vec::new().into();
    assert!(!without.is_signed(PHONE, &key()));
    without.edits[0].lost = Some(content.into());
    assert!(without.is_signed(PHONE, &key()), "the signature is over what it was");
    let mut both = whole;
    both.edits[0].lost = Some([9; 32].into());
    assert!(both.is_signed(PHONE, &key()), "what is here counts, whatever is claimed beside it");
}
