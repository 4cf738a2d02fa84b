//! Feeds: ordered logs of what one audience may hold.

use std::{fmt, str::FromStr};

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Serialize};

use crate::ids::{CrewId, DistrictId, PersonId};

/// An audience. Text form `crew/<id>`; on the wire `[kind, 16 bytes]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Feed {
    /// The open items of a crew.
    Crew(CrewId),
    /// What only one person may hold.
    Person(PersonId),
    /// What a whole district may hold.
    District(DistrictId),
    /// A district's reference data: form definitions, catalogues.
    Reference(DistrictId),
}

/// A text that names no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a feed such as crew/01931c6e-7d00-7000-8000-000000000000")]
pub struct ParseFeedError(String);

impl Feed {
    fn parts(&self) -> (u8, &'static str, &[u8; 16]) {
        match self {
            Self::Crew(id) => (1, "crew", id.as_bytes()),
            Self::Person(id) => (2, "person", id.as_bytes()),
            Self::District(id) => (3, "district", id.as_bytes()),
            Self::Reference(id) => (4, "reference", id.as_bytes()),
        }
    }

    fn of(kind: u8, bytes: [u8; 16]) -> Option<Self> {
        Some(match kind {
            1 => Self::Crew(CrewId::from_bytes(bytes)),
            2 => Self::Person(PersonId::from_bytes(bytes)),
            3 => Self::District(DistrictId::from_bytes(bytes)),
            4 => Self::Reference(DistrictId::from_bytes(bytes)),
            _ => return None,
        })
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name, id) = self.parts();
        write!(formatter, "{name}/{}", PersonId::from_bytes(*id))
    }
}

impl FromStr for Feed {
    type Err = ParseFeedError;
    fn from_str(text: &str) -> Result<Self, ParseFeedError> {
        let wrong = || ParseFeedError(text.chars().take(64).collect());
        let (name, id) = text.split_once('/').ok_or_else(wrong)?;
        let id: PersonId = id.parse().map_err(|_| wrong())?;
        let kind = match name {
            "crew" => 1,
            "person" => 2,
            "district" => 3,
            "reference" => 4,
            _ => return Err(wrong()),
        };
        Self::of(kind, *id.as_bytes()).ok_or_else(wrong)
    }
}

impl From<Feed> for String {
    fn from(feed: Feed) -> Self {
        feed.to_string()
    }
}

impl TryFrom<String> for Feed {
    type Error = ParseFeedError;
    fn try_from(text: String) -> Result<Self, ParseFeedError> {
        text.parse()
    }
}

impl<C> Encode<C> for Feed {
    fn encode<W: encode::Write>(&self, out: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        let (kind, _, id) = self.parts();
        out.array(2)?.u8(kind)?.bytes(id)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Feed {
    fn decode(input: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let wrong = || decode::Error::message("not a feed");
        if input.array()? != Some(2) {
            return Err(wrong());
        }
        let kind = input.u8()?;
        let id = input.bytes()?.try_into().map_err(|_| wrong())?;
        Self::of(kind, id).ok_or_else(wrong)
    }
}
