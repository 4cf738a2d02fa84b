//! `linecrew book`.

use anyhow::bail;
use clap::Subcommand;
use linecrew_protocol::{ids::InstallationId, model::collection::Ticket};
use linecrew_server::{
    clock::{Clock, SystemClock},
    store::{
        SYSTEM_NAME, Store,
        collection::{BookRecord, Clerk, CollectionDone, CollectionOrder},
        sqlite::SqliteStore,
        system_principal,
    },
};

use super::{
    output,
    place::{Place, person},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Book {
    /// Leases a block of ticket numbers to a collector, for one phone. The phone gets it at its next contact.
    Lease {
        #[command(flatten)]
        place: Place,
        /// The collector's user name.
        #[arg(long)]
        collector: String,
        /// The phone, by the id of its installation.
        #[arg(long)]
        device: InstallationId,
        /// How many tickets.
        #[arg(long, default_value_t = 50)]
        count: u32,
    },
}

impl Book {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Lease { place, collector, device, count } => {
                let store = place.open()?;
                let leased = lease(&store, &collector, device, count).await;
                store.close()?;
                let BookRecord { series, first, last, collector, device, device_name, .. } = leased?;
                let [first, last] = [first, last].map(|number| Ticket { series: series.clone(), number });
                output::line(format!("{first} to {last}: leased to {} on {device_name} ({device})", collector.name))
            }
        }
    }
}

async fn lease(store: &SqliteStore, username: &str, device: InstallationId, count: u32) -> anyhow::Result<BookRecord> {
    let collector = person(store, username).await?.account.id;
    let by = system_principal(store.epoch());
    let clerk = Clerk { by, by_name: SYSTEM_NAME.to_owned(), now: SystemClock.now() };
    match store.collection(clerk, CollectionOrder::Lease { collector, device, count }).await? {
        CollectionDone::Book(book, _) => Ok(book),
        CollectionDone::Refused(refusal) => bail!("no book was leased: {}", refusal.detail),
        _ => bail!("there is no phone {device}"),
    }
}
