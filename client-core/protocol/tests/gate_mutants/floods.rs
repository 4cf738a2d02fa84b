//! Floods: what costs the sender little and must not pile up here.

use automerge::{Automerge, ChangeHash, ROOT, ReadDoc, transaction::Transactable};
use linecrew_protocol::{
    Reason,
    gate::{Expected, apply, inspect, receive},
};

use crate::{corpus::actor, forge::Forged};

const ORPHANS: u32 = 10_000;
/// What a document of one change may gain while it refuses them.
const MAX_GROWTH: i64 = 4_096;

/// Automerge would keep every change whose dependencies never come. Nothing of ours keeps one.
#[test]
fn orphans_leave_nothing_behind() {
    let mut document = Automerge::new().with_actor(actor(1));
    document.transact::<_, _, automerge::AutomergeError>(|transaction| transaction.put(ROOT, "k", 1)).unwrap();
    let heads = document.get_heads();
    let mut received = document.clone();
    let kept = allocation_counter::measure(|| {
        for number in 0..ORPHANS {
            let mut unknown = [0xee; 32];
            unknown[..4].copy_from_slice(&number.to_be_bytes());
            let orphan = Forged { deps: vec![unknown], ..Forged::default() }.bytes();
            let inspected = inspect(&orphan).unwrap();
            let expected = Expected { actor: inspected.change().actor_id().clone(), next_seq: 1, document_changes: 1, document_bytes: 1 };
            assert_eq!(apply(&document, &inspected, &expected).unwrap_err().reason, Reason::MissingDependency);
            assert_eq!(receive(&mut received, &[inspected]).unwrap_err().reason, Reason::MissingDependency);
        }
    });
    assert!(kept.bytes_current <= MAX_GROWTH, "{kept:?}");
    assert_eq!((document.get_heads(), received.get_heads()), (heads.clone(), heads));
    assert!(document.get_missing_deps(&[] as &[ChangeHash]).is_empty());
}
