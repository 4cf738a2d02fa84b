//! Phones, and whose they are: invitations, enrolment, families of refresh tokens, revocation.

mod entries;
mod families;
mod identities;
mod invites;
mod roster;

use std::collections::BTreeSet;

use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    time::Timestamp,
};
use rusqlite::Transaction;

pub(super) use self::entries::import;
use super::{SqliteStore, decisions, installations, people, phones};
use crate::store::{
    Answer, Effects, PhoneRecord,
    register::{
        Enrolled, Enrolling, Entered, Entry, Family, FamilyId, Identity, Linked, NewInvite, NewLink, PersonRecord, Register, Rotated,
        Rotation, Who,
    },
};

impl Register for SqliteStore {
    fn invite(&self, invite: NewInvite) -> Answer<'_, bool> {
        self.write("keep an invitation", move |transaction, _| invites::keep(transaction, &invite))
    }

    fn enrol(&self, enrolling: Enrolling) -> Answer<'_, Enrolled> {
        self.write("enrol a phone", move |transaction, _| enrol(transaction, &enrolling))
    }

    fn family(&self, family: FamilyId) -> Answer<'_, Option<Family>> {
        self.read("read a family of tokens", move |connection| families::find(connection, &family))
    }

    fn rotate(&self, rotation: Rotation) -> Answer<'_, Rotated> {
        self.write("use a refresh token", move |transaction, _| families::rotate(transaction, &rotation))
    }

    fn end_family(&self, family: FamilyId, why: &'static str, now: Timestamp) -> Answer<'_, ()> {
        self.write("end a family of tokens", move |transaction, _| families::end(transaction, &family, why, now))
    }

    fn roster(&self) -> Answer<'_, Vec<PersonRecord>> {
        self.read("list everybody", roster::all)
    }

    fn person(&self, who: Who) -> Answer<'_, Option<PersonRecord>> {
        self.read("find a person", move |connection| roster::find(connection, &who))
    }

    fn enter(&self, entry: Entry, now: Timestamp) -> Answer<'_, Entered> {
        self.write("write into the register", move |transaction, desk| entries::enter(transaction, desk, entry, now))
    }

    fn link(&self, link: NewLink) -> Answer<'_, Linked> {
        self.write("link an identity", move |transaction, _| identities::link(transaction, &link))
    }

    fn unlink(&self, person: PersonId, issuer: String) -> Answer<'_, bool> {
        self.write("take an identity away", move |transaction, _| identities::unlink(transaction, person, &issuer))
    }

    fn linked_person(&self, identity: Identity) -> Answer<'_, Option<PersonId>> {
        self.read("find whose identity it is", move |connection| identities::find(connection, &identity))
    }

    fn phones_of(&self, person: PersonId) -> Answer<'_, Vec<InstallationId>> {
        self.read("list a person's phones", move |connection| phones::of_person(connection, person))
    }

    fn phones_since(&self, revoked_since: Timestamp) -> Answer<'_, Vec<PhoneRecord>> {
        self.read("list phones", move |connection| phones::list(connection, revoked_since))
    }

    fn revoke(&self, installation: InstallationId, by: PersonId, reason: String, now: Timestamp) -> Answer<'_, Option<PhoneRecord>> {
        self.write("revoke a phone", move |transaction, _| {
            if !installations::revoke(transaction, installation, by, &reason, now)? {
                return Ok(None);
            }
            phones::one(transaction, installation)
        })
    }

    fn set_disabled(&self, person: PersonId, disabled: bool, now: Timestamp) -> Answer<'_, Option<Effects>> {
        self.write("let a person in or out", move |transaction, desk| {
            if !people::set_disabled(transaction, person, disabled, now)? {
                return Ok(None);
            }
            decisions::retry(transaction, desk, &BTreeSet::from([person]), now).map(Some)
        })
    }
}

fn enrol(transaction: &Transaction<'_>, enrolling: &Enrolling) -> rusqlite::Result<Enrolled> {
    let Enrolling { installation, name, key, code, family, now, family_expires_at } = enrolling;
    let Some(person) = invites::person(transaction, code, *installation, *now)? else { return Ok(Enrolled::InvalidCode) };
    match installations::find(transaction, *installation)? {
        None => installations::add(transaction, *installation, person, name, key, *now)?,
        Some(known) if known.person != person => return Ok(Enrolled::BelongsToAnother),
        Some(known) if known.revoked => return Ok(Enrolled::Revoked),
        // A phone from before keys: its number series goes on in quarantine only, so it begins anew as well.
        Some(known) if known.key.as_ref() != Some(key) => return Ok(Enrolled::OtherKey),
        Some(_) => installations::rename(transaction, *installation, name)?,
    }
    invites::use_up(transaction, code, *installation, *now)?;
    families::end_all(transaction, *installation, "the phone enrolled anew", *now)?;
    families::begin(transaction, family, *installation, *now, *family_expires_at)?;
    Ok(Enrolled::Done(person))
}
