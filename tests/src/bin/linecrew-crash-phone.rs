//! A phone that works until it is killed; see `tests/tests/crash_phone`.

use std::{
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::Context as _;
use clap::Parser;
use linecrew_client::{
    Client, ClientOptions, SavedEdit, SystemHost,
    driver::{DriverOptions, SyncDriver},
    transport::{Cleartext, ServerAddress, TcpTransport},
};
use linecrew_tests::{
    crash::{Contact, Script},
    key,
    seed::Seed,
};
use tokio::runtime::Runtime;

/// How often somebody syncs between two commands.
const SYNCS: f64 = 0.25;
/// How often a person takes a moment: without any, a day's items would be done in its first rounds.
const PAUSES: f64 = 0.5;
const PAUSE: Duration = Duration::from_millis(5);
/// Longer than any round: the killer ends it.
const SYNC_WITHIN: Duration = Duration::from_secs(30);

/// One round.
#[derive(Debug, Parser)]
struct Round {
    /// The phone's store; it is enrolled.
    #[arg(long)]
    store: PathBuf,
    /// Decides the commands.
    #[arg(long)]
    seed: u64,
    /// How the phone reaches its server.
    #[arg(long)]
    contact: Contact,
}

fn main() -> anyhow::Result<()> {
    let round = Round::parse();
    let host = Arc::new(SystemHost::new());
    let client = Client::open(&round.store, key::of_store(&round.store), Arc::clone(&host) as Arc<_>, ClientOptions::default())?;
    key::hand_over(&client, &round.store, host.as_ref());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let driver = Arc::new(driver(&client, round.seed)?);
    if round.contact == Contact::Live {
        let driver = Arc::clone(&driver);
        runtime.spawn(async move { driver.run(std::future::pending()).await });
    }
    let mut script = Script::new(Seed(round.seed));
    loop {
        match script.act(&client)? {
            Some(saved) => promise(&saved)?,
            None => thread::sleep(PAUSE),
        }
        if script.chance(PAUSES) {
            thread::sleep(PAUSE);
        }
        if round.contact == Contact::Requests && script.chance(SYNCS) {
            sync(&runtime, &driver)?;
        }
    }
}

fn driver(client: &Client, seed: u64) -> anyhow::Result<SyncDriver> {
    let session = client.session()?.context("nobody has signed in")?;
    let address = ServerAddress::parse(&session.server_url, Cleartext::LoopbackOnly)?;
    Ok(SyncDriver::new(client.clone(), Arc::new(TcpTransport::new(address)), DriverOptions::new(seed)))
}

/// The server of the test runs all the time: whatever stops a sync is a failure of the test.
fn sync(runtime: &Runtime, driver: &SyncDriver) -> anyhow::Result<()> {
    let report = runtime.block_on(driver.sync_once(SYNC_WITHIN));
    report.stopped.map_or(Ok(()), |stop| Err(stop).context("the sync stopped"))
}

/// The command has returned: from here on its edit must never be missing.
fn promise(saved: &SavedEdit) -> anyhow::Result<()> {
    let line = format!("{}\n", serde_json::to_string(saved)?);
    let mut output = io::stdout().lock();
    output.write_all(line.as_bytes())?;
    Ok(output.flush()?)
}
