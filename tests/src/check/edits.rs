//! Every edit that a command returned: accepted, or in quarantine and in that phone's inbox. Nothing else.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_client::{EditStatus, EditView, InboxBody};
use linecrew_protocol::ids::{EventId, InstallationId};

use super::{Desk, Difference, Tally};
use crate::phone::{Phone, Remembered};

/// One phone's side of the accounts.
struct Accounts {
    installation: InstallationId,
    edits: BTreeMap<EventId, EditView>,
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
        edits: phone.edits().into_iter().map(|edit| (edit.event, edit)).collect(),
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
        let view = self.edits.get(&event);
        let says = || view.map_or_else(|| "nothing of it".to_owned(), |view| format!("{} as {}", view.status, view.device_seq));
        let on_server = |number: u64| desk.quarantined.contains(&(self.installation, number));
        // After a refusal the phone numbers the same edit anew; the server has it under one of its numbers.
        let numbers = [Some(edit.device_seq), view.map(|view| view.device_seq)];
        let quarantined = || numbers.into_iter().flatten().find(|number| on_server(*number));
        if desk.has_accepted(event, edit) {
            return match view.map(|view| &view.status) {
                Some(EditStatus::Safe { .. }) => Ok(Found::Accepted),
                _ => Err(Wrong::Told(says(), "accepted")),
            };
        }
        let Some(_) = quarantined() else { return Err(Wrong::Lost(says())) };
        match view.map(|view| (&view.status, view.device_seq)) {
            Some((EditStatus::NeedsAttention { .. }, number)) if self.shown.contains(&number) => Ok(Found::Quarantined),
            Some((EditStatus::NeedsAttention { .. } | EditStatus::Withdrawn { .. }, _)) => Err(Wrong::NotTold),
            _ => Err(Wrong::Told(says(), "in quarantine")),
        }
    }
}
