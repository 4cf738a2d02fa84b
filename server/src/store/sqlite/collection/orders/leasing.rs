//! Books: leased, frozen, handed over.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DistrictId, DocumentId, InstallationId, PersonId},
    model::{collection::OfficeAct, person::Role},
};

use super::{
    super::{
        super::{author::author, installations, people},
        books::{self, Holder},
    },
    Counter, Stop, Subject, may_write, not_now,
};
use crate::store::Account;

/// Why the rest of a book is worth nothing once its tickets are back.
const HANDED_OVER: &str = "handed over";

impl Counter<'_, '_> {
    pub(super) fn lease(&mut self, collector: PersonId, device: InstallationId, count: u32) -> Result<Subject, Stop> {
        let violated = |detail: &str| Stop::Refused(Refusal::new(Reason::RuleViolated, detail));
        let account = people::account(self.connection(), collector)?.ok_or_else(|| violated("there is no such person"))?;
        let phone = installations::find(self.connection(), device)?.filter(|phone| phone.person == collector && !phone.revoked);
        if phone.is_none() {
            return Err(violated("the phone is not this person's, or may no longer write"));
        }
        let district = self.district(&account)?.ok_or_else(|| violated("this person does not collect in any district"))?;
        self.may_write(district)?;
        let author = author(self.batch.transaction, self.batch.desk, &self.clerk.by, &self.clerk.by_name, self.clerk.now)?;
        let book = books::lease(self.batch, Holder { district, collector, device }, count, &author)??;
        Ok(Subject::Book(book))
    }

    pub(super) fn freeze(&mut self, book: DocumentId, reason: &str) -> Result<Subject, Stop> {
        self.may_write(books::district_of(self.connection(), book)?.ok_or(Stop::NotFound)?)?;
        let (device, _) = books::lease_of(self.connection(), book)?.ok_or(Stop::NotFound)?;
        let journal = self.batch.journals.journal(self.batch.transaction, device, book)?;
        let state = journal.ledger().books.get(&book).ok_or(Stop::NotFound)?;
        if state.frozen_reason.is_some() {
            return Err(not_now("the book is frozen"));
        }
        self.record(book, &OfficeAct::Frozen { reason: reason.to_owned() })?;
        Ok(Subject::Book(book))
    }

    /// Tickets that are back can no longer be issued: what the phone still holds of them is frozen first.
    pub(super) fn hand_over(&mut self, book: DocumentId, (voided, unused): (u64, u64)) -> Result<Subject, Stop> {
        self.may_write(books::district_of(self.connection(), book)?.ok_or(Stop::NotFound)?)?;
        let (device, _) = books::lease_of(self.connection(), book)?.ok_or(Stop::NotFound)?;
        let journal = self.batch.journals.journal(self.batch.transaction, device, book)?;
        let state = journal.ledger().books.get(&book).ok_or(Stop::NotFound)?;
        if state.handed_over {
            return Err(not_now("the book was handed over"));
        }
        let expected = (state.voided, state.returned.saturating_add(state.frozen).saturating_add(state.left));
        if expected != (voided, unused) {
            let (voided, unused) = expected;
            return Err(not_now(format!("by the journal {voided} tickets are voided and {unused} unused")));
        }
        if state.left > 0 && state.frozen_reason.is_none() {
            self.record(book, &OfficeAct::Frozen { reason: HANDED_OVER.to_owned() })?;
        }
        self.record(book, &OfficeAct::HandedOver { voided, unused })?;
        Ok(Subject::Book(book))
    }

    /// Where a person collects: in the district of their crew, or else in the one that their role names, or in the only one that the clerk may
    /// decide about.
    fn district(&self, account: &Account) -> Result<Option<DistrictId>, Stop> {
        let collects = || account.roles.iter().filter(|grant| grant.role == Role::Collector);
        let at_home = account.crew.as_ref().map(|crew| crew.district);
        let at_home = at_home.filter(|home| collects().any(|grant| grant.district.is_none_or(|only| only == *home)));
        if let Some(district) = at_home.or_else(|| collects().find_map(|grant| grant.district)) {
            return Ok(Some(district));
        }
        if collects().next().is_none() {
            return Ok(None);
        }
        let districts = people::districts(self.connection())?;
        let mut mine = districts.into_iter().map(|district| district.id).filter(|district| may_write(&self.clerk.by, *district));
        match (mine.next(), mine.next()) {
            (Some(only), None) => Ok(Some(only)),
            _ => Err(Refusal::new(Reason::RuleViolated, "this person collects in several districts: name one in their role").into()),
        }
    }
}
