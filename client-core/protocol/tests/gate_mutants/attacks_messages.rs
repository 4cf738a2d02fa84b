//! Attacks through the envelope of a message and through CBOR.

use linecrew_protocol::{
    limits::{MAX_MESSAGE_BYTES, MAX_WIRE_BYTES},
    wire::{DecodeError, Frame, decode_message},
};

/// What a message may allocate: its own size several times over, never what it announces.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

fn decode(bytes: &[u8]) -> Result<Vec<Frame>, DecodeError> {
    let mut decoded = None;
    let info = allocation_counter::measure(|| decoded = Some(decode_message(bytes)));
    assert!(info.bytes_max <= MAX_BYTES, "{} bytes", info.bytes_max);
    decoded.unwrap()
}

fn packed(announced: usize, inside: &[u8]) -> Vec<u8> {
    [&[1][..], &u32::try_from(announced).unwrap().to_be_bytes(), &zstd::bulk::compress(inside, 19).unwrap()].concat()
}

#[test]
fn inflate_bombs() {
    let bomb = vec![0; 256 * MAX_MESSAGE_BYTES];
    for announced in [1, 512, MAX_MESSAGE_BYTES] {
        let bytes = packed(announced, &bomb);
        assert!(bytes.len() < 64 * 1024 && matches!(decode(&bytes), Err(DecodeError::Inflate(_))), "{announced}");
    }
    for announced in [MAX_MESSAGE_BYTES + 1, u32::MAX as usize] {
        assert!(matches!(decode(&packed(announced, &bomb[..10])), Err(DecodeError::TooLarge { .. })));
    }
    // Fewer bytes than announced, and a second compressed frame behind the first.
    assert!(matches!(decode(&packed(100, &[0; 99])), Err(DecodeError::Inflate(_))));
    let two = [packed(100, &[0; 100]), packed(100, &[0; 100])[5..].to_vec()].concat();
    assert!(matches!(decode(&two), Err(DecodeError::Inflate(_))));
    assert!(matches!(decode(&vec![0; MAX_WIRE_BYTES + 1]), Err(DecodeError::TooLarge { .. })));
}

#[test]
fn deep_nesting_in_a_message() {
    // In the place of a frame, of its map, of an unknown key's value, and of an unknown frame's.
    for begin in [&[][..], &[0x82, 1], &[0x82, 9, 0xa1, 9], &[0x82, 0x18, 77]] {
        for level in [0x81, 0xa1, 0x9f, 0xbf, 0xc1, 0x5f, 0x7f] {
            let nested = [&[0], begin, &vec![level; MAX_MESSAGE_BYTES - begin.len()]].concat();
            assert!(matches!(decode(&nested[..MAX_MESSAGE_BYTES]), Err(DecodeError::Cbor(_))), "{level:#x}");
        }
    }
    // Even when every level is closed, there is nobody who would walk down into it.
    let half = MAX_MESSAGE_BYTES / 2 - 8;
    let closed = [&[0, 0x82, 0x18, 77][..], &vec![0x9f; half], &vec![0xff; half]].concat();
    assert_eq!(decode(&closed).unwrap(), [Frame::Unknown(77)]);
}

#[test]
fn lengths_that_nothing_follows() {
    let long = |major: u8| [&[major << 5 | 27][..], &u64::MAX.to_be_bytes()].concat();
    for frame in 1..=11 {
        for key in 0..=7 {
            for major in 2..=5 {
                let bytes = [&[0, 0x82, frame, 0xa1, key][..], &long(major)].concat();
                assert!(matches!(decode(&bytes), Err(DecodeError::Cbor(_))), "frame {frame}, key {key}");
            }
        }
    }
}

/// The smallest items that become the largest values.
#[test]
fn a_message_full_of_the_dearest_items() {
    let outcome = [0xa3, 0, 1, 1, 1, 2, 0x82, 0, 0x80];
    let change = [0xa2, 0, 0x40, 1, 0];
    let bytes_of_id = [&[0x50][..], &[7; 16]].concat();
    let entry = [&[0xa3, 0][..], &bytes_of_id, &[1, 0x82, 0, 0x80, 2, 0x80]].concat();
    let feed = [&[0x82, 1][..], &bytes_of_id].concat();
    let full = |head: &[u8], item: &[u8], tail: &[u8]| {
        let count = (MAX_MESSAGE_BYTES - 100) / item.len();
        [&[0][..], head, &[0x9a], &u32::try_from(count).unwrap().to_be_bytes(), &item.repeat(count), tail].concat()
    };
    let entries = [&[0x82, 5, 0xa4, 0][..], &feed, &[2, 1, 4, 0xf4, 1]].concat();
    let changes = [&entries[..], &[0x81, 0xa3, 0], &bytes_of_id, &[1, 0x82, 0, 0x80, 2]].concat();
    for message in [full(&[0x82, 4, 0xa2, 1, 1, 0], &outcome, &[]), full(&entries, &entry, &[]), full(&changes, &change, &[])] {
        assert_eq!(decode(&message).unwrap().len(), 1);
    }
}
