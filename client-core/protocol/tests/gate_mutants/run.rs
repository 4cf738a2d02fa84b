//! The seeded runs.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
};

use linecrew_protocol::{Reason, wire::Farewell};

use crate::{
    cases,
    cbor::Scribe,
    change::{check, judge, of_input},
    frames::{self, Opening},
    history,
    measure::Worst,
    message,
    mutate::Mutator,
    random::Random,
    seal::body,
};

const CHANGES: u64 = 300_000;
const MESSAGES: u64 = 200_000;
const HISTORIES: u64 = 1_600;
/// `LINECREW_DEEP` runs so many times more.
const DEEPER: u64 = 20;
/// Two halves of each run, so that two processors are busy.
const HALVES: usize = 2;
const SEED: u64 = 20_261_123;

/// How often something happened.
type Tally<K> = BTreeMap<K, u64>;

/// Plays one half of a run. A failure names the seed of its mutant.
fn run(half: u64, mutants: u64, mut play: impl FnMut(&mut Random)) {
    let seed: u64 = std::env::var("LINECREW_SEED").map_or(SEED, |seed| seed.parse().unwrap());
    let mutants = if std::env::var_os("LINECREW_DEEP").is_some() { mutants * DEEPER } else { mutants };
    println!("LINECREW_SEED={seed}");
    for number in (half..mutants).step_by(HALVES) {
        let seed = seed.wrapping_add(number);
        let played = catch_unwind(AssertUnwindSafe(|| play(&mut Random::new(seed))));
        assert!(played.is_ok(), "LINECREW_SEED={} makes this mutant the first of its half", seed - half);
    }
}

/// A mutator that reaches a step only now and then is blind for what lies behind it.
fn assert_reached<K: Ord + Debug>(tally: &Tally<K>, least: u64, steps: impl IntoIterator<Item = K>) {
    let missed: Vec<K> = steps.into_iter().filter(|step| tally.get(step).copied().unwrap_or(0) < least).collect();
    assert!(missed.is_empty(), "reached less than {least} times: {missed:?} of {tally:?}");
}

/// Every step of the gate; none: accepted.
const STEPS: [Option<Reason>; 12] = [
    None,
    Some(Reason::ChangeTooLarge),
    Some(Reason::NotAChange),
    Some(Reason::Undecodable),
    Some(Reason::TooManyOperations),
    Some(Reason::WrongActor),
    Some(Reason::WrongSequence),
    Some(Reason::OperationNumberOutOfRange),
    Some(Reason::MissingDependency),
    Some(Reason::NotCanonical),
    Some(Reason::Unapplicable),
    Some(Reason::DocumentLimit),
];

/// The rules behind it.
const RULES: [Option<Reason>; 8] = [
    Some(Reason::NotOneEvent),
    Some(Reason::WrongAuthor),
    Some(Reason::UnreadableEvent),
    Some(Reason::RoleNotPermitted),
    Some(Reason::NotYourItem),
    Some(Reason::StateNotPermitted),
    Some(Reason::SectionNotPermitted),
    Some(Reason::InvalidValue),
];

fn changes(half: u64) {
    let cases = cases::all();
    let mutator = Mutator::new(&cases);
    let (mut worst, mut tally) = (Worst::default(), Tally::new());
    run(half, CHANGES, |random| {
        let offer = mutator.offer(random);
        let case = &cases[offer.case];
        let judgement = worst.of(|| judge(case, &offer));
        *tally.entry(judgement.reason()).or_default() += 1;
        check(case, &offer, &judgement);
    });
    println!("{} cases, worst {worst:?}, {tally:?}", cases.len());
    assert_reached(&tally, 200, STEPS);
    assert_reached(&tally, 20, RULES);
}

#[test]
fn mutants_of_changes_even() {
    changes(0);
}

#[test]
fn mutants_of_changes_odd() {
    changes(1);
}

#[test]
#[should_panic(expected = "bytes at once")]
fn more_memory_than_allowed_is_noticed() {
    Worst::default().of(|| vec![1_u8; 65 << 20].len());
}

#[test]
#[should_panic(expected = "at best")]
fn more_time_than_allowed_is_noticed() {
    let digits = |seed: u64| (0..60_000_000_u64).fold(seed, |sum, number| std::hint::black_box(sum ^ number).rotate_left(5));
    Worst::default().of(|| (0..20).fold(1, |seed, _| digits(seed)));
}

/// The fuzzing target gets the same honest changes through its own form of input.
#[test]
fn a_fuzzers_input_is_an_offer_like_any_other() {
    let cases = cases::all();
    for (number, case) in cases.iter().enumerate() {
        let to = u16::try_from(number).unwrap().to_le_bytes();
        for (switches, bytes) in [(0, body(&case.bytes)), (1, &case.bytes)] {
            let offer = of_input(&[&to[..], &[switches], bytes].concat(), cases.len()).unwrap();
            assert_eq!((offer.case, &offer.bytes), (number, &case.bytes));
            assert_eq!(judge(case, &offer).reason(), None);
        }
    }
    assert!(of_input(&[0, 0], 1).is_none());
}

#[derive(Debug, Default)]
struct Mail {
    frames: Tally<&'static str>,
    errors: Tally<&'static str>,
    farewells: Tally<Farewell>,
    changes: Tally<Option<Reason>>,
}

fn messages(half: u64) {
    let cases = cases::all();
    let letters = frames::all(&cases);
    let (scribe, opening) = (Scribe::new(&letters), Opening::new());
    let (mut worst, mut mail) = (Worst::default(), Mail::default());
    run(half, MESSAGES, |random| {
        let (letter, bytes) = scribe.message(random);
        let read = message::take(&bytes, &cases[letters[letter].case], &opening, &mut worst);
        read.frames.into_iter().for_each(|name| *mail.frames.entry(name).or_default() += 1);
        read.error.into_iter().for_each(|error| *mail.errors.entry(error).or_default() += 1);
        read.farewell.into_iter().for_each(|farewell| *mail.farewells.entry(farewell).or_default() += 1);
        read.judgements.iter().for_each(|judgement| *mail.changes.entry(judgement.reason()).or_default() += 1);
    });
    println!("{} letters, worst {worst:?}, {mail:?}", letters.len());
    let names = ["Hello", "Welcome", "Push", "Acked", "Entries", "CaughtUp", "Stored", "Inventory", "Ping", "Pong", "Goodbye", "Unknown"];
    assert_reached(&mail.frames, 200, names);
    assert_reached(&mail.errors, 100, ["too large", "unknown flag", "empty", "does not inflate", "not a frame", "too many frames"]);
    assert_reached(
        &mail.farewells,
        100,
        [Farewell::Malformed, Farewell::BadSignature, Farewell::UpgradeRequired, Farewell::Unauthenticated],
    );
    assert_reached(&mail.changes, 100, [None, Some(Reason::Undecodable), Some(Reason::WrongActor), Some(Reason::WrongSequence)]);
}

#[test]
fn mutants_of_messages_even() {
    messages(0);
}

#[test]
fn mutants_of_messages_odd() {
    messages(1);
}

#[test]
fn histories_of_tampered_changes() {
    let cases = cases::all();
    let (mut taken, mut refused) = (0, 0);
    for half in 0..HALVES as u64 {
        run(half, HISTORIES, |random| {
            let length = 2 + 4 * (1 + random.below(16));
            let tally = history::play(&random.bytes(length), &cases);
            taken += tally.taken;
            refused += tally.refused;
        });
    }
    println!("{taken} taken, {refused} refused");
    assert!(taken > 500 && refused > 500, "{taken} taken, {refused} refused");
}
