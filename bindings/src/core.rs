//! The object that apps hold: one open store, its keys and its way to the server.

use std::{
    mem,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use linecrew_client::{Client, ClientOptions, LEASE, protocol::ids::InstallationId};
use tokio::sync::watch;

use crate::{
    error::LinecrewError,
    hosts::{Desk, Guards, HostTrouble, Hosts, Patience, SampledClock, resampled},
    live::Live,
    observe::News,
    runtime::{aside, at_once, cancellable, to_its_end},
    sync::Server,
    token::{CancelToken, unless_cancelled},
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
    request: OpenRequest,
    desk: Arc<Desk>,
    state: RwLock<State>,
    /// Whoever opens or closes the store holds it, on a thread of its own that awaits nothing.
    turn: Mutex<()>,
    pub(crate) server: Server,
    pub(crate) live: Live,
    pub(crate) news: News,
}

#[derive(Debug)]
enum State {
    Open(Running),
    /// The file is closed; what it is opened with, and whether it was wiped before.
    Suspended {
        hosts: Hosts,
        is_wiped: bool,
    },
    /// The app's own objects are let go of: they may hold this one.
    Closed,
}

/// What an open store consists of.
#[derive(Debug)]
struct Running {
    client: Client,
    /// Whatever works for this opening ends when it goes.
    open: watch::Sender<()>,
    guards: Guards,
    hosts: Hosts,
}

/// Why a store is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    Suspended,
    ForGood,
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

    /// Closes the file, so that no lock is left, and ends the live connection and what waits. Doing it again does nothing.
    ///
    /// # Errors
    /// [`LinecrewError::Store`] when the log could not be copied; everything confirmed is durable all the same.
    ///
    /// # Cancellation
    /// It goes on to its end.
    pub async fn shut_down(self: Arc<Self>) -> Result<(), LinecrewError> {
        to_its_end(async move {
            self.live.shut_down().await;
            let closed = self.let_go(Pause::ForGood);
            self.news.end();
            closed
        })
        .await
    }

    /// Lets go of the file and ends the live connection, because the system is about to stop the app: phones kill apps that hold a lock then. Every call
    /// but `resume` and `shut_down` fails until the store is resumed; observers wait.
    ///
    /// # Errors
    /// As `shut_down`; [`LinecrewError::Closed`] after it.
    ///
    /// # Cancellation
    /// It goes on to its end.
    pub async fn suspend(self: Arc<Self>) -> Result<(), LinecrewError> {
        to_its_end(async move {
            self.live.end().await;
            self.let_go(Pause::Suspended)
        })
        .await
    }

    /// Takes the file up again after `suspend`, and the live connection if the app has started one and not stopped it.
    ///
    /// # Errors
    /// As opening it; [`LinecrewError::Closed`] after `shut_down`.
    ///
    /// # Cancellation
    /// It goes on to its end.
    pub async fn resume(self: Arc<Self>) -> Result<(), LinecrewError> {
        aside(move || {
            self.take_up()?;
            match self.live.is_wanted().then(|| self.keep_live()) {
                // It was suspended again meanwhile, and goes on when that ends.
                None | Some(Ok(()) | Err(LinecrewError::Suspended)) => Ok(()),
                Some(failed) => failed,
            }
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
        let server = Server::trusting(request.ca_pem.as_deref())?.carried_by(hosts.transport.clone(), &desk);
        let (state, turn, live, news) = (RwLock::new(State::Closed), Mutex::default(), Live::default(), News::default());
        let core = Self { request, desk, state, turn, server, live, news };
        core.open(hosts)?;
        Ok(core)
    }

    fn open(&self, hosts: Hosts) -> Result<(), LinecrewError> {
        let OpenRequest { folder, app_version, ca_pem: _, lease } = &self.request;
        let folder = PathBuf::from(folder);
        std::fs::create_dir_all(&folder)?;
        let guards = Guards::begin(&hosts, Arc::clone(&self.desk))?;
        let host = guards.host();
        let options = ClientOptions { app_version: app_version.clone(), lease: lease.unwrap_or(LEASE), ..ClientOptions::default() };
        let database_key = guards.database_key(hosts.database_key.clone(), &folder);
        let client = Client::open(&folder.join("linecrew.db"), database_key, Arc::clone(&host), options)?;
        client.set_device_key(guards.device_key(hosts.device_key.clone(), &folder, host.as_ref())?);
        let open = watch::Sender::new(());
        let (seen, until) = (client.clone(), open.subscribe());
        // Open before anybody hears of it: whoever reads at the first look would find it suspended.
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::Open(Running { client, open, guards, hosts });
        self.news.of(seen, until)
    }

    /// Closes the file, if it is open. A store that was shut down stays so.
    fn let_go(&self, pause: Pause) -> Result<(), LinecrewError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let running = match (mem::replace(&mut *state, State::Closed), pause) {
            (State::Open(running), Pause::ForGood) => running,
            (State::Open(running), Pause::Suspended) => {
                *state = State::Suspended { hosts: running.hosts.clone(), is_wiped: running.client.is_wiped() };
                running
            }
            (suspended @ State::Suspended { .. }, Pause::Suspended) => {
                *state = suspended;
                return Ok(());
            }
            (State::Closed, Pause::Suspended) => return Err(LinecrewError::Closed),
            (State::Closed | State::Suspended { .. }, Pause::ForGood) => return Ok(()),
        };
        drop(state);
        let Running { client, open, guards, hosts } = running;
        drop(open);
        let closed = client.close();
        // The log to the last.
        drop((guards, hosts));
        Ok(closed?)
    }

    /// Opens the file, if it is suspended.
    fn take_up(&self) -> Result<(), LinecrewError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let hosts = match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(_) => return Ok(()),
            // It would be an empty phone under the object of the former one.
            State::Suspended { is_wiped: true, .. } => return Err(LinecrewError::Wiped),
            State::Suspended { hosts, .. } => hosts.clone(),
            State::Closed => return Err(LinecrewError::Closed),
        };
        self.open(hosts)
    }

    /// Asks the app's clock again. What syncs does it first; a clock that does not answer is in the status, and the last sample goes on.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`].
    pub(crate) async fn resample_clock(&self) -> Result<(), LinecrewError> {
        match self.clock()? {
            Some(clock) => resampled(clock).await,
            None => Ok(()),
        }
    }

    /// The app's clock, if it gave one.
    pub(crate) fn clock(&self) -> Result<Option<Arc<SampledClock>>, LinecrewError> {
        self.running(|running| running.guards.clock())
    }

    pub(crate) fn host_trouble(&self) -> Result<Vec<HostTrouble>, LinecrewError> {
        self.running(|running| running.guards.troubles())
    }

    /// The client, which is one pointer to clone: no lock is held while it works.
    pub(crate) fn client(&self) -> Result<Client, LinecrewError> {
        Ok(self.client_until_over()?.0)
    }

    /// The client, and what says that it was suspended or shut down.
    pub(crate) fn client_until_over(&self) -> Result<(Client, watch::Receiver<()>), LinecrewError> {
        let (client, open) = self.running(|running| (running.client.clone(), running.open.subscribe()))?;
        if client.is_wiped() { Err(LinecrewError::Wiped) } else { Ok((client, open)) }
    }

    fn running<T>(&self, take: impl FnOnce(&Running) -> T) -> Result<T, LinecrewError> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(running) => Ok(take(running)),
            State::Suspended { is_wiped: true, .. } => Err(LinecrewError::Wiped),
            State::Suspended { .. } => Err(LinecrewError::Suspended),
            State::Closed => Err(LinecrewError::Closed),
        }
    }

    /// What waits for a network: until it is cancelled, and no longer than the store is open.
    pub(crate) async fn while_open<T: Send + 'static>(
        &self,
        client: Client,
        open: watch::Receiver<()>,
        token: Option<Arc<CancelToken>>,
        work: impl Future<Output = Result<T, LinecrewError>> + Send + 'static,
    ) -> Result<T, LinecrewError> {
        let mut until = open.clone();
        let waiting = async move {
            tokio::select! {
                biased;
                _ = until.changed() => Err(LinecrewError::Closed),
                done = work => done,
            }
        };
        let answer = cancellable(unless_cancelled(token, waiting)).await;
        self.unless_over(&client, &open, answer)
    }

    /// What reads: at once, on the caller's thread.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Client) -> Result<T, LinecrewError>) -> Result<T, LinecrewError> {
        let (client, open) = self.client_until_over()?;
        self.unless_over(&client, &open, at_once(|| work(&client)))
    }

    /// What writes: on a thread of its own, to its end.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Client) -> Result<T, LinecrewError> + Send + 'static,
    ) -> Result<T, LinecrewError> {
        let (client, open) = self.client_until_over()?;
        let used = client.clone();
        let answer = aside(move || work(&used)).await;
        self.unless_over(&client, &open, answer)
    }

    /// What a call answers whose store was wiped or closed meanwhile, by a sync or another call: not that the store failed.
    fn unless_over<T>(&self, client: &Client, open: &watch::Receiver<()>, answer: Result<T, LinecrewError>) -> Result<T, LinecrewError> {
        match answer {
            Err(_) if client.is_wiped() => Err(LinecrewError::Wiped),
            Err(LinecrewError::Store { .. } | LinecrewError::Closed) if open.has_changed().is_err() => {
                // It may be open again by now.
                Err(self.running(|_| ()).err().unwrap_or(LinecrewError::Suspended))
            }
            answer => answer,
        }
    }
}
