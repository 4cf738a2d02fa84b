//! Whether one more event is allowed: by role, by crew, by state, by the safety gate and by the kind's own rules. The same answer on the
//! phone and on the server.

use crate::{
    model::{person::Principal, person::Role},
    refusal::{Reason, Refusal},
    time::Interval,
};

use super::{
    attention::AttentionKind,
    common,
    event::WorkEvent,
    fold::Fold,
    kind::{By, Proposal, Step, When},
    standing::Standing,
    state::Phase,
};

/// Judges one more event.
///
/// # Errors
/// [`Reason::RoleNotPermitted`], [`Reason::NotYourItem`], [`Reason::StateNotPermitted`], or what the kind refuses.
pub fn permitted(proposal: &Proposal<'_>, principal: &Principal) -> Result<(), Refusal> {
    let Proposal { standing, event, at, .. } = *proposal;
    by_role(standing, event, principal)?;
    in_order(standing, event, principal)?;
    enough_qualified(standing, event)?;
    old_enough_notice(standing, event, at)?;
    behind_the_gate(standing, event)?;
    proposal.standing.kind.permits(proposal)
}

fn by_role(standing: &Standing, event: &WorkEvent, principal: &Principal) -> Result<(), Refusal> {
    let district = standing.snapshot.meta.district;
    let office = principal.is_office(district);
    let crew = || -> Result<bool, Refusal> {
        let does_it = standing.describe().roles.iter().any(|role| principal.holds(*role, district));
        Ok(does_it && is_holder(&standing.fold, principal)?)
    };
    let allowed = match (event.by(standing.describe()), event) {
        (By::Office, WorkEvent::Opened) => office || principal.holds(Role::Integrator, district),
        (By::Office | By::Server, _) => office,
        (By::Both, WorkEvent::Resolved { attention, .. }) => office || (may_settle(&standing.fold, attention) && crew()?),
        (By::Both, _) => office || crew()?,
        (By::Crew, _) => crew()?,
    };
    if allowed { Ok(()) } else { Err(Refusal::new(Reason::RoleNotPermitted, "this role does not record such events")) }
}

/// The crew itself may settle who of them leads, and which of their readings is right.
fn may_settle(fold: &Fold, attention: &str) -> bool {
    let own = [AttentionKind::AcceptedTwice, AttentionKind::ValuesDiffer];
    fold.attention.iter().any(|open| open.id == attention && own.contains(&open.kind))
}

fn is_holder(fold: &Fold, principal: &Principal) -> Result<bool, Refusal> {
    if fold.holder.is_some() && fold.holder == principal.crew {
        return Ok(true);
    }
    Err(Refusal::new(Reason::NotYourItem, "the item belongs to another crew"))
}

fn in_order(standing: &Standing, event: &WorkEvent, principal: &Principal) -> Result<(), Refusal> {
    let fold = &standing.fold;
    let again = matches!(event, WorkEvent::Accepted) && fold.accepted_by.contains(&principal.person);
    let allowed = match event {
        WorkEvent::Resolved { attention, choice, .. } => {
            fold.attention.iter().any(|open| open.id == *attention && open.choices.contains(choice))
        }
        WorkEvent::FollowedUp { reporter: Some(reporter), .. } => {
            let open = fold.reporters.iter().any(|known| known.document == *reporter && !known.asked);
            open && matches!(fold.state.phase, Phase::Done | Phase::NotDone | Phase::FollowedUp)
        }
        WorkEvent::Archived => may_archive(standing)?,
        other => !again && fits(standing, &other.name(standing.describe())),
    };
    let refusal = || Refusal::new(Reason::StateNotPermitted, format!("not while the item is {}", fold.state.name));
    if allowed { Ok(()) } else { Err(refusal()) }
}

/// Rule 15: everybody who reported is asked before the item is closed.
fn may_archive(standing: &Standing) -> Result<bool, Refusal> {
    if let Some(reporter) = standing.fold.reporters.iter().find(|reporter| !reporter.asked)
        && fits(standing, "archived")
    {
        let detail = format!("the reporter of {} has not been followed up", reporter.number);
        return Err(Refusal::new(Reason::StateNotPermitted, detail));
    }
    Ok(fits(standing, "archived"))
}

/// Whether the item's state has room for this step.
#[must_use]
pub fn fits(standing: &Standing, step: &str) -> bool {
    let state = standing.fold.state;
    if let Some(own) = standing.describe().step(step) {
        return own_fits(own, standing);
    }
    common::fits(standing.describe(), step, state.phase)
}

fn own_fits(step: &Step, standing: &Standing) -> bool {
    let state = standing.fold.state;
    match step.when {
        When::In(states) => states.contains(&state.name),
        When::While(phases) => phases.contains(&state.phase),
    }
}

/// The steps that the item's state has room for, by who records them: common ones first.
#[must_use]
pub fn next(standing: &Standing, by: By) -> Vec<&'static str> {
    let records = |who: By| who == by || who == By::Both;
    let common = common::STEPS.iter().filter(|step| records(step.by)).map(|step| step.name);
    let common = common.filter(|name| match *name {
        "resolved" => !standing.fold.attention.is_empty(),
        "archived" => may_archive(standing).unwrap_or(false),
        "followed_up" => fits(standing, name) || standing.fold.reporters.iter().any(|reporter| !reporter.asked) && ended(standing),
        name => fits(standing, name),
    });
    let own = standing.describe().steps.iter().filter(|step| records(step.by) && own_fits(step, standing)).map(|step| step.name);
    common.chain(own).collect()
}

fn ended(standing: &Standing) -> bool {
    matches!(standing.fold.state.phase, Phase::Done | Phase::NotDone | Phase::FollowedUp)
}

/// A qualification limits who can be assigned: somebody of the crew has it.
fn enough_qualified(standing: &Standing, event: &WorkEvent) -> Result<(), Refusal> {
    let WorkEvent::Assigned { members, .. } = event else { return Ok(()) };
    let lacking = standing.order.needs().find(|need| !members.iter().any(|member| member.qualifications.iter().any(|has| has == need)));
    match lacking {
        None => Ok(()),
        Some(need) => Err(Refusal::new(Reason::RuleViolated, format!("nobody of this crew is qualified for {need}"))),
    }
}

/// A cut waits until its notice is 7 full days old (domain 3.5): before it is dispatched, and again before it starts.
fn old_enough_notice(standing: &Standing, event: &WorkEvent, at: Interval) -> Result<(), Refusal> {
    let Some(age_ms) = standing.order.notice_age_ms else { return Ok(()) };
    let starts = event.step(standing.describe()).is_some_and(|step| step.gate);
    let dispatches = matches!(event, WorkEvent::Assigned { .. } | WorkEvent::HandedOver { .. });
    if !starts && !dispatches {
        return Ok(());
    }
    let days = age_ms / (24 * 60 * 60 * 1000);
    let Some(served) = standing.fold.notice_served.and_then(|served| served.latest) else {
        return Err(Refusal::new(Reason::RuleViolated, "the notice has not been served"));
    };
    let old_enough = at.earliest.is_some_and(|now| now >= served.plus_ms(age_ms));
    if old_enough {
        return Ok(());
    }
    Err(Refusal::new(Reason::RuleViolated, format!("it cannot be proven that the notice was served {days} full days ago")))
}

/// The safety gate (domain 5): its order, and no work before it is passed.
fn behind_the_gate(standing: &Standing, event: &WorkEvent) -> Result<(), Refusal> {
    let gate = &standing.fold.gate;
    if let WorkEvent::SafetyRecorded { step, .. } = event
        && let Some(before) = step.after()
        && !gate.done.contains_key(&before)
    {
        let detail = format!("{} comes after {}", step.name(), before.name());
        return Err(Refusal::new(Reason::StateNotPermitted, detail));
    }
    let needs_gate = event.step(standing.describe()).is_some_and(|step| step.gate);
    if !needs_gate || gate.is_open() {
        return Ok(());
    }
    let missing: Vec<&str> = gate.missing().iter().map(|step| step.name()).collect();
    Err(Refusal::new(Reason::StateNotPermitted, format!("the safety gate is not passed: {} missing", missing.join(", "))))
}
