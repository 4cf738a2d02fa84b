//! `linecrew admin exposure`.

use anyhow::Context;
use clap::Args;
use linecrew_protocol::ids::InstallationId;
use linecrew_server::{
    UtcOffset,
    clock::{Clock, SystemClock},
    store::{
        PhoneRecord, SYSTEM_PERSON,
        exposure::{ExposedBook, ExposedItem, ExposedReceivable, Exposure, ExposureDesk as _},
    },
};

use super::super::{output, place::Place};

#[derive(Debug, Args)]
pub(crate) struct ExposureArgs {
    #[command(flatten)]
    place: Place,
    /// The phone, by the id of its installation.
    device: InstallationId,
    /// Prints JSON instead.
    #[arg(long)]
    json: bool,
}

impl ExposureArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { place, device, json } = self;
        let store = place.open()?;
        let exposure = store.exposure(device, SystemClock.now()).await?;
        store.close()?;
        let exposure = exposure.with_context(|| format!("there is no phone {device}"))?;
        tracing::info!(installation = %device, by = %SYSTEM_PERSON, items = exposure.items.len(), "it was read what a phone holds");
        if json {
            return output::line(serde_json::to_string_pretty(&exposure)?);
        }
        output::lines(lines(&exposure, place.utc_offset()))
    }
}

fn lines(exposure: &Exposure, offset: UtcOffset) -> Vec<String> {
    let Exposure { phone, until, items, receivables, books, doubts, .. } = exposure;
    let mut lines = vec![head(phone, offset), format!("what was sent until {} is listed", offset.minute_at(*until))];
    lines.extend(doubts.iter().map(|doubt| format!("note: {}", doubt.words())));
    lines.extend(items.iter().map(item));
    lines.extend(receivables.iter().map(receivable));
    lines.extend(books.iter().map(book));
    lines.push(format!("{} items, {} bills, {} ticket books", items.len(), receivables.len(), books.len()));
    lines
}

fn head(phone: &PhoneRecord, offset: UtcOffset) -> String {
    let PhoneRecord { installation, name, person, last_contact, pending_edits, needs_attention, behind_entries, .. } = phone;
    let contact = last_contact.map_or_else(|| "never heard of".to_owned(), |at| format!("last heard of {}", offset.minute_at(at)));
    format!(
        "{installation}\t{}\t{name}\t{contact}\t{pending_edits} edits not handed in, {needs_attention} in its inbox, {behind_entries} entries not confirmed",
        person.name
    )
}

fn item(item: &ExposedItem) -> String {
    let ExposedItem { number, kind, customer, address, telephone, arrears_fen, left, .. } = item;
    let telephone = telephone.as_deref().unwrap_or("no telephone");
    let arrears = arrears_fen.map_or_else(String::new, |fen| format!("\tarrears {fen} fen"));
    format!("item\t{number}\t{kind}\t{customer}\t{address}\t{telephone}{arrears}{}", gone(*left))
}

fn receivable(due: &ExposedReceivable) -> String {
    let ExposedReceivable { account, period, amount, customer, address, left, .. } = due;
    format!("bill\t{account}\t{period}\t{amount}\t{customer}\t{address}{}", gone(*left))
}

fn book(book: &ExposedBook) -> String {
    let ExposedBook { series, first, last, left, .. } = book;
    format!("book\t{series}\t{first} to {last}{}", gone(*left))
}

/// What the phone was told to delete may be on it all the same.
fn gone(left: bool) -> &'static str {
    if left { "\twas on it" } else { "" }
}
