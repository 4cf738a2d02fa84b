//! Survey forms: each version is one document that the reference feed of every district holds.

use std::{collections::BTreeSet, error::Error, sync::Arc};

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DistrictId, DocumentId},
    limits::MAX_CHANGE_BYTES,
    model::{
        command::Written,
        document::{Meta, SCHEMA},
        form::{self, Form},
        reference::{self, FORM_KIND, Reference},
    },
    time::Timestamp,
    wire::Feed,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{
    Desk,
    author::own_author,
    changes::{self, Origin},
    documents::{self, Content, Loaded, NewDocument},
    feeds::{self, Placement},
};
use crate::store::{Effects, FormPublished, FormRecord};

/// Forms come after everything that is work.
const PRIORITY: i64 = 2;

/// Which forms a file holds: they only ever become more, and each has an id of its own.
pub(super) type Edition = (i64, Option<[u8; 16]>);

/// The forms as somebody read them last.
#[derive(Debug, Default)]
pub(super) struct Shelf(Option<(Edition, Arc<Reference>)>);

impl Shelf {
    /// The forms as of this transaction.
    pub(super) fn reference(&mut self, connection: &Connection) -> rusqlite::Result<Arc<Reference>> {
        let edition = edition(connection)?;
        if let Some((known, reference)) = &self.0
            && *known == edition
        {
            return Ok(Arc::clone(reference));
        }
        let reference = Arc::new(load(connection)?);
        self.0 = Some((edition, Arc::clone(&reference)));
        Ok(reference)
    }
}

/// Publishes the shipped forms that the file lacks, and brings every form to every district. Does nothing before there is a district.
pub(super) fn ensure(transaction: &Transaction<'_>, desk: &Desk, now: Timestamp) -> rusqlite::Result<()> {
    publish_shipped(transaction, desk, now)?;
    for district in districts(transaction)? {
        spread(transaction, desk, district)?;
    }
    Ok(())
}

/// Publishes the shipped forms that the file lacks.
pub(super) fn publish_shipped(transaction: &Transaction<'_>, desk: &Desk, now: Timestamp) -> rusqlite::Result<()> {
    for form in form::shipped() {
        if find(transaction, &form)?.is_none() {
            let definition = super::columns::json(&form)?;
            if let Err(refusal) = create(transaction, desk, &form, (&definition, now))? {
                tracing::error!(form = form.form, form.version, refusal.detail, "a shipped form was not published");
            }
        }
    }
    Ok(())
}

/// Publishes a form in every district.
pub(super) fn publish(transaction: &Transaction<'_>, desk: &Desk, definition: &str, now: Timestamp) -> rusqlite::Result<FormPublished> {
    let form = match Form::parse(definition) {
        Ok(form) => form,
        Err(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            return Ok(FormPublished::Refused(Refusal::new(Reason::InvalidValue, format!("{error}{cause}"))));
        }
    };
    let record = record(&form);
    if let Some(document) = find(transaction, &form)? {
        let same = documents::load(transaction, document)?.and_then(|loaded| reference::read(&loaded.document).ok()) == Some(form);
        return Ok(if same { FormPublished::Known(record) } else { FormPublished::Differs(record) });
    }
    if districts(transaction)?.is_empty() {
        return Ok(FormPublished::Refused(Refusal::new(Reason::RuleViolated, "there is no district to publish it in")));
    }
    Ok(match create(transaction, desk, &form, (definition, now))? {
        Ok(feeds) => FormPublished::New(record, Effects { feeds: feeds.into_iter().collect(), ..Effects::default() }),
        Err(refusal) => FormPublished::Refused(refusal),
    })
}

/// All forms, by name and version.
pub(super) fn list(reference: &Reference) -> Vec<FormRecord> {
    reference.forms().map(|form| record(form)).collect()
}

fn record(form: &Form) -> FormRecord {
    FormRecord { form: form.form.clone(), version: form.version, title: form.title.clone() }
}

fn load(connection: &Connection) -> rusqlite::Result<Reference> {
    let mut known = Reference::default();
    for id in ids(connection)? {
        match documents::load(connection, id)?.map(|loaded| reference::read(&loaded.document)) {
            Some(Ok(form)) => known.add(form),
            // A newer build's form: surveys that ask for it wait for an upgrade.
            _ => tracing::warn!(document = %id, "a form that this version cannot read"),
        }
    }
    Ok(known)
}

/// Creates the document in all districts; gives the feeds that have it then.
fn create(
    transaction: &Transaction<'_>,
    desk: &Desk,
    form: &Form,
    (definition, now): (&str, Timestamp),
) -> rusqlite::Result<Result<Vec<Feed>, Refusal>> {
    let districts = districts(transaction)?;
    let Some(district) = districts.first().copied() else { return Ok(Ok(Vec::new())) };
    let id = DocumentId::new(now, rand::random());
    let author = own_author(transaction, desk, now)?;
    let meta = Meta { id, kind: FORM_KIND.to_owned(), schema: SCHEMA, district, created: now };
    let Written { document, change, .. } = match reference::publish(&meta, definition, &author) {
        Ok(written) if written.change.raw_bytes().len() <= MAX_CHANGE_BYTES => written,
        Ok(_) => return Ok(Err(Refusal::new(Reason::InvalidValue, "the form is too long to travel to phones"))),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let number = format!("form/{}/{}", form.form, form.version);
    documents::create(transaction, &NewDocument { id, kind: FORM_KIND, district, number: &number, priority: PRIORITY })?;
    let (installation, person) = (author.principal.installation, author.principal.person);
    let origin = Origin { document: id, installation, device_seq: author.device_seq, person, received_at: now };
    let commit_seq = changes::insert(transaction, &change, &origin)?;
    let mut loaded = Loaded::empty(Content::Leaflet, PRIORITY);
    loaded.advance(document, &change, now);
    documents::update(transaction, id, &loaded)?;
    let sql = "INSERT INTO forms (form, version, document) VALUES (?1, ?2, ?3)";
    transaction.execute(sql, (&form.form, form.version, id.as_bytes()))?;
    let feeds: Vec<Feed> = districts.into_iter().map(Feed::Reference).collect();
    let placement = Placement { document: id, loaded: &loaded, commit_seq, homes: BTreeSet::new() };
    feeds.iter().try_for_each(|feed| feeds::enter(transaction, *feed, &placement))?;
    documents::keep(desk, id, loaded);
    Ok(Ok(feeds))
}

/// Brings the forms that a district lacks to it.
fn spread(transaction: &Transaction<'_>, desk: &Desk, district: DistrictId) -> rusqlite::Result<()> {
    let feed = Feed::Reference(district);
    let sql = "SELECT document, (SELECT max(commit_seq) FROM changes WHERE changes.document = forms.document) AS newest FROM forms
               WHERE NOT EXISTS (SELECT 1 FROM feed_members WHERE feed = ?1 AND feed_members.document = forms.document)
               ORDER BY form, version";
    let read = |row: &Row<'_>| Ok((DocumentId::from_bytes(row.get("document")?), super::columns::read_counter(row, "newest")?));
    let lacking: Vec<(DocumentId, u64)> =
        transaction.prepare_cached(sql)?.query_map([feed.to_string()], read)?.collect::<rusqlite::Result<_>>()?;
    for (document, commit_seq) in lacking {
        if let Some(loaded) = documents::take(transaction, desk, document)? {
            feeds::enter(transaction, feed, &Placement { document, loaded: &loaded, commit_seq, homes: BTreeSet::new() })?;
            documents::keep(desk, document, loaded);
        }
    }
    Ok(())
}

fn edition(connection: &Connection) -> rusqlite::Result<Edition> {
    let sql = "SELECT count(*) AS forms, max(document) AS newest FROM forms";
    connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get("forms")?, row.get("newest")?)))
}

fn find(connection: &Connection, form: &Form) -> rusqlite::Result<Option<DocumentId>> {
    let sql = "SELECT document FROM forms WHERE form = ?1 AND version = ?2";
    let read = |row: &Row<'_>| Ok(DocumentId::from_bytes(row.get("document")?));
    connection.prepare_cached(sql)?.query_row((&form.form, form.version), read).optional()
}

fn ids(connection: &Connection) -> rusqlite::Result<Vec<DocumentId>> {
    let mut statement = connection.prepare_cached("SELECT document FROM forms ORDER BY form, version")?;
    statement.query_map([], |row| Ok(DocumentId::from_bytes(row.get("document")?)))?.collect()
}

fn districts(connection: &Connection) -> rusqlite::Result<Vec<DistrictId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM districts ORDER BY id")?;
    statement.query_map([], |row| Ok(DistrictId::from_bytes(row.get("id")?)))?.collect()
}
