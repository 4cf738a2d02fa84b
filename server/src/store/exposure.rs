//! Whose data is, or was, on a phone: what has to be told to people when it is lost.

use linecrew_protocol::{
    ids::{DocumentId, InstallationId},
    model::collection::Fen,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Answer, PhoneRecord};

/// A work item that the phone was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExposedItem {
    /// The item.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// Its kind.
    pub kind: String,
    /// The customer's name.
    pub customer: String,
    /// Where.
    pub address: String,
    /// The customer's telephone number, when the phone was given that too.
    pub telephone: Option<String>,
    /// The customer's arrears, likewise, in fen.
    pub arrears_fen: Option<i64>,
    /// Whether the phone was told, as far as is known, that it no longer holds the item. It may not have heard, and may have kept a copy.
    pub left: bool,
}

/// A bill that the phone was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExposedReceivable {
    /// The bill.
    pub document: DocumentId,
    /// The customer's account.
    pub account: String,
    /// For when.
    pub period: String,
    /// How much was due.
    pub amount: Fen,
    /// The customer's name.
    pub customer: String,
    /// Where.
    pub address: String,
    /// As of an item.
    pub left: bool,
}

/// A ticket book on the phone: its receipts name customers' accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExposedBook {
    /// The book.
    pub document: DocumentId,
    /// Its numbers' series.
    pub series: String,
    /// Its first number.
    pub first: u64,
    /// Its last number.
    pub last: u64,
    /// As of an item.
    pub left: bool,
}

/// What limits the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The list errs to the side of too much: what was sent is known by feed, not by phone.
    ListsTooMuch,
    /// Nothing was ever heard of the phone: what it was given cannot be known, and everything that it could have asked for is listed.
    NeverHeardOf,
    /// The person is in no crew now, and the phone has not said what it stored: nothing is known of its former crew's items.
    NoFeeds,
    /// The phone did not say to have stored everything that its feeds held: it was given it, or would have been.
    Behind,
    /// When its person changed crew since the phone last said what it stored, the items of the crew before may be missing.
    FormerCrew,
}

impl Doubt {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ListsTooMuch => "more may be listed than the phone held: what was sent is known by feed, not by phone",
            Self::NeverHeardOf => {
                "nothing was ever heard of this phone: everything that it could have asked for is listed, and what it holds is not known"
            }
            Self::NoFeeds => "it is not known which feeds this phone followed: nothing can be said about the items of a former crew",
            Self::Behind => "the phone has not confirmed all of what its feeds held: what it was sent last is listed all the same",
            Self::FormerCrew => {
                "items of a former crew may be missing, if the person changed crew before the phone confirmed what it had stored"
            }
        }
    }
}

/// Whose data is, or was, on a phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// The phone, with when it was last heard of and what it still owed.
    pub phone: PhoneRecord,
    /// What was sent until then is listed.
    pub until: Timestamp,
    /// The feeds that it followed.
    pub feeds: Vec<String>,
    /// Work items, by number.
    pub items: Vec<ExposedItem>,
    /// Bills, by account and period.
    pub receivables: Vec<ExposedReceivable>,
    /// Ticket books.
    pub books: Vec<ExposedBook>,
    /// What the reader has to know about the list.
    pub doubts: Vec<Doubt>,
}

/// Who asks what a phone holds.
pub trait ExposureDesk {
    /// Whose data is, or was, on this phone; none when there is no such phone.
    fn exposure(&self, installation: InstallationId, now: Timestamp) -> Answer<'_, Option<Exposure>>;
}
