//! Why something is on this phone, or no longer is. A phone that holds people's data can be asked for the reason.

use linecrew_protocol::{
    ids::{CrewId, DocumentId},
    model::{
        kinds,
        person::{Principal, Role},
        work::{WorkView, view::EventView, view::PersonView},
    },
    time::Timestamp,
    wire::{Feed, Withdrawal},
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::{
    client::Client,
    error::StoreError,
    items::ItemView,
    store::{account, departure, document, feed, form, installation, item},
};

/// Why a document is on this phone, or is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "where", rename_all = "snake_case")]
pub enum Why {
    /// It is here.
    Here(Box<Reasons>),
    /// It has left, or leaves as soon as this phone's own edits of it are answered.
    Left {
        /// The number people say, when this phone knew it.
        number: Option<String>,
        /// Why, by whom and when.
        withdrawal: Withdrawal,
        /// Whether own edits of it still wait for their answer.
        waits: bool,
    },
    /// It is not on this phone, and has not been as far as this phone remembers.
    NotHere,
}

/// Why a document is here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    /// The number people say; none for a form, or what this version cannot read.
    pub number: Option<String>,
    /// The feeds that bring it.
    pub feeds: Vec<Feed>,
    /// How the crew came to have it.
    pub assigned: Option<Assigned>,
    /// The roles of this person that do such work here.
    pub roles: Vec<Role>,
}

/// How a crew came to have an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assigned {
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

impl Client {
    /// Why the document is on this phone, or no longer is.
    ///
    /// # Errors
    /// The store failed.
    pub fn why(&self, id: DocumentId) -> Result<Why, StoreError> {
        self.read(|connection| {
            let Some(held) = document::find(connection, id)? else {
                let departed = departure::find(connection, id)?;
                return Ok(departed.map_or(Why::NotHere, |left| Why::Left {
                    number: left.number,
                    withdrawal: left.withdrawal,
                    waits: false,
                }));
            };
            match held.withdrawal {
                Some(withdrawal) => Ok(Why::Left { number: item::number_of(connection, id)?, withdrawal, waits: true }),
                None => Ok(Why::Here(Box::new(reasons(connection, id)?))),
            }
        })
    }
}

fn reasons(connection: &Connection, id: DocumentId) -> Result<Reasons, StoreError> {
    let feeds = feed::of_document(connection, id)?;
    let view = if form::is_form(connection, id)? { None } else { ItemView::read(connection, id)?.map(|item| item.view) };
    let principal = match account::find(connection)? {
        Some(account) => Some(account.principal(installation::current(connection)?.id)),
        None => None,
    };
    Ok(Reasons {
        number: item::number_of(connection, id)?,
        feeds,
        assigned: view.as_ref().and_then(assigned),
        roles: view.as_ref().zip(principal.as_ref()).map(|(view, principal)| roles(view, principal)).unwrap_or_default(),
    })
}

/// The latest event that gave the item to the crew that has it.
fn assigned(view: &WorkView) -> Option<Assigned> {
    let crew = view.row.crew?;
    let gives = |event: &&EventView| {
        let to = event.body.get("crew").and_then(|crew| crew.as_str());
        matches!(event.kind.as_str(), "assigned" | "handed_over") && to == Some(crew.to_string().as_str())
    };
    let event = view.history.iter().rev().filter(gives).find(|event| !event.superseded)?;
    let text = |field: &str| event.body.get(field).and_then(|text| text.as_str()).map(str::to_owned);
    let since = event.received_at.unwrap_or(event.claimed_at);
    Some(Assigned { crew, crew_name: text("crew_name"), by: event.by.clone(), since, reason: text("reason") })
}

fn roles(view: &WorkView, principal: &Principal) -> Vec<Role> {
    let roles = kinds::named(&view.row.kind).map(|kind| kind.describe().roles).unwrap_or_default();
    roles.iter().copied().filter(|role| principal.holds(*role, view.row.district)).collect()
}
