//! The HTTP side: one port for the board, the REST API and the sync socket.
//!
//! Handlers take plain values and answer with plain values or a [`Problem`](problem::Problem); warp only finds the way to them. Nothing in
//! here blocks: passwords have threads of their own, the store too. A request that was read is carried through even when its caller hangs
//! up, because a commit that nobody is told of would leave boards waiting.

mod accept;
mod assets;
mod caller;
mod collection;
mod connections;
mod cookie;
mod enrol;
mod health;
mod invites;
mod keys;
mod kinds;
mod login;
mod oidc;
mod path;
mod people;
mod phones;
mod problem;
mod quarantine;
mod query;
mod reply;
mod request;
mod roster;
mod routes;
mod socket;
mod stall;
mod stream;
mod sync;
mod tls;
mod work;

use std::{future::Future, sync::Arc};

use linecrew_protocol::ids::{InstallationId, PersonId};
use tokio::{net::TcpListener, sync::watch};
use tokio_rustls::TlsAcceptor;

use crate::{
    auth::{Attempts, Audience, Oidc, Passwords, Tokens},
    clock::Clock,
    config::{HttpLimits, UtcOffset},
    live::Live,
    store::Store,
    sync_session::{Authenticator, NotAuthenticated, Patience, Shares, SyncDeps},
};

pub(crate) use problem::Chain;

/// What the handlers work with.
pub(crate) struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) live: Arc<Live>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) passwords: Passwords,
    pub(crate) attempts: Attempts,
    /// Tries to enrol a phone: by who tries, and by the connection they come through.
    pub(crate) enrolments: Attempts,
    /// Renewals of tokens: by phone, and by the connection they come through.
    pub(crate) renewals: Attempts,
    /// Questions whether a receipt is real: by who asks, and by the connection they come through.
    pub(crate) verifications: Attempts,
    /// The provider that staff may sign in with beside their passwords.
    pub(crate) oidc: Option<Oidc>,
    /// Sign-ins there that have begun: by who begins, and by the connection they come through.
    pub(crate) oidc_attempts: Attempts,
    /// What each phone has used up of its share.
    pub(crate) shares: Arc<Shares>,
    /// Local time: a cash session belongs to a day.
    pub(crate) utc_offset: UtcOffset,
    pub(crate) limits: HttpLimits,
    /// Encrypts connections; without one they stay in the clear.
    pub(crate) tls: Option<TlsAcceptor>,
    /// Turns true when the server goes down.
    pub(crate) closing: watch::Receiver<bool>,
}

impl App {
    fn json_limit(&self) -> request::BodyLimit {
        request::BodyLimit { bytes: self.limits.json_bytes, timeout: self.limits.body_timeout }
    }

    /// Returns when the server goes down.
    async fn going_down(&self) {
        let mut closing = self.closing.clone();
        // An error means that nobody is left who could say so: then it is down.
        let said = closing.wait_for(|closing| *closing).await.map(|_| ());
        said.unwrap_or_default();
    }

    fn sync_deps(&self) -> SyncDeps {
        SyncDeps {
            store: Arc::clone(&self.store),
            live: Arc::clone(&self.live),
            clock: Arc::clone(&self.clock),
            authenticator: Arc::new(PhoneTokens { tokens: Arc::clone(&self.tokens), clock: Arc::clone(&self.clock) }),
            patience: Patience::default(),
            shares: Arc::clone(&self.shares),
        }
    }
}

/// Tells sync sessions whose token it is.
struct PhoneTokens {
    tokens: Arc<Tokens>,
    clock: Arc<dyn Clock>,
}

impl Authenticator for PhoneTokens {
    fn authenticate(&self, token: &str, installation: InstallationId) -> Result<PersonId, NotAuthenticated> {
        let holder = self.tokens.verify(token, Audience::Phone, self.clock.now()).ok_or(NotAuthenticated)?;
        if holder.installation == Some(installation) { Ok(holder.person) } else { Err(NotAuthenticated) }
    }
}

/// Serves until `shutdown`, then lets requests and sessions end within the farewell time.
pub(crate) async fn serve(app: App, closing: watch::Sender<bool>, listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let app = Arc::new(app);
    let routes = routes::routes(&app);
    let last_gone = accept::accept(&app, &routes, &listener, shutdown).await;
    // Whoever comes now is refused by the system; whoever is inside is told.
    drop(listener);
    closing.send_replace(true);
    app.live.shut_down();
    last_gone.wait(app.limits.farewell).await;
}
