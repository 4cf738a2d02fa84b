//! `linecrew serve`.

mod oidc;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Args;
use linecrew_server::{Config, TlsFiles, UtcOffset, rulebook::Rulebook};
use tokio::net::TcpListener;

use self::oidc::OidcArgs;
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
    /// The server's certificate and those between it and the root, in PEM form. Read again when the file changes.
    #[arg(long, env = "LINECREW_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM form, readable by its owner (and group) only. Read again when the file changes.
    #[arg(long, env = "LINECREW_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Listen beyond this machine without TLS: behind a proxy that speaks TLS, or in a network that is trusted. Passwords and customers' data
    /// can be read on the way.
    #[arg(long)]
    allow_cleartext: bool,
    /// Local time: work items are numbered by day.
    #[arg(long, default_value = "+08:00", allow_hyphen_values = true)]
    utc_offset: UtcOffset,
    /// Connections at once, phones included.
    #[arg(long)]
    max_connections: Option<usize>,
    #[command(flatten)]
    oidc: OidcArgs,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        super::make_data_directory(&self.data)?;
        // Before anybody is told that there is a server: a limit that nobody meant would be written into every order.
        Rulebook::load(&self.data, self.utc_offset)?;
        let tls = self.tls_cert.zip(self.tls_key).map(|(certificate, key)| TlsFiles::new(certificate, key));
        match &tls {
            Some(files) => files.check()?,
            None => refuse_if_exposed(self.listen, self.allow_cleartext)?,
        }
        let oidc = self.oidc.settings()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut config = Config { utc_offset: self.utc_offset, tls, oidc, ..Config::new(self.data) };
        config.http.connections = self.max_connections.unwrap_or(config.http.connections);
        let listener = TcpListener::bind(self.listen).await.with_context(|| format!("failed to listen on {}", self.listen))?;
        let address = listener.local_addr()?;
        let stop = asked_to_stop()?;
        output::line(format!("listening on {scheme}://{address}"))?;
        linecrew_server::run(config, listener, stop).await?;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Without TLS nobody else's machine is served, unless somebody has decided so.
fn refuse_if_exposed(listen: SocketAddr, allow_cleartext: bool) -> anyhow::Result<()> {
    if listen.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    anyhow::ensure!(
        allow_cleartext,
        "{listen} can be reached from other machines, and without TLS passwords and customers' data can be read on the way: \
         give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that speaks TLS (docs/operations.md). \
         If something else protects the way, say --allow-cleartext"
    );
    tracing::warn!(
        listen = %listen,
        "PASSWORDS AND CUSTOMER DATA TRAVEL UNENCRYPTED: this address can be reached from other machines, and cleartext was allowed"
    );
    Ok(())
}

/// The end of what it gives is the first SIGINT or SIGTERM after the call. It listens from the call on, not from the first wait on: a signal that
/// comes as soon as the address is told would otherwise end the process by force.
fn asked_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let asked = {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
    };
    #[cfg(windows)]
    let asked = {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        async move { _ = interrupt.recv().await }
    };
    Ok(async {
        asked.await;
        tracing::info!("stopping: sessions are told, what is stored stays stored");
    })
}
