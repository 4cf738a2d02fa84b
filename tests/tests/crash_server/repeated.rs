//! The acknowledgement is lost and the batch comes again, and again, and out of order.

use linecrew_client::{
    DeviceKey, FileKey,
    transport::{Cleartext, Endpoint, ServerAddress, TcpTransport, Transport},
};
use linecrew_protocol::{
    key::{ChainLink, Statement},
    wire::{Acked, Edit, Frame, Hello, Push, decode_message, encode_message},
};
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
};
use rand::{Rng, seq::SliceRandom};

use crate::ledger::Ledger;

/// Edits in the batch.
const EDITS: usize = 10;
/// How often a batch comes.
const TIMES: [usize; 4] = [1, 2, 10, 100];
/// Of them in one request: a phone that begins a hundred sessions at once has to wait (docs/adr/0023).
const IN_ONE_REQUEST: usize = 10;

/// The phone's end of single requests, without its memory: every answer is lost on the way back.
struct Forgetful {
    transport: TcpTransport,
    hello: Hello,
    key: FileKey,
}

impl Forgetful {
    async fn send(&self, push: Push) -> Acked {
        self.send_all(vec![push]).await.pop().expect("an acknowledgement")
    }

    /// All in one request; an acknowledgement for each.
    async fn send_all(&self, pushes: Vec<Push>) -> Vec<Acked> {
        let hello = Frame::Hello(self.hello.clone());
        let frames: Vec<Frame> = std::iter::once(hello).chain(pushes.into_iter().map(Frame::Push)).collect();
        let message = encode_message(&frames).expect("a message");
        let answer = self.transport.post(Endpoint::Sync, message).await.expect("an answer");
        let frames = decode_message(&answer).expect("a message");
        frames.into_iter().filter_map(|frame| if let Frame::Acked(acked) = frame { Some(acked) } else { None }).collect()
    }

    /// Some of the batch's edits, signed as the phone would have done if it had cut the batch there.
    fn piece(&self, whole: &Push, from: usize, length: usize) -> Push {
        let chained = |link: ChainLink, edits: &[Edit]| edits.iter().fold(link, |link, edit| link.then(&edit.content()));
        let edits: Vec<Edit> = whole.edits.iter().skip(from).take(length).cloned().collect();
        let (first_seq, previous) = (whole.first_seq + from as u64, chained(whole.previous, &whole.edits[..from]));
        let last_seq = first_seq + edits.len() as u64 - 1;
        let statement = Statement::Batch { installation: self.hello.installation, last_seq, link: &chained(previous, &edits) };
        let signature = self.key.sign(&statement.hash()).expect("the key is there");
        Push { first_seq, edits, previous, signature }
    }
}

/// A fleet of one phone that holds an item and has ten edits to send, and its forgetful double.
async fn unsent(seed: Seed) -> (Fleet, Forgetful, Push) {
    let mut fleet = Fleet::assemble(seed, FleetOptions::small(1, 1)).await;
    let item = fleet.dispatch(0).await;
    let phone = &mut fleet.phones[0];
    phone.rest().await;
    for number in 0..EDITS {
        phone.note(item, &format!("第{number}条")).expect("a note is saved");
    }
    let (hand, push) = phone.client().hand().expect("the store reads").expect("somebody is signed in");
    let address = ServerAddress::parse(&fleet.server.url(), Cleartext::LoopbackOnly).expect("an address");
    let key = FileKey::open(&phone.store().with_extension("key"), phone.clock.as_ref()).expect("the phone's key");
    let double = Forgetful { transport: TcpTransport::new(address), hello: hand.hello, key };
    (fleet, double, push.expect("edits to send"))
}

async fn finish(mut fleet: Fleet) {
    let tally = fleet.must_settle().await;
    assert_eq!((tally.edits, tally.accepted), (EDITS as u64, EDITS as u64));
    let ledger = Ledger::open(fleet.server.data());
    ledger.check_each_once();
    assert_eq!(ledger.changes(fleet.phones[0].installation()), EDITS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_comes_a_hundred_times_is_stored_once_and_answered_alike() {
    for times in TIMES {
        let (fleet, double, push) = unsent(Seed(times as u64)).await;
        let first = double.send(push.clone()).await;
        assert_eq!((first.outcomes.len(), first.next_seq), (EDITS, EDITS as u64 + 1));
        let mut left = times - 1;
        while left > 0 {
            let some = left.min(IN_ONE_REQUEST);
            assert_eq!(double.send_all(vec![push.clone(); some]).await, vec![first.clone(); some]);
            left -= some;
        }
        finish(fleet).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_out_of_order_are_stored_once_and_answered_alike() {
    for seed in Seed::chosen(5, 50) {
        println!("seed {seed}");
        let (fleet, double, push) = unsent(seed).await;
        let mut random = seed.random("order");
        // Overlapping pieces of the batch, each several times, in any order.
        let mut pieces: Vec<Push> =
            (0..40).map(|_| double.piece(&push, random.random_range(0..EDITS), random.random_range(1..=EDITS))).collect();
        pieces.shuffle(&mut random);
        let mut known: Vec<Option<_>> = vec![None; EDITS + 1];
        for piece in pieces.into_iter().chain([push]) {
            let stored = known.iter().flatten().count() as u64;
            let gap = piece.first_seq > stored + 1;
            let answer = double.send(piece.clone()).await;
            assert_eq!(answer.outcomes.is_empty(), gap, "{} after {stored}", piece.first_seq);
            for outcome in answer.outcomes {
                let before = known[usize::try_from(outcome.device_seq).expect("a small number")].get_or_insert_with(|| outcome.clone());
                assert_eq!(*before, outcome, "another answer to the same edit");
            }
            assert_eq!(answer.next_seq, known.iter().flatten().count() as u64 + 1);
        }
        finish(fleet).await;
    }
}
