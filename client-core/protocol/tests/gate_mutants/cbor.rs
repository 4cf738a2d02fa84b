//! Edits of CBOR, item by item, and of the envelope of a message.

use linecrew_protocol::wire::encode_message;

use crate::{
    bytes,
    frames::Letter,
    message::{bytes_of, compressed, plain},
    random::Random,
};

/// Where an item begins, where its head ends, and where it ends itself.
#[derive(Clone, Copy)]
struct Item {
    begin: usize,
    inside: usize,
    end: usize,
}

/// Honest frames, and where their items are.
pub(crate) struct Scribe<'a> {
    letters: &'a [Letter],
    frames: Vec<Vec<u8>>,
    items: Vec<Vec<Item>>,
}

impl<'a> Scribe<'a> {
    pub(crate) fn new(letters: &'a [Letter]) -> Self {
        let frames: Vec<Vec<u8>> = letters.iter().map(|letter| letter.frames.iter().flat_map(bytes_of).collect()).collect();
        let items = frames.iter().map(|frames| items(frames)).collect();
        Self { letters, frames, items }
    }

    /// A mutant, and the letter that it was; now and then an honest message.
    pub(crate) fn message(&self, random: &mut Random) -> (usize, Vec<u8>) {
        let letter = if random.once_in(3) { random.below(10) } else { random.below(self.letters.len()) };
        let bytes = match random.below(32) {
            0 => encode_message(&self.letters[letter].frames).unwrap(),
            1..=3 => envelope(random, &self.frames[letter]),
            _ => {
                let mut frames = self.frames[letter].clone();
                for _ in 0..=random.below(3) {
                    self.edit(random, letter, &mut frames);
                }
                if random.once_in(3) { compressed(&frames) } else { plain(&frames) }
            }
        };
        (letter, bytes)
    }

    fn edit(&self, random: &mut Random, letter: usize, frames: &mut Vec<u8>) {
        let donor = random.below(self.letters.len());
        let given = *random.pick(&self.items[donor]);
        let given = &self.frames[donor][given.begin..given.end];
        // The first edit hits what it aims at; later ones may find that it has moved, which is as good.
        let Item { begin, inside, end } = *random.pick(&self.items[letter]);
        if end > frames.len() {
            return frames.truncate(begin.min(frames.len()));
        }
        match random.below(14) {
            0 => frames[begin] = frames[begin] & 0x1f | random.byte() & 0xe0,
            1 => drop(frames.splice(begin..inside, head(frames[begin] >> 5, random.extreme()))),
            2 => drop(frames.splice(begin..inside, head(frames[begin] >> 5, random.below(30) as u64))),
            3 => drop(frames.splice(begin..inside, [frames[begin] & 0xe0 | 0x1f])),
            4 => {
                frames.insert(end, 0xff);
                drop(frames.splice(begin..inside, [frames[begin] & 0xe0 | 0x1f]));
            }
            5 => drop(frames.drain(begin..end)),
            6 => drop(frames.splice(end..end, frames[begin..end].to_vec())),
            7 | 8 => drop(frames.splice(begin..end, given.iter().copied())),
            9 => drop(frames.splice(begin..begin, vec![*random.pick(&[0x81, 0xa1, 0xc0, 0x9f]); *random.pick(&[1, 3, 200, 20_000])])),
            10 => frames.extend_from_slice(&self.frames[donor]),
            11 if random.once_in(4) => (0..80).for_each(|_| frames.extend([0x82, 0x18, 77, 0xa0])),
            11 => drop(frames.splice(begin..inside, long_head(frames[begin] >> 5, (end - inside) as u64))),
            _ => bytes::edit(random, frames, &[given]),
        }
    }
}

/// The frames in an envelope that lies.
fn envelope(random: &mut Random, frames: &[u8]) -> Vec<u8> {
    let mut bytes = compressed(frames);
    match random.below(7) {
        0 => bytes[0] = random.byte(),
        1 => bytes[1..5].copy_from_slice(&random.next().to_be_bytes()[..4]),
        2 => bytes[4] = bytes[4].wrapping_add(1),
        3 => bytes.truncate(random.below(bytes.len())),
        4 => bytes.extend_from_slice(&compressed(frames)[5..]),
        5 => {
            let deflated = bytes.split_off(5);
            let mut mutant = deflated.clone();
            bytes::edit(random, &mut mutant, &[&deflated]);
            bytes.extend(mutant);
        }
        _ => bytes = plain(&vec![0xf6; (1 << 20) + random.below(3)]),
    }
    bytes
}

/// The head of an item in its shortest form.
fn head(major: u8, argument: u64) -> Vec<u8> {
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => vec![major << 5 | bytes[7]],
        24..=0xff => vec![major << 5 | 24, bytes[7]],
        0x100..=0xffff => [&[major << 5 | 25], &bytes[6..]].concat(),
        0x1_0000..=0xffff_ffff => [&[major << 5 | 26], &bytes[4..]].concat(),
        _ => [&[major << 5 | 27], &bytes[..]].concat(),
    }
}

fn long_head(major: u8, argument: u64) -> Vec<u8> {
    [&[major << 5 | 27], &argument.to_be_bytes()[..]].concat()
}

/// Every item of honest frames, those inside of others too.
fn items(bytes: &[u8]) -> Vec<Item> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = walk(bytes, at, &mut found);
    }
    found
}

fn walk(bytes: &[u8], begin: usize, found: &mut Vec<Item>) -> usize {
    let (major, low) = (bytes[begin] >> 5, bytes[begin] & 0x1f);
    let width = match low {
        24..=27 => 1 << (low - 24),
        _ => 0,
    };
    let inside = begin + 1 + width;
    let long = bytes[begin + 1..inside].iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
    let argument = if width == 0 { usize::from(low) } else { long };
    let slot = found.len();
    found.push(Item { begin, inside, end: inside });
    let end = match major {
        2 | 3 => inside + argument,
        4 => (0..argument).fold(inside, |at, _| walk(bytes, at, found)),
        5 => (0..2 * argument).fold(inside, |at, _| walk(bytes, at, found)),
        6 => walk(bytes, inside, found),
        _ => inside,
    };
    found[slot].end = end;
    end
}
