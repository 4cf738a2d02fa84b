//! Edits of a change's parts: header fields, dependencies, actors, the column list, and the runs inside of columns.

use crate::{
    forge::{Forged, positive, unsigned},
    random::Random,
    runs,
};

/// One edit of one part; `donor` is another honest change.
pub(crate) fn edit(random: &mut Random, change: &mut Forged, donor: &Forged) {
    match random.below(20) {
        0 => change.seq = number(random, &change.seq),
        1 => change.start_op = number(random, &change.start_op),
        2 => change.time = positive(random.extreme()),
        3 => {
            let length = *random.pick(&[1, 16, 256, 257, 5_000]);
            change.message = if random.once_in(2) { vec![b'm'; length] } else { random.bytes(length) };
        }
        4 | 5 => edit_deps(random, change, donor),
        6 => edit_actor(random, change, donor),
        7 => edit_other_actors(random, change, donor),
        8 | 9 => edit_column_list(random, change, donor),
        10 => change.columns.clone_from(&donor.columns),
        11 => {
            let length = 1 + random.below(8);
            change.extra = random.bytes(length);
        }
        12 if random.once_in(8) => change.extra = vec![0; 64 * 1024],
        _ => edit_column(random, change),
    }
}

/// Another number, or the same in a longer form.
fn number(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let value = bytes.iter().rev().fold(0_u64, |value, byte| value << 7 | u64::from(byte & 0x7f));
    match random.below(4) {
        0 => unsigned(value.wrapping_add(1)),
        1 => unsigned(value.wrapping_sub(1)),
        2 => unsigned(random.extreme()),
        _ => {
            let mut long = unsigned(value);
            *long.last_mut().unwrap() |= 0x80;
            [long, vec![0]].concat()
        }
    }
}

fn edit_deps(random: &mut Random, change: &mut Forged, donor: &Forged) {
    let unknown: [u8; 32] = random.bytes(32).try_into().unwrap();
    let deps = &mut change.deps;
    match random.below(7) {
        0 => deps.clear(),
        1 => drop(deps.pop()),
        2 => deps.extend(deps.last().copied()),
        3 => deps.reverse(),
        4 => deps.clone_from(&donor.deps),
        5 => {
            deps.extend(&donor.deps);
            deps.sort_unstable();
            deps.dedup();
        }
        _ => {
            deps.push(unknown);
            if !random.once_in(4) {
                deps.sort_unstable();
            }
            if random.once_in(4) {
                deps.extend((0..100).map(|n| [n; 32]));
            }
        }
    }
}

fn edit_actor(random: &mut Random, change: &mut Forged, donor: &Forged) {
    match random.below(3) {
        0 => change.actor.clone_from(&donor.actor),
        1 => change.actor = random.bytes(16),
        _ => {
            let length = *random.pick(&[0, 15, 17, 128]);
            change.actor = random.bytes(length);
        }
    }
}

fn edit_other_actors(random: &mut Random, change: &mut Forged, donor: &Forged) {
    let actors = &mut change.other_actors;
    match random.below(7) {
        0 => drop(actors.pop()),
        1 => actors.reverse(),
        2 => actors.extend(actors.last().cloned()),
        3 => actors.push(change.actor.clone()),
        4 => actors.clone_from(&donor.other_actors),
        5 => actors.push(vec![7; *random.pick(&[0, 15, 17, 128])]),
        _ => {
            actors.push(donor.actor.clone());
            actors.sort_unstable();
        }
    }
}

fn edit_column_list(random: &mut Random, change: &mut Forged, donor: &Forged) {
    let at = random.below(change.columns.len());
    let columns = &mut change.columns;
    match random.below(7) {
        _ if columns.is_empty() => columns.clone_from(&donor.columns),
        0 => drop(columns.remove(at)),
        1 => columns.insert(at, columns[at].clone()),
        2 => {
            let other = random.below(columns.len());
            columns.swap(at, other);
        }
        3 => columns[at].0 |= 8, // deflated
        4 => columns[at].0 ^= 1 << random.below(9),
        5 => columns[at].0 = random.extreme(),
        _ => match donor.columns.iter().find(|(spec, _)| *spec == columns[at].0) {
            Some((_, bytes)) => columns[at].1.clone_from(bytes),
            None => columns[at].1.clear(),
        },
    }
}

fn edit_column(random: &mut Random, change: &mut Forged) {
    if change.columns.is_empty() {
        return;
    }
    let at = random.below(change.columns.len());
    let (spec, bytes) = &mut change.columns[at];
    *bytes = runs::edit(random, *spec, bytes);
}
