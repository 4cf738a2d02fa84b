//! The documents that one transaction works on, whoever decides: loaded once, changed in memory and in the table of changes, and settled
//! together at the end.

use std::{collections::BTreeMap, sync::Arc};

use linecrew_protocol::{
    Automerge, Change, Refusal,
    ids::DocumentId,
    model::{
        command::{Author, Written},
        event::Event,
        reference::Reference,
        work::{WorkCommand, WorkEvent, command::execute},
    },
    time::Timestamp,
};
use rusqlite::Transaction;

use super::{
    Desk,
    author::{own_author, unreadable},
    changes::{self, Origin},
    collection::{self, Journals},
    commit::{self, Changed, Projection},
    documents::{self, Content, Loaded},
};
use crate::store::Effects;

/// Documents at work. What is left unsettled is lost with its transaction.
pub(super) struct Batch<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) desk: &'a Desk,
    /// The forms as of this transaction.
    pub(super) reference: Arc<Reference>,
    pub(super) now: Timestamp,
    /// The journals at work.
    pub(super) journals: Journals,
    documents: BTreeMap<DocumentId, Open>,
}

struct Open {
    loaded: Loaded,
    news: Option<News>,
}

/// What this transaction has added to a document so far.
struct News {
    commit_seq: u64,
    /// The last event that somebody decided: what moves a document from feed to feed.
    last: Event,
    /// As of the newest change, when somebody has read it already.
    projection: Option<Projection>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>, desk: &'a Desk, now: Timestamp) -> rusqlite::Result<Self> {
        let reference = desk.reference(transaction)?;
        Ok(Self { transaction, desk, reference, now, journals: Journals::default(), documents: BTreeMap::new() })
    }

    /// Loads a document; false when there is none.
    pub(super) fn open(&mut self, id: DocumentId) -> rusqlite::Result<bool> {
        if self.documents.contains_key(&id) {
            return Ok(true);
        }
        let Some(loaded) = documents::take(self.transaction, self.desk, id)? else { return Ok(false) };
        self.documents.insert(id, Open { loaded, news: None });
        Ok(true)
    }

    /// A document as it is now, once it was opened.
    pub(super) fn loaded(&self, id: DocumentId) -> Option<&Loaded> {
        self.documents.get(&id).map(|open| &open.loaded)
    }

    /// How an item stands now; none when there is no such item.
    pub(super) fn projection(&mut self, id: DocumentId) -> rusqlite::Result<Option<Projection>> {
        if !self.open(id)? {
            return Ok(None);
        }
        // What is no item (a form) has no projection.
        Ok(self.loaded(id).and_then(|loaded| Projection::of(loaded).ok()))
    }

    /// Takes up a document before its first change.
    pub(super) fn begin(&mut self, id: DocumentId, content: Content, priority: i64) {
        self.documents.insert(id, Open { loaded: Loaded::empty(content, priority), news: None });
    }

    /// Whether this transaction has added to a document so far.
    pub(super) fn has_news(&self, id: DocumentId) -> bool {
        self.documents.get(&id).is_some_and(|open| open.news.is_some())
    }

    /// Stores a change and goes on with `document`, which has it. `projection` is how it stands then, when that is known.
    pub(super) fn store(
        &mut self,
        origin: &Origin,
        (change, document): (&Change, Automerge),
        event: Event,
        projection: Option<Projection>,
    ) -> rusqlite::Result<()> {
        let commit_seq = changes::insert(self.transaction, change, origin)?;
        if let Some(open) = self.documents.get_mut(&origin.document) {
            open.loaded.advance(document, change, origin.received_at);
            // Nothing that the store records by itself moves a document; what moved it has to be explained.
            let is_own = event.by == crate::store::SYSTEM_PERSON;
            let last = match open.news.take() {
                Some(News { last, .. }) if is_own => last,
                _ => event,
            };
            open.news = Some(News { commit_seq, last, projection });
        }
        Ok(())
    }

    /// Says how a document stands after its changes, when somebody knows already.
    pub(super) fn project(&mut self, id: DocumentId, projection: Projection) {
        if let Some(news) = self.documents.get_mut(&id).and_then(|open| open.news.as_mut()) {
            news.projection = Some(projection);
        }
    }

    /// Carries out commands on one document, one upon the other: all of them or none.
    pub(super) fn record(&mut self, id: DocumentId, steps: &[(WorkCommand, Author)]) -> rusqlite::Result<Result<(), Refusal>> {
        let Some(open) = self.documents.get(&id) else { return Ok(Ok(())) };
        let mut written: Vec<Written> = Vec::with_capacity(steps.len());
        for (command, author) in steps {
            let before = written.last().map_or(&open.loaded.document, |written| &written.document);
            match execute(before, command, author, &self.reference) {
                Ok(next) => written.push(next),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        for (Written { document, change, recorded }, (_, author)) in written.into_iter().zip(steps) {
            let origin = self.origin(id, author);
            self.store(&origin, (&change, document), recorded.event, None)?;
        }
        Ok(Ok(()))
    }

    /// Records an event as the store's own. A document that does not take it stays as it is: nobody could do anything about that.
    pub(super) fn record_own(&mut self, id: DocumentId, event: WorkEvent) -> rusqlite::Result<()> {
        let author = own_author(self.transaction, self.desk, self.now)?;
        if let Err(refusal) = self.record(id, &[(WorkCommand::Record(event), author)])? {
            tracing::error!(document = %id, refusal.reason = %refusal.reason, refusal.detail, "a consequence could not be recorded");
        }
        Ok(())
    }

    /// Stores what the store has written itself into a document.
    pub(super) fn append(&mut self, id: DocumentId, written: Written, author: &Author) -> rusqlite::Result<()> {
        let Written { document, change, recorded } = written;
        self.store(&self.origin(id, author), (&change, document), recorded.event, None)
    }

    /// Where an own change comes from.
    pub(super) fn origin(&self, document: DocumentId, author: &Author) -> Origin {
        Origin {
            document,
            installation: author.principal.installation,
            device_seq: author.device_seq,
            person: author.principal.person,
            received_at: self.now,
        }
    }

    /// Writes everything that follows from the new changes, and gives the documents back to the writer's cache.
    pub(super) fn settle(mut self) -> rusqlite::Result<Effects> {
        let mut effects = collection::finish(&mut self)?;
        for (document, Open { loaded, news }) in std::mem::take(&mut self.documents) {
            if let Some(news) = news {
                let more = self.settle_one(document, &loaded, news)?;
                effects.feeds.extend(more.feeds);
                effects.rows.extend(more.rows);
                effects.collection |= more.collection;
            }
            documents::keep(self.desk, document, loaded);
        }
        Ok(effects)
    }

    fn settle_one(&self, document: DocumentId, loaded: &Loaded, news: News) -> rusqlite::Result<Effects> {
        let News { commit_seq, last, projection } = news;
        if matches!(loaded.content, Content::Book | Content::Receivable) {
            let feeds = collection::place(self.transaction, (document, loaded), commit_seq, self.now)?;
            return Ok(Effects { feeds, collection: true, ..Effects::default() });
        }
        let projection = projection.map_or_else(|| Projection::of(loaded).map_err(unreadable(document)), Ok)?;
        let changed = Changed { document, loaded, projection: &projection, commit_seq, last: &last, now: self.now };
        commit::settle(self.transaction, self.desk, &changed).map(|(_, effects)| effects)
    }
}
