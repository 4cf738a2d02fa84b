//! Putting a server together.

use std::{
    future::Future,
    path::{Path, PathBuf},
    sync::Arc,
};

use linecrew_sqlite::{CloseError, Options};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    auth::{self, Attempts, KeyError, KeyRing, Oidc, PasswordError, Passwords, Tokens},
    clock::{Clock, SystemClock},
    config::{Config, UtcOffset},
    http::{self, App},
    live::Live,
    rulebook::{Rulebook, RulebookError},
    store::{
        Store,
        sqlite::{OpenStoreError, Settings, SqliteStore},
    },
    tls::{self, TlsError, TrustError},
};

/// The database in the data directory.
const DATABASE: &str = "linecrew.db";

/// Why a server could not start, or not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The data directory did not open.
    #[error("failed to open the data directory")]
    Data(#[source] OpenDataError),
    /// There is no key to sign tokens with.
    #[error("failed to open the signing key")]
    Key(#[source] KeyError),
    /// Passwords cannot be verified.
    #[error("failed to prepare the verification of passwords")]
    Passwords(#[source] PasswordError),
    /// There is no TLS, although it was asked for.
    #[error("failed to speak TLS")]
    Tls(#[source] TlsError),
    /// The OpenID Connect provider's certificate authorities cannot be used.
    #[error("failed to prepare the sign-in with OpenID Connect")]
    Oidc(#[source] TrustError),
    /// The store did not close well. What was acknowledged is durable all the same.
    #[error("failed to close the store")]
    Close(#[source] CloseError),
}

/// Why a data directory could not be used. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenDataError {
    /// A file of limits is wrong.
    #[error("failed to read the limits in force")]
    Rulebook(#[from] RulebookError),
    /// The store did not open.
    #[error("failed to open the store")]
    Store(#[from] OpenStoreError),
}

/// Where the store of a data directory lies.
#[must_use]
pub fn store_file(data: &Path) -> PathBuf {
    data.join(DATABASE)
}

/// Opens the store of a data directory, and makes it if there is none. Its `policy.json` and `calendar/` hold for what is ordered from now on.
///
/// # Errors
/// A file that is damaged, foreign or wrong is left as it is.
pub fn open_store(data: &Path, utc_offset: UtcOffset) -> Result<Arc<SqliteStore>, OpenDataError> {
    let rulebook = Rulebook::load(data, utc_offset)?;
    let settings = Settings { utc_offset_minutes: utc_offset.minutes().into(), rulebook };
    Ok(SqliteStore::open_with(&store_file(data), Options::default(), settings)?)
}

/// Serves the data directory on `listener` until `shutdown`.
///
/// # Errors
/// [`ServeError`] before anything is served, and when the store does not close well.
///
/// # Cancellation
/// Dropping it cuts every connection; what was acknowledged is stored.
pub async fn run(config: Config, listener: TcpListener, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
    let store = open_store(&config.data, config.utc_offset).map_err(ServeError::Data)?;
    run_with(config, Arc::clone(&store) as Arc<dyn Store>, Arc::new(SystemClock), listener, shutdown).await?;
    store.close().map_err(ServeError::Close)
}

/// Serves on a store and a clock of the caller's choice.
///
/// # Errors
/// [`ServeError`] before anything is served; nothing ends a server that has started but `shutdown`.
///
/// # Cancellation
/// Dropping it cuts every connection; what was acknowledged is stored.
pub async fn run_with(
    config: Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let keys = KeyRing::open(&config.data, clock.now(), config.lifetimes.longest()).map_err(ServeError::Key)?;
    let tokens = Arc::new(Tokens::new(keys, config.lifetimes));
    let passwords = Passwords::new().map_err(ServeError::Passwords)?;
    let (closing, closed) = watch::channel(false);
    let tls = config.tls.map(|files| tls::open(files, closed.clone())).transpose().map_err(ServeError::Tls)?;
    let oidc = config.oidc.map(Oidc::new).transpose().map_err(ServeError::Oidc)?;
    tokio::spawn(auth::keep_fresh(config.data, config.key_poll, Arc::clone(&tokens), closed.clone()));
    let app = App {
        store,
        clock,
        live: Live::new(),
        tokens,
        passwords,
        attempts: Attempts::new(config.attempts),
        enrolments: Attempts::new(config.enrolments),
        renewals: Attempts::new(config.renewals),
        verifications: Attempts::new(config.verifications),
        oidc,
        oidc_attempts: Attempts::new(config.oidc_attempts),
        shares: Arc::default(),
        utc_offset: config.utc_offset,
        limits: config.http,
        tls,
        closing: closed,
    };
    http::serve(app, closing, listener, shutdown).await;
    Ok(())
}
