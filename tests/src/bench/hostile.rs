//! Hostile clients beside honest phones: what becomes of an honest edit's acknowledgement, and of the server's memory.
//!
//! Quiet and hostile times alternate in one server process, so that what grows with the day grows in both. An edit's time runs from the moment at
//! which its phone wants to send it, whether or not the one before was answered, to its acknowledgement. Phones, attackers and server share the
//! machine; the attackers' threads give way to all others, since in the field they have processors of their own.

mod attacks;
mod crafted;
mod honest;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use linecrew_client::{DeviceKey, FileKey, SystemHost};
use serde_json::{Value, json};

use self::{
    attacks::{Army, KINDS},
    honest::Honest,
};
use super::{Options, figures::summary, gauge, idle, stage::Stage};

/// How many of each, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Siege {
    /// Phones that work.
    pub honest: usize,
    /// Clients that do not.
    pub hostile: usize,
    /// Hostile times; a quiet one before each, and one after the last.
    pub rounds: usize,
    /// How long each of them lasts.
    pub window: Duration,
    /// Edits of each honest phone, each second.
    pub pace: f64,
}

/// What one time was like.
#[derive(Debug, Clone)]
pub struct Window {
    /// Whether there were hostile clients.
    pub hostile: bool,
    /// Milliseconds to each acknowledgement, ascending.
    pub acknowledged_ms: Vec<f64>,
    /// Resident memory of the server at the end, in KiB.
    pub resident_kib: u64,
    /// The server's processor time for each second.
    pub cores: f64,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The times, in order.
    pub windows: Vec<Window>,
    /// What each kind of attack has done in all.
    pub attacks: BTreeMap<&'static str, u64>,
    /// Edits that honest phones have sent.
    pub sent: usize,
    /// Edits that were acknowledged as accepted.
    pub accepted: usize,
    /// Of them, those that the office sees in their items.
    pub kept: usize,
}

/// An edit of each phone every four seconds: with 200 phones, a storm.
pub const USUAL_PACE: f64 = 0.25;
/// People of one crew share their items; each has one phone here.
const PHONES_OF_CREW: usize = 4;

impl Window {
    /// The time within which this share of the edits was acknowledged.
    ///
    /// # Panics
    /// Nothing was acknowledged.
    #[must_use]
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.acknowledged_ms.len().checked_sub(1).expect("something is acknowledged");
        let place = (last as f64 * share).round() as usize;
        self.acknowledged_ms[place]
    }
}

impl Report {
    /// The median of a percentile over quiet or hostile times.
    #[must_use]
    pub fn median_ms(&self, hostile: bool, share: f64) -> f64 {
        let mut all: Vec<f64> = self.of(hostile).map(|window| window.percentile(share)).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    }

    fn of(&self, hostile: bool) -> impl Iterator<Item = &Window> {
        self.windows.iter().filter(move |window| window.hostile == hostile)
    }

    fn json(&self) -> Value {
        let times = |hostile: bool| {
            let at = |share: f64| summary(self.of(hostile).map(|window| window.percentile(share)).collect(), 1);
            let cores = summary(self.of(hostile).map(|window| window.cores).collect(), 2);
            let edits: usize = self.of(hostile).map(|window| window.acknowledged_ms.len()).sum();
            json!({"edits": edits, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "server_cores": cores})
        };
        let resident: Vec<u64> = self.windows.iter().map(|window| window.resident_kib).collect();
        let factor = self.median_ms(true, 0.99) / self.median_ms(false, 0.99);
        json!({
            "quiet": times(false), "hostile": times(true), "p99_factor": (factor * 100.0).round() / 100.0,
            "resident_kib": resident, "attacks": self.attacks,
            "edits": {"sent": self.sent, "accepted": self.accepted, "kept": self.kept},
        })
    }
}

pub(super) async fn measure(options: &Options) -> Value {
    let pace = options.pace;
    let usual = Siege { honest: 200, hostile: 64, rounds: 5, window: Duration::from_secs(15), pace };
    let quick = Siege { honest: 24, hostile: 8, rounds: 1, window: Duration::from_secs(3), pace };
    let siege = options.usual_or_quick(usual, quick);
    let report = run(siege, &options.attacks).await;
    let mut found = report.json();
    found["honest"] = json!(siege.honest);
    found["hostile_clients"] = json!(siege.hostile);
    found
}

/// Lays siege. `only`: these kinds of attacks; all of them when empty.
///
/// # Panics
/// An honest phone is not served, or something cannot be set up.
pub async fn run(siege: Siege, only: &[String]) -> Report {
    let crews = siege.honest.div_ceil(PHONES_OF_CREW);
    let mut stage = Stage::set(crews + 1).await;
    let items: Vec<usize> = (0..=crews).map(|crew| if crew == 0 { 200 } else { PHONES_OF_CREW }).collect();
    stage.give(&items).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = FileKey::open(&folder.path().join("hostile.key"), &SystemHost::new()).expect("a key");
    // New phones for each time: an attack that was cut off does not know where its phone's chain ends.
    let installations = stage.enrol(siege.hostile * siege.rounds, key.public_key().expect("the key is there")).await;
    let hellos = idle::hellos(&stage, &installations, &key);
    stage.server.start().await;
    eprintln!("hostile: {} honest phones write down what they will send", siege.honest);
    let windows = u32::try_from(2 * siege.rounds + 1).expect("a few");
    let edits = (siege.window * windows).as_secs_f64() * siege.pace * 1.3;
    let honest = Honest::prepare(&stage, siege.honest, edits as usize + 5).await;
    let kinds: Vec<_> = KINDS.iter().filter(|kind| only.is_empty() || only.iter().any(|only| only == kind.0)).copied().collect();
    besiege(&stage, siege, honest, Army::new(stage.server.address(), kinds, hellos, key)).await
}

async fn besiege(stage: &Stage, siege: Siege, mut honest: Honest, mut army: Army) -> Report {
    let mut windows = Vec::new();
    for number in 0..=2 * siege.rounds {
        let hostile = number % 2 == 1;
        let attack = hostile.then(|| army.attack(siege.hostile));
        let (before, began) = (gauge::cpu_time(stage.process()), Instant::now());
        let acknowledged_ms = honest.work(siege.window, siege.pace).await;
        let cores = (gauge::cpu_time(stage.process()) - before).as_secs_f64() / began.elapsed().as_secs_f64();
        drop(attack);
        let window = Window { hostile, acknowledged_ms, resident_kib: gauge::resident_kib(stage.process()), cores };
        let at = |share| window.percentile(share);
        eprintln!(
            "hostile: {} time: {} edits, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, {} KiB, {:.2} cores",
            if hostile { "a hostile" } else { "a quiet" },
            window.acknowledged_ms.len(),
            at(0.5),
            at(0.95),
            at(0.99),
            window.resident_kib,
            cores
        );
        windows.push(window);
    }
    let kept = honest.kept(&stage.office().await).await;
    Report { windows, attacks: army.done(), sent: honest.sent(), accepted: honest.accepted(), kept }
}
