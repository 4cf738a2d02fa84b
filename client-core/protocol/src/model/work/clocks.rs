//! Time limits and what the evidence says about them (domain 4).

use serde::{Deserialize, Serialize};

use crate::time::{Interval, Timestamp, Verdict};

use super::{event::WorkEvent, standing::Standing};

/// The name of the clock that runs until the crew is on site.
pub const ARRIVAL: &str = "arrival";

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockView {
    /// Which limit.
    pub name: String,
    /// How long it is, in milliseconds, where it is a plain length of time.
    pub limit_ms: Option<u64>,
    /// Its end.
    pub due_at: Timestamp,
    /// What can be said.
    pub verdict: Verdict,
    /// When it was stopped, as far as anybody can prove.
    pub stopped: Option<Interval>,
}

/// All limits of an item.
#[must_use]
pub fn clocks(standing: &Standing) -> Vec<ClockView> {
    let order = &standing.order;
    let arrival = order.arrival_limit_ms.map(|limit_ms| {
        let due_at = first_report(standing).plus_ms(limit_ms);
        clock(ARRIVAL, Some(limit_ms), due_at, standing.fold.arrival)
    });
    let own = standing.describe().clocks.iter().filter_map(|rule| {
        let due_at = order.clocks.get(rule.name)?;
        Some(clock(rule.name, None, *due_at, first(standing, rule.stopped_by)))
    });
    arrival.into_iter().chain(own).collect()
}

/// Rule 15: the arrival clock runs from the earliest of the reports that are one fault.
fn first_report(standing: &Standing) -> Timestamp {
    let reports = standing.fold.reporters.iter().map(|reporter| reporter.reported_at);
    reports.chain([standing.order.reported_at]).min().unwrap_or(standing.order.reported_at)
}

fn first(standing: &Standing, steps: &[&str]) -> Option<Interval> {
    let stops = |event: &WorkEvent| matches!(event, WorkEvent::Own { step, .. } if steps.contains(&step.as_str()));
    let places = standing.places(stops).into_iter();
    places.filter_map(|place| standing.history.at(place)).map(|entry| entry.proven).reduce(Interval::first_of)
}

fn clock(name: &str, limit_ms: Option<u64>, due_at: Timestamp, stopped: Option<Interval>) -> ClockView {
    let verdict = stopped.map_or(Verdict::Awaiting, |stopped| stopped.verdict(due_at));
    ClockView { name: name.to_owned(), limit_ms, due_at, verdict, stopped }
}
