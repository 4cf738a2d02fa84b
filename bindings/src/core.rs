//! The object that apps hold: one open store, its keys and its way to the server.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use linecrew_client::{Client, ClientOptions, LEASE, protocol::ids::InstallationId};
use tokio::sync::watch;

use crate::{
    error::LinecrewError,
    hosts::{Desk, Guards, HostTrouble, Hosts, Patience},
    runtime::{aside, at_once, to_its_end},
    sync::Server,
};

/// How a store is opened.
#[derive(Debug, Clone, uniffi::Record)]
pub struct OpenRequest {
    /// A folder of the app's own; made if it does not exist.
    pub folder: String,
    /// The app's version, as the server is told.
    pub app_version: String,
    /// Certificates that are believed about the server instead of the public ones, in PEM form.
    #[uniffi(default = None)]
    pub ca_pem: Option<String>,
    /// How long the phone works without contact; 72 hours when absent.
    #[uniffi(default = None)]
    pub lease: Option<Duration>,
}

/// One open store on one phone. Safe to use from any thread.
#[derive(Debug, uniffi::Object)]
pub struct LinecrewCore {
    state: RwLock<State>,
    pub(crate) server: Server,
}

#[derive(Debug)]
enum State {
    Open(Running),
    Closed,
}

/// What an open store consists of. With it go the app's own objects, which may hold this one.
#[derive(Debug)]
struct Running {
    client: Client,
    /// Whoever waits for changes hears that the store was shut down when it goes.
    open: watch::Sender<()>,
    hosts: Guards,
}

/// Opens the store in a folder, and makes one if there is none. Its keys lie where the app keeps them, or else in files beside it.
///
/// # Errors
/// [`LinecrewError::Store`], [`LinecrewError::StorageFull`], [`LinecrewError::Wiped`], [`LinecrewError::KeyUnavailable`], [`LinecrewError::Host`]; a
/// store that cannot be opened is left as it is.
///
/// # Cancellation
/// The store is opened all the same, and closed again.
#[uniffi::export(default(hosts = None))]
pub async fn open_linecrew(request: OpenRequest, hosts: Option<Hosts>) -> Result<Arc<LinecrewCore>, LinecrewError> {
    let (hosts, desk) = (hosts.unwrap_or_default(), Arc::new(Desk::new(Patience::default())));
    aside(move || LinecrewCore::begin(request, hosts, desk).map(Arc::new)).await
}

#[uniffi::export]
impl LinecrewCore {
    /// The installation: what an enrolment binds to a person and to this phone's key.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`].
    pub fn installation(&self) -> Result<InstallationId, LinecrewError> {
        self.read(|client| Ok(client.installation()))
    }

    /// Closes the file, so that no lock is left, and ends what waits. Doing it again does nothing.
    ///
    /// # Errors
    /// [`LinecrewError::Store`] when the log could not be copied; everything confirmed is durable all the same.
    pub async fn shut_down(&self) -> Result<(), LinecrewError> {
        let before = std::mem::replace(&mut *self.state.write().unwrap_or_else(PoisonError::into_inner), State::Closed);
        let State::Open(Running { client, open, hosts }) = before else { return Ok(()) };
        drop(open);
        aside(move || {
            let closed = client.close();
            // The log to the last.
            drop(hosts);
            Ok(closed?)
        })
        .await
    }

    /// Destroys the key and deletes everything, once the server has answered every edit. Every other call says that this phone was wiped from then
    /// on; what failed is gone on with by wiping again, or by opening the store.
    ///
    /// # Errors
    /// [`LinecrewError::Unanswered`]: nothing was wiped. [`LinecrewError::KeyUnavailable`] and [`LinecrewError::Store`]: not to its end.
    ///
    /// # Cancellation
    /// It goes on to its end.
    pub async fn wipe(&self) -> Result<(), LinecrewError> {
        let client = self.running(|running| running.client.clone())?;
        to_its_end(async move { Ok(client.wipe().await?) }).await
    }
}

impl LinecrewCore {
    pub(crate) fn begin(request: OpenRequest, hosts: Hosts, desk: Arc<Desk>) -> Result<Self, LinecrewError> {
        let OpenRequest { folder, app_version, ca_pem, lease } = request;
        let server = Server::trusting(ca_pem.as_deref())?.carried_by(hosts.transport.clone(), &desk);
        let folder = PathBuf::from(folder);
        std::fs::create_dir_all(&folder)?;
        let guards = Guards::begin(&hosts, desk)?;
        let host = guards.host();
        let options = ClientOptions { app_version, lease: lease.unwrap_or(LEASE), ..ClientOptions::default() };
        let database_key = guards.database_key(hosts.database_key, &folder);
        let client = Client::open(&folder.join("linecrew.db"), database_key, Arc::clone(&host), options)?;
        client.set_device_key(guards.device_key(hosts.device_key, &folder, host.as_ref())?);
        let running = Running { client, open: watch::Sender::new(()), hosts: guards };
        Ok(Self { state: RwLock::new(State::Open(running)), server })
    }

    /// Asks the app's clock again. What syncs does it first; a clock that does not answer is in the status, and the last sample goes on.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`].
    pub(crate) async fn resample_clock(&self) -> Result<(), LinecrewError> {
        let Some(clock) = self.running(|running| running.hosts.clock())? else { return Ok(()) };
        aside(move || {
            clock.resample();
            Ok(())
        })
        .await
    }

    pub(crate) fn host_trouble(&self) -> Result<Vec<HostTrouble>, LinecrewError> {
        self.running(|running| running.hosts.troubles())
    }

    /// The client, which is one pointer to clone: no lock is held while it works.
    pub(crate) fn client(&self) -> Result<Client, LinecrewError> {
        Ok(self.client_until_shut_down()?.0)
    }

    /// The client, and what says that it was shut down.
    pub(crate) fn client_until_shut_down(&self) -> Result<(Client, watch::Receiver<()>), LinecrewError> {
        let (client, open) = self.running(|running| (running.client.clone(), running.open.subscribe()))?;
        if client.is_wiped() { Err(LinecrewError::Wiped) } else { Ok((client, open)) }
    }

    fn running<T>(&self, take: impl FnOnce(&Running) -> T) -> Result<T, LinecrewError> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(running) => Ok(take(running)),
            State::Closed => Err(LinecrewError::Closed),
        }
    }

    /// What reads: at once, on the caller's thread.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Client) -> Result<T, LinecrewError>) -> Result<T, LinecrewError> {
        let (client, open) = self.client_until_shut_down()?;
        at_once(|| unless_over(&client, &open, work(&client)))
    }

    /// What writes: on a thread of its own, to its end.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Client) -> Result<T, LinecrewError> + Send + 'static,
    ) -> Result<T, LinecrewError> {
        let (client, open) = self.client_until_shut_down()?;
        aside(move || unless_over(&client, &open, work(&client))).await
    }
}

/// What a call answers whose store was wiped or shut down meanwhile, by a sync or another call: not that the store failed.
pub(crate) fn unless_over<T>(client: &Client, open: &watch::Receiver<()>, answer: Result<T, LinecrewError>) -> Result<T, LinecrewError> {
    match answer {
        Err(_) if client.is_wiped() => Err(LinecrewError::Wiped),
        Err(LinecrewError::Store { .. }) if open.has_changed().is_err() => Err(LinecrewError::Closed),
        answer => answer,
    }
}
