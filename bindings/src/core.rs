//! The object that apps hold: one open store, its keys and its way to the server.

use std::{
    mem,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use linecrew_client::{Client, ClientOptions, FileDatabaseKey, FileKey, Host, LEASE, SystemHost, protocol::ids::InstallationId};

use tokio::sync::watch;

use crate::{
    error::LinecrewError,
    live::Live,
    observe::News,
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
    request: OpenRequest,
    state: RwLock<State>,
    /// Whoever opens or closes the store holds it, on a thread of its own that awaits nothing.
    turn: Mutex<()>,
    pub(crate) server: Server,
    pub(crate) live: Live,
    pub(crate) news: News,
}

#[derive(Debug)]
enum State {
    /// Whatever works for this opening ends when the sender goes.
    Open(Client, watch::Sender<()>),
    /// The file is closed, and whether the connection was live.
    Suspended {
        was_live: bool,
    },
    Closed,
}

/// Opens the store in a folder, and makes one if there is none. Its keys lie in files beside it.
///
/// # Errors
/// [`LinecrewError::Store`], [`LinecrewError::StorageFull`], [`LinecrewError::Wiped`]; a store that cannot be opened is left as it is.
///
/// # Cancellation
/// The store is opened all the same, and closed again.
#[uniffi::export]
pub async fn open_linecrew(request: OpenRequest) -> Result<Arc<LinecrewCore>, LinecrewError> {
    aside(move || LinecrewCore::begin(request).map(Arc::new)).await
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
            self.live.end().await;
            self.let_go(State::Closed)?;
            self.news.end();
            Ok(())
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
            let was_live = self.live.end().await;
            self.let_go(State::Suspended { was_live })
        })
        .await
    }

    /// Takes the file up again after `suspend`, and the live connection if there was one. Does nothing to a store that is open.
    ///
    /// # Errors
    /// As opening it; [`LinecrewError::Closed`] after `shut_down`.
    ///
    /// # Cancellation
    /// It goes on to its end.
    pub async fn resume(self: Arc<Self>) -> Result<(), LinecrewError> {
        aside(move || if self.take_up()? { self.start() } else { Ok(()) }).await
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
        let client = self.open(|client, _| client.clone())?;
        to_its_end(async move { Ok(client.wipe().await?) }).await
    }
}

impl LinecrewCore {
    fn begin(request: OpenRequest) -> Result<Self, LinecrewError> {
        let server = Server::trusting(request.ca_pem.as_deref())?;
        let client = client(&request)?;
        let (state, turn, live, news) = (RwLock::new(State::Closed), Mutex::default(), Live::default(), News::default());
        let core = Self { request, state, turn, server, live, news };
        core.opened(client)?;
        Ok(core)
    }

    fn opened(&self, client: Client) -> Result<(), LinecrewError> {
        let open = watch::Sender::new(());
        self.news.of(client.clone(), open.subscribe())?;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::Open(client, open);
        Ok(())
    }

    /// Closes the file, if it is open, for this reason. A store that was shut down stays so.
    fn let_go(&self, why: State) -> Result<(), LinecrewError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match (&*state, &why) {
            (State::Open(..), _) => {}
            (State::Closed, State::Suspended { .. }) => return Err(LinecrewError::Closed),
            // It is suspended for the reason that it was suspended for first.
            (State::Suspended { .. }, State::Suspended { .. }) => return Ok(()),
            _ => {
                *state = why;
                return Ok(());
            }
        }
        let State::Open(client, open) = mem::replace(&mut *state, why) else { return Ok(()) };
        drop((state, open));
        Ok(client.close()?)
    }

    /// Opens the file, if it is suspended; whether the connection was live then.
    fn take_up(&self) -> Result<bool, LinecrewError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let was_live = match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(..) => return Ok(false),
            State::Suspended { was_live } => *was_live,
            State::Closed => return Err(LinecrewError::Closed),
        };
        self.opened(client(&self.request)?)?;
        Ok(was_live)
    }

    /// The client, which is one pointer to clone: no lock is held while it works.
    pub(crate) fn client(&self) -> Result<Client, LinecrewError> {
        Ok(self.client_until_over()?.0)
    }

    /// The client, and what says that it was suspended or shut down.
    fn client_until_over(&self) -> Result<(Client, watch::Receiver<()>), LinecrewError> {
        let (client, open) = self.open(|client, open| (client.clone(), open.subscribe()))?;
        if client.is_wiped() { Err(LinecrewError::Wiped) } else { Ok((client, open)) }
    }

    fn open<T>(&self, take: impl FnOnce(&Client, &watch::Sender<()>) -> T) -> Result<T, LinecrewError> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(client, open) => Ok(take(client, open)),
            State::Suspended { .. } => Err(LinecrewError::Suspended),
            State::Closed => Err(LinecrewError::Closed),
        }
    }

    /// What reads: at once, on the caller's thread.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Client) -> Result<T, LinecrewError>) -> Result<T, LinecrewError> {
        let (client, open) = self.client_until_over()?;
        at_once(|| unless_over(&client, &open, work(&client)))
    }

    /// What writes: on a thread of its own, to its end.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Client) -> Result<T, LinecrewError> + Send + 'static,
    ) -> Result<T, LinecrewError> {
        let (client, open) = self.client_until_over()?;
        aside(move || unless_over(&client, &open, work(&client))).await
    }
}

fn client(request: &OpenRequest) -> Result<Client, LinecrewError> {
    let OpenRequest { folder, app_version, ca_pem: _, lease } = request;
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    let host: Arc<dyn Host> = Arc::new(SystemHost::new());
    let options = ClientOptions { app_version: app_version.clone(), lease: lease.unwrap_or(LEASE), ..ClientOptions::default() };
    let database_key = Arc::new(FileDatabaseKey::at(&folder.join("database.key")));
    let client = Client::open(&folder.join("linecrew.db"), database_key, Arc::clone(&host), options)?;
    let device_key = FileKey::open(&folder.join("device.key"), host.as_ref());
    client.set_device_key(Arc::new(device_key?));
    Ok(client)
}

/// What a call answers whose store was wiped or closed meanwhile, by a sync or another call: not that the store failed.
pub(crate) fn unless_over<T>(client: &Client, open: &watch::Receiver<()>, answer: Result<T, LinecrewError>) -> Result<T, LinecrewError> {
    match answer {
        Err(_) if client.is_wiped() => Err(LinecrewError::Wiped),
        Err(LinecrewError::Store { .. }) if open.has_changed().is_err() => Err(LinecrewError::Closed),
        answer => answer,
    }
}
