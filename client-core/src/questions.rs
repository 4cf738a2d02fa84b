//! What people must decide about the items on this phone, with both sides. Worked out from the items each time: a decision of anybody's ends
//! a question everywhere.

use linecrew_protocol::{
    ids::{DocumentId, EventId, PersonId},
    model::{
        kinds,
        person::Principal,
        work::{
            Attention, AttentionKind, WorkView,
            view::{ClaimView, PersonView},
        },
    },
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    client::Client,
    error::StoreError,
    items::{ItemFilter, ItemView},
    store::{account, installation, item},
};

/// An open question about one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The item.
    pub document: DocumentId,
    /// The number people say.
    pub number: String,
    /// The rule and the events that stand against each other.
    pub attention: Attention,
    /// What may be decided, in the order of the attention's choices.
    pub choices: Vec<Choice>,
    /// Whether this person may decide it; else the office does.
    pub is_mine: bool,
}

/// One way to decide a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its name: what [`Client::resolve`] takes.
    pub name: String,
    /// What it stands for.
    pub means: Means,
}

/// What a choice stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// A choice that the rule names; its words stand in the catalogue.
    Rule,
    /// A person leads (rule 1).
    Person(PersonView),
    /// Somebody's values are right (rule 7).
    Values {
        /// Whose.
        by: PersonView,
        /// Which, and what they are.
        values: Vec<(String, Value)>,
    },
}

impl Client {
    /// The open questions of all items, in the order of the list.
    ///
    /// # Errors
    /// The store failed.
    pub fn questions(&self) -> Result<Vec<Question>, StoreError> {
        self.read(|connection| {
            let mut questions = Vec::new();
            for listed in item::list(connection, ItemFilter::default())? {
                if listed.row.attention.is_empty() {
                    continue;
                }
                if let Some(item) = ItemView::read(connection, listed.row.id)? {
                    questions.extend(of_item(connection, &item)?);
                }
            }
            Ok(questions)
        })
    }

    /// The open questions of one item.
    ///
    /// # Errors
    /// The store failed.
    pub fn questions_of(&self, item: DocumentId) -> Result<Vec<Question>, StoreError> {
        self.read(|connection| match ItemView::read(connection, item)? {
            Some(item) => of_item(connection, &item),
            None => Ok(Vec::new()),
        })
    }
}

fn of_item(connection: &Connection, item: &ItemView) -> Result<Vec<Question>, StoreError> {
    let principal = match account::find(connection)? {
        Some(account) => Some(account.principal(installation::current(connection)?.id)),
        None => None,
    };
    let view = &item.view;
    let is_mine = |attention: &Attention| {
        item.withdrawn.is_none() && principal.as_ref().is_some_and(|principal| may_decide(view, attention.kind, principal))
    };
    let question = |attention: &Attention| Question {
        document: view.row.id,
        number: view.row.number.clone(),
        choices: attention.choices.iter().map(|name| Choice { name: name.clone(), means: means(view, attention.kind, name) }).collect(),
        is_mine: is_mine(attention),
        attention: attention.clone(),
    };
    Ok(view.row.attention.iter().map(question).collect())
}

/// The crew that holds the item settles who of them leads, and which of their readings is right; the rules say the same.
fn may_decide(view: &WorkView, kind: AttentionKind, principal: &Principal) -> bool {
    let of_the_crew = matches!(kind, AttentionKind::AcceptedTwice | AttentionKind::ValuesDiffer);
    let district = view.row.district;
    let does_it =
        kinds::named(&view.row.kind).is_some_and(|kind| kind.describe().roles.iter().any(|role| principal.holds(*role, district)));
    let is_holder = view.row.crew.is_some() && view.row.crew == principal.crew;
    principal.is_office(district) || (of_the_crew && does_it && is_holder)
}

fn means(view: &WorkView, kind: AttentionKind, choice: &str) -> Means {
    match kind {
        AttentionKind::AcceptedTwice => choice.parse().map_or(Means::Rule, |person| Means::Person(person_of(view, person))),
        AttentionKind::ValuesDiffer => choice.parse().map_or(Means::Rule, |event| values_of(view, event)),
        _ => Means::Rule,
    }
}

fn person_of(view: &WorkView, person: PersonId) -> PersonView {
    let known = view.history.iter().find(|event| event.by.id == person);
    known.map_or(PersonView { id: person, name: None }, |event| event.by.clone())
}

/// What the event says where others say something else.
fn values_of(view: &WorkView, event: EventId) -> Means {
    let claims = view.values.iter().filter(|value| !value.conflicting.is_empty());
    let claims = claims.flat_map(|value| value.conflicting.iter().chain([&value.shown]).map(|claim| (&value.path, claim)));
    let own: Vec<(&String, &ClaimView)> = claims.filter(|(_, claim)| claim.event == event).collect();
    let Some((_, first)) = own.first() else { return Means::Rule };
    let by = first.by.clone();
    Means::Values { by, values: own.into_iter().map(|(path, claim)| (path.clone(), claim.value.clone())).collect() }
}
