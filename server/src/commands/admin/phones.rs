//! `linecrew admin phones` and `revoke`.

use anyhow::Context;
use clap::Args;
use linecrew_protocol::{ids::InstallationId, time::Timestamp};
use linecrew_server::{
    UtcOffset,
    clock::{Clock, SystemClock},
    store::{PhoneRecord, SYSTEM_PERSON, register::Register as _},
};

use super::super::{output, place::Place};

#[derive(Debug, Args)]
pub(crate) struct PhonesArgs {
    #[command(flatten)]
    place: Place,
    /// Prints JSON instead.
    #[arg(long)]
    json: bool,
}

impl PhonesArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { place, json } = self;
        let store = place.open()?;
        let phones = store.phones_since(Timestamp::from_unix_millis(i64::MIN)).await?;
        store.close()?;
        if json {
            return output::line(serde_json::to_string_pretty(&phones)?);
        }
        output::lines_or(phones.iter().map(|phone| line(phone, place.utc_offset())), "no phones")
    }
}

fn line(phone: &PhoneRecord, offset: UtcOffset) -> String {
    let PhoneRecord { installation, name, person, last_contact, pending_edits, enrolled_at, revoked_at, revoked_reason, .. } = phone;
    let contact = last_contact.map_or_else(|| "never heard of".to_owned(), |at| format!("last heard of {}", offset.minute_at(at)));
    let state = match (revoked_at, enrolled_at) {
        (Some(at), _) => format!("revoked {} ({})", offset.minute_at(*at), revoked_reason.as_deref().unwrap_or_default()),
        (None, Some(at)) => format!("enrolled {}", offset.minute_at(*at)),
        (None, None) => "has to enrol anew".to_owned(),
    };
    format!("{installation}\t{}\t{name}\t{state}\t{contact}\t{pending_edits} pending", person.name)
}

/// Takes a phone out of use.
pub(super) async fn revoke(place: &Place, device: InstallationId, reason: String) -> anyhow::Result<()> {
    let store = place.open()?;
    let revoked = store.revoke(device, SYSTEM_PERSON, reason, SystemClock.now()).await?;
    store.close()?;
    let phone = revoked.with_context(|| format!("there is no phone {device}"))?;
    output::line(line(&phone, place.utc_offset()))
}
