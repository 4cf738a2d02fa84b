//! `linecrew serve`.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Args;
use linecrew_server::{Config, UtcOffset, rulebook::Rulebook};
use tokio::net::TcpListener;

use super::output;

/// What the data directory may hold, for those who run the server.
const FILES: &str = "\
Limits are those of Q/GDW 581-2011 unless the data directory says otherwise; they hold for what is ordered after the next start.

policy.json (whatever it leaves out is as the standard says):
  {\"arrival_minutes\": {\"urban\": 45, \"rural\": 90, \"remote\": 120},
   \"workdays\": {\"reply\": {\"household\": 3, \"low_voltage\": 7, \"hv_single\": 15, \"hv_dual\": 30},
                \"energise\": {\"household\": 3, \"other\": 5}},
   \"notice_days\": 7,
   \"safety\": {\"repair_dispatch\": [\"work_ticket\", \"hazard_survey\", \"briefing\", \"supervisor_confirmed\",
                                  \"de_energised\", \"verified_dead\", \"earthed\"]},
   \"qualifications\": {\"disconnection\": [\"high_voltage\"]}}

calendar/2027.json: the official workdays of a year, in the format of NateScarlet/holiday-cn; 2023 to 2026 are built in.

A file with a mistake is named, with the field, and nothing is served.";

#[derive(Debug, Args)]
#[command(after_help = FILES)]
pub(crate) struct Serve {
    /// Where everything is kept; made if it does not exist.
    #[arg(long, visible_alias = "data-dir", env = "LINECREW_DATA")]
    data: PathBuf,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// Local time: work items are numbered by day.
    #[arg(long, default_value = "+08:00", allow_hyphen_values = true)]
    utc_offset: UtcOffset,
    /// Connections at once, phones included.
    #[arg(long)]
    max_connections: Option<usize>,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        super::make_data_directory(&self.data)?;
        // Before anybody is told that there is a server: a limit that nobody meant would be written into every order.
        Rulebook::load(&self.data, self.utc_offset)?;
        let mut config = Config { utc_offset: self.utc_offset, ..Config::new(self.data) };
        config.http.connections = self.max_connections.unwrap_or(config.http.connections);
        let listener = TcpListener::bind(self.listen).await.with_context(|| format!("failed to listen on {}", self.listen))?;
        let address = listener.local_addr()?;
        warn_if_exposed(address);
        output::line(format!("listening on http://{address}"))?;
        linecrew_server::run(config, listener, asked_to_stop()).await?;
        tracing::info!("stopped");
        Ok(())
    }
}

fn warn_if_exposed(address: SocketAddr) {
    if !address.ip().is_loopback() {
        tracing::warn!(
            listen = %address,
            "PASSWORDS AND CUSTOMER DATA TRAVEL UNENCRYPTED: this address can be reached from other machines and there is no TLS here. \
             Listen on 127.0.0.1 behind a proxy that speaks TLS (docs/operations.md)."
        );
    }
}

/// Returns at the first SIGINT or SIGTERM.
async fn asked_to_stop() {
    let interrupt = async { tokio::signal::ctrl_c().await.ok() };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<Option<()>>();
    tokio::select! {
        _ = interrupt => {}
        _ = terminate => {}
    }
    tracing::info!("stopping: sessions are told, what is stored stays stored");
}
