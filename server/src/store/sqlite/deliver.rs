//! Admitting a push: every edit ends accepted or in quarantine, in the transaction that its acknowledgement vouches for.

use std::collections::BTreeMap;

use linecrew_protocol::{
    Reason, Refusal,
    actor::actor_of,
    gate::{self, Expected, Inspected},
    ids::{DocumentId, InstallationId},
    model::{event::Event, person::Principal, repair::RepairEvent},
    time::Timestamp,
    wire::{Acked, Edit, Outcome, Verdict},
};
use rusqlite::Transaction;
use sha2::{Digest as _, Sha256};

use super::{
    Desk,
    changes::{self, Origin},
    columns::damaged,
    commit::{self, Changed, Projection},
    documents::{self, Loaded},
    edits, installations, office, people,
    quarantine::{self, Line, Refused},
};
use crate::{
    admission::{self, Admitted, Candidate},
    store::{Delivery, Effects},
};

/// A push whose changes were looked at, as far as that needs no document.
pub(super) struct Inspection {
    installation: InstallationId,
    first_seq: u64,
    now: Timestamp,
    edits: Vec<Offered>,
    principal: Principal,
}

struct Offered {
    edit: Edit,
    /// What makes a repeat a repeat.
    content: [u8; 32],
    inspected: Result<Inspected, Refusal>,
}

impl Inspection {
    pub(super) fn of(delivery: Delivery) -> Self {
        let Delivery { principal, push, now } = delivery;
        let edits = push.edits.into_iter().map(|edit| Offered { content: content(&edit), inspected: gate::inspect(&edit.change), edit });
        Self { installation: principal.installation, first_seq: push.first_seq, now, edits: edits.collect(), principal }
    }
}

fn content(edit: &Edit) -> [u8; 32] {
    let hash = Sha256::new().chain_update(edit.document.as_bytes()).chain_update(edit.generation.to_be_bytes());
    hash.chain_update(edit.change.as_slice()).finalize().into()
}

pub(super) fn admit(transaction: &Transaction<'_>, desk: &Desk, push: &Inspection) -> rusqlite::Result<(Acked, Effects)> {
    // A session opens for bound installations only, and a binding is never undone.
    let phone = installations::find(transaction, push.installation)?.ok_or_else(|| damaged("installation"))?;
    if push.first_seq > phone.next_device_seq {
        return Ok((Acked { outcomes: Vec::new(), next_seq: phone.next_device_seq }, Effects::default()));
    }
    // Roles and crew as of this transaction: they may have changed since the session began.
    let principal = people::principal(transaction, phone.person, push.installation)?;
    let principal = principal.filter(|principal| !phone.revoked && principal.person == push.principal.person);
    let mut desk_of_push = Admission { transaction, desk, push, principal, next_seq: phone.next_device_seq, documents: BTreeMap::new() };
    let numbered = (push.first_seq..).zip(&push.edits);
    let outcomes = numbered.map(|(device_seq, offered)| desk_of_push.answer(device_seq, offered));
    let outcomes = outcomes.collect::<rusqlite::Result<Vec<Outcome>>>()?;
    let next_seq = desk_of_push.next_seq;
    if next_seq != phone.next_device_seq {
        installations::set_next_device_seq(transaction, push.installation, next_seq)?;
    }
    Ok((Acked { outcomes, next_seq }, desk_of_push.settle()?))
}

struct Admission<'a> {
    transaction: &'a Transaction<'a>,
    desk: &'a Desk,
    push: &'a Inspection,
    /// None: this phone or this person may no longer write.
    principal: Option<Principal>,
    next_seq: u64,
    documents: BTreeMap<DocumentId, Open>,
}

/// A document that this push works on.
struct Open {
    loaded: Loaded,
    news: Option<News>,
}

/// What this push has added to a document so far.
struct News {
    commit_seq: u64,
    last: Event,
    projection: Projection,
}

/// Why an edit is refused, and the number of the refused edit that it builds on.
struct Grounds {
    refusal: Refusal,
    depends_on: Option<u64>,
}

impl From<Refusal> for Grounds {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, depends_on: None }
    }
}

impl Admission<'_> {
    fn answer(&mut self, device_seq: u64, offered: &Offered) -> rusqlite::Result<Outcome> {
        if device_seq < self.next_seq {
            return self.repeat(device_seq, offered);
        }
        let (received_at, verdict) = match self.admit(device_seq, offered)? {
            Ok(received_at) => (received_at, Verdict::Accepted),
            Err(grounds) => (self.push.now, self.refuse(device_seq, offered, grounds)?),
        };
        let outcome = Outcome { device_seq, received_at, verdict };
        edits::record(self.transaction, self.push.installation, offered.content, &outcome)?;
        self.next_seq = device_seq.saturating_add(1);
        Ok(outcome)
    }

    /// The same edit gets the same answer. Another one under a used number is kept, and touches nothing: two copies of one installation
    /// must have written it.
    fn repeat(&self, device_seq: u64, offered: &Offered) -> rusqlite::Result<Outcome> {
        let before = edits::find(self.transaction, self.push.installation, device_seq)?;
        if let Some(before) = before.filter(|before| before.content == offered.content) {
            return Ok(before.outcome);
        }
        let refusal = Refusal::new(Reason::SequenceReused, format!("number {device_seq} came before with another edit"));
        let verdict = self.refuse(device_seq, offered, refusal.into())?;
        Ok(Outcome { device_seq, received_at: self.push.now, verdict })
    }

    fn admit(&mut self, device_seq: u64, offered: &Offered) -> rusqlite::Result<Result<Timestamp, Grounds>> {
        let id = offered.edit.document;
        let refused = |reason, detail: &str| Ok(Err(Refusal::new(reason, detail).into()));
        let Some(principal) = self.principal.clone() else {
            return refused(Reason::Revoked, "this phone or its person may no longer write");
        };
        let inspected = match &offered.inspected {
            Ok(inspected) => inspected,
            Err(refusal) => return Ok(Err(refusal.clone().into())),
        };
        if !self.open(id)? {
            return refused(Reason::UnknownDocument, "the server has no such item");
        }
        let origin = self.origin(device_seq, offered, &principal);
        if changes::is_known(self.transaction, &inspected.hash(), &origin)? {
            let stored = changes::received_at(self.transaction, &inspected.hash())?;
            return Ok(Ok(stored.unwrap_or(self.push.now)));
        }
        let Some(open) = self.documents.get(&id) else { return refused(Reason::UnknownDocument, "the server has no such item") };
        let actor = actor_of(self.push.installation, id, offered.edit.generation);
        let expected = Expected {
            next_seq: changes::next_actor_seq(self.transaction, id, &actor)?,
            actor,
            document_changes: open.loaded.change_count,
            document_bytes: open.loaded.byte_total,
        };
        let judged = admission::judge(&Candidate {
            document: &open.loaded.document,
            receipts: &open.loaded.receipts,
            inspected,
            expected,
            device_seq,
            principal: &principal,
            received_at: self.push.now,
        });
        match judged {
            Ok(admitted) => self.commit(&origin, inspected, admitted),
            Err(refusal) => self.trace(device_seq, offered, inspected, refusal).map(Err),
        }
    }

    fn commit(&mut self, origin: &Origin, inspected: &Inspected, admitted: Admitted) -> rusqlite::Result<Result<Timestamp, Grounds>> {
        let Admitted { document, recorded, view, fold } = admitted;
        if let Ok(event) = RepairEvent::of(&recorded.event)
            && let Err(refusal) = office::rule(self.transaction, origin.document, &event)?
        {
            return Ok(Err(refusal.into()));
        }
        let commit_seq = changes::insert(self.transaction, inspected.change(), origin)?;
        if let Some(open) = self.documents.get_mut(&origin.document) {
            open.loaded.advance(document, inspected.change(), origin.received_at);
            open.news = Some(News { commit_seq, last: recorded.event, projection: Projection { view, fold } });
        }
        Ok(Ok(origin.received_at))
    }

    /// What cannot be applied because an earlier edit was refused says so.
    fn trace(&self, device_seq: u64, offered: &Offered, inspected: &Inspected, refusal: Refusal) -> rusqlite::Result<Grounds> {
        if !matches!(refusal.reason, Reason::MissingDependency | Reason::WrongSequence) {
            return Ok(refusal.into());
        }
        let Edit { document, generation, .. } = offered.edit;
        let line = Line { installation: self.push.installation, device_seq, document, generation, deps: inspected.deps() };
        Ok(match quarantine::refused_before(self.transaction, &line)? {
            None => refusal.into(),
            Some(earlier) => {
                let refusal = Refusal::new(Reason::DependsOnRefused, format!("builds on edit {earlier}, which was refused"));
                Grounds { refusal, depends_on: Some(earlier) }
            }
        })
    }

    fn refuse(&self, device_seq: u64, offered: &Offered, grounds: Grounds) -> rusqlite::Result<Verdict> {
        let Grounds { refusal, depends_on } = grounds;
        let refused = Refused {
            installation: self.push.installation,
            device_seq,
            content: offered.content,
            document: offered.edit.document,
            generation: offered.edit.generation,
            bytes: &offered.edit.change,
            hash: offered.inspected.as_ref().ok().map(Inspected::hash),
            refusal: &refusal,
            depends_on,
            person: self.push.principal.person,
            received_at: self.push.now,
        };
        quarantine::keep(self.transaction, &refused)?;
        Ok(Verdict::Quarantined { reason: refusal.reason, detail: refusal.detail })
    }

    /// Loads a document once per push; false when there is none.
    fn open(&mut self, id: DocumentId) -> rusqlite::Result<bool> {
        if self.documents.contains_key(&id) {
            return Ok(true);
        }
        let Some(loaded) = documents::take(self.transaction, self.desk, id)? else { return Ok(false) };
        self.documents.insert(id, Open { loaded, news: None });
        Ok(true)
    }

    fn origin(&self, device_seq: u64, offered: &Offered, principal: &Principal) -> Origin {
        Origin {
            document: offered.edit.document,
            installation: self.push.installation,
            device_seq,
            person: principal.person,
            received_at: self.push.now,
        }
    }

    fn settle(self) -> rusqlite::Result<Effects> {
        let mut effects = Effects::default();
        for (document, Open { loaded, news }) in self.documents {
            if let Some(News { commit_seq, last, projection }) = news {
                let changed = Changed { document, loaded: &loaded, projection: &projection, commit_seq, last: &last, now: self.push.now };
                let (_, more) = commit::settle(self.transaction, &changed)?;
                effects.feeds.extend(more.feeds);
                effects.rows.extend(more.rows);
            }
            documents::keep(self.desk, document, loaded);
        }
        Ok(effects)
    }
}
