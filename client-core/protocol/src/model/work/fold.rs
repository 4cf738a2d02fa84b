//! From events to state: a pure fold, the same on every replica that holds the same changes.

use std::collections::BTreeSet;

use crate::{
    ids::{CrewId, DocumentId, EventId, PersonId},
    time::{Interval, Timestamp},
};

use super::{
    attention::{self, Attention, AttentionKind, Question},
    event::{Rank, WorkEvent},
    files::Attachment,
    kind::Meaning,
    safety::Gate,
    standing::Standing,
    state::{Phase, State},
    tenure::{Tenure, Tenures},
    values::{self, Held},
};

/// What the events say.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// The state.
    pub state: State,
    /// The crew whose item it is.
    pub holder: Option<CrewId>,
    /// Who leads on site: the first who accepted. None while that is in question.
    pub lead: Option<PersonId>,
    /// The first arrival, if anybody arrived.
    pub arrival: Option<Interval>,
    /// Every ending on site, in order; more than one when two completed it without seeing each other (rule 6).
    pub endings: Vec<usize>,
    /// Open questions.
    pub attention: Vec<Attention>,
    /// Events that a decision overtook: kept, but not leading.
    pub superseded: BTreeSet<EventId>,
    /// Edits that did not see the item being archived (rule 11).
    pub late: BTreeSet<EventId>,
    /// Everyone who accepted in the leading crew's time.
    pub accepted_by: BTreeSet<PersonId>,
    /// The safety gate of the leading crew.
    pub gate: Gate,
    /// Readings and answers (rule 7).
    pub values: Vec<Held>,
    /// Files, each with whether its bytes are safe on the server.
    pub files: Vec<(usize, Attachment, bool)>,
    /// The appointment, as the latest booking says.
    pub appointment: Option<Timestamp>,
    /// Reports of the same fault that were linked here (rule 15).
    pub reporters: Vec<Reporter>,
    /// When the notice that the item waits for was served.
    pub notice_served: Option<Interval>,
}

impl Default for Fold {
    /// Of no events.
    fn default() -> Self {
        Self {
            state: State::of(Phase::New),
            holder: None,
            lead: None,
            arrival: None,
            endings: Vec::new(),
            attention: Vec::new(),
            superseded: BTreeSet::new(),
            late: BTreeSet::new(),
            accepted_by: BTreeSet::new(),
            gate: Gate::default(),
            values: Vec::new(),
            files: Vec::new(),
            appointment: None,
            reporters: Vec::new(),
            notice_served: None,
        }
    }
}

/// A report of the same fault (rule 15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// The other report.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// When it was taken.
    pub reported_at: Timestamp,
    /// Who reported.
    pub customer: String,
    /// Whether somebody asked them afterwards.
    pub asked: bool,
}

/// Folds the events of `standing`, whose own fold is not yet made.
#[must_use]
pub(super) fn fold(standing: &Standing) -> Fold {
    Folding { standing, attention: Vec::new() }.run()
}

struct Folding<'a> {
    standing: &'a Standing,
    attention: Vec<Attention>,
}

impl Folding<'_> {
    fn run(mut self) -> Fold {
        let tenures = Tenures::of(self.standing);
        let leading = self.leading_tenure(&tenures);
        let appointment = self.appointment();
        let state = match leading {
            Some(tenure) => self.state_of(tenure),
            None => self.opened(appointment.is_some()),
        };
        let state = self.after_withdrawal(state);
        let reporters = self.reporters();
        let state = self.after_office(state);
        let late = self.late_edits();
        let state = self.after_archive(state, &late);
        let (lead, accepted_by) = leading.map_or((None, BTreeSet::new()), |tenure| self.lead_of(tenure));
        let gate = self.gate(leading);
        let values = values::held(self.standing, |places| self.ask(AttentionKind::ValuesDiffer, places));
        self.meters_claimed_twice();
        Fold {
            state,
            holder: leading.map(|tenure| tenure.crew),
            lead,
            arrival: self.arrival(),
            endings: self.places(|fold, event| fold.meaning(event) == Meaning::Done),
            superseded: self.superseded(tenures.all(), leading),
            late: late.iter().filter_map(|place| self.standing.history.at(*place)).map(|entry| entry.id).collect(),
            accepted_by,
            gate,
            values,
            files: self.files(),
            appointment,
            reporters,
            notice_served: self.notice_served(),
            attention: self.attention,
        }
    }

    fn event(&self, place: usize) -> Option<&WorkEvent> {
        self.standing.event(place)
    }

    fn meaning(&self, event: &WorkEvent) -> Meaning {
        event.meaning(self.standing.describe())
    }

    fn rank(&self, event: &WorkEvent) -> Option<Rank> {
        event.rank(self.standing.describe())
    }

    fn saw(&self, later: usize, earlier: usize) -> bool {
        self.standing.history.saw(later, earlier)
    }

    fn places(&self, wanted: impl Fn(&Self, &WorkEvent) -> bool) -> Vec<usize> {
        self.standing.places(|event| wanted(self, event))
    }

    /// Asks people, unless they have decided; gives their decision.
    fn ask(&mut self, kind: AttentionKind, places: &[usize]) -> Option<String> {
        let question = Question::ask(kind, places, self.standing, |_| true);
        if question.decision.is_none() {
            self.attention.push(question.attention);
        }
        question.decision
    }

    fn opened(&self, has_appointment: bool) -> State {
        let kind = self.standing.describe();
        let named = kind.booked.filter(|_| has_appointment).unwrap_or(kind.opening);
        State { name: named.name, phase: Phase::New }
    }

    /// The state that an own step leads to.
    fn named(&self, place: usize, phase: Phase) -> State {
        let step = self.event(place).and_then(|event| event.step(self.standing.describe()));
        State { name: step.map_or(phase.name(), |step| step.name), phase }
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
        let of = |wanted: &dyn Fn(&WorkEvent) -> bool| -> Vec<usize> {
            tenure.work.iter().copied().filter(|place| self.event(*place).is_some_and(wanted)).collect()
        };
        let all_done = of(&|event| self.meaning(event) == Meaning::Done);
        let not_done = of(&|event| self.meaning(event) == Meaning::NotDone);
        let suspended = of(&|event| matches!(event, WorkEvent::Suspended { .. }));
        let resumed = of(&|event| matches!(event, WorkEvent::Resumed));
        let declined = of(&|event| matches!(event, WorkEvent::Declined { .. }));
        let sent_back = self.places(|fold, event| fold.meaning(event) == Meaning::SentBack);
        let stands = |done: &usize| !sent_back.iter().any(|back| self.saw(*back, *done));
        let done: Vec<usize> = all_done.iter().copied().filter(stands).collect();
        if let Some(state) = self.ended(&done, &not_done) {
            return state;
        }
        let reached = self.reached(tenure);
        let paused = suspended.iter().any(|pause| !resumed.iter().any(|resume| self.saw(*resume, *pause)));
        if paused {
            return State::of(Phase::Suspended);
        }
        if let (false, Some(back)) = (all_done.is_empty(), sent_back.last()) {
            return self.named(*back, Phase::Working);
        }
        // A refusal counts only when it saw everything else the crew did: work outweighs it otherwise.
        let saw_all_else = |at: &usize| {
            let overlooked = tenure.work.iter().find(|other| *other != at && !self.saw(*at, **other) && !self.is_remark(**other));
            overlooked.is_none()
        };
        if declined.iter().any(saw_all_else) {
            return State::of(Phase::Declined);
        }
        reached
    }

    /// How far the crew came, endings aside.
    fn reached(&self, tenure: &Tenure) -> State {
        let ranked = tenure.work.iter().filter_map(|place| Some((self.rank(self.event(*place)?)?, *place)));
        match ranked.filter(|(rank, _)| *rank < Rank::ENDED).max() {
            None => State::of(Phase::Assigned),
            Some((Rank::ACCEPTED, _)) => State::of(Phase::Accepted),
            Some((Rank::DEPARTED, _)) => State::of(Phase::Departed),
            Some((Rank::ARRIVED, _)) => State::of(Phase::Arrived),
            Some((_, place)) => self.named(place, Phase::Working),
        }
    }

    fn is_remark(&self, place: usize) -> bool {
        self.event(place).is_some_and(WorkEvent::is_remark)
    }

    /// Rules 5 and 6.
    fn ended(&mut self, done: &[usize], not_done: &[usize]) -> Option<State> {
        let yes = |fold: &Self, place: usize| Some(fold.named(place, Phase::Done));
        let no = |fold: &Self, place: usize| Some(fold.named(place, Phase::NotDone));
        match (done.last().copied(), not_done.last().copied()) {
            (None, None) => None,
            (Some(done), None) => yes(self, done),
            (None, Some(undone)) => no(self, undone),
            (Some(done), Some(undone)) if self.saw(done, undone) => yes(self, done),
            (Some(done), Some(undone)) if self.saw(undone, done) => no(self, undone),
            (Some(done), Some(undone)) => match self.ask(AttentionKind::CompletedAndNotDone, &[done, undone]).as_deref() {
                Some(attention::COMPLETED) => yes(self, done),
                Some(attention::NOT_DONE) => no(self, undone),
                _ => Some(State::of(Phase::Disputed)),
            },
        }
    }

    /// The first work on site that did not see `decision` and that `decision` did not see.
    fn first_work_unseen_by(&self, decision: usize) -> Option<usize> {
        let on_site = self.places(|fold, event| fold.rank(event) >= Some(Rank::ARRIVED));
        on_site.into_iter().find(|work| self.standing.history.concurrent(decision, *work))
    }

    /// Rule 4: a withdrawal (cancelled, or linked to another item) stands, unless the crew was on site without its knowing.
    fn after_withdrawal(&mut self, state: State) -> State {
        for place in self.places(|_, event| matches!(event, WorkEvent::Cancelled { .. } | WorkEvent::Linked { .. })) {
            let linked = matches!(self.event(place), Some(WorkEvent::Linked { .. }));
            let withdrawn = State::of(if linked { Phase::Linked } else { Phase::Cancelled });
            let Some(work) = self.first_work_unseen_by(place) else { return withdrawn };
            if self.ask(AttentionKind::CancelledWhileWorking, &[place, work]).as_deref() == Some(attention::KEEP_CANCELLATION) {
                return withdrawn;
            }
        }
        state
    }

    /// The office's last word about the result counts once the work has ended.
    fn after_office(&self, state: State) -> State {
        if !matches!(state.phase, Phase::Done | Phase::NotDone) {
            return state;
        }
        let asked = |event: &WorkEvent| matches!(event, WorkEvent::FollowedUp { reporter: None, .. });
        let last = self.places(|fold, event| asked(event) || fold.meaning(event) == Meaning::Checked).last().copied();
        let sent_back = self.places(|fold, event| fold.meaning(event) == Meaning::SentBack).last().copied();
        match last {
            Some(last) if sent_back.is_none_or(|back| !self.saw(back, last)) => self.named(last, Phase::FollowedUp),
            _ => state,
        }
    }

    /// Edits that no archiving saw and that saw no archiving.
    fn late_edits(&self) -> Vec<usize> {
        let archived = self.places(|_, event| matches!(event, WorkEvent::Archived));
        let Some(first) = archived.first() else { return Vec::new() };
        let kind = self.standing.describe();
        let from_the_field = self.places(|_, event| event.is_field_work(kind) || matches!(event, WorkEvent::HandedOver { .. }));
        from_the_field.into_iter().filter(|place| self.standing.history.concurrent(*first, *place)).collect()
    }

    /// Rule 11: late edits open an archived item again, until somebody has looked at them.
    fn after_archive(&mut self, state: State, late: &[usize]) -> State {
        let Some(last) = self.places(|_, event| matches!(event, WorkEvent::Archived)).last().copied() else { return state };
        let unseen: Vec<usize> = late.iter().copied().filter(|place| !self.saw(last, *place)).collect();
        if unseen.is_empty() {
            return State::of(Phase::Archived);
        }
        let places: Vec<usize> = std::iter::once(last).chain(unseen).collect();
        match self.ask(AttentionKind::LateAfterArchive, &places).as_deref() {
            Some(attention::KEEP_ARCHIVED) => State::of(Phase::Archived),
            _ => state,
        }
    }

    /// Rule 1: the first who accepted leads. Two who did not see each other: the earlier by disjoint evidence, else people decide.
    fn lead_of(&mut self, tenure: &Tenure) -> (Option<PersonId>, BTreeSet<PersonId>) {
        let accepted: Vec<usize> =
            tenure.work.iter().copied().filter(|place| matches!(self.event(*place), Some(WorkEvent::Accepted))).collect();
        let person = |place: usize| self.standing.history.at(place).map(|entry| entry.event.by);
        let everyone: BTreeSet<PersonId> = accepted.iter().filter_map(|place| person(*place)).collect();
        let first: Vec<usize> = accepted.iter().copied().filter(|place| !accepted.iter().any(|other| self.saw(*place, *other))).collect();
        let people: BTreeSet<PersonId> = first.iter().filter_map(|place| person(*place)).collect();
        if people.len() < 2 {
            return (people.first().copied(), everyone);
        }
        let interval = |place: usize| self.standing.history.at(place).map_or(Interval::UNKNOWN, |entry| entry.evidence);
        let surely_later = |place: &usize| first.iter().any(|other| interval(*other).surely_before(interval(*place)));
        let contenders: Vec<usize> = first.iter().copied().filter(|place| !surely_later(place)).collect();
        if let [only] = contenders.as_slice() {
            return (person(*only), everyone);
        }
        let decision = self.ask(AttentionKind::AcceptedTwice, &contenders);
        (decision.and_then(|choice| choice.parse().ok()), everyone)
    }

    /// What the leading crew did for its safety; what another crew did protects nobody here.
    fn gate(&mut self, leading: Option<&Tenure>) -> Gate {
        let mut gate = Gate { required: self.standing.order.safety_steps().collect(), ..Gate::default() };
        let mut forced = None;
        for place in leading.into_iter().flat_map(|tenure| &tenure.work) {
            let Some(id) = self.standing.history.at(*place).map(|entry| entry.id) else { continue };
            match self.event(*place) {
                Some(WorkEvent::SafetyRecorded { step, .. }) => gate.done.entry(*step).or_default().push(id),
                Some(WorkEvent::ForcedStart { .. }) => forced = forced.or(Some(id)),
                _ => {}
            }
        }
        gate.forced = forced;
        for place in self.places(|_, event| matches!(event, WorkEvent::ForcedStart { .. })) {
            self.ask(AttentionKind::ForcedStart, &[place]);
        }
        gate
    }

    /// Rule 10: each claim of another item stands against what this item says about the meter.
    fn meters_claimed_twice(&mut self) {
        for place in self.places(|_, event| matches!(event, WorkEvent::MeterClaimed { .. })) {
            let Some(WorkEvent::MeterClaimed { serial, side, .. }) = self.event(place) else { continue };
            let ours = self.places(|fold, event| fold.claims(event, serial, *side));
            let places: Vec<usize> = std::iter::once(place).chain(ours.last().copied()).collect();
            self.ask(AttentionKind::MeterClaimedTwice, &places);
        }
    }

    fn claims(&self, event: &WorkEvent, serial: &str, side: super::kind::MeterSide) -> bool {
        let WorkEvent::Own { step, body } = event else { return false };
        self.standing.kind.meters(step, body).iter().any(|claim| claim.serial == serial && claim.side == side)
    }

    fn arrival(&self) -> Option<Interval> {
        let arrived = self.places(|_, event| matches!(event, WorkEvent::Arrived));
        arrived.into_iter().filter_map(|place| self.standing.history.at(place)).map(|entry| entry.proven).reduce(Interval::first_of)
    }

    fn appointment(&self) -> Option<Timestamp> {
        self.standing.events.iter().rev().flatten().find_map(|event| match event {
            WorkEvent::Booked { appointment, .. } => Some(*appointment),
            _ => None,
        })
    }

    fn notice_served(&self) -> Option<Interval> {
        self.standing.events.iter().rev().flatten().find_map(|event| match event {
            WorkEvent::NoticeConfirmed { served, .. } => Some(*served),
            _ => None,
        })
    }

    fn files(&self) -> Vec<(usize, Attachment, bool)> {
        let events = || self.standing.events.iter().enumerate().filter_map(|(place, event)| Some((place, event.as_ref()?)));
        let stored = |hash: &str| events().any(|(_, event)| matches!(event, WorkEvent::AttachmentStored { hash: safe } if safe == hash));
        let mut files: Vec<(usize, Attachment, bool)> = Vec::new();
        for (place, event) in events() {
            if let WorkEvent::Attached(file) = event
                && !files.iter().any(|(_, known, _)| known.hash == file.hash)
            {
                files.push((place, file.clone(), stored(&file.hash)));
            }
        }
        files
    }

    fn reporters(&self) -> Vec<Reporter> {
        let asked = |document: DocumentId| {
            let followed_up = self.standing.events.iter().flatten();
            followed_up.into_iter().any(|event| matches!(event, WorkEvent::FollowedUp { reporter: Some(of), .. } if *of == document))
        };
        let mut reporters: Vec<Reporter> = Vec::new();
        for event in self.standing.events.iter().flatten() {
            if let WorkEvent::ReportJoined { from, number, reported_at, customer } = event
                && !reporters.iter().any(|known| known.document == *from)
            {
                let (number, customer) = (number.clone(), customer.clone());
                reporters.push(Reporter { document: *from, number, reported_at: *reported_at, customer, asked: asked(*from) });
            }
        }
        reporters
    }

    /// Work of a crew that no longer leads and that the leading assignment did not see (rule 2).
    fn superseded(&self, tenures: &[Tenure], leading: Option<&Tenure>) -> BTreeSet<EventId> {
        let Some(leading) = leading else { return BTreeSet::new() };
        let others = tenures.iter().filter(|tenure| tenure.start != leading.start);
        let places = others.flat_map(|tenure| tenure.work.iter().copied().chain([tenure.start]));
        let overtaken = places.filter(|place| *place != leading.start && !self.saw(leading.start, *place) && !self.is_remark(*place));
        overtaken.filter_map(|place| self.standing.history.at(place)).map(|entry| entry.id).collect()
    }
}
