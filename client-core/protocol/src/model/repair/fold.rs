//! From events to state: a pure fold, the same on every replica that holds the same changes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CrewId, EventId, PersonId},
    model::history::History,
    time::Interval,
};

use super::{
    attention::{self, Attention, AttentionKind, Question},
    event::{Progress, RepairEvent, Report},
    tenure::{Tenure, Tenures},
};

/// Where a repair dispatch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the domain's, explained in docs/domain.md")]
pub enum State {
    Reported,
    Assigned,
    Accepted,
    Departed,
    Arrived,
    WorkStarted,
    Suspended,
    Restored,
    Completed,
    NotDone,
    Disputed,
    Declined,
    Cancelled,
    Linked,
    FollowedUp,
    Archived,
}

impl State {
    /// Whether nobody has to do anything about it any more: it leaves the phones.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Cancelled | Self::Linked | Self::Archived)
    }

    /// Whether the crew still has work to do on it.
    #[must_use]
    pub fn is_open_for_crew(self) -> bool {
        self < Self::Completed && self != Self::Reported
    }
}

/// What the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The state.
    pub state: State,
    /// The crew whose item it is.
    pub holder: Option<CrewId>,
    /// Who leads on site: the first who accepted. None while that is in question.
    pub lead: Option<PersonId>,
    /// The first arrival, if anybody arrived.
    pub arrival: Option<Interval>,
    /// Every completion report; more than one when two completed it without seeing each other (rule 6).
    pub reports: Vec<Report>,
    /// Open questions.
    pub attention: Vec<Attention>,
    /// Events that a decision overtook: kept, but not leading.
    pub superseded: BTreeSet<EventId>,
    /// Edits that did not see the item being archived (rule 11).
    pub late: BTreeSet<EventId>,
    /// Everyone who accepted in the leading crew's time.
    pub accepted_by: BTreeSet<PersonId>,
}

/// Folds a history.
#[must_use]
pub fn fold(history: &History) -> Fold {
    let events: Vec<Option<RepairEvent>> = history.entries().iter().map(|entry| RepairEvent::of(&entry.event).ok()).collect();
    Folding { history, events: &events, attention: Vec::new() }.run()
}

struct Folding<'a> {
    history: &'a History,
    events: &'a [Option<RepairEvent>],
    attention: Vec<Attention>,
}

impl Folding<'_> {
    fn run(mut self) -> Fold {
        let tenures = Tenures::of(self.history, self.events);
        let leading = self.leading_tenure(&tenures);
        let state = leading.map_or(State::Reported, |tenure| self.state_of(tenure));
        let state = self.after_withdrawal(state);
        let state = self.after_office(state);
        let late = self.late_edits();
        let state = self.after_archive(state, &late);
        let (lead, accepted_by) = leading.map_or((None, BTreeSet::new()), |tenure| self.lead_of(tenure));
        Fold {
            state,
            holder: leading.map(|tenure| tenure.crew),
            lead,
            arrival: self.arrival(),
            reports: self.reports(),
            superseded: self.superseded(tenures.all(), leading),
            late: late.iter().filter_map(|place| self.history.at(*place)).map(|entry| entry.id).collect(),
            attention: self.attention,
            accepted_by,
        }
    }

    fn event(&self, place: usize) -> Option<&RepairEvent> {
        self.events.get(place)?.as_ref()
    }

    fn places(&self, wanted: impl Fn(&RepairEvent) -> bool) -> Vec<usize> {
        self.events.iter().enumerate().filter(|(_, event)| event.as_ref().is_some_and(&wanted)).map(|(place, _)| place).collect()
    }

    /// Asks people, unless they have decided; gives their decision.
    fn ask(&mut self, kind: AttentionKind, places: &[usize]) -> Option<String> {
        let question = Question::ask(kind, places, self.history, self.events, |_| true);
        if question.decision.is_none() {
            self.attention.push(question.attention);
        }
        question.decision
    }

    /// Rules 2 and 3: a reassignment stands against travel it did not see, but not against work on site.
    fn leading_tenure<'t>(&mut self, tenures: &'t Tenures<'_>) -> Option<&'t Tenure> {
        let lead = tenures.lead(|_| true)?;
        if let Some((latest, work)) = lead.overlooked {
            self.ask(AttentionKind::ReassignedWhileWorking, &[latest, work]);
        }
        tenures.at(lead.start)
    }

    /// The state that one crew's work has reached.
    fn state_of(&mut self, tenure: &Tenure) -> State {
        let of = |wanted: fn(&RepairEvent) -> bool| -> Vec<usize> {
            tenure.work.iter().copied().filter(|place| self.event(*place).is_some_and(wanted)).collect()
        };
        let completed = of(|event| matches!(event, RepairEvent::Completed(_)));
        let not_done = of(|event| matches!(event, RepairEvent::NotDone { .. }));
        let suspended = of(|event| matches!(event, RepairEvent::Suspended { .. }));
        let resumed = of(|event| matches!(event, RepairEvent::Resumed));
        let declined = of(|event| matches!(event, RepairEvent::Declined { .. }));
        if let Some(state) = self.ended(&completed, &not_done) {
            return state;
        }
        let progress = tenure.progress(self.events);
        let paused = suspended.iter().any(|pause| !resumed.iter().any(|resume| self.history.saw(*resume, *pause)));
        if paused && progress < Some(Progress::Restored) {
            return State::Suspended;
        }
        // A refusal counts only when it saw everything else the crew did: work outweighs it otherwise.
        let saw_all_else =
            |at: &usize| tenure.work.iter().all(|other| other == at || self.history.saw(*at, *other) || self.is_remark(*other));
        if declined.iter().any(saw_all_else) {
            return State::Declined;
        }
        match progress {
            None => State::Assigned,
            Some(Progress::Accepted) => State::Accepted,
            Some(Progress::Departed) => State::Departed,
            Some(Progress::Arrived) => State::Arrived,
            Some(Progress::WorkStarted) => State::WorkStarted,
            Some(Progress::Restored | Progress::Ended) => State::Restored,
        }
    }

    fn is_remark(&self, place: usize) -> bool {
        matches!(self.event(place), Some(RepairEvent::Noted | RepairEvent::MaterialRecorded { .. }))
    }

    /// Rules 5 and 6.
    fn ended(&mut self, completed: &[usize], not_done: &[usize]) -> Option<State> {
        let (last_completed, last_not_done) = (completed.last(), not_done.last());
        match (last_completed, last_not_done) {
            (None, None) => None,
            (Some(_), None) => Some(State::Completed),
            (None, Some(_)) => Some(State::NotDone),
            (Some(done), Some(undone)) if self.history.saw(*done, *undone) => Some(State::Completed),
            (Some(done), Some(undone)) if self.history.saw(*undone, *done) => Some(State::NotDone),
            (Some(done), Some(undone)) => Some(match self.ask(AttentionKind::CompletedAndNotDone, &[*done, *undone]).as_deref() {
                Some(attention::COMPLETED) => State::Completed,
                Some(attention::NOT_DONE) => State::NotDone,
                _ => State::Disputed,
            }),
        }
    }

    /// The first work on site that did not see `decision` and that `decision` did not see.
    fn first_work_unseen_by(&self, decision: usize) -> Option<usize> {
        let on_site = self.places(|event| event.progress() >= Some(Progress::Arrived));
        on_site.into_iter().find(|work| self.history.concurrent(decision, *work))
    }

    /// Rule 4: a withdrawal (cancelled, or linked to another item) stands, unless the crew was on site without its knowing.
    fn after_withdrawal(&mut self, state: State) -> State {
        for place in self.places(|event| matches!(event, RepairEvent::Cancelled { .. } | RepairEvent::Linked { .. })) {
            let withdrawn = if matches!(self.event(place), Some(RepairEvent::Linked { .. })) { State::Linked } else { State::Cancelled };
            let Some(work) = self.first_work_unseen_by(place) else { return withdrawn };
            if self.ask(AttentionKind::CancelledWhileWorking, &[place, work]).as_deref() == Some(attention::KEEP_CANCELLATION) {
                return withdrawn;
            }
        }
        state
    }

    /// Follow-up counts once the work has ended.
    fn after_office(&self, state: State) -> State {
        let ended = matches!(state, State::Completed | State::NotDone);
        let followed_up = self.places(|event| matches!(event, RepairEvent::FollowedUp { .. }));
        if ended && !followed_up.is_empty() { State::FollowedUp } else { state }
    }

    /// Edits that no archiving saw and that saw no archiving.
    fn late_edits(&self) -> Vec<usize> {
        let archived = self.places(|event| matches!(event, RepairEvent::Archived));
        let Some(first) = archived.first() else { return Vec::new() };
        let from_the_field = self.places(|event| event.is_field_work() || matches!(event, RepairEvent::HandedOver { .. }));
        from_the_field.into_iter().filter(|place| self.history.concurrent(*first, *place)).collect()
    }

    /// Rule 11: late edits open an archived item again, until somebody has looked at them.
    fn after_archive(&mut self, state: State, late: &[usize]) -> State {
        let Some(last) = self.places(|event| matches!(event, RepairEvent::Archived)).last().copied() else { return state };
        let unseen: Vec<usize> = late.iter().copied().filter(|place| !self.history.saw(last, *place)).collect();
        if unseen.is_empty() {
            return State::Archived;
        }
        let places: Vec<usize> = std::iter::once(last).chain(unseen).collect();
        match self.ask(AttentionKind::LateAfterArchive, &places).as_deref() {
            Some(attention::KEEP_ARCHIVED) => State::Archived,
            _ => state,
        }
    }

    /// Rule 1: the first who accepted leads. Two who did not see each other: the earlier by disjoint evidence, else people decide.
    fn lead_of(&mut self, tenure: &Tenure) -> (Option<PersonId>, BTreeSet<PersonId>) {
        let accepted: Vec<usize> =
            tenure.work.iter().copied().filter(|place| matches!(self.event(*place), Some(RepairEvent::Accepted))).collect();
        let person = |place: usize| self.history.at(place).map(|entry| entry.event.by);
        let everyone: BTreeSet<PersonId> = accepted.iter().filter_map(|place| person(*place)).collect();
        let first: Vec<usize> =
            accepted.iter().copied().filter(|place| !accepted.iter().any(|other| self.history.saw(*place, *other))).collect();
        let people: BTreeSet<PersonId> = first.iter().filter_map(|place| person(*place)).collect();
        if people.len() < 2 {
            return (people.first().copied(), everyone);
        }
        let interval = |place: usize| self.history.at(place).map_or(Interval::UNKNOWN, |entry| entry.evidence);
        let surely_later = |place: &usize| first.iter().any(|other| interval(*other).surely_before(interval(*place)));
        let contenders: Vec<usize> = first.iter().copied().filter(|place| !surely_later(place)).collect();
        if let [only] = contenders.as_slice() {
            return (person(*only), everyone);
        }
        let decision = self.ask(AttentionKind::AcceptedTwice, &contenders);
        (decision.and_then(|choice| choice.parse().ok()), everyone)
    }

    fn arrival(&self) -> Option<Interval> {
        let arrived = self.places(|event| matches!(event, RepairEvent::Arrived));
        arrived.into_iter().filter_map(|place| self.history.at(place)).map(|entry| entry.proven).reduce(Interval::first_of)
    }

    fn reports(&self) -> Vec<Report> {
        let reports = self.events.iter().flatten().filter_map(|event| match event {
            RepairEvent::Completed(report) => Some(report.clone()),
            _ => None,
        });
        reports.collect()
    }

    /// Work of a crew that no longer leads and that the leading assignment did not see (rule 2).
    fn superseded(&self, tenures: &[Tenure], leading: Option<&Tenure>) -> BTreeSet<EventId> {
        let Some(leading) = leading else { return BTreeSet::new() };
        let others = tenures.iter().filter(|tenure| tenure.start != leading.start);
        let places = others.flat_map(|tenure| tenure.work.iter().copied().chain([tenure.start]));
        let overtaken =
            places.filter(|place| *place != leading.start && !self.history.saw(leading.start, *place) && !self.is_remark(*place));
        overtaken.filter_map(|place| self.history.at(place)).map(|entry| entry.id).collect()
    }
}
