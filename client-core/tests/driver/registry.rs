//! The server's side of trust, as docs/api.md says it: invitations, the phones that are enrolled, and their tokens.

use std::collections::BTreeMap;

use linecrew_client::transport::Problem;
use linecrew_protocol::{
    enrolment::{EnrolRequest, InviteCode, OwnersCrew, PhoneOwner, PhoneTokens, RefreshRequest},
    ids::{CrewId, InstallationId, PersonId},
    key::{PublicKey, Statement},
    model::person::{Grant, Principal, Role},
    time::Timestamp,
    wire::HandIn,
};

use crate::office::{CREW, DISTRICT};

/// How long an access token lives.
pub(crate) const ACCESS_MS: u64 = 600_000;

/// What the server knows.
#[derive(Default)]
pub(crate) struct Registry {
    invitations: BTreeMap<String, Invited>,
    phones: BTreeMap<InstallationId, Enrolled>,
    made: u64,
    /// How many refreshes were answered with tokens.
    pub(crate) refreshed: usize,
    /// How many were asked for.
    pub(crate) asked: usize,
}

struct Invited {
    person: PersonId,
    used_by: Option<InstallationId>,
}

struct Enrolled {
    person: PersonId,
    crew: CrewId,
    key: PublicKey,
    /// Why it may only hand in what it holds.
    hand_in: Option<HandIn>,
    /// Whether the server gives tokens no more.
    ended: bool,
    /// Access tokens and when they end.
    access: BTreeMap<String, Timestamp>,
    /// The refresh token that was used last, by its number; the next one is good, too.
    used: u64,
}

impl Enrolled {
    fn new(person: PersonId, key: PublicKey) -> Self {
        Self { person, crew: CREW, key, hand_in: None, ended: false, access: BTreeMap::new(), used: 0 }
    }

    fn tokens(&mut self, made: u64, now: Timestamp) -> PhoneTokens {
        let (access_token, access_expires_at) = (format!("access-{made}"), now.plus_ms(ACCESS_MS));
        self.access.insert(access_token.clone(), access_expires_at);
        let crew = OwnersCrew { id: self.crew, name: format!("crew {}", self.crew.short()), district: DISTRICT };
        PhoneTokens {
            access_token,
            access_expires_at,
            refresh_token: format!("refresh-{}", self.used + 1),
            refresh_expires_at: now.plus_ms(30 * 24 * 3_600_000),
            server_time: now,
            person: PhoneOwner {
                id: self.person, name: "林强".to_owned(), username: "lin".to_owned(), roles: grants(), crew: Some(crew)
            },
        }
    }
}

fn grants() -> Vec<Grant> {
    [Role::RepairCrew, Role::MeterTechnician, Role::Surveyor, Role::Collector].map(|role| Grant { role, district: None }).to_vec()
}

fn refused(status: u16, code: &str) -> Problem {
    Problem::new(status, code, code)
}

impl Registry {
    /// An invitation for a person.
    pub(crate) fn invite(&mut self, person: PersonId) -> InviteCode {
        self.made += 1;
        let code = InviteCode::of_random([u8::try_from(self.made).unwrap(); 10]);
        self.invitations.insert(code.canonical(), Invited { person, used_by: None });
        code
    }

    /// A phone that is enrolled already, with a token that never ends.
    pub(crate) fn know(&mut self, installation: InstallationId, person: PersonId, key: PublicKey) {
        self.phones.entry(installation).or_insert_with(|| Enrolled {
            access: [("token".to_owned(), Timestamp::from_unix_millis(i64::MAX))].into(),
            ..Enrolled::new(person, key)
        });
    }

    /// From now on only this token is good, and there are no new ones: the office has ended the sign-in.
    pub(crate) fn only_token(&mut self, token: &str) {
        for phone in self.phones.values_mut() {
            phone.access = [(token.to_owned(), Timestamp::from_unix_millis(i64::MAX))].into();
            phone.ended = true;
        }
    }

    /// Access tokens are worth nothing any more; refresh tokens are.
    pub(crate) fn forget_access(&mut self) {
        self.phones.values_mut().for_each(|phone| phone.access.clear());
    }

    pub(crate) fn revoke(&mut self, installation: InstallationId) {
        self.phones.get_mut(&installation).unwrap().hand_in = Some(HandIn::Revoked);
    }

    /// The phones' people may not work at the moment, or may again.
    pub(crate) fn suspend(&mut self, suspended: bool) {
        self.phones.values_mut().for_each(|phone| phone.hand_in = suspended.then_some(HandIn::Suspended));
    }

    /// Why this phone may only hand in what it holds.
    pub(crate) fn hand_in(&self, installation: InstallationId) -> Option<HandIn> {
        self.phones.get(&installation).and_then(|phone| phone.hand_in)
    }

    /// The phones' people work in another crew.
    pub(crate) fn move_to(&mut self, crew: CrewId) {
        self.phones.values_mut().for_each(|phone| phone.crew = crew);
    }

    /// The installation is another person's.
    pub(crate) fn belongs_to(&mut self, installation: InstallationId, person: PersonId) {
        self.phones.get_mut(&installation).unwrap().person = person;
    }

    /// Whoever opens a session with a token, and the key that has to vouch for it.
    pub(crate) fn admits(&self, installation: InstallationId, token: &str, now: Timestamp) -> Option<(Principal, PublicKey)> {
        let phone = self.phones.get(&installation)?;
        phone.access.get(token).filter(|ends| **ends > now)?;
        let principal = Principal { person: phone.person, installation, grants: grants(), crew: Some(phone.crew) };
        Some((principal, phone.key))
    }

    pub(crate) fn enrol(&mut self, request: &EnrolRequest, now: Timestamp) -> Result<PhoneTokens, Problem> {
        let EnrolRequest { installation, key, code, proof, .. } = request;
        let code = code.canonical();
        let statement = Statement::Enrolment { installation: *installation, key, code: &code };
        let invited = self.invitations.get_mut(&code).filter(|invited| invited.used_by.is_none_or(|by| by == *installation));
        let Some(invited) = invited.filter(|_| statement.is_signed(key, proof)) else {
            return Err(refused(401, "invitation_invalid"));
        };
        match self.phones.get(installation) {
            Some(known) if known.hand_in == Some(HandIn::Revoked) => return Err(refused(403, "installation_revoked")),
            Some(known) if known.person != invited.person => return Err(refused(403, "installation_of_another")),
            Some(known) if known.key != *key => return Err(refused(403, "installation_key_differs")),
            _ => {}
        }
        invited.used_by = Some(*installation);
        self.made += 1;
        let phone = self.phones.entry(*installation).or_insert_with(|| Enrolled::new(invited.person, *key));
        phone.ended = false;
        Ok(phone.tokens(self.made, now))
    }

    pub(crate) fn refresh(&mut self, request: &RefreshRequest, now: Timestamp) -> Result<PhoneTokens, Problem> {
        self.asked += 1;
        let RefreshRequest { installation, refresh_token, proof } = request;
        let gone = || refused(401, "unauthenticated");
        let phone = self.phones.get_mut(installation).filter(|phone| !phone.ended).ok_or_else(gone)?;
        let statement = Statement::Refresh { installation: *installation, token: refresh_token };
        let number: u64 = refresh_token.strip_prefix("refresh-").and_then(|number| number.parse().ok()).ok_or_else(gone)?;
        if !statement.is_signed(&phone.key, proof) || !(phone.used..=phone.used + 1).contains(&number) {
            return Err(gone());
        }
        phone.used = number;
        self.made += 1;
        self.refreshed += 1;
        Ok(phone.tokens(self.made, now))
    }
}
