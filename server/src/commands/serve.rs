//! `linecrew serve`.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Args;
use linecrew_server::{Config, UtcOffset};
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where everything is kept; made if it does not exist.
    #[arg(long, env = "LINECREW_DATA")]
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
        let mut config = Config { utc_offset: self.utc_offset, ..Config::new(self.data) };
        config.http.connections = self.max_connections.unwrap_or(config.http.connections);
        let listener = TcpListener::bind(self.listen).await.with_context(|| format!("failed to listen on {}", self.listen))?;
        let address = listener.local_addr()?;
        warn_if_exposed(address);
        println!("listening on http://{address}");
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
