//! Whose item it is: the chain of assignments, and which of them leads when work and reassignment did not see each other.

use crate::{
    ids::CrewId,
    model::history::History,
};

use super::event::{Progress, RepairEvent};

/// One crew's time with the item: from an assignment (or hand-over) on.
#[derive(Debug, Clone)]
pub(super) struct Tenure {
    /// The place of the assignment in the history.
    pub(super) start: usize,
    /// The crew.
    pub(super) crew: CrewId,
    /// The places of the crew's events, in order.
    pub(super) work: Vec<usize>,
}

impl Tenure {
    /// How far the work came.
    pub(super) fn progress(&self, events: &[Option<RepairEvent>]) -> Option<Progress> {
        self.work.iter().filter_map(|place| events.get(*place)?.as_ref()?.progress()).max()
    }
}

/// All tenures, in history order; the last one is the office's latest word.
pub(super) fn tenures(history: &History, events: &[Option<RepairEvent>]) -> Vec<Tenure> {
    let mut tenures: Vec<Tenure> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        match event {
            Some(RepairEvent::Assigned { crew, .. } | RepairEvent::HandedOver { crew, .. }) => {
                tenures.push(Tenure { start: place, crew: *crew, work: Vec::new() });
            }
            Some(event) if !event.is_office() && !matches!(event, RepairEvent::Resolved { .. }) => {
                // The latest assignment that the author had seen.
                if let Some(tenure) = tenures.iter_mut().rev().find(|tenure| history.saw(place, tenure.start)) {
                    tenure.work.push(place);
                }
            }
            _ => {}
        }
    }
    office_has_the_last_word(history, events, &mut tenures);
    tenures
}

/// A hand-over that did not see the office's latest assignment does not overtake it.
fn office_has_the_last_word(history: &History, events: &[Option<RepairEvent>], tenures: &mut Vec<Tenure>) {
    let latest_office = tenures.iter().rposition(|tenure| matches!(events.get(tenure.start), Some(Some(RepairEvent::Assigned { .. }))));
    if let Some(office) = latest_office {
        let overtaken = |handed: &Tenure, office: &Tenure| handed.start != office.start && !history.saw(handed.start, office.start);
        let start = tenures.get(office).map(|tenure| tenure.start);
        let last = tenures.last().map(|tenure| tenure.start);
        if start != last && tenures.get(office).zip(tenures.last()).is_some_and(|(office, handed)| overtaken(handed, office)) {
            let tenure = tenures.remove(office);
            tenures.push(tenure);
        }
    }
}

/// Which tenure leads, and the place of the first work that the latest assignment overlooked (rule 3).
pub(super) fn leading(history: &History, events: &[Option<RepairEvent>], tenures: &[Tenure]) -> Option<(usize, Option<usize>)> {
    let last = tenures.len().checked_sub(1)?;
    let latest = tenures.get(last)?;
    let on_site = |place: &usize| events.get(*place).and_then(Option::as_ref).and_then(RepairEvent::progress) >= Some(Progress::Arrived);
    let overlooked = |tenure: &Tenure| tenure.work.iter().copied().find(|place| on_site(place) && !history.saw(latest.start, *place));
    let mut lead = (last, None);
    let mut best = latest.progress(events).filter(|progress| *progress >= Progress::Arrived);
    for (index, tenure) in tenures.iter().enumerate().take(last).rev() {
        let Some(work) = overlooked(tenure) else { continue };
        let progress = tenure.progress(events);
        // Whoever came further leads; the crew that had it first, when they came equally far.
        let leads = progress >= best;
        lead = (if leads { index } else { lead.0 }, lead.1.or(Some(work)));
        best = best.max(progress);
    }
    Some(lead)
}
