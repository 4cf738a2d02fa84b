//! Frames into messages that keep within the limits.

use linecrew_protocol::{
    limits::MAX_FRAMES,
    wire::{ChangeRecord, Entries, Entry, EntryKind, Frame, Position},
};

use super::limits::{MESSAGE_FILL_BYTES, RECORD_OVERHEAD_BYTES};

/// Groups frames, in order, so that each group fits into one message.
pub(super) fn messages(frames: Vec<Frame>) -> Vec<Vec<Frame>> {
    let mut messages: Vec<Vec<Frame>> = Vec::new();
    let mut room = 0;
    for frame in frames {
        let weight = weight(&frame);
        match messages.last_mut() {
            Some(message) if message.len() < MAX_FRAMES && weight <= room => {
                room -= weight;
                message.push(frame);
            }
            _ => {
                room = MESSAGE_FILL_BYTES.saturating_sub(weight);
                messages.push(vec![frame]);
            }
        }
    }
    messages
}

/// About how many bytes a frame takes in a message, rather too many than too few.
pub(super) fn weight(frame: &Frame) -> usize {
    let body = match frame {
        Frame::Entries(entries) => entries.entries.iter().map(entry_weight).sum(),
        // A detail is a sentence of ours.
        Frame::Acked(acked) => acked.outcomes.len().saturating_mul(4 * RECORD_OVERHEAD_BYTES),
        _ => 8 * RECORD_OVERHEAD_BYTES,
    };
    body.saturating_add(RECORD_OVERHEAD_BYTES)
}

fn entry_weight(entry: &Entry) -> usize {
    let changes: usize = entry.changes.iter().map(change_weight).sum();
    changes.saturating_add(4 * RECORD_OVERHEAD_BYTES)
}

fn change_weight(record: &ChangeRecord) -> usize {
    record.change.len().saturating_add(RECORD_OVERHEAD_BYTES)
}

/// Cuts entries that fit into no message into several frames. All but the last leave the phone where it was (`before`), so that a session
/// that breaks off between them begins them again.
pub(super) fn cut(entries: Entries, before: &Position) -> Vec<Frame> {
    let mut open = part(&entries, before);
    let mut parts = Vec::new();
    let mut room = MESSAGE_FILL_BYTES;
    for entry in entries.entries {
        let mut kind = entry.kind;
        let mut changes = Vec::new();
        room = room.saturating_sub(4 * RECORD_OVERHEAD_BYTES);
        for change in entry.changes {
            let weight = change_weight(&change);
            if weight > room {
                open.entries.push(Entry { document: entry.document, kind, changes: std::mem::take(&mut changes) });
                // The phone has the document by then.
                kind = EntryKind::Changed;
                parts.push(Frame::Entries(std::mem::replace(&mut open, part_of(before))));
                room = MESSAGE_FILL_BYTES;
            }
            room = room.saturating_sub(weight);
            changes.push(change);
        }
        open.entries.push(Entry { document: entry.document, kind, changes });
    }
    open.cursor = entries.cursor;
    open.transfer = entries.transfer;
    open.transfer_done = entries.transfer_done;
    parts.push(Frame::Entries(open));
    parts
}

fn part(entries: &Entries, before: &Position) -> Entries {
    Entries { feed: entries.feed, ..part_of(before) }
}

fn part_of(before: &Position) -> Entries {
    Entries { feed: before.feed, entries: Vec::new(), cursor: before.seq, transfer: before.transfer.clone(), transfer_done: false }
}

#[cfg(test)]
mod tests {
    use linecrew_protocol::{
        digest::Digest,
        ids::{CrewId, DocumentId},
        time::Timestamp,
        wire::{Feed, encode_message},
    };

    use super::*;

    fn entries(documents: usize, changes: usize, bytes: usize) -> Entries {
        let record = ChangeRecord { change: vec![7; bytes].into(), received_at: Timestamp::from_unix_millis(i64::MAX) };
        let entry = Entry { document: DocumentId::from_bytes([9; 16]), kind: EntryKind::Enter, changes: vec![record; changes] };
        let feed = Feed::Crew(CrewId::from_bytes([1; 16]));
        Entries { feed, entries: vec![entry; documents], cursor: 77, transfer: None, transfer_done: true }
    }

    fn before() -> Position {
        let feed = Feed::Crew(CrewId::from_bytes([1; 16]));
        Position { feed, seq: 5, digest: Digest::EMPTY, transfer: Some(Vec::new().into()) }
    }

    #[test]
    fn every_message_fits_and_nothing_is_lost_or_reordered() {
        let frames: Vec<Frame> = (0..200).map(|_| Frame::Entries(entries(3, 20, 1_000))).collect();
        let messages = messages(frames.clone());
        assert!(messages.len() > 2);
        for message in &messages {
            encode_message(message).expect("within the limits");
        }
        assert_eq!(messages.concat(), frames);
    }

    #[test]
    fn a_document_larger_than_a_message_travels_in_parts() {
        let whole = entries(1, 40, 64 * 1024);
        let parts = cut(whole, &before());
        assert!(parts.len() > 3);
        let mut changes = 0;
        for (number, part) in parts.iter().enumerate() {
            encode_message(std::slice::from_ref(part)).expect("within the limits");
            let Frame::Entries(part) = part else { panic!("entries") };
            let last = number + 1 == parts.len();
            assert_eq!((part.cursor, part.transfer_done), if last { (77, true) } else { (5, false) });
            assert_eq!(part.entries[0].kind == EntryKind::Enter, number == 0);
            changes += part.entries[0].changes.len();
        }
        assert_eq!(changes, 40);
        assert_eq!(cut(entries(2, 3, 10), &before()), [Frame::Entries(entries(2, 3, 10))]);
    }
}
