//! What is done with the bytes of a message, and what must hold afterwards: the body of the seeded tests and of two fuzzing targets.

use linecrew_protocol::{
    Automerge,
    gate::{inspect, receive},
    limits::MAX_MESSAGE_BYTES,
    sync::{Hand, PhoneSession, ServerSession, ServerStep},
    wire::{DecodeError, Entries, Farewell, Frame, Push, decode_message, encode_message},
};

use crate::{
    cases::Case,
    change::{Judgement, Offer, check, is_sound, judge},
    frames::{Opening, now},
    measure::Worst,
};

/// Changes of one message that are judged here; each is bounded by itself.
const JUDGED: usize = 4;

/// What became of a message.
#[derive(Default)]
pub(crate) struct Read {
    /// Names of the frames that were read.
    pub(crate) frames: Vec<&'static str>,
    /// Why it is none.
    pub(crate) error: Option<&'static str>,
    /// How the server said goodbye.
    pub(crate) farewell: Option<Farewell>,
    /// Its changes.
    pub(crate) judgements: Vec<Judgement>,
}

/// The frames as a fuzzer makes them, in a plain message.
pub(crate) fn plain(frames: &[u8]) -> Vec<u8> {
    [&[0], frames].concat()
}

/// One frame as it stands in a message.
pub(crate) fn bytes_of(frame: &Frame) -> Vec<u8> {
    // A short message stays as it is, a long one is inflated again.
    let message = encode_message(std::slice::from_ref(frame)).unwrap();
    match message[0] {
        0 => message[1..].to_vec(),
        _ => zstd::bulk::decompress(&message[5..], MAX_MESSAGE_BYTES).unwrap(),
    }
}

/// The same frames in a message that is compressed, whether that is shorter or not.
pub(crate) fn compressed(frames: &[u8]) -> Vec<u8> {
    let length = u32::try_from(frames.len()).unwrap();
    [&[1][..], &length.to_be_bytes(), &zstd::bulk::compress(frames, 1).unwrap()].concat()
}

/// A message reaches both ends of a session, and its changes the gate.
pub(crate) fn take(bytes: &[u8], case: &Case, opening: &Opening, worst: &mut Worst) -> Read {
    let frames = match worst.of(|| decode_message(bytes)) {
        Ok(frames) => frames,
        Err(error) => return Read { error: Some(name(&error)), ..Read::default() },
    };
    let again = encode_message(&frames).unwrap();
    assert_eq!(decode_message(&again).unwrap(), frames, "what was read is written and read again as the same");
    let mut read = Read { farewell: serve(&frames, opening), frames: frames.iter().map(Frame::name).collect(), ..Read::default() };
    ring(&frames, opening);
    for frame in &frames {
        match frame {
            Frame::Push(push) => read.judgements.extend(judge_all(push, case, worst)),
            Frame::Entries(entries) => receive_all(entries, &case.document, worst),
            _ => {}
        }
    }
    read
}

fn name(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::TooLarge { .. } => "too large",
        DecodeError::UnknownFlag(_) => "unknown flag",
        DecodeError::Empty => "empty",
        DecodeError::Inflate(_) => "does not inflate",
        DecodeError::Cbor(_) => "not a frame",
        DecodeError::TooManyFrames => "too many frames",
        _ => "another",
    }
}

/// The server's end: a session that the frames open themselves, or one that is open.
fn serve(frames: &[Frame], opening: &Opening) -> Option<Farewell> {
    let mut session = ServerSession::new();
    if !matches!(frames.first(), Some(Frame::Hello(_))) {
        session.received(Frame::Hello(opening.hello.clone()), now());
        session.granted(&opening.granted);
        assert!(session.is_open());
    }
    for frame in frames {
        let mut steps = session.received(frame.clone(), now());
        if steps.iter().any(|step| matches!(step, ServerStep::Authenticate { .. })) {
            steps.extend(session.granted(&opening.granted));
        }
        if let Some(ServerStep::Close(goodbye)) = steps.last() {
            return Some(goodbye.why);
        }
    }
    None
}

/// The phone's end, in a session that is open.
fn ring(frames: &[Frame], opening: &Opening) {
    let hand = Hand { hello: opening.hello.clone(), first_pending: 1, next_seq: 3 };
    let (mut session, _) = PhoneSession::start(hand, None);
    session.received(Frame::Welcome(opening.welcome.clone()));
    for frame in frames {
        session.received(frame.clone());
    }
}

fn judge_all(push: &Push, case: &Case, worst: &mut Worst) -> Vec<Judgement> {
    let offers = push.edits.iter().take(JUDGED).map(|edit| Offer { case: 0, bytes: edit.change.to_vec(), moved_on: false });
    let judged = offers.map(|offer| {
        let judgement = worst.of(|| judge(case, &offer));
        check(case, &offer, &judgement);
        judgement
    });
    judged.collect()
}

/// All of a document's changes or none.
fn receive_all(entries: &Entries, document: &Automerge, worst: &mut Worst) {
    for entry in entries.entries.iter().take(JUDGED) {
        let changes = entry.changes.iter().take(JUDGED).map(|record| inspect(&record.change));
        let Ok(changes) = changes.collect::<Result<Vec<_>, _>>() else { continue };
        let received = worst.of(|| {
            let mut received = document.clone();
            (receive(&mut received, &changes).is_ok(), received)
        });
        match received {
            (true, received) => is_sound(&received),
            (false, untouched) => assert_eq!(untouched.get_heads(), document.get_heads(), "half of an entry was taken"),
        }
    }
}
