//! What can be done about a refusal: the missing thing, and the command that does it.

use linecrew_client::{
    CommandError,
    protocol::{Reason, Refusal, ids::DocumentId},
};

use crate::{
    described::{self, is_on_site},
    failure::Failure,
    next::{self, Hint},
    page::Page,
    phone::Phone,
};

/// The failure, with hints when the rules refused and something can be done.
pub(super) fn advised(failure: Failure, phone: &Phone, page: &Page, item: DocumentId, typed: &str, step: &str) -> Failure {
    let Failure::Command(CommandError::Refused(refusal)) = failure else { return failure };
    // Whatever goes wrong while looking for hints: the refusal itself is what has to be said.
    let hints = hints(&refusal, phone, page, item, typed, step).unwrap_or_default();
    Failure::Refused { refusal, hints }
}

fn hints(refusal: &Refusal, phone: &Phone, page: &Page, item: DocumentId, typed: &str, step: &str) -> Option<Vec<Hint>> {
    let view = phone.client.item(item).ok()??.view;
    let steps = next::Steps { page, view: &view, typed };
    let words = described::step(&view.row.kind, step);
    let fits = view.row.next.crew.iter().any(|name| name == step);
    Some(match refusal.reason {
        Reason::InvalidValue => words.map(|_| steps.command(step)).into_iter().collect(),
        Reason::StateNotPermitted if fits && is_on_site(view.row.phase) && words.is_some_and(|words| words.gate) => {
            steps.gate().into_iter().chain([steps.command("forced_start")]).collect()
        }
        Reason::StateNotPermitted if step == "confirmed" && fits => {
            vec![steps.command("signed"), steps.command("confirmation_refused")]
        }
        Reason::StateNotPermitted if step == "submitted" && fits => vec![steps.form(), steps.command("value_recorded")],
        // What was just refused is no way on, also where a mate might still take that step. Of the gate, one step is not another.
        Reason::StateNotPermitted => steps.all().into_iter().filter(|hint| hint.step != step || step == "safety_recorded").collect(),
        Reason::RuleViolated if step == "value_recorded" || step == "submitted" => vec![steps.sync()],
        Reason::UnreadableEvent => steps.all(),
        _ => Vec::new(),
    })
}
