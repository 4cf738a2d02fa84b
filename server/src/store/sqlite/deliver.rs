//! Admitting a push: every edit ends accepted or in quarantine, in the transaction that its acknowledgement vouches for.

mod again;
mod twin;

use linecrew_protocol::{
    Reason, Refusal,
    actor::actor_of,
    gate::{self, Expected, Inspected},
    ids::{DocumentId, InstallationId},
    key::{ChainLink, Signature},
    model::{collection::EntryHash, person::Principal, work::WorkEvent},
    time::Timestamp,
    wire::{Acked, Edit, Outcome, Push, Verdict},
};
use rusqlite::Transaction;

use super::{
    Desk,
    batch::Batch,
    changes::{self, Origin},
    collection,
    columns::damaged,
    commit::Projection,
    consequences::Consequences,
    decisions,
    documents::Content,
    edits, installations, people,
    quarantine::{self, Line, Refused},
    rules,
};
use crate::{
    admission::{self, Admitted, AdmittedEntry, Candidate, Right},
    store::{Delivery, Effects},
};

pub(super) use self::again::{Again, Judged, judge_again, read_again};

/// A push whose changes were looked at, as far as that needs no document.
pub(super) struct Inspection {
    installation: InstallationId,
    first_seq: u64,
    /// The link of the edit before the first one, as the phone knows it.
    previous: ChainLink,
    signature: Signature,
    now: Timestamp,
    edits: Vec<Offered>,
    principal: Principal,
}

struct Offered {
    edit: Edit,
    /// What makes a repeat a repeat.
    content: [u8; 32],
    /// Its link in the chain of its phone.
    link: ChainLink,
    inspected: Result<Inspected, Refusal>,
}

impl Inspection {
    pub(super) fn of(delivery: Delivery) -> Self {
        let Delivery { principal, push, now } = delivery;
        let Push { first_seq, edits, previous, signature } = push;
        let mut link = previous;
        let edits = edits.into_iter().map(|edit| {
            let content = edit.content();
            link = link.then(&content);
            Offered { content, link, inspected: gate::inspect(&edit.change), edit }
        });
        let edits = edits.collect();
        Self { installation: principal.installation, first_seq, previous, signature, now, edits, principal }
    }

    /// Whether a later edit of this push is for the same document as the one with this number.
    fn goes_on(&self, device_seq: u64) -> bool {
        let place = usize::try_from(device_seq.saturating_sub(self.first_seq)).unwrap_or(usize::MAX);
        let document = self.edits.get(place).map(|offered| offered.edit.document);
        self.edits.iter().skip(place.saturating_add(1)).any(|later| Some(later.edit.document) == document)
    }
}

/// How often what people see of a document is made while a push adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Once, at the end: of 1.2 ms an edit of a long offline day costs, that saves a third (dev profile, 2026-11-28).
    Documents,
    /// After every edit: one that leads to what this build cannot read is refused alone. Only for a push that failed without it.
    Edits,
}

/// What became of a push.
pub(super) enum Delivered {
    /// Each edit is accepted or in quarantine.
    Answered(Acked, Effects),
    /// The phone's edits are not those that came before under their numbers: two copies of one installation have written (rule 16). What was not
    /// known is in quarantine; no number was used.
    Cloned,
}

pub(super) fn admit(transaction: &Transaction<'_>, desk: &Desk, push: &Inspection, care: Care) -> rusqlite::Result<Delivered> {
    // A session opens for enrolled installations only, and an enrolment is never undone.
    let phone = installations::find(transaction, push.installation)?.ok_or_else(|| damaged("installation"))?;
    if push.first_seq > phone.next_device_seq {
        return Ok(Delivered::Answered(Acked { outcomes: Vec::new(), next_seq: phone.next_device_seq }, Effects::default()));
    }
    // Roles and crew as of this transaction: they may have changed since the session began.
    let principal = people::principal(transaction, phone.person, push.installation)?;
    let principal = principal.filter(|principal| !phone.revoked && principal.person == push.principal.person);
    let batch = Batch::new(transaction, desk, push.now)?;
    let mut admission =
        Admission { batch, push, care, principal, right: Right::Sender, is_again: false, kept: false, next_seq: phone.next_device_seq };
    if admission.is_cloned()? {
        admission.set_aside()?;
        return Ok(Delivered::Cloned);
    }
    let numbered = (push.first_seq..).zip(&push.edits);
    let outcomes = numbered.map(|(device_seq, offered)| admission.answer(device_seq, offered));
    let outcomes = outcomes.collect::<rusqlite::Result<Vec<Outcome>>>()?;
    let next_seq = admission.next_seq;
    if next_seq != phone.next_device_seq {
        installations::set_next_device_seq(transaction, push.installation, next_seq)?;
        edits::sign(transaction, push.installation, next_seq.saturating_sub(1), &push.signature, push.now)?;
    }
    let refused = admission.kept;
    Ok(Delivered::Answered(Acked { outcomes, next_seq }, Effects { refused, ..admission.batch.settle()? }))
}

struct Admission<'a> {
    batch: Batch<'a>,
    push: &'a Inspection,
    care: Care,
    /// None: this phone or this person may no longer write.
    principal: Option<Principal>,
    right: Right,
    /// Whether it had been refused before.
    is_again: bool,
    /// Whether an edit is in quarantine that was not there.
    kept: bool,
    next_seq: u64,
}

/// An edit that is part of its document.
struct Kept {
    received_at: Timestamp,
    /// The journal entry in it.
    entry: Option<EntryHash>,
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
            return self.repeat(device_seq);
        }
        let outcome = match self.admit(device_seq, offered)? {
            Ok(Kept { received_at, entry }) => {
                let entry = entry.map(|hash| (*hash.as_bytes()).into());
                Outcome { device_seq, received_at, verdict: Verdict::Accepted, entry }
            }
            Err(grounds) => {
                let verdict = self.refuse(device_seq, offered, grounds)?;
                Outcome { device_seq, received_at: self.push.now, verdict, entry: None }
            }
        };
        edits::record(self.batch.transaction, self.push.installation, (&offered.content, &offered.link), &outcome)?;
        self.next_seq = device_seq.saturating_add(1);
        Ok(outcome)
    }

    /// Whether the phone's chain is another one than that of the edits which came before under its name.
    fn is_cloned(&self) -> rusqlite::Result<bool> {
        let Inspection { installation, first_seq, previous, edits, .. } = self.push;
        let before = edits::link_of(self.batch.transaction, *installation, first_seq.saturating_sub(1))?;
        if before != Some(*previous) {
            return Ok(true);
        }
        for (device_seq, offered) in (*first_seq..self.next_seq).zip(edits) {
            if edits::link_of(self.batch.transaction, *installation, device_seq)? != Some(offered.link) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keeps what a copy of a phone has sent, whole: its person confirmed it.
    fn set_aside(&mut self) -> rusqlite::Result<()> {
        let push = self.push;
        for (device_seq, offered) in (push.first_seq..).zip(&push.edits) {
            let known = edits::find(self.batch.transaction, self.push.installation, device_seq)?;
            if known.is_some_and(|known| known.content == offered.content) {
                continue;
            }
            let refusal =
                Refusal::new(Reason::SequenceReused, format!("another copy of this phone has written under number {device_seq} or before"));
            self.refuse(device_seq, offered, refusal.into())?;
        }
        Ok(())
    }

    /// The same edit gets the same answer.
    fn repeat(&self, device_seq: u64) -> rusqlite::Result<Outcome> {
        let before = edits::find(self.batch.transaction, self.push.installation, device_seq)?;
        before.map(|before| before.outcome).ok_or_else(|| damaged("edits"))
    }

    fn admit(&mut self, device_seq: u64, offered: &Offered) -> rusqlite::Result<Result<Kept, Grounds>> {
        let id = offered.edit.document;
        let refused = |reason, detail: &str| Ok(Err(Refusal::new(reason, detail).into()));
        let Some(principal) = self.principal.clone() else {
            return refused(Reason::Revoked, "this phone or its person may no longer write");
        };
        let inspected = match &offered.inspected {
            Ok(inspected) => inspected,
            Err(refusal) => return Ok(Err(refusal.clone().into())),
        };
        if !self.batch.open(id)? {
            return refused(Reason::UnknownDocument, "the server has no such item");
        }
        let origin = self.origin(device_seq, offered, &principal);
        if changes::is_known(self.batch.transaction, &inspected.hash(), &origin)? {
            let received_at = changes::received_at(self.batch.transaction, &inspected.hash())?.unwrap_or(self.push.now);
            return Ok(Ok(Kept { received_at, entry: edits::entry_of(self.batch.transaction, &inspected.hash())? }));
        }
        if let Some(number) = self.recorded_before(id, &principal, inspected)? {
            return refused(Reason::AlreadyRecorded, &format!("the same is part of the item already, as edit {number}"));
        }
        let Some(loaded) = self.batch.loaded(id) else { return refused(Reason::UnknownDocument, "the server has no such item") };
        let actor = actor_of(self.push.installation, id, offered.edit.generation);
        let expected = Expected {
            next_seq: changes::next_actor_seq(self.batch.transaction, id, &actor)?,
            actor,
            document_changes: loaded.change_count,
            document_bytes: loaded.byte_total,
        };
        let candidate = Candidate {
            document: &loaded.document,
            receipts: &loaded.receipts,
            inspected,
            expected,
            device_seq,
            principal: &principal,
            right: self.right,
            received_at: self.push.now,
            reference: &self.batch.reference,
            goes_on: self.care == Care::Documents && self.push.goes_on(device_seq),
        };
        let refusal = if loaded.content == Content::Book {
            match admission::judge_entry(&candidate) {
                Ok(admitted) => return self.commit_entry(&origin, inspected, admitted),
                Err(refusal) => refusal,
            }
        } else {
            match admission::judge(&candidate) {
                Ok(admitted) => return self.commit(&origin, &principal, inspected, admitted),
                Err(refusal) => refusal,
            }
        };
        self.trace(device_seq, offered, inspected, refusal).map(Err)
    }

    /// The number under which the same act is part of the item. A phone writes anew what built on a refused edit; when the office, or access that
    /// came back, has let the first writing in, the second would be the same act twice. Journals look after their entries themselves.
    fn recorded_before(&self, document: DocumentId, author: &Principal, inspected: &Inspected) -> rusqlite::Result<Option<u64>> {
        let is_item = self.batch.loaded(document).is_some_and(|loaded| loaded.content == Content::Item);
        if !is_item || (!self.is_again && !decisions::has_admitted(self.batch.transaction, document, author.person)?) {
            return Ok(None);
        }
        twin::find(self.batch.transaction, document, author.person, inspected)
    }

    /// An entry of a journal. What is wrong with it is flagged; only a place or a number that is taken refuses it.
    fn commit_entry(&mut self, origin: &Origin, inspected: &Inspected, admitted: AdmittedEntry) -> rusqlite::Result<Result<Kept, Grounds>> {
        let AdmittedEntry { document, recorded, sealed, entry } = admitted;
        let hash = sealed.hash();
        if let Err(refusal) = collection::receive(&mut self.batch, origin, sealed, entry)? {
            return Ok(Err(refusal.into()));
        }
        self.batch.store(origin, (inspected.change(), document), recorded.event, None)?;
        Ok(Ok(Kept { received_at: origin.received_at, entry: Some(hash) }))
    }

    fn commit(
        &mut self,
        origin: &Origin,
        principal: &Principal,
        inspected: &Inspected,
        admitted: Admitted,
    ) -> rusqlite::Result<Result<Kept, Grounds>> {
        let Admitted { document, recorded, seen } = admitted;
        let kept = Kept { received_at: origin.received_at, entry: None };
        let Some((view, standing)) = seen else {
            self.batch.store(origin, (inspected.change(), document), recorded.event, None)?;
            return Ok(Ok(kept));
        };
        let event = WorkEvent::of(standing.describe(), &recorded.event).ok();
        let projection = Projection { view, standing };
        let mut consequences = Consequences::default();
        if let Some(event) = &event {
            if let Err(refusal) = rules::check(&mut self.batch, principal, &projection, event)? {
                return Ok(Err(refusal.into()));
            }
            consequences = Consequences::of(&projection.standing, event);
        }
        self.batch.store(origin, (inspected.change(), document), recorded.event, Some(projection))?;
        consequences.carry_out(&mut self.batch, origin.document)?;
        Ok(Ok(kept))
    }

    /// What cannot be applied because an earlier edit was refused says so.
    fn trace(&self, device_seq: u64, offered: &Offered, inspected: &Inspected, refusal: Refusal) -> rusqlite::Result<Grounds> {
        if !matches!(refusal.reason, Reason::MissingDependency | Reason::WrongSequence) {
            return Ok(refusal.into());
        }
        let Edit { document, generation, .. } = offered.edit;
        let line = Line { installation: self.push.installation, device_seq, document, generation, deps: inspected.deps() };
        Ok(match quarantine::refused_before(self.batch.transaction, &line)? {
            None => refusal.into(),
            Some(earlier) => {
                let refusal = Refusal::new(Reason::DependsOnRefused, format!("builds on edit {earlier}, which was refused"));
                Grounds { refusal, depends_on: Some(earlier) }
            }
        })
    }

    fn refuse(&mut self, device_seq: u64, offered: &Offered, grounds: Grounds) -> rusqlite::Result<Verdict> {
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
        if quarantine::keep(self.batch.transaction, &refused)? {
            self.kept = true;
            if quarantine::is_security(refusal.reason) {
                warn(&refused);
            }
        }
        Ok(Verdict::Quarantined { reason: refusal.reason, detail: refusal.detail })
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
}

/// Rule 13: who watches the log learns of what no honest phone sends. Ids and codes only: the edit itself is in quarantine.
fn warn(refused: &Refused<'_>) {
    tracing::warn!(
        installation = %refused.installation,
        person = %refused.person,
        document = %refused.document,
        edit.device_seq = refused.device_seq,
        refusal.reason = %refused.refusal.reason,
        "security: an edit that its sender may not make is in quarantine"
    );
}
