//! One item with everything behind it.

use std::collections::{BTreeMap, btree_map::Entry};

use linecrew_protocol::{
    ids::{DocumentId, PersonId},
    model::work::{WorkView, view::PersonView},
};
use rusqlite::Connection;

use super::{columns::Damaged, commit::Projection, contacts, decisions, documents, people, quarantine, rows};
use crate::store::BoardDetail;

pub(super) fn read(connection: &Connection, document: DocumentId) -> rusqlite::Result<Option<BoardDetail>> {
    let Some(row) = rows::one(connection, document)? else { return Ok(None) };
    let Some(loaded) = documents::load(connection, document)? else { return Ok(None) };
    let projection = Projection::of(&loaded).map_err(|refusal| Damaged::Document { document, source: Some(refusal.into()) })?;
    let mut view = projection.view;
    contacts::show(connection, document, &mut view.row.customer)?;
    let mut names: BTreeMap<PersonId, Option<String>> = BTreeMap::new();
    for person in people_in(&mut view) {
        let known = match names.entry(person.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(people::name(connection, person.id)?),
        };
        if known.is_some() {
            person.name.clone_from(known);
        }
    }
    let quarantined = quarantine::of_document(connection, document)?;
    let decisions = decisions::of_document(connection, document)?;
    Ok(Some(BoardDetail { revision: row.revision, updated_at: row.updated_at, view, quarantined, decisions }))
}

/// Everybody who did something, wherever it shows.
fn people_in(view: &mut WorkView) -> impl Iterator<Item = &mut PersonView> {
    let WorkView { history, reports, safety, values, .. } = view;
    let history = history.iter_mut().map(|event| &mut event.by);
    let reports = reports.iter_mut().map(|report| &mut report.by);
    let safety = safety.done.iter_mut().map(|done| &mut done.by);
    let values =
        values.iter_mut().flat_map(|value| [&mut value.shown].into_iter().chain(&mut value.conflicting)).map(|claim| &mut claim.by);
    history.chain(reports).chain(safety).chain(values)
}
