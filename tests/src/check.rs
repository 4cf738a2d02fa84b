//! The end of a day: do all replicas hold the same, and is every confirmed edit where people see it?
//!
//! The server is asked as a stranger would ask it, over its REST interface and its sync protocol; no part of it is trusted to say that all is
//! well. What is found missing is named precisely.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    ids::{DocumentId, EventId, InstallationId},
    model::{kinds, work::WorkRow},
};
use linecrew_server::store::{BoardDetail, BoardRow};
use serde::Serialize;

use crate::{
    fleet::Fleet,
    phone::{Phone, Remembered},
};

mod difference;
mod edits;
mod feeds;
mod receipts;

pub use difference::{Difference, field_by_field};

/// What there was, when everything is well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Documents on the server.
    pub documents: u64,
    /// Edits that commands returned.
    pub edits: u64,
    /// Those that are part of their document.
    pub accepted: u64,
    /// Those that the server keeps beside it.
    pub quarantined: u64,
    /// Those that have no answer.
    pub pending: u64,
    /// Receipts that customers hold.
    pub receipts: u64,
}

/// Everything that the office can see.
pub(crate) struct Desk {
    rows: BTreeMap<DocumentId, BoardRow>,
    /// Events that are part of a document.
    accepted: BTreeMap<DocumentId, BTreeSet<EventId>>,
    quarantined: BTreeSet<(InstallationId, u64)>,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// What there was.
    pub tally: Tally,
    /// Everything that is not as it must be.
    pub differences: Vec<Difference>,
}

impl Findings {
    /// Whether everything is as it must be.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.differences.is_empty()
    }

    /// Whether every phone holds what the server says that it must hold. Edits may be wrong all the same.
    #[must_use]
    pub fn replicas_equal(&self) -> bool {
        !self.differences.iter().any(Difference::is_about_replicas)
    }
}

/// Compares every phone with the server.
pub async fn everything(fleet: &Fleet) -> Findings {
    let mut findings = Findings::default();
    let desk = match Desk::read(fleet).await {
        Ok(desk) => desk,
        Err(unreadable) => return Findings { differences: vec![unreadable], ..findings },
    };
    findings.tally.documents = desk.rows.len() as u64;
    for phone in &fleet.phones {
        feeds::compare(fleet.server.address(), phone, &mut findings.differences).await;
        compare_rows(&desk, phone, &mut findings.differences);
        edits::account(&desk, phone, &mut findings.tally, &mut findings.differences);
    }
    receipts::account(fleet, &mut findings.tally, &mut findings.differences).await;
    findings
}

impl Desk {
    async fn read(fleet: &Fleet) -> Result<Self, Difference> {
        let unreadable = |error: crate::office::CallError| Difference::ServerUnreadable { why: error.to_string() };
        let rows = fleet.office.list().await.map_err(unreadable)?;
        let mut desk = Self { rows: BTreeMap::new(), accepted: BTreeMap::new(), quarantined: BTreeSet::new() };
        for row in rows {
            let BoardDetail { view, quarantined, .. } = fleet.office.detail(row.row.id).await.map_err(unreadable)?;
            desk.accepted.insert(row.row.id, view.history.iter().map(|event| event.id).collect());
            desk.quarantined.extend(quarantined.iter().map(|edit| (edit.installation, edit.device_seq)));
            desk.rows.insert(row.row.id, row);
        }
        Ok(desk)
    }

    fn has_accepted(&self, event: EventId, edit: &Remembered) -> bool {
        self.accepted.get(&edit.document).is_some_and(|events| events.contains(&event))
    }

    /// What a phone of this crew must hold: the crew's items about which anybody still has to do something.
    fn of_crew(&self, phone: &Phone) -> BTreeMap<DocumentId, &WorkRow> {
        let of_crew = |row: &&BoardRow| row.row.crew.is_some() && row.row.crew == phone.person.crew && !row.row.phase.is_closed();
        self.rows.values().filter(of_crew).map(|row| (row.row.id, &row.row)).collect()
    }
}

/// The row as this phone must show it: without the customer's number and arrears where the person does no such work.
fn as_held_by(phone: &Phone, server: &WorkRow) -> WorkRow {
    let mut row = server.clone();
    let roles = kinds::named(&row.kind).map_or(&[][..], |kind| kind.describe().roles);
    if !roles.iter().any(|role| phone.person.roles.contains(role)) {
        (row.customer.phone, row.customer.arrears_fen) = (None, None);
    }
    row
}

fn compare_rows(desk: &Desk, phone: &Phone, differences: &mut Vec<Difference>) {
    let who = || phone.person.name.clone();
    let mut expected = desk.of_crew(phone);
    for item in phone.items() {
        let Some(server) = expected.remove(&item.row.id) else {
            differences.push(Difference::Stray { phone: who(), number: item.row.number });
            continue;
        };
        if let Some(damage) = item.damage {
            differences.push(Difference::Damaged { phone: who(), number: item.row.number.clone(), damage });
        }
        let fields = field_by_field(&item.row, &as_held_by(phone, server));
        if !fields.is_empty() {
            differences.push(Difference::Row { phone: who(), number: item.row.number, fields });
        }
    }
    differences.extend(expected.into_values().map(|row| Difference::Lacking { phone: who(), number: row.number.clone() }));
}
