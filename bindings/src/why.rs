//! Why something is on this phone, or is not.

use linecrew_client::{
    Assigned, Reasons, Why,
    protocol::{
        ids::{CrewId, DocumentId},
        model::{person::Role, work::view::PersonView},
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError, items::Departure};

/// Where a document is, and why.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Whereabouts {
    /// It is here.
    Here {
        /// The number people say; none for a form, or what this version cannot read.
        number: Option<String>,
        /// The feeds that bring it, such as `crew/` and its id.
        feeds: Vec<String>,
        /// How the crew came to have it.
        assigned: Option<Assignment>,
        /// The roles of this person that do such work here.
        roles: Vec<Role>,
    },
    /// It has left, or leaves as soon as this phone's own edits of it are answered.
    Left {
        /// The number people say, when this phone knew it.
        number: Option<String>,
        /// Why.
        why: Departure,
        /// Whether own edits of it still wait for their answer.
        waits: bool,
    },
    /// It is not on this phone, and has not been as far as this phone remembers.
    NotHere,
}

/// How a crew came to have an item.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Assignment {
    /// The crew.
    pub crew: CrewId,
    /// Its name, when the office wrote it.
    pub crew_name: Option<String>,
    /// Who gave it to them.
    pub by: PersonView,
    /// Since when: the server's time, or the phone's while the server does not know of it yet.
    pub since: Timestamp,
    /// Why it changed hands, when it did.
    pub reason: Option<String>,
}

impl From<Assigned> for Assignment {
    fn from(Assigned { crew, crew_name, by, since, reason }: Assigned) -> Self {
        Self { crew, crew_name, by, since, reason }
    }
}

impl From<Why> for Whereabouts {
    fn from(why: Why) -> Self {
        match why {
            Why::Here(reasons) => {
                let Reasons { number, feeds, assigned, roles } = *reasons;
                let feeds = feeds.iter().map(ToString::to_string).collect();
                Self::Here { number, feeds, assigned: assigned.map(Assignment::from), roles }
            }
            Why::Left { number, withdrawal, waits } => Self::Left { number, why: withdrawal.into(), waits },
            Why::NotHere => Self::NotHere,
        }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// Why a document is on this phone, or no longer is.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn why(&self, document: DocumentId) -> Result<Whereabouts, LinecrewError> {
        self.read(|client| Ok(client.why(document)?.into()))
    }
}
