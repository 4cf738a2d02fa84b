//! Any interleaving of commands by office and phones, any order of meeting: same state everywhere, nothing disappears.

use std::collections::BTreeSet;

use linecrew_protocol::{
    ids::{EventId, MaterialId},
    model::repair::{RepairCommand, RepairEvent},
    time::Timestamp,
};
use proptest::prelude::*;

use crate::world::*;

/// One step of a generated history.
#[derive(Debug, Clone)]
enum Step {
    /// A replica tries a command; the rules may refuse it.
    Try { who: usize, what: u8 },
    /// Two replicas meet.
    Meet { a: usize, b: usize },
    /// Time passes on one replica.
    Wait { who: usize, minutes: u64 },
    /// A phone restarts.
    Reboot { who: usize },
}

const REPLICAS: usize = 4;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..REPLICAS, 0u8..20).prop_map(|(who, what)| Step::Try { who, what }),
        2 => (0..REPLICAS, 0..REPLICAS).prop_map(|(a, b)| Step::Meet { a, b }),
        1 => (0..REPLICAS, 0u64..40).prop_map(|(who, minutes)| Step::Wait { who, minutes }),
        1 => (1..REPLICAS).prop_map(|who| Step::Reboot { who }),
    ];
    proptest::collection::vec(step, 5..40)
}

fn command(what: u8, replica: &Replica) -> RepairCommand {
    let reason = || because("why");
    RepairCommand::Record(match what {
        0 | 1 => RepairEvent::Accepted,
        2 => RepairEvent::Departed,
        3 | 4 => RepairEvent::Arrived,
        5 | 6 => RepairEvent::WorkStarted,
        7 => done(),
        8 => RepairEvent::NotDone { reason: reason() },
        9 => RepairEvent::Suspended { reason: reason() },
        10 => RepairEvent::Resumed,
        11 => RepairEvent::Declined { reason: reason() },
        12 => assigned(CREW_B),
        13 => assigned(CREW_A),
        14 => RepairEvent::Cancelled { reason: reason() },
        15 => RepairEvent::FollowedUp { result: reason() },
        16 => RepairEvent::Archived,
        17 => return RepairCommand::Note { text: format!("{} {}", replica.name, replica.device_seq) },
        18 => {
            let material = MaterialId::new(Timestamp::default(), [what; 10]);
            return RepairCommand::RecordMaterial { material, name: replica.name.into(), quantity: 1.0, unit: "m".into() };
        }
        _ => match replica.fold().attention.first() {
            Some(open) => {
                let choice = open.choices.first().cloned().unwrap_or_default();
                RepairEvent::Resolved { attention: open.id.clone(), choice, note: String::new() }
            }
            None => RepairEvent::HandedOver { crew: CREW_B, reason: reason() },
        },
    })
}

struct Told {
    events: BTreeSet<EventId>,
    notes: Vec<String>,
}

fn play(steps: &[Step]) -> (Vec<Replica>, Told) {
    let mut office = office();
    office.record(assigned(CREW_A));
    let mut replicas =
        vec![office, Replica::new(2, "zhang", Some(CREW_A)), Replica::new(3, "li", Some(CREW_A)), Replica::new(4, "chen", Some(CREW_B))];
    let mut told = Told { events: BTreeSet::new(), notes: Vec::new() };
    for who in 1..REPLICAS {
        meet_at(&mut replicas, 0, who);
    }
    for step in steps {
        match *step {
            Step::Try { who, what } => {
                let command = command(what, &replicas[who]);
                if let Ok(event) = replicas[who].try_run(command.clone()) {
                    assert!(told.events.insert(event), "an event id came twice");
                    if let RepairCommand::Note { text } = command {
                        told.notes.push(text);
                    }
                }
            }
            Step::Meet { a, b } if a != b => meet_at(&mut replicas, a.min(b), a.max(b)),
            Step::Meet { .. } => {}
            Step::Wait { who, minutes } => replicas[who].now += minutes,
            Step::Reboot { who } => {
                let now = replicas[who].now;
                replicas[who].reboot_at(now);
            }
        }
    }
    (replicas, told)
}

fn meet_at(replicas: &mut [Replica], a: usize, b: usize) {
    let (left, right) = replicas.split_at_mut(b);
    meet(&mut left[a], &mut right[0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replicas_that_met_agree_and_nothing_disappears(steps in steps()) {
        let (mut replicas, told) = play(&steps);
        let mut backwards = replicas.clone();
        for _ in 0..2 {
            for who in 1..REPLICAS {
                meet_at(&mut replicas, who - 1, who);
            }
            for who in (1..REPLICAS).rev() {
                meet_at(&mut backwards, who - 1, who);
            }
        }
        for who in 1..REPLICAS {
            meet_at(&mut replicas, 0, who);
            meet_at(&mut backwards, 0, who);
        }
        let (view, fold) = replicas[0].view();
        for replica in replicas.iter().chain(&backwards) {
            prop_assert_eq!(replica.view(), (view.clone(), fold.clone()));
        }
        let kept: BTreeSet<EventId> = view.history.iter().map(|event| event.id).collect();
        prop_assert!(told.events.is_subset(&kept), "an event disappeared");
        for note in &told.notes {
            prop_assert!(view.notes.lines().any(|line| line == note), "a note disappeared: {}", note);
        }
        for event in view.history {
            if let (Some(earliest), Some(latest)) = (event.evidence.earliest, event.evidence.latest) {
                prop_assert!(earliest <= latest);
            }
        }
    }
}

/// 300 histories in an ordinary run, 100,000 in a deep one.
fn cases() -> u32 {
    if std::env::var_os("LINECREW_DEEP").is_some() { 100_000 } else { 300 }
}
