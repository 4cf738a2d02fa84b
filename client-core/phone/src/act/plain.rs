//! From each friendly command to the client's.

use linecrew_client::{Client, CommandError, RepairReport, SavedEdit, Service, protocol::ids::DocumentId};

use super::{Typed, exchange, files, typed};
use crate::{
    args::{Decide, Edit, Item, Reason, Report, Serve},
    failure::Failure,
    page::Page,
};

type Saved = Result<SavedEdit, CommandError>;

/// What was typed, ready to be carried out.
pub(super) fn typed(edit: Edit, page: &Page) -> Result<Typed, Failure> {
    let clock = page.clock;
    Ok(match edit {
        Edit::Accept(at) => bare(at, "accepted", Client::accept),
        Edit::Depart(at) => bare(at, "departed", Client::depart),
        Edit::Arrive(at) => bare(at, "arrived", Client::arrive),
        Edit::Start(at) => bare(at, "work_started", Client::start_work),
        Edit::Resume(at) => bare(at, "resumed", Client::resume),
        Edit::ForceStart(said) => reasoned(said, "forced_start", |client, item, why| client.force_start(item, why)),
        Edit::Decline(said) => reasoned(said, "declined", |client, item, why| client.decline(item, why)),
        Edit::Suspend(said) => reasoned(said, "suspended", |client, item, why| client.suspend(item, why)),
        Edit::NotDone(said) => reasoned(said, "not_done", |client, item, why| client.not_done(item, why)),
        Edit::NotServed(said) => reasoned(said, "not_served", |client, item, why| client.not_served(item, why)),
        Edit::Restore(said) => restored(said, page)?,
        Edit::Complete(said) => typed::completed(said, clock),
        Edit::Exchange(said) => exchange::exchanged(said),
        Edit::Confirm { item, refused: None } => bare(Item { item }, "confirmed", Client::confirm_readings),
        Edit::Confirm { item, refused: Some(reason) } => {
            let said = Reason { item, reason };
            reasoned(said, "confirmation_refused", |client, item, why| client.refuse_confirmation(item, why))
        }
        Edit::NoAccess { item, reason, proof } => Typed::new(item, "no_access", move |client, item| {
            let proof = files::hash_of(client, item, &proof)?;
            Ok(client.no_access(item, reason, proof)?)
        }),
        Edit::Serve(said) => served(said),
        Edit::Submit { item, note } => Typed::new(item, "submitted", move |client, item| Ok(client.submit_survey(item, note)?)),
        Edit::Safety { item, step, detail } => typed::safety(item, step, detail),
        Edit::Sign(said) => files::signed(said)?,
        Edit::Answer { item, path, value, .. } => typed::answered(item, path, value, clock),
        Edit::Attach { item, file, caption } => files::attached(item, file, caption),
        Edit::Book(said) => {
            let appointment = clock.read(&said.time)?;
            Typed::new(said.item, "booked", move |client, item| Ok(client.book(item, appointment, said.reason)?))
        }
        Edit::HandOver { item, crew, reason } => {
            let crew = crew.parse().map_err(|_| Failure::NoCrew(crew))?;
            Typed::new(item, "handed_over", move |client, item| Ok(client.hand_over(item, crew, reason)?))
        }
        Edit::Note { item, text } => Typed::new(item, "noted", move |client, item| Ok(client.note(item, text)?)),
        Edit::Material { item, name, quantity, unit } => {
            Typed::new(item, "material_recorded", move |client, item| Ok(client.record_material(item, name, quantity, unit)?))
        }
        Edit::Resolve(said) => resolved(said),
        Edit::Do(said) => typed::step(said, clock),
    })
}

fn bare(at: Item, step: &str, of: fn(&Client, DocumentId) -> Saved) -> Typed {
    Typed::new(at.item, step, move |client, item| Ok(of(client, item)?))
}

fn reasoned(said: Reason, step: &str, of: fn(&Client, DocumentId, String) -> Saved) -> Typed {
    Typed::new(said.item, step, move |client, item| Ok(of(client, item, said.reason)?))
}

fn restored(said: Report, page: &Page) -> Result<Typed, Failure> {
    let restored_at = said.restored_at.map(|text| page.clock.read(&text)).transpose()?;
    let report = RepairReport { cause: said.cause, remedy: said.remedy, restored_at, handler: said.handler };
    Ok(Typed::new(said.item, "restored", move |client, item| Ok(client.restore(item, report)?)))
}

fn served(said: Serve) -> Typed {
    Typed::new(said.item, "served", move |client, item| {
        let proof = said.proof.map(|proof| files::hash_of(client, item, &proof)).transpose()?;
        Ok(client.serve_notice(item, Service { how: said.how, recipient: said.recipient, proof, note: said.note })?)
    })
}

/// Questions and choices go by the numbers that `show` and `inbox` print.
fn resolved(said: Decide) -> Typed {
    Typed::new(said.item, "resolved", move |client, item| {
        let questions = client.questions_of(item)?;
        let question = said.question.checked_sub(1).and_then(|at| questions.get(at)).ok_or(Failure::NoSuchQuestion(said.question))?;
        let by_number = said.choice.parse::<usize>().ok().and_then(|number| question.choices.get(number.checked_sub(1)?));
        let choice = by_number.or_else(|| question.choices.iter().find(|choice| choice.name == said.choice));
        let choice = choice.ok_or_else(|| Failure::NoSuchChoice { choice: said.choice, count: question.choices.len() })?;
        Ok(client.resolve(item, question.attention.id.clone(), choice.name.clone(), said.note)?)
    })
}
