//! Every receipt that a customer holds: on the server with the same words, and said to be safe only then.

use std::{collections::BTreeMap, process::Command};

use linecrew_client::collection::{Custody, ReceiptView};
use linecrew_protocol::{
    ids::SessionId,
    model::collection::{EntryHash, FlagKind},
};
use linecrew_server::store::collection::{EntryRecord, FlagRecord, SessionDetail};

use super::{Difference, Tally};
use crate::{fleet::Fleet, office::CallError, phone::Phone, server::program};

/// Compares the receipts of all phones with the counter's view, and lets the verifier walk the server's store.
pub(super) async fn account(fleet: &Fleet, tally: &mut Tally, differences: &mut Vec<Difference>) {
    if fleet.phones.iter().all(|phone| phone.printed.is_empty()) {
        return;
    }
    for phone in &fleet.phones {
        match server_side(fleet, phone).await {
            Ok(entries) => compare(phone, &entries, tally, differences),
            Err(error) => differences.push(Difference::ServerUnreadable { why: error.to_string() }),
        }
    }
    // A process each time: not while there is something to wait for anyway.
    if differences.is_empty() {
        differences.extend(verify(fleet).await);
    }
    match fleet.cashier.flags().await {
        Ok(flags) => differences.extend(flags.iter().filter(|flag| !is_of_people(flag.kind)).map(suspicion)),
        Err(error) => differences.push(Difference::ServerUnreadable { why: error.to_string() }),
    }
}

/// Whether honest phones may come to it.
fn is_of_people(kind: FlagKind) -> bool {
    use FlagKind as F;
    matches!(kind, F::DoublePayment | F::VoidedAndDeposited | F::CountBreak | F::DepositBreak | F::AfterFreeze)
}

fn suspicion(flag: &FlagRecord) -> Difference {
    Difference::Audit { why: format!("an honest phone is suspected of {}: {}", flag.kind.name(), flag.detail) }
}

/// What the counter sees of the sessions in which the phone's receipts were issued.
async fn server_side(fleet: &Fleet, phone: &Phone) -> Result<BTreeMap<EntryHash, EntryRecord>, CallError> {
    let mut sessions: Vec<SessionId> = phone.printed.iter().map(|issued| issued.receipt.session).collect();
    sessions.dedup();
    let mut entries = BTreeMap::new();
    for session in sessions {
        match fleet.cashier.session(session).await {
            Ok(SessionDetail { entries: of_session, .. }) => entries.extend(of_session.into_iter().map(|entry| (entry.hash, entry))),
            // Not there: each of its receipts is reported as lost.
            Err(error) if error.code() == Some("not_found") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(entries)
}

fn compare(phone: &Phone, server: &BTreeMap<EntryHash, EntryRecord>, tally: &mut Tally, differences: &mut Vec<Difference>) {
    let views: BTreeMap<EntryHash, ReceiptView> = phone.receipts().into_iter().map(|view| (view.hash, view)).collect();
    for issued in &phone.printed {
        tally.receipts += 1;
        let view = views.get(&issued.hash);
        let told = view.map(|view| (view.custody, view.state, view.receipt.amount));
        let on_server = server.get(&issued.hash).map(|entry| (entry.state, entry.amount, entry.ticket.clone()));
        let is_safe = told.is_some_and(|(custody, ..)| matches!(custody, Custody::SafeOnServer | Custody::Settled));
        let is_same = matches!((&told, &on_server), (Some((_, state, amount)), Some((on_server, same, ticket)))
            if Some(*state) == *on_server && amount == same && ticket.as_ref() == Some(&issued.ticket));
        if !is_safe || !is_same {
            let (phone, ticket) = (phone.person.name.clone(), issued.ticket.to_string());
            differences.push(Difference::Receipt { phone, ticket, on_phone: format!("{told:?}"), on_server: format!("{on_server:?}") });
        }
    }
}

/// Whoever audits the store finds nothing.
async fn verify(fleet: &Fleet) -> Option<Difference> {
    let mut audit = Command::new(program());
    audit.args(["audit", "receipts", "--data"]).arg(fleet.server.data()).env("LINECREW_LOG", "warn");
    let output = tokio::task::spawn_blocking(move || audit.output()).await.expect("a thread that waits").expect("the program starts");
    let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (!output.status.success()).then(|| Difference::Audit { why: said() })
}
