//! Any interleaving of commands by office and phones, any order of meeting and of delivery: same state everywhere, nothing disappears, and
//! the state is always explained by the events. One property for every kind of work.

use std::collections::BTreeSet;

use linecrew_protocol::{
    Automerge, Change,
    ids::{EventId, MaterialId},
    model::{
        history::Receipts,
        kinds,
        work::{Phase, WorkCommand, WorkEvent, view::view},
    },
    time::Timestamp,
};
use proptest::prelude::*;

use crate::{commands::command, world::*};

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
    /// Somebody sets a phone's clock.
    Misset { who: usize, minutes: i64 },
}

/// A history: how many replicas, what they do, and how the changes are shuffled on their way to a last one.
#[derive(Debug, Clone)]
struct Story {
    replicas: usize,
    steps: Vec<Step>,
    shuffle: u64,
}

fn stories() -> impl Strategy<Value = Story> {
    let who = 0usize..5;
    let step = prop_oneof![
        8 => (who.clone(), any::<u8>()).prop_map(|(who, what)| Step::Try { who, what }),
        2 => (who.clone(), who.clone()).prop_map(|(a, b)| Step::Meet { a, b }),
        1 => (who.clone(), 0u64..40).prop_map(|(who, minutes)| Step::Wait { who, minutes }),
        1 => who.clone().prop_map(|who| Step::Reboot { who }),
        1 => (who, -5_259_600i64..5_259_600).prop_map(|(who, minutes)| Step::Misset { who, minutes }),
    ];
    (2usize..=5, proptest::collection::vec(step, 5..50), any::<u64>()).prop_map(|(replicas, steps, shuffle)| Story {
        replicas,
        steps,
        shuffle,
    })
}

/// What people were told is saved.
#[derive(Default)]
struct Told {
    events: BTreeSet<EventId>,
    notes: Vec<String>,
    materials: BTreeSet<MaterialId>,
}

fn play(kind: &str, story: &Story) -> (Vec<Replica>, Told) {
    let mut office = opened(kind);
    office.record(assigned(CREW_A));
    let phones = [(2, "zhang", CREW_A), (3, "li", CREW_A), (4, "chen", CREW_B), (5, "wu", CREW_A)];
    let mut replicas = vec![office];
    replicas.extend(phones.iter().take(story.replicas - 1).map(|(number, name, crew)| Replica::new(*number, name, Some(*crew))));
    for who in 1..replicas.len() {
        meet_at(&mut replicas, 0, who);
    }
    let mut told = Told::default();
    for step in &story.steps {
        apply(step, &mut replicas, &mut told);
    }
    (replicas, told)
}

fn apply(step: &Step, replicas: &mut [Replica], told: &mut Told) {
    let count = replicas.len();
    match *step {
        Step::Try { who, what } => {
            let replica = &mut replicas[who % count];
            let command = command(what, replica);
            if let Ok(event) = replica.try_run(command.clone()) {
                assert!(told.events.insert(event), "an event id came twice");
                match command {
                    WorkCommand::Note { text } => told.notes.push(text),
                    WorkCommand::RecordMaterial { material, .. } => drop(told.materials.insert(material)),
                    WorkCommand::Record(_) => {}
                }
            }
        }
        Step::Meet { a, b } if a % count != b % count => meet_at(replicas, (a % count).min(b % count), (a % count).max(b % count)),
        Step::Meet { .. } => {}
        Step::Wait { who, minutes } => replicas[who % count].now += minutes,
        Step::Reboot { who } if who % count > 0 => {
            let replica = &mut replicas[who % count];
            let now = replica.now;
            replica.reboot_at(now);
        }
        Step::Reboot { .. } => {}
        Step::Misset { who, minutes } => replicas[who % count].wall_wrong_by = minutes,
    }
}

fn meet_at(replicas: &mut [Replica], a: usize, b: usize) {
    let (left, right) = replicas.split_at_mut(b);
    meet(&mut left[a], &mut right[0]);
}

/// All changes in any order, some of them twice: what a phone sees that was offline for a day.
fn delivered(document: &Automerge, mut seed: u64) -> Automerge {
    let mut changes: Vec<Change> = document.get_changes(&[]);
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits")
    };
    let twice: Vec<Change> = (0..changes.len() / 3).map(|_| changes[random() % changes.len()].clone()).collect();
    changes.extend(twice);
    for place in (1..changes.len()).rev() {
        changes.swap(place, random() % (place + 1));
    }
    let mut copy = Automerge::new();
    for change in changes {
        copy.apply_changes([change]).expect("a change that another replica holds");
    }
    copy
}

fn holds(kind: &str, story: &Story) -> Result<(), TestCaseError> {
    let (mut replicas, told) = play(kind, story);
    let mut backwards = replicas.clone();
    let count = replicas.len();
    for who in 1..count {
        meet_at(&mut replicas, who - 1, who);
    }
    for who in (1..count).rev() {
        meet_at(&mut backwards, who - 1, who);
    }
    for who in 1..count {
        meet_at(&mut replicas, 0, who);
        meet_at(&mut backwards, 0, who);
    }
    meet_everybody(&mut replicas);
    meet_everybody(&mut backwards);
    let (seen, fold) = replicas[0].view();
    for replica in replicas.iter().chain(&backwards) {
        prop_assert_eq!(replica.view(), (seen.clone(), fold.clone()));
    }
    let copy = delivered(&replicas[0].document, story.shuffle);
    prop_assert_eq!(&view(&copy, &Receipts::new()).expect("readable").0, &seen);

    let kept: BTreeSet<EventId> = seen.history.iter().map(|event| event.id).collect();
    prop_assert!(told.events.is_subset(&kept), "an event disappeared");
    for note in &told.notes {
        prop_assert!(seen.notes.lines().any(|line| line == note), "a note disappeared: {}", note);
    }
    for material in &told.materials {
        prop_assert!(seen.materials.iter().any(|line| line.id == *material), "a line of material disappeared");
    }
    for event in &seen.history {
        if let (Some(earliest), Some(latest)) = (event.evidence.earliest, event.evidence.latest) {
            prop_assert!(earliest <= latest);
        }
    }
    explained(kind, &seen)
}

fn meet_everybody(replicas: &mut [Replica]) {
    for who in 1..replicas.len() {
        meet_at(replicas, 0, who);
    }
}

/// The state is one of the kind's, and something in the history says so; every value and signature that shows is some event's.
fn explained(kind: &str, seen: &linecrew_protocol::model::work::WorkView) -> Result<(), TestCaseError> {
    let description = kinds::named(kind).expect("a kind").describe();
    let known = description.states().into_iter().any(|state| state.name == seen.row.state && state.phase == seen.row.phase);
    prop_assert!(known, "{} is no state of this kind", seen.row.state);
    let happened = |name: &str| seen.history.iter().any(|event| event.kind == name);
    let why = match seen.row.phase {
        Phase::Assigned => happened("assigned") || happened("handed_over"),
        Phase::Disputed => happened("completed") || happened("submitted") || happened("served"),
        _ => happened(&seen.row.state),
    };
    prop_assert!(why, "nothing in the history says {}", seen.row.state);
    let exists = |id: &EventId| seen.history.iter().any(|event| event.id == *id);
    for value in &seen.values {
        prop_assert!(std::iter::once(&value.shown).chain(&value.conflicting).all(|claim| exists(&claim.event)));
    }
    let signed = seen.history.iter().filter(|event| event.kind == "signed").count();
    prop_assert_eq!(seen.signatures.len(), signed, "a signature disappeared");
    let endings = seen.history.iter().filter(|event| description.step(&event.kind).is_some_and(|step| step.phase() == Some(Phase::Done)));
    prop_assert_eq!(seen.reports.len(), endings.count(), "a report disappeared");
    Ok(())
}

macro_rules! properties {
    ($($name:ident: $kind:expr;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $name(story in stories()) {
                    holds($kind, &story)?;
                }
            )*
        }
    };
}

properties! {
    repairs_agree_and_nothing_disappears: kinds::REPAIR;
    rotations_agree_and_nothing_disappears: kinds::ROTATION;
    surveys_agree_and_nothing_disappears: kinds::SURVEY;
    notices_agree_and_nothing_disappears: kinds::NOTICE;
    disconnections_agree_and_nothing_disappears: kinds::DISCONNECTION;
    meter_services_agree_and_nothing_disappears: kinds::METER_SERVICE;
}

/// Of each kind: 350 histories in an ordinary run (2,100 in all), 17,000 in a deep one (102,000).
fn cases() -> u32 {
    if std::env::var_os("LINECREW_DEEP").is_some() { 17_000 } else { 350 }
}

/// What a phone records does not depend on when it is asked: used by the commands.
pub(crate) fn material(what: u8) -> MaterialId {
    MaterialId::new(Timestamp::default(), [what; 10])
}

/// An item of this kind, ready to be given to a crew.
fn opened(kind: &str) -> Replica {
    crate::commands::opened(kind)
}

#[test]
fn the_commands_reach_every_state_that_a_crew_can_reach() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    for kind in kinds::ALL {
        let description = kind.describe();
        let mut unreached: BTreeSet<&str> = description.steps.iter().filter(|step| step.phase().is_some()).map(|step| step.name).collect();
        let mut runner = TestRunner::deterministic();
        for _ in 0..3_000 {
            let story = stories().new_tree(&mut runner).expect("a story").current();
            let (replicas, _) = play(description.name, &story);
            for replica in replicas {
                unreached.remove(replica.state());
            }
            if unreached.is_empty() {
                break;
            }
        }
        assert!(unreached.is_empty(), "{}: never {unreached:?}", description.name);
    }
}

/// The event that `WorkEvent::Resolved` answers is always one that somebody asked.
#[test]
fn nobody_decides_about_a_question_that_was_never_asked() {
    let (mut office, _, _) = crew_of_two();
    let resolved = WorkEvent::Resolved { attention: "7:nothing".into(), choice: "seen".into(), note: String::new() };
    assert!(office.try_run(WorkCommand::Record(resolved)).is_err());
}
