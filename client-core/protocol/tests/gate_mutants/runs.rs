//! Edits of the runs inside of a column: how often a value stands there, which one, and how both are written.

use crate::{
    forge::{positive, unsigned},
    random::Random,
};

/// A run as it is written: a count (signed: below zero for that many single values, zero for nulls), and the bytes of its values.
struct Run {
    count: i64,
    values: Vec<Vec<u8>>,
}

/// The column with one run changed.
pub(crate) fn edit(random: &mut Random, spec: u64, bytes: &[u8]) -> Vec<u8> {
    match spec & 7 {
        4 => edit_booleans(random, bytes),
        7 => edit_raw(random, bytes),
        kind => match parse(bytes, kind == 5) {
            Some(mut runs) if !runs.is_empty() => {
                edit_runs(random, &mut runs);
                write(random, &runs)
            }
            _ => edit_raw(random, bytes),
        },
    }
}

fn edit_runs(random: &mut Random, runs: &mut Vec<Run>) {
    let at = random.below(runs.len());
    let run = &mut runs[at];
    match random.below(9) {
        0 => run.count = run.count.wrapping_add(1),
        1 => run.count = run.count.wrapping_sub(1),
        2 => run.count = random.extreme() as i64,
        3 => run.count = -(random.extreme() as i64).saturating_abs(),
        4 => {
            let value = unsigned(random.extreme());
            run.values.iter_mut().take(1).for_each(|old| old.clone_from(&value));
        }
        5 => {
            // The same rows as single values, or as a run of one.
            run.count = if run.count > 0 { -1 } else { 1 };
        }
        6 => runs.insert(at, Run { count: 0, values: vec![unsigned(random.below(3) as u64)] }),
        7 => drop(runs.remove(at)),
        _ => {
            let small = unsigned(random.below(40) as u64);
            let last = run.values.len().saturating_sub(1);
            run.values.iter_mut().skip(last).for_each(|old| old.clone_from(&small));
        }
    }
}

fn edit_booleans(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut counts: Vec<u64> = Vec::new();
    let mut rest = bytes;
    while let Some(number) = leb(&mut rest) {
        counts.push(value(&number));
    }
    let at = random.below(counts.len());
    match random.below(4) {
        0 => counts.insert(at, random.below(3) as u64),
        1 => counts.extend([random.extreme()]),
        2 => counts.iter_mut().skip(at).take(1).for_each(|count| *count = count.wrapping_add(1)),
        _ => counts.iter_mut().skip(at).take(1).for_each(|count| *count = count.wrapping_sub(1)),
    }
    counts.into_iter().flat_map(unsigned).collect()
}

fn edit_raw(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match random.below(3) {
        _ if bytes.is_empty() => bytes.push(1),
        0 => bytes.push(random.byte()),
        1 => drop(bytes.pop()),
        _ => {
            let at = random.below(bytes.len());
            bytes[at] = random.byte();
        }
    }
    bytes
}

fn parse(mut rest: &[u8], texts: bool) -> Option<Vec<Run>> {
    let mut runs = Vec::new();
    while !rest.is_empty() {
        let count = signed(&leb(&mut rest)?);
        let values = if count < 0 { count.unsigned_abs() } else { 1 };
        let values = (0..values).map(|_| if texts && count != 0 { text(&mut rest) } else { leb(&mut rest) });
        runs.push(Run { count, values: values.collect::<Option<_>>()? });
    }
    Some(runs)
}

fn write(random: &mut Random, runs: &[Run]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in runs {
        let mut count = if run.count < 0 { negative(run.count) } else { positive(run.count.unsigned_abs()) };
        if random.once_in(40) {
            // The same number in a longer form.
            let sign = if run.count < 0 { 0x7f } else { 0 };
            *count.last_mut().unwrap() |= 0x80;
            count.push(sign);
        }
        bytes.extend(count);
        run.values.iter().for_each(|value| bytes.extend(value));
    }
    bytes
}

fn leb(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let length = rest.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let (taken, after) = rest.split_at(length);
    *rest = after;
    Some(taken.to_vec())
}

fn text(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let length = leb(rest)?;
    let (taken, after) = rest.split_at_checked(usize::try_from(value(&length)).ok()?)?;
    *rest = after;
    Some([length, taken.to_vec()].concat())
}

fn value(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
}

fn signed(bytes: &[u8]) -> i64 {
    let bits = 7 * u32::try_from(bytes.len().min(9)).unwrap();
    let value = value(bytes) as i64;
    if bytes.last().is_some_and(|last| last & 0x40 != 0) && bits < 64 { value | (-1 << bits) } else { value }
}

fn negative(mut number: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == -1 && byte & 0x40 != 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}
