//! How a phone becomes somebody's: the one-time code, and what phone and server say to each other (JSON, docs/api.md).
//!
//! The office invites a person: a code that is good once and for minutes. The phone makes a key, and enrols with code and key; from then on it is known by
//! the key. Tokens are renewed with the key's signature, so that neither a token nor a copy of the phone's files opens anything.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CrewId, DistrictId, InstallationId, PersonId},
    key::{PublicKey, Signature},
    model::person::Grant,
    time::Timestamp,
};

/// Crockford's base 32: no letter that is read as another (I, L, O, U).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 50 bits, guessed once in 10^15 tries.
const CODE_CHARS: usize = 10;
/// How the link of an invitation begins. It is what the QR code holds.
const SCHEME: &str = "linecrew:enrol?";

/// A one-time code. A person may have to type it: lower case, missing hyphens and the usual confusions are read all the same.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InviteCode([u8; CODE_CHARS]);

/// A text that is no code or link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct ParseInviteError(&'static str);

const NO_CODE: ParseInviteError = ParseInviteError("a code such as 7K4QM-2XHTB");
const NO_LINK: ParseInviteError = ParseInviteError("an invitation such as linecrew:enrol?code=7K4QM-2XHTB&server=https://linecrew.example");

impl InviteCode {
    /// A code out of ten random bytes.
    #[must_use]
    pub fn of_random(random: [u8; CODE_CHARS]) -> Self {
        Self(random.map(|byte| ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'0')))
    }

    /// As it is signed, hashed and stored: ten characters without a hyphen.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }
}

impl fmt::Display for InviteCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(CODE_CHARS / 2);
        let text = |half: &[u8]| half.iter().copied().map(char::from).collect::<String>();
        write!(formatter, "{}-{}", text(first), text(second))
    }
}

impl FromStr for InviteCode {
    type Err = ParseInviteError;
    fn from_str(text: &str) -> Result<Self, ParseInviteError> {
        let typed = text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')).take(CODE_CHARS.saturating_add(1));
        let read = |byte: u8| match byte.to_ascii_uppercase() {
            b'O' => Some(b'0'),
            b'I' | b'L' => Some(b'1'),
            byte => ALPHABET.contains(&byte).then_some(byte),
        };
        let read: Option<Vec<u8>> = typed.map(read).collect();
        read.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NO_CODE)
    }
}

impl TryFrom<String> for InviteCode {
    type Error = ParseInviteError;
    fn try_from(text: String) -> Result<Self, ParseInviteError> {
        text.parse()
    }
}

impl From<InviteCode> for String {
    fn from(code: InviteCode) -> Self {
        code.to_string()
    }
}

/// What a QR code tells a phone: where, and with which code. Text form: `linecrew:enrol?code=7K4QM-2XHTB&server=https://linecrew.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The code.
    pub code: InviteCode,
    /// The server's address, without a query.
    pub server: String,
}

impl fmt::Display for Invitation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SCHEME}code={}&server={}", self.code, self.server)
    }
}

impl FromStr for Invitation {
    type Err = ParseInviteError;
    fn from_str(text: &str) -> Result<Self, ParseInviteError> {
        let query = text.trim().strip_prefix(SCHEME).ok_or(NO_LINK)?;
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| *value).ok_or(NO_LINK);
        let server = value("server")?;
        if server.is_empty() || server.contains(|character: char| character.is_whitespace() || matches!(character, '?' | '#')) {
            return Err(NO_LINK);
        }
        Ok(Self { code: value("code")?.parse()?, server: server.to_owned() })
    }
}

/// `POST /v1/enrol`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The phone.
    pub installation: InstallationId,
    /// What people call it.
    pub device_name: String,
    /// Its key. An installation has one for ever.
    pub key: PublicKey,
    /// The code.
    pub code: InviteCode,
    /// [`Statement::Enrolment`](crate::key::Statement::Enrolment): whoever enrols has the key's other half.
    pub proof: Signature,
}

/// `POST /v1/token`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The phone.
    pub installation: InstallationId,
    /// The refresh token in its hands.
    pub refresh_token: String,
    /// [`Statement::Refresh`](crate::key::Statement::Refresh).
    pub proof: Signature,
}

/// The answer to both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneTokens {
    /// Opens sessions, for minutes.
    pub access_token: String,
    /// When it ends.
    pub access_expires_at: Timestamp,
    /// For the next refresh. The one before is good until this one is used, so that a lost answer costs nothing.
    pub refresh_token: String,
    /// When it ends unless it is used.
    pub refresh_expires_at: Timestamp,
    /// The server's clock.
    pub server_time: Timestamp,
    /// Whose phone it is, as of now.
    pub person: PhoneOwner,
}

/// Whose phone it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneOwner {
    /// The person.
    pub id: PersonId,
    /// The name people see.
    pub name: String,
    /// The name they type.
    pub username: String,
    /// The roles held.
    pub roles: Vec<Grant>,
    /// The crew they work in.
    pub crew: Option<OwnersCrew>,
}

/// The crew of a phone's owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnersCrew {
    /// The crew.
    pub id: CrewId,
    /// Its name.
    pub name: String,
    /// Its district.
    pub district: DistrictId,
}

/// Without the code: whoever reads it first is the phone. `Display` is for the person who types it.
impl fmt::Debug for InviteCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InviteCode(..)")
    }
}

/// Without the token: it is a secret.
impl fmt::Debug for RefreshRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RefreshRequest").field("installation", &self.installation).finish_non_exhaustive()
    }
}

/// Without the tokens: they are secrets.
impl fmt::Debug for PhoneTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PhoneTokens").field("person", &self.person.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = InviteCode::of_random([7, 20, 4, 255, 0, 1, 32, 31, 9, 10]);
        assert_eq!(code.to_string(), "7M4Z0-10Z9A");
        for typed in ["7M4Z0-10Z9A", "7m4zo-1oz9a", " 7m4z 0loz 9a", "7M4Z0I0Z9A"] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        assert_eq!(code.canonical(), "7M4Z010Z9A");
        for wrong in ["", "7M4Z0-10Z9", "7M4Z0-10Z9AA", "7M4Z0-10Z9U", "7M4Z0_10Z9A", "密码"] {
            assert!(wrong.parse::<InviteCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_invitation_travels_as_a_link() {
        let invitation = Invitation { code: InviteCode::of_random([5; 10]), server: "https://linecrew.example:8443/field".to_owned() };
        let link = invitation.to_string();
        assert_eq!(link, "linecrew:enrol?code=55555-55555&server=https://linecrew.example:8443/field");
        assert_eq!(link.parse(), Ok(invitation.clone()));
        assert_eq!("linecrew:enrol?new=1&server=https://linecrew.example:8443/field&code=5555555555".parse(), Ok(invitation));
        for wrong in [
            "",
            "https://linecrew.example",
            "linecrew:enrol?code=55555-55555",
            "linecrew:enrol?code=5&server=http://a",
            "linecrew:enrol?code=55555-55555&server=http://a?b",
        ] {
            assert!(wrong.parse::<Invitation>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn tokens_are_never_shown() {
        let request = RefreshRequest {
            installation: InstallationId::from_bytes([1; 16]),
            refresh_token: "s3cret".to_owned(),
            proof: Signature::from_bytes([0; 64]),
        };
        assert!(!format!("{request:?}").contains("s3cret"));
        let code = InviteCode::of_random([5; 10]);
        let invitation = Invitation { code: code.clone(), server: "https://linecrew.example".to_owned() };
        // As text, as the bytes that it is made of, and within what holds it.
        for shown in [format!("{code:?}"), format!("{invitation:?}"), format!("{invitation:#?}")] {
            assert!(!shown.contains("55555") && !shown.contains("53, 53"), "{shown}");
        }
    }
}
