//! Every edit that a command returned: accepted, or in quarantine and in that phone's inbox. Nothing else.
//!
//! After a refusal a phone makes again what had only depended on the refused edit: another edit with another event carries the command from
//! then on, and the first stays in quarantine. The library lists only the last of such a chain, so its table is read for the links.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_client::{EditStatus, EditView, InboxBody};
use linecrew_protocol::ids::{EventId, InstallationId};
use rusqlite::{OpenFlags, Row};

use super::{Desk, Difference, Tally};
use crate::{
    key,
    phone::{Phone, Remembered},
};

/// One phone's side of the accounts.
struct Accounts {
    installation: InstallationId,
    /// By number.
    edits: BTreeMap<u64, EditView>,
    /// The number of the edit that carries the command of this one.
    made_again: BTreeMap<u64, u64>,
    /// Numbers of the refused edits that the inbox shows.
    shown: BTreeSet<u64>,
}

pub(super) fn account(desk: &Desk, phone: &Phone, tally: &mut Tally, differences: &mut Vec<Difference>) {
    let pending = phone.pending();
    if pending > 0 {
        differences.push(Difference::Pending { phone: phone.person.name.clone(), edits: pending });
    }
    tally.pending += pending;
    let refused = phone.inbox().into_iter().filter_map(|entry| match entry.body {
        InboxBody::Refused { device_seq, .. } => Some(device_seq),
        InboxBody::Withdrawn(_) => None,
    });
    let accounts = Accounts {
        installation: phone.installation(),
        edits: phone.edits().into_iter().map(|edit| (edit.device_seq, edit)).collect(),
        made_again: made_again(phone),
        shown: refused.collect(),
    };
    for (event, edit) in phone.journal.iter() {
        tally.edits += 1;
        match accounts.place_of(desk, event, edit) {
            Ok(Found::Accepted) => tally.accepted += 1,
            Ok(Found::Quarantined) => tally.quarantined += 1,
            Err(wrong) => differences.push(wrong.of(&phone.person.name, event, edit)),
        }
    }
}

enum Found {
    Accepted,
    Quarantined,
}

enum Wrong {
    Lost(String),
    NotTold,
    Told(String, &'static str),
}

impl Wrong {
    fn of(self, phone: &str, event: EventId, edit: &Remembered) -> Difference {
        let (phone, edit) = (phone.to_owned(), edit.clone());
        match self {
            Self::Lost(phone_says) => Difference::Lost { phone, event, edit, phone_says },
            Self::NotTold => Difference::NotTold { phone, event, edit },
            Self::Told(phone_says, server_has) => Difference::Told { phone, event, edit, phone_says, server_has },
        }
    }
}

impl Accounts {
    fn place_of(&self, desk: &Desk, event: EventId, edit: &Remembered) -> Result<Found, Wrong> {
        let number = self.last_of(edit.device_seq);
        let view = self.edits.get(&number);
        let says = || view.map_or_else(|| "nothing of it".to_owned(), |view| format!("{} as {number}", view.status));
        if desk.has_accepted(view.map_or(event, |view| view.event), edit) {
            return match view.map(|view| &view.status) {
                Some(EditStatus::Safe { .. }) => Ok(Found::Accepted),
                _ => Err(Wrong::Told(says(), "accepted")),
            };
        }
        if !desk.quarantined.contains(&(self.installation, number)) {
            return Err(Wrong::Lost(says()));
        }
        match view.map(|view| &view.status) {
            Some(EditStatus::NeedsAttention { .. }) if self.shown.contains(&number) => Ok(Found::Quarantined),
            Some(EditStatus::NeedsAttention { .. } | EditStatus::Withdrawn { .. }) => Err(Wrong::NotTold),
            _ => Err(Wrong::Told(says(), "in quarantine")),
        }
    }

    fn last_of(&self, number: u64) -> u64 {
        self.made_again.get(&number).map_or(number, |next| self.last_of(*next))
    }
}

fn made_again(phone: &Phone) -> BTreeMap<u64, u64> {
    let store = key::opened(&phone.store(), OpenFlags::SQLITE_OPEN_READ_ONLY);
    let sql = "SELECT device_seq, replaced_by FROM outbox WHERE replaced_by IS NOT NULL";
    let mut statement = store.prepare(sql).expect("the outbox of version 1");
    let number = |row: &Row<'_>, name: &str| row.get::<_, i64>(name).map(i64::cast_unsigned);
    let links = statement.query_map([], |row| Ok((number(row, "device_seq")?, number(row, "replaced_by")?)));
    links.and_then(Iterator::collect).expect("the outbox reads")
}
