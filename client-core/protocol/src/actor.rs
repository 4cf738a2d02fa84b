//! Automerge actors, derived instead of drawn: nobody can claim another installation's actor, and nothing has to be enrolled.

use automerge::ActorId;
use sha2::{Digest as _, Sha256};

use crate::{
    ids::{DocumentId, InstallationId},
    limits::ACTOR_BYTES,
};

/// The actor under which `installation` writes `document`. `generation` starts at 0 and rises by one at every rebase, because a refused
/// change has used up its actor's sequence numbers.
#[must_use]
pub fn actor_of(installation: InstallationId, document: DocumentId, generation: u32) -> ActorId {
    let hash = Sha256::new()
        .chain_update(b"linecrew actor 1")
        .chain_update(installation.as_bytes())
        .chain_update(document.as_bytes())
        .chain_update(generation.to_be_bytes())
        .finalize();
    ActorId::from(hash.get(..ACTOR_BYTES).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_changes_the_actor() {
        let (a, b) = (InstallationId::from_bytes([1; 16]), InstallationId::from_bytes([2; 16]));
        let (d, e) = (DocumentId::from_bytes([3; 16]), DocumentId::from_bytes([4; 16]));
        let actors = [actor_of(a, d, 0), actor_of(b, d, 0), actor_of(a, e, 0), actor_of(a, d, 1)];
        for (i, one) in actors.iter().enumerate() {
            assert_eq!(one.to_bytes().len(), ACTOR_BYTES);
            assert!(actors.iter().skip(i + 1).all(|other| other != one));
        }
    }
}
