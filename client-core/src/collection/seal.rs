//! Sealing: each act becomes an entry that names the one before, and is signed when the key can be used.

use linecrew_protocol::{
    Reason, Refusal,
    ids::DocumentId,
    model::collection::{Act, Entry, Ledger, Sealed, ledger::Line, rules},
    time::Evidence,
};

use super::{CollectionError, act::Step, situation::Situation};
use crate::device_key::{self, DeviceKey, KeyUnavailable};

/// An entry that is ready to be written.
#[derive(Debug)]
pub(super) struct SealedStep {
    pub(super) document: DocumentId,
    pub(super) sealed: Sealed,
    pub(super) entry: Entry,
    pub(super) customer: Option<String>,
}

/// A journal that grows by entries which are not written yet.
pub(super) struct Sealing<'a> {
    situation: Situation,
    at: Evidence,
    key: Option<&'a dyn DeviceKey>,
    done: Vec<SealedStep>,
}

impl<'a> Sealing<'a> {
    pub(super) fn new(situation: Situation, at: Evidence, key: Option<&'a dyn DeviceKey>) -> Self {
        Self { situation, at, key, done: Vec::new() }
    }

    /// Vouches for the entries that have no signature, when there are some and the key can be used. A key that cannot is not asked again.
    pub(super) fn attest(&mut self) -> Result<(), CollectionError> {
        if self.try_attest()?.is_err() {
            self.key = None;
        }
        Ok(())
    }

    /// The same; whether the key could be used.
    pub(super) fn try_attest(&mut self) -> Result<Result<(), KeyUnavailable>, CollectionError> {
        let Some((from, through)) = self.situation.ledger.to_attest() else { return Ok(Ok(())) };
        let Some(key) = self.key else { return Ok(Err(KeyUnavailable::default())) };
        let step = Step::new(self.situation.carrier()?, Act::Attested { from, through });
        let draft = self.draft(&step)?;
        match signed(key, &draft, &self.situation.ledger)? {
            Ok((entry, sealed)) => self.add(step, entry, sealed).map(Ok),
            Err(unavailable) => Ok(Err(unavailable)),
        }
    }

    /// Seals an act.
    pub(super) fn seal(&mut self, step: Step) -> Result<(), CollectionError> {
        let draft = self.draft(&step)?;
        let signed = match self.key.map(|key| signed(key, &draft, &self.situation.ledger)).transpose()? {
            Some(Ok(signed)) => Some(signed),
            Some(Err(unavailable)) => {
                tracing::warn!(error = %unavailable, "an entry is sealed without a signature");
                self.key = None;
                None
            }
            None => None,
        };
        let (entry, sealed) = match signed {
            Some(signed) => signed,
            None => {
                let sealed = Sealed { entry: text(&draft)?, signature: None };
                (draft, sealed)
            }
        };
        self.add(step, entry, sealed)
    }

    pub(super) fn finish(self) -> (Situation, Vec<SealedStep>) {
        (self.situation, self.done)
    }

    /// The entry, as far as it needs no key. The rules have the first word.
    fn draft(&self, step: &Step) -> Result<Entry, CollectionError> {
        let Situation { mark, principal, ledger, .. } = &self.situation;
        rules::permitted(ledger, &step.act).map_err(|detail| CollectionError::Refused(Refusal::new(Reason::RuleViolated, detail)))?;
        Ok(Entry {
            device: mark.device,
            collector: principal.person,
            seq: ledger.head.seq.saturating_add(1),
            previous: ledger.head.hash,
            at: self.at,
            turnover: ledger.head.turnover + step.act.turnover(),
            key: None,
            act: step.act.clone(),
        })
    }

    fn add(&mut self, step: Step, entry: Entry, sealed: Sealed) -> Result<(), CollectionError> {
        let line = Line { hash: sealed.hash(), signed: sealed.signature.is_some(), entry: entry.clone() };
        self.situation.facts.lines.insert(entry.seq, line);
        self.situation.ledger = Ledger::fold(&self.situation.facts);
        self.done.push(SealedStep { document: step.document, sealed, entry, customer: step.customer });
        Ok(())
    }
}

/// The entry with its signature. The key is named where the journal does not know it yet, and in attestations: only in what it has signed,
/// so that nobody can name a key for somebody else.
fn signed(key: &dyn DeviceKey, draft: &Entry, ledger: &Ledger) -> Result<Result<(Entry, Sealed), KeyUnavailable>, CollectionError> {
    let public = match key.public_key() {
        Ok(public) => public,
        Err(unavailable) => return Ok(Err(unavailable)),
    };
    let names_it = ledger.key != Some(public) || matches!(draft.act, Act::Attested { .. });
    let entry = Entry { key: names_it.then_some(public), ..draft.clone() };
    let unsigned = Sealed { entry: text(&entry)?, signature: None };
    let signature = device_key::sign(key, &public, unsigned.hash().as_bytes());
    Ok(signature.map(|signature| (entry, Sealed { signature: Some(signature), ..unsigned })))
}

fn text(entry: &Entry) -> Result<String, CollectionError> {
    entry.to_text().map_err(CollectionError::Refused)
}
