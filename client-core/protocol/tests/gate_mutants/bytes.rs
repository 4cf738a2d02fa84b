//! Edits of bytes by a mutator that knows nothing but what numbers look like.

use crate::random::Random;

/// One edit; `donors` are what pieces are taken from.
pub(crate) fn edit(random: &mut Random, bytes: &mut Vec<u8>, donors: &[&[u8]]) {
    if bytes.is_empty() {
        return bytes.push(random.byte());
    }
    let at = random.below(bytes.len());
    match random.below(8) {
        0 | 1 => bytes[at] = random.byte(),
        2 => bytes[at] ^= 1 << random.below(8),
        3 => bytes[at] = bytes[at].wrapping_add([1, 255][random.below(2)]),
        4 => bytes.insert(at, *random.pick(&[0, 1, 0x7f, 0x80, 0xff])),
        5 => drop(bytes.remove(at)),
        6 if random.once_in(4) => bytes.truncate(at),
        6 => {
            // A long count where a short one was.
            let length = 1 + random.below(9);
            drop(bytes.splice(at..=at, (0..length).map(|_| 0xff).chain([random.byte() & 0x7f])));
        }
        _ => {
            let donor = random.pick(donors);
            let from = random.below(donor.len());
            let length = random.below(donor.len() - from).min(40);
            let end = (at + length).min(bytes.len());
            drop(bytes.splice(at..end, donor[from..from + length].iter().copied()));
        }
    }
}
