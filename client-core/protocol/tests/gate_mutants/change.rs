//! What is done with the bytes of a change, and what must hold afterwards: the body of the seeded tests and of the fuzzing target.

use automerge::Automerge;
use linecrew_protocol::{
    Reason, Refusal,
    gate::{Applied, Inspected, apply, inspect, receive, touched},
    ids::CrewId,
    model::{
        collection::{BOOK_KIND, book},
        work::authorize::{Edit, authorize},
    },
};

use crate::{
    cases::{Case, Sender, read_everything},
    seal::seal,
};

/// A change that may have been tampered with.
pub(crate) struct Offer {
    /// The honest change that it was, and whose document it is offered to.
    pub(crate) case: usize,
    pub(crate) bytes: Vec<u8>,
    /// The sender works in another crew by now.
    pub(crate) moved_on: bool,
}

/// What becomes of an offer.
pub(crate) enum Judgement {
    /// The gate lets nothing near the document.
    Refused(Refusal),
    /// It can be applied; then the rules are asked, for phones.
    Applies { inspected: Box<Inspected>, applied: Box<Applied>, rules: Option<Refusal> },
}

impl Judgement {
    /// The reason of the first step that refuses.
    pub(crate) fn reason(&self) -> Option<Reason> {
        match self {
            Self::Refused(refusal) => Some(refusal.reason),
            Self::Applies { rules, .. } => rules.as_ref().map(|refusal| refusal.reason),
        }
    }
}

/// An offer in the form in which a fuzzer makes it: which case, switches, and the change. Even switches: the bytes are what is inside the
/// envelope, and get a right one.
pub(crate) fn of_input(input: &[u8], cases: usize) -> Option<Offer> {
    let ([low, high, switches], bytes) = input.split_first_chunk()?;
    let case = usize::from(u16::from_le_bytes([*low, *high])) % cases;
    let bytes = if switches & 1 == 0 { seal(1, bytes) } else { bytes.to_vec() };
    Some(Offer { case, bytes, moved_on: switches & 2 != 0 })
}

/// Everything that the server does with a change before it stores it.
pub(crate) fn judge(case: &Case, offer: &Offer) -> Judgement {
    let inspected = match inspect(&offer.bytes) {
        Ok(inspected) => inspected,
        Err(refusal) => return Judgement::Refused(refusal),
    };
    let applied = match apply(&case.document, &inspected, &case.expected) {
        Ok(applied) => applied,
        Err(refusal) => return Judgement::Refused(refusal),
    };
    let rules = case.sender.as_ref().and_then(|sender| ask_rules(case, sender, offer.moved_on, &inspected, &applied).err());
    Judgement::Applies { inspected: Box::new(inspected), applied: Box::new(applied), rules }
}

fn ask_rules(case: &Case, sender: &Sender, moved_on: bool, inspected: &Inspected, applied: &Applied) -> Result<(), Refusal> {
    let before = applied.before(&case.document);
    let mut principal = sender.principal.clone();
    if moved_on {
        principal.crew = Some(CrewId::from_bytes([0xB; 16]));
    }
    let touches = touched(inspected, before);
    let edit = Edit { before, after: applied.after(), touches: &touches, device_seq: sender.device_seq, reference: &case.reference };
    match case.kind.as_str() {
        BOOK_KIND => book::authorize(&edit, &principal).map(drop),
        _ => authorize(&edit, &principal).map(drop),
    }
}

/// What holds, however the judgement is.
pub(crate) fn check(case: &Case, offer: &Offer, judgement: &Judgement) {
    let (inspected, applied) = match judgement {
        // Panics are caught, but our own checks come first and leave none.
        Judgement::Refused(refusal) => return assert!(!refusal.detail.contains("panicked"), "{refusal}"),
        Judgement::Applies { inspected, applied, .. } => (inspected, applied),
    };
    assert_eq!(inspected.bytes(), offer.bytes, "what is stored is what came");
    assert_eq!(touched(inspected, applied.before(&case.document)).len(), inspected.change().len());
    is_sound(applied.merged());
    if one_in_eight(applied.merged()) {
        let mut received = case.document.clone();
        receive(&mut received, std::slice::from_ref(inspected)).unwrap();
        assert_eq!(received.get_heads(), applied.merged().get_heads(), "a phone takes what the server has taken");
    }
    if offer.bytes == case.bytes && !offer.moved_on {
        assert!(judgement.reason().is_none(), "an honest change: {:?}", judgement.reason());
    }
}

/// By what is in it, so that a seed gives the same every time.
fn one_in_eight(document: &Automerge) -> bool {
    document.get_heads().first().is_some_and(|head| head.0[0] % 8 == 0)
}

/// It can be saved and loaded. One in eight: a replica that applies the same changes at once holds the same operations in the
/// same order.
pub(crate) fn is_sound(document: &Automerge) {
    let loaded = Automerge::load(&document.save_nocompress()).unwrap();
    assert_eq!(loaded.get_heads(), document.get_heads());
    if !one_in_eight(document) {
        return;
    }
    let mut replica = Automerge::new();
    replica.apply_changes(document.get_changes(&[])).unwrap();
    for other in [loaded, replica, Automerge::load(&document.save()).unwrap()] {
        other.diff_opset(document).unwrap();
        read_everything(&other);
    }
}
