//! The register: whose phone it is, how it came to be theirs, and how that ends.

use linecrew_protocol::{
    ids::{CrewId, DistrictId, InstallationId, PersonId},
    key::PublicKey,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Account, Answer, CrewRecord, DistrictRecord, Effects, NewPerson, PhoneRecord};

/// What an invitation is kept under: SHA-256 of its code.
pub type CodeHash = [u8; 32];
/// The name of a family of refresh tokens.
pub type FamilyId = [u8; 16];
/// What the tokens of a family are made with.
pub type FamilySecret = [u8; 32];

/// An invitation to enrol a phone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NewInvite {
    /// Its code.
    pub code: CodeHash,
    /// Whose phone it will be.
    pub person: PersonId,
    /// Who invites.
    pub by: PersonId,
    /// Now.
    pub now: Timestamp,
    /// When the code ends.
    pub expires_at: Timestamp,
}

/// A phone that enrols. Its proof was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolling {
    /// The phone.
    pub installation: InstallationId,
    /// What people call it.
    pub name: String,
    /// Its key.
    pub key: PublicKey,
    /// The code.
    pub code: CodeHash,
    /// The family of tokens that begins, and what they are made with.
    pub family: (FamilyId, FamilySecret),
    /// Now.
    pub now: Timestamp,
    /// When the family ends unless it is used.
    pub family_expires_at: Timestamp,
}

/// What became of an enrolment. Only [`Done`](Self::Done) uses the code up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolled {
    /// The phone is this person's, and a family has begun.
    Done(PersonId),
    /// No such code, or no longer, or another phone has used it.
    InvalidCode,
    /// The installation belongs to another person: one installation has one owner for ever.
    BelongsToAnother,
    /// The installation is known with another key: one installation has one key for ever.
    OtherKey,
    /// The installation was revoked.
    Revoked,
}

/// A family of refresh tokens, with the phone that it belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct Family {
    /// The phone.
    pub installation: InstallationId,
    /// Its key.
    pub key: PublicKey,
    /// What its tokens are made with.
    pub secret: FamilySecret,
}

/// A refresh token is used. Its authenticity and the phone's proof were checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Its family.
    pub family: FamilyId,
    /// Its generation.
    pub generation: u32,
    /// Now.
    pub now: Timestamp,
    /// When the family ends unless it is used again.
    pub expires_at: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Rotated {
    /// The phone is this person's, who has no roles while disabled; its next token has this generation.
    Next(Account, u32),
    /// The family has ended, or a later token was used already.
    Refused,
}

/// A person of the register, whether or not they may sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonRecord {
    /// The person.
    #[serde(flatten)]
    pub account: Account,
    /// Whether there is a password: who has none has only phones.
    pub has_password: bool,
    /// Since when they may neither sign in nor write.
    pub disabled_at: Option<Timestamp>,
    /// Who they are at OpenID Connect providers.
    pub identities: Vec<IdentityRecord>,
}

/// Who somebody is at an OpenID Connect provider. Only the pair names somebody: issuers know nothing of each other's subjects.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's own name, byte for byte.
    pub issuer: String,
    /// The provider's name for them, byte for byte.
    pub subject: String,
}

/// Bytes of a provider's name, and of its names for people (OpenID Connect Core section 2).
pub const MAX_IDENTITY_BYTES: usize = 255;

impl Identity {
    /// Whether a text can be an issuer or a subject: one that people can read out and write down.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        (1..=MAX_IDENTITY_BYTES).contains(&text.len()) && text.trim() == text && !text.contains(char::is_control)
    }
}

/// An identity that an admin has linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityRecord {
    /// The identity.
    #[serde(flatten)]
    pub identity: Identity,
    /// Since when.
    pub linked_at: Timestamp,
}

/// An identity is a person's from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// Which.
    pub identity: Identity,
    /// Whose.
    pub person: PersonId,
    /// Who says so.
    pub by: PersonId,
    /// Now.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// It is theirs.
    Done,
    /// It is another person's.
    AnothersIdentity,
    /// The person has another one of this issuer.
    HasAnother,
    /// There is no such person.
    UnknownPerson,
}

/// Which person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// With this id.
    Id(PersonId),
    /// With this user name.
    Username(String),
}

/// Something to create, or to change when its id is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A district.
    District(DistrictRecord),
    /// A crew.
    Crew(CrewRecord),
    /// A person.
    Person(NewPerson),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Entered {
    /// It stands in the register. What these phones may follow may be something else now.
    Done(Vec<InstallationId>, Effects),
    /// Another person has this user name.
    UsernameTaken,
    /// There is no such district.
    UnknownDistrict(DistrictId),
    /// There is no such crew.
    UnknownCrew(CrewId),
}

/// Without the hash of the code: 50 bits are found again in a day.
impl std::fmt::Debug for NewInvite {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NewInvite").field("person", &self.person).field("by", &self.by).finish_non_exhaustive()
    }
}

/// Without the subject, which belongs into no log.
impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Identity").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Without the secret.
impl std::fmt::Debug for Enrolling {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Enrolling").field("installation", &self.installation).finish_non_exhaustive()
    }
}

/// Without the secret.
impl std::fmt::Debug for Family {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Family").field("installation", &self.installation).finish_non_exhaustive()
    }
}

/// Phones, and whose they are.
pub trait Register {
    /// Keeps an invitation; false when there is no such person, or they may not sign in.
    fn invite(&self, invite: NewInvite) -> Answer<'_, bool>;
    /// Enrols a phone.
    fn enrol(&self, enrolling: Enrolling) -> Answer<'_, Enrolled>;
    /// A family, ended or not.
    fn family(&self, family: FamilyId) -> Answer<'_, Option<Family>>;
    /// Uses a refresh token. The one before stays good until its successor was used.
    fn rotate(&self, rotation: Rotation) -> Answer<'_, Rotated>;
    /// Ends a family, and says why.
    fn end_family(&self, family: FamilyId, why: &'static str, now: Timestamp) -> Answer<'_, ()>;
    /// Everybody, by user name.
    fn roster(&self) -> Answer<'_, Vec<PersonRecord>>;
    /// One person.
    fn person(&self, who: Who) -> Answer<'_, Option<PersonRecord>>;
    /// Creates or changes a district, a crew or a person.
    fn enter(&self, entry: Entry, now: Timestamp) -> Answer<'_, Entered>;
    /// Makes an identity a person's.
    fn link(&self, link: NewLink) -> Answer<'_, Linked>;
    /// Takes the identity of an issuer away from a person; false when there is none.
    fn unlink(&self, person: PersonId, issuer: String) -> Answer<'_, bool>;
    /// Whose an identity is, whether or not they may sign in.
    fn linked_person(&self, identity: Identity) -> Answer<'_, Option<PersonId>>;
    /// The phones of a person that are in use.
    fn phones_of(&self, person: PersonId) -> Answer<'_, Vec<InstallationId>>;
    /// Phones in use, and those revoked since then.
    fn phones_since(&self, revoked_since: Timestamp) -> Answer<'_, Vec<PhoneRecord>>;
    /// Revokes a phone: what it still sends is kept in quarantine. None when there is no such phone.
    fn revoke(&self, installation: InstallationId, by: PersonId, reason: String, now: Timestamp) -> Answer<'_, Option<PhoneRecord>>;
    /// Lets a person sign in and write, or not any more; none when there is no such person. Who may write again has their refused edits judged
    /// again.
    fn set_disabled(&self, person: PersonId, disabled: bool, now: Timestamp) -> Answer<'_, Option<Effects>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_the_register_is_shown() {
        let (person, now) = (PersonId::from_bytes([1; 16]), Timestamp::from_unix_millis(1));
        let invite = NewInvite { code: [99; 32], person, by: person, now, expires_at: now };
        let new = NewPerson {
            id: person,
            name: "陈亮".to_owned(),
            username: "chen".to_owned(),
            password_hash: "$argon2id$s3cret".to_owned(),
            roles: Vec::new(),
            crew: None,
            qualifications: Vec::new(),
        };
        let shown = format!("{invite:?} {:?}", Entry::Person(new));
        assert!(shown.contains("chen") && !shown.contains("s3cret") && !shown.contains("99, 99"), "{shown}");
    }
}
