//! A day of the fleet: an endless plan of what people do and what goes wrong, drawn from a seed.
//!
//! The plan is the same for the same seed, mix and fleet. What comes of it is not: sockets and threads decide who is quicker, and a deed that
//! is not possible when its turn comes (nothing to accept, an item already closed) does nothing. [`Fleet::perform`](crate::fleet::Fleet::perform) carries deeds out.

use std::time::Duration;

use rand::{
    Rng,
    rngs::StdRng,
    seq::{IndexedRandom, IteratorRandom},
};

use crate::{
    link::{Quality, Way},
    seed::Seed,
};

mod deed;
mod field;
mod money;
mod office;
mod steps;
mod trouble;

pub use deed::Deed;

/// A deed, and how long it lets the one before sink in.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// To wait before it: from zero to one, in units of the caller's pace.
    pub pause: f64,
    /// What happens.
    pub deed: Deed,
}

/// How often what happens, against each other.
pub type Mix = &'static [(Kind, u32)];

/// A storm: everything at once, for tests.
pub const STORM: Mix = &[
    (Kind::Report, 8),
    (Kind::Assign, 12),
    (Kind::Reassign, 6),
    (Kind::Cancel, 2),
    (Kind::Link, 1),
    (Kind::CutOff, 1),
    (Kind::Close, 5),
    (Kind::Resolve, 3),
    (Kind::Work, 60),
    (Kind::Remark, 14),
    (Kind::AcceptTwice, 4),
    (Kind::Disagree, 4),
    (Kind::Offline, 7),
    (Kind::Back, 9),
    (Kind::Cut, 5),
    (Kind::BlackHole, 2),
    (Kind::Quality, 4),
    (Kind::RestartPhone, 3),
    (Kind::RebootPhone, 2),
    (Kind::WrongClock, 2),
    (Kind::TimePasses, 4),
    (Kind::RestartServer, 2),
    (Kind::Transfer, 2),
];

/// A busy day, for people to watch.
pub const LIVELY: Mix = &[
    (Kind::Report, 9),
    (Kind::Assign, 14),
    (Kind::Reassign, 3),
    (Kind::Cancel, 1),
    (Kind::Link, 1),
    (Kind::CutOff, 2),
    (Kind::Close, 5),
    (Kind::Resolve, 1),
    (Kind::Work, 80),
    (Kind::Remark, 12),
    (Kind::AcceptTwice, 2),
    (Kind::Disagree, 3),
    (Kind::Collect, 14),
    (Kind::Bill, 3),
    (Kind::Offline, 3),
    (Kind::Back, 4),
    (Kind::Cut, 2),
    (Kind::BlackHole, 1),
    (Kind::Quality, 3),
    (Kind::RestartPhone, 1),
    (Kind::RebootPhone, 1),
    (Kind::WrongClock, 1),
];

/// A collectors' market day in a storm, for tests.
pub const MARKET: Mix = &[
    (Kind::Collect, 60),
    (Kind::Counter, 8),
    (Kind::Bill, 6),
    (Kind::Offline, 7),
    (Kind::Back, 9),
    (Kind::Cut, 5),
    (Kind::BlackHole, 2),
    (Kind::Quality, 4),
    (Kind::RestartPhone, 3),
    (Kind::RebootPhone, 2),
    (Kind::WrongClock, 2),
    (Kind::TimePasses, 4),
    (Kind::RestartServer, 2),
];

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "see the deeds of the same names")]
pub enum Kind {
    Report,
    Assign,
    Reassign,
    Cancel,
    Link,
    CutOff,
    Close,
    Resolve,
    Work,
    Remark,
    AcceptTwice,
    Collect,
    Counter,
    Bill,
    Disagree,
    Offline,
    Back,
    Cut,
    BlackHole,
    Quality,
    RestartPhone,
    RebootPhone,
    WrongClock,
    TimePasses,
    RestartServer,
    Transfer,
}

/// An endless day.
#[derive(Debug, Clone)]
pub struct Plan {
    random: StdRng,
    mix: Mix,
    crews: usize,
    phones: usize,
    /// Deeds with which every day begins, last first: there must be something to do.
    morning: Vec<Deed>,
}

impl Plan {
    /// The day of this seed, for so many crews and phones.
    #[must_use]
    pub fn new(seed: Seed, mix: Mix, crews: usize, phones: usize) -> Self {
        let mut morning = Vec::new();
        for crew in (0..crews).rev() {
            morning.push(Deed::Assign { pick: 0, crew });
            morning.push(Deed::Report { minutes_ago: 0 });
        }
        Self { random: seed.random("day"), mix, crews, phones, morning }
    }

    fn draw(&mut self) -> Deed {
        let (kind, _) = *self.mix.choose_weighted(&mut self.random, |(_, weight)| *weight).expect("a mix with weights");
        let random = &mut self.random;
        let (crew, phone, pick) = (random.random_range(0..self.crews), random.random_range(0..self.phones), random.random());
        match kind {
            Kind::Report => Deed::Report { minutes_ago: *[0, 0, 3, 10, 30, 42, 70].choose(random).expect("not empty") },
            Kind::Assign => Deed::Assign { pick, crew },
            Kind::Reassign => Deed::Reassign { pick, crew },
            Kind::Cancel => Deed::Cancel { pick },
            Kind::Link => Deed::Link { pick },
            Kind::CutOff => Deed::CutOff { pick },
            Kind::Close => Deed::Close { pick },
            Kind::Resolve => Deed::Resolve { pick, choice: random.random() },
            Kind::Work => Deed::Work { phone, pick, turn: random.random() },
            Kind::Remark => Deed::Remark { phone, pick, turn: random.random() },
            Kind::AcceptTwice => Deed::AcceptTwice { crew, pick },
            Kind::Disagree => Deed::Disagree { crew, pick, turn: random.random() },
            Kind::Collect => Deed::Collect { phone, pick, turn: random.random() },
            Kind::Counter => Deed::Counter { pick },
            Kind::Bill => Deed::Bill { phone, pick },
            Kind::Offline => Deed::Offline { phone },
            Kind::Back => Deed::Back { phone },
            Kind::Cut => {
                let way = if random.random() { Way::Up } else { Way::Down };
                // Half of the cuts fall into the handshake, the others into frames.
                let bytes = if random.random() { random.random_range(0..400) } else { random.random_range(400..6_000) };
                Deed::Cut { phone, way, bytes }
            }
            Kind::BlackHole => Deed::BlackHole { phone },
            Kind::Quality => Deed::Quality {
                phone,
                quality: *[Quality::CLEAR, Quality::MOBILE, Quality::POOR].iter().choose(random).expect("not empty"),
            },
            Kind::RestartPhone => Deed::RestartPhone { phone },
            Kind::RebootPhone => Deed::RebootPhone { phone },
            Kind::WrongClock => {
                let hours = [-26_280, -24, -1, 0, 1, 24, 87_600].choose(random).expect("not empty");
                Deed::WrongClock { phone, ahead_ms: hours * 3_600_000 }
            }
            Kind::TimePasses => Deed::TimePasses { time: Duration::from_secs(random.random_range(30..3_600)) },
            Kind::Transfer => Deed::Transfer { phone, crew },
            Kind::RestartServer => Deed::RestartServer { killed: random.random() },
        }
    }
}

impl Iterator for Plan {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some(deed) = self.morning.pop() {
            return Some(Step { pause: 0.0, deed });
        }
        Some(Step { deed: self.draw(), pause: self.random.random() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_plans_the_same_day() {
        let plan = |seed| Plan::new(Seed(seed), STORM, 2, 4).take(500).collect::<Vec<_>>();
        assert_eq!(plan(9), plan(9));
        assert_ne!(plan(9), plan(10));
    }

    #[test]
    fn a_mix_leaves_out_what_it_does_not_name() {
        let lively = || Plan::new(Seed(1), LIVELY, 4, 12).take(3_000);
        assert!(!lively().any(|step| matches!(step.deed, Deed::TimePasses { .. } | Deed::RestartServer { .. })));
        assert!(lively().any(|step| matches!(step.deed, Deed::AcceptTwice { .. })));
    }
}
