//! Seeded mutants of honest changes: no panic escapes, nothing is accepted that breaks the document, and time and memory stay bounded.
//!
//! `GATE_MUTANTS` raises their number, `GATE_SEED` repeats a run.

#[cfg(test)]
#[path = "gate/corpus.rs"]
mod corpus;
#[cfg(test)]
#[path = "gate/mutate.rs"]
mod mutate;
#[cfg(test)]
#[path = "gate/seal.rs"]
mod seal;

#[cfg(test)]
mod run {
    use std::{collections::BTreeMap, panic, time::Duration};

    use automerge::Automerge;
    use linecrew_protocol::{
        Reason, Refusal,
        gate::{Applied, Inspected, apply, inspect, receive, touched},
    };

    use crate::{
        corpus::{Case, honest, small},
        mutate::{Random, mutate_bytes, mutate_operations},
    };

    const BYTE_MUTANTS: u64 = 50_000;
    /// Fewer, since each of them reaches the document.
    const OPERATION_MUTANTS: u64 = 10_000;
    const MAX_TIME: Duration = Duration::from_millis(100);
    const MAX_MEMORY_GROWTH_KIB: u64 = 64 * 1024;

    /// How the mutants of a run ended; `None`: accepted.
    #[derive(Debug, Default)]
    struct Tally {
        ends: BTreeMap<Option<Reason>, u64>,
        slowest: Duration,
    }

    fn variable(name: &str, default: u64) -> u64 {
        std::env::var(name).map_or(default, |text| text.parse().unwrap())
    }

    /// What this thread has computed so far; the machine may be busy with other things.
    fn processor_time() -> Duration {
        let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        Duration::from_nanos(statistics.split_whitespace().next().unwrap().parse().unwrap())
    }

    fn peak_memory_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn admit(case: &Case, bytes: &[u8]) -> Result<(Inspected, Applied), Refusal> {
        let inspected = inspect(bytes)?;
        let applied = apply(&case.document, &inspected, &case.expected)?;
        assert_eq!(touched(&inspected, applied.before(&case.document)).len(), inspected.change().len());
        Ok((inspected, applied))
    }

    fn check(case: &Case, bytes: &[u8], tally: &mut Tally) {
        let begin = processor_time();
        let outcome = admit(case, bytes);
        let took = processor_time() - begin;
        tally.slowest = tally.slowest.max(took);
        *tally.ends.entry(outcome.as_ref().err().map(|refusal| refusal.reason)).or_default() += 1;
        let (inspected, applied) = match outcome {
            Ok(admitted) => admitted,
            // Panics are caught, but our own checks come first and leave none.
            Err(refusal) => return assert!(!refusal.detail.contains("panicked"), "{refusal}"),
        };
        assert_eq!(inspected.bytes(), bytes);
        for document in [applied.after(), applied.merged()] {
            is_sound(document);
        }
        let mut received = case.document.clone();
        receive(&mut received, &[inspected]).unwrap();
        assert_eq!(received.get_heads(), applied.merged().get_heads());
    }

    /// It can be saved and loaded, and a replica that applies the same changes at once holds the same operations in the same order.
    fn is_sound(document: &Automerge) {
        let loaded = Automerge::load(&document.save()).unwrap();
        assert_eq!(loaded.get_heads(), document.get_heads());
        let mut replica = Automerge::new();
        replica.apply_changes(document.get_changes(&[])).unwrap();
        for other in [loaded, replica] {
            other.diff_opset(document).unwrap();
            std::hint::black_box(other.hydrate(None)); // reading does not panic either
        }
    }

    fn run(mutate: impl Fn(&mut Random, &[Case]) -> (usize, Vec<u8>), cases: &[Case], mutants: u64) -> Tally {
        let (seed, mutants) = (variable("GATE_SEED", 20_260_302), variable("GATE_MUTANTS", mutants));
        let mut random = Random::new(seed);
        let mut tally = Tally::default();
        let before = peak_memory_kib();
        for number in 0..mutants {
            let (case, bytes) = mutate(&mut random, cases);
            let result = panic::catch_unwind(panic::AssertUnwindSafe(|| check(&cases[case], &bytes, &mut tally)));
            assert!(result.is_ok(), "seed {seed}, mutant {number} of case {case}: {bytes:02x?}");
        }
        let grown = peak_memory_kib() - before;
        println!("seed {seed}, {mutants} mutants, memory +{grown} KiB, {tally:?}");
        assert!(grown <= MAX_MEMORY_GROWTH_KIB);
        assert!(tally.slowest <= MAX_TIME, "{:?}", tally.slowest);
        tally
    }

    #[test]
    fn mutated_bytes() {
        let tally = run(mutate_bytes, &honest(), BYTE_MUTANTS);
        assert!(tally.ends.len() >= 8, "the mutants end in many ways");
    }

    #[test]
    fn mutated_operations() {
        let tally = run(mutate_operations, &small(), OPERATION_MUTANTS);
        assert!(tally.ends.contains_key(&None), "some of these are as good as honest");
    }
}
