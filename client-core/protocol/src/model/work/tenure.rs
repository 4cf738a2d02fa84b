//! Whose item it is: the assignments, whose work each event is, and which crew leads when work and reassignment did not see each other.

use crate::ids::CrewId;

use super::{
    attention::{AttentionKind, KEEP_ASSIGNMENT, Question},
    event::{Rank, WorkEvent},
    standing::Standing,
};

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

/// Which tenure leads, and what has to be asked about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead {
    /// The place of the leading tenure's assignment.
    pub(super) start: usize,
    /// Rule 3: the latest assignment, and the first work on site that it did not see.
    pub(super) overlooked: Option<(usize, usize)>,
}

/// All tenures of a history.
pub(super) struct Tenures<'a> {
    standing: &'a Standing,
    tenures: Vec<Tenure>,
}

impl<'a> Tenures<'a> {
    /// Sorts every event of the field into the tenure that led in its author's eyes.
    pub(super) fn of(standing: &'a Standing) -> Self {
        let kind = standing.describe();
        let mut all = Self { standing, tenures: Vec::new() };
        for (place, event) in standing.events.iter().enumerate() {
            match event {
                Some(WorkEvent::Assigned { crew, .. } | WorkEvent::HandedOver { crew, .. }) => {
                    all.tenures.push(Tenure { start: place, crew: *crew, work: Vec::new() });
                }
                Some(event) if event.is_field_work(kind) => {
                    let lead = all.lead(|other| standing.history.saw(place, other)).map(|lead| lead.start);
                    if let Some(tenure) = all.tenures.iter_mut().find(|tenure| Some(tenure.start) == lead) {
                        tenure.work.push(place);
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// The tenures, in history order.
    pub(super) fn all(&self) -> &[Tenure] {
        &self.tenures
    }

    /// The tenure that began at `start`.
    pub(super) fn at(&self, start: usize) -> Option<&Tenure> {
        self.tenures.iter().find(|tenure| tenure.start == start)
    }

    /// Who leads, as far as `visible` events tell.
    pub(super) fn lead(&self, visible: impl Fn(usize) -> bool) -> Option<Lead> {
        let latest = self.latest(&visible)?;
        let mut lead = Lead { start: latest.start, overlooked: None };
        let mut best = self.rank(latest, &visible).filter(|rank| *rank >= Rank::ARRIVED);
        for tenure in self.tenures.iter().rev().filter(|tenure| tenure.start != latest.start && visible(tenure.start)) {
            let Some(work) = self.overlooked(latest, tenure, &visible) else { continue };
            let rank = self.rank(tenure, &visible);
            // Whoever came further leads; the crew that had it first, when they came equally far.
            if rank >= best {
                lead.start = tenure.start;
            }
            lead.overlooked = lead.overlooked.or(Some((latest.start, work)));
            best = best.max(rank);
        }
        if lead.overlooked.is_some_and(|sides| self.decided_for_the_assignment(sides, &visible)) {
            lead.start = latest.start;
        }
        Some(lead)
    }

    /// The latest assignment. A hand-over that did not see the office's latest word does not overtake it.
    fn latest(&self, visible: impl Fn(usize) -> bool) -> Option<&Tenure> {
        let mut seen = self.tenures.iter().rev().filter(|tenure| visible(tenure.start));
        let last = seen.next()?;
        let is_office = |tenure: &&Tenure| matches!(self.standing.event(tenure.start), Some(WorkEvent::Assigned { .. }));
        if is_office(&last) {
            return Some(last);
        }
        let office = seen.find(is_office);
        Some(office.filter(|office| !self.standing.history.saw(last.start, office.start)).unwrap_or(last))
    }

    fn rank(&self, tenure: &Tenure, visible: impl Fn(usize) -> bool) -> Option<Rank> {
        tenure.work.iter().filter(|place| visible(**place)).filter_map(|place| self.rank_at(*place)).max()
    }

    fn rank_at(&self, place: usize) -> Option<Rank> {
        self.standing.event(place)?.rank(self.standing.describe())
    }

    fn overlooked(&self, latest: &Tenure, tenure: &Tenure, visible: impl Fn(usize) -> bool) -> Option<usize> {
        let on_site = |place: usize| self.rank_at(place) >= Some(Rank::ARRIVED);
        tenure.work.iter().copied().find(|place| visible(*place) && on_site(*place) && !self.standing.history.saw(latest.start, *place))
    }

    fn decided_for_the_assignment(&self, (latest, work): (usize, usize), visible: impl Fn(usize) -> bool) -> bool {
        let question = Question::ask(AttentionKind::ReassignedWhileWorking, &[latest, work], self.standing, visible);
        question.decision.as_deref() == Some(KEEP_ASSIGNMENT)
    }
}
