//! The server's own chain over the rows of the journal: who changes one, takes one out or puts one in has to make all links after it anew,
//! and the end of the chain with them.

use linecrew_protocol::{model::collection::audit::Stored, time::Timestamp};
use sha2::{Digest as _, Sha256};

/// What every link begins with.
const DOMAIN: &[u8] = b"linecrew journal row 1\n";

/// A link.
pub(super) type Link = [u8; 32];
/// What the first row has before it.
pub(super) const START: Link = [0; 32];

/// The link of a row that comes after the one with link `previous`.
pub(super) fn link(previous: &Link, position: u64, stored: &Stored, received_at: Timestamp) -> Link {
    let Stored { device, seq, hash, act, book, collector, session, ticket, amount, sealed } = stored;
    let mut chain = Columns(Sha256::new().chain_update(DOMAIN).chain_update(previous));
    chain.add(&position.to_be_bytes());
    chain.add(device.as_bytes());
    chain.add(&seq.to_be_bytes());
    chain.add(hash.as_bytes());
    chain.add(act.as_bytes());
    chain.add(book.as_bytes());
    chain.add(collector.as_bytes());
    chain.add_optional(session.as_ref().map(|session| session.as_bytes().as_slice()));
    chain.add_optional(ticket.as_ref().map(|ticket| ticket.series.as_str().as_bytes()));
    chain.add_optional(ticket.as_ref().map(|ticket| ticket.number.to_be_bytes()).as_ref().map(<[u8; 4]>::as_slice));
    chain.add(&amount.0.to_be_bytes());
    chain.add(sealed.entry.as_bytes());
    chain.add_optional(sealed.signature.as_ref().map(|signature| signature.as_bytes().as_slice()));
    chain.add(&received_at.as_unix_millis().to_be_bytes());
    chain.0.finalize().into()
}

/// Columns with their lengths, so that no two rows give one text.
struct Columns(Sha256);

impl Columns {
    fn add(&mut self, value: &[u8]) {
        self.add_optional(Some(value));
    }

    fn add_optional(&mut self, value: Option<&[u8]>) {
        // No column is as long as this: absent and empty are two things.
        let length = value.map_or(u64::MAX, |value| u64::try_from(value.len()).unwrap_or(u64::MAX));
        self.0.update(length.to_be_bytes());
        self.0.update(value.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use linecrew_protocol::{
        ids::{DocumentId, InstallationId, PersonId, SessionId},
        key::Signature,
        model::collection::{EntryHash, Fen, Sealed},
    };

    use super::*;

    fn row() -> Stored {
        Stored {
            device: InstallationId::from_bytes([1; 16]),
            seq: 7,
            hash: EntryHash::from_bytes([2; 32]),
            act: "receipt".into(),
            book: DocumentId::from_bytes([3; 16]),
            collector: PersonId::from_bytes([4; 16]),
            session: None,
            ticket: None,
            amount: Fen(5),
            sealed: Sealed { entry: "text".into(), signature: None },
        }
    }

    #[test]
    fn every_column_counts() {
        let at = Timestamp::from_unix_millis(9);
        let whole = link(&START, 1, &row(), at);
        assert_eq!(link(&START, 1, &row(), at), whole);
        let others = [
            Stored { device: InstallationId::from_bytes([9; 16]), ..row() },
            Stored { seq: 8, ..row() },
            Stored { hash: EntryHash::from_bytes([9; 32]), ..row() },
            Stored { act: "voided".into(), ..row() },
            Stored { book: DocumentId::from_bytes([9; 16]), ..row() },
            Stored { collector: PersonId::from_bytes([9; 16]), ..row() },
            Stored { session: Some(SessionId::from_bytes([0; 16])), ..row() },
            Stored { ticket: Some("D1-00000001".parse().unwrap()), ..row() },
            Stored { ticket: Some("D1-00000002".parse().unwrap()), ..row() },
            Stored { amount: Fen(6), ..row() },
            Stored { sealed: Sealed { entry: "texts".into(), signature: None }, ..row() },
            Stored { sealed: Sealed { entry: "text".into(), signature: Some(Signature::from_bytes([0; 64])) }, ..row() },
        ];
        let mut links: Vec<Link> = others.iter().map(|other| link(&START, 1, other, at)).collect();
        links.extend([link(&START, 2, &row(), at), link(&[1; 32], 1, &row(), at), link(&START, 1, &row(), at.plus_ms(1)), whole]);
        let count = links.len();
        links.sort_unstable();
        links.dedup();
        assert_eq!(links.len(), count);
    }
}
