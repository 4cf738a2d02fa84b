//! Identifiers. Every one is a UUIDv7 in a type of its own, so that a crew can never stand where a person belongs.
//!
//! Text form: lower-case hyphenated UUID. Wire form: 16 bytes. Time and randomness are arguments; this module never draws either.

use std::{fmt, str::FromStr};

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::time::Timestamp;

/// A text that is not a UUID. It is not repeated: whatever stood there by mistake, errors end in logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id (a UUID such as 01931c6e-7d00-7000-8000-000000000000)")]
pub struct ParseIdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id from the time and 10 random bytes (UUIDv7, RFC 9562 section 5.7).
            #[must_use]
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(Builder::from_unix_timestamp_millis(now.as_unix_millis_unsigned(), &random).into_uuid())
            }

            /// The id with exactly these 16 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes that travel and are stored.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The last six hexadecimal digits: what a person types. UUIDv7 keeps its randomness at the end.
            #[must_use]
            pub fn short(&self) -> String {
                let text = self.0.simple().to_string();
                text.chars().skip(26).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| ParseIdError)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = ParseIdError;
            fn try_from(bytes: &[u8]) -> Result<Self, ParseIdError> {
                Uuid::from_slice(bytes).map(Self).map_err(|_| ParseIdError)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, out: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                out.bytes(self.as_bytes())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(input: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                Self::try_from(input.bytes()?).map_err(decode::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A work item's Automerge document.
    DocumentId;
    /// A person who signs in.
    PersonId;
    /// A crew (班组): the people and phones that work together.
    CrewId;
    /// A district (供电所): a service station.
    DistrictId;
    /// One installation of the app on one phone, or the server's own store. Also called *epoch*: `device_seq` counts within it.
    InstallationId;
    /// An event in a document's history.
    EventId;
    /// One boot of a phone: monotonic times compare only within it.
    BootId;
    /// One life of the server's store. A restore from backup starts a new one.
    StoreEpoch;
    /// A cash session of a collector.
    SessionId;
    /// A batch of refused edits. It is made of what is in the batch and of no time: another set of edits is another batch.
    BatchId;
    /// A line of material in a work item.
    MaterialId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_wire() {
        let id = DocumentId::new(Timestamp::from_unix_millis(1_790_000_000_000), [7; 10]);
        assert_eq!(id.to_string().parse::<DocumentId>(), Ok(id));
        let bytes = minicbor::to_vec(id).unwrap();
        assert_eq!(bytes.len(), 17);
        assert_eq!(minicbor::decode::<DocumentId>(&bytes).unwrap(), id);
        assert!(minicbor::decode::<DocumentId>(&bytes[..9]).is_err());
    }

    #[test]
    fn ids_of_later_times_sort_later() {
        let early = EventId::new(Timestamp::from_unix_millis(1_000), [255; 10]);
        let late = EventId::new(Timestamp::from_unix_millis(2_000), [0; 10]);
        assert!(early < late);
        assert_eq!(early.short().len(), 6);
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        assert!("".parse::<CrewId>().is_err());
        assert!(CrewId::try_from(&[0u8; 15][..]).is_err());
    }
}
