//! A real server on a data directory of its own, in this process or in another one, that can be stopped, killed and started again.
//!
//! It keeps its port through every restart, so whoever knows its address finds it again. In this process it runs on a runtime of its own
//! and on the [`World`]'s clock; as a child it is the `linecrew` program on the machine's clock.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use linecrew_server::{Config, TlsFiles};
use tempfile::TempDir;

use crate::{clock::World, organisation::Organisation, port::Port};

mod child;
mod copy;
mod inside;

pub use child::program;

/// Where a server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this process: fast to start, on the world's clock.
    Inside,
    /// In another process: it can be killed. The path of the `linecrew` program; [`program`] finds it.
    Child(PathBuf),
}

/// A server and everything that it keeps.
#[derive(Debug)]
pub struct Server {
    place: Place,
    world: Arc<World>,
    port: Port,
    organisation: Organisation,
    data: TempDir,
    tls: Option<TlsFiles>,
    log: Option<String>,
    running: Option<Running>,
}

#[derive(Debug)]
enum Running {
    Inside(inside::Inside),
    Child(child::Child),
}

/// A simulated day is too short to wait a week for a notice; everything else is the standard's.
const POLICY: &str = r#"{"notice_days": 0}"#;

impl Server {
    /// Starts a server with a new store in which everybody of the organisation can sign in.
    ///
    /// # Panics
    /// It does not start.
    pub async fn found(place: Place, organisation: &Organisation, world: &Arc<World>) -> Self {
        let port = Port::reserve().expect("a free port");
        Self::found_on(port, place, organisation, world).await
    }

    /// The same on a port of the caller's choice.
    ///
    /// # Errors
    /// The port is taken.
    ///
    /// # Panics
    /// It does not start.
    pub async fn found_at(port: u16, place: Place, organisation: &Organisation, world: &Arc<World>) -> io::Result<Self> {
        Ok(Self::found_on(Port::reserve_number(port)?, place, organisation, world).await)
    }

    async fn found_on(port: Port, place: Place, organisation: &Organisation, world: &Arc<World>) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(data.path().join("policy.json"), POLICY).expect("a policy");
        let mut server =
            Self { place, world: Arc::clone(world), port, organisation: organisation.clone(), data, tls: None, log: None, running: None };
        server.import().await;
        server.start().await;
        server
    }

    /// Where it listens, also while it does not run.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// The same for a browser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where it runs.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The process, when it is one.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        match &self.running {
            Some(Running::Child(child)) => child.id(),
            _ => None,
        }
    }

    /// Starts it on what it has; returns when it listens.
    ///
    /// # Panics
    /// It runs already, or does not start.
    pub async fn start(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        self.running = Some(match &self.place {
            Place::Inside => Running::Inside(inside::Inside::start(self.config(), &self.world, &self.port)),
            Place::Child(program) => {
                Running::Child(child::Child::start(program, self.data.path(), self.port.address(), self.log.as_deref()).await)
            }
        });
    }

    fn config(&self) -> Config {
        Config { tls: self.tls.clone(), ..Config::new(self.data.path()) }
    }

    /// Speaks TLS from the next start on, or does not any more. Only phones can follow it there; the office sits beside the server and speaks in
    /// the clear.
    ///
    /// # Panics
    /// It runs, or runs elsewhere.
    pub fn secure(&mut self, files: Option<TlsFiles>) {
        assert!(self.running.is_none() && self.place == Place::Inside, "stop the server first; a child takes no certificate");
        self.tls = files;
    }

    /// Logs what `LINECREW_LOG` names from the next start on, instead of what this process was told. Only a child has a log of its own.
    ///
    /// # Panics
    /// It runs, or runs in this process.
    pub fn log_as(&mut self, filter: &str) {
        assert!(self.running.is_none() && self.place != Place::Inside, "stop the server first; one in this process logs with it");
        self.log = Some(filter.to_owned());
    }

    /// All that a child has logged since it was founded.
    ///
    /// # Panics
    /// It runs in this process, or has never run.
    #[must_use]
    pub fn logged(&self) -> Vec<u8> {
        fs::read(child::log_in(self.data.path())).expect("a child logs into its data directory")
    }

    /// Asks it to stop and waits until it has: sessions are told.
    pub async fn stop(&mut self) {
        match self.running.take() {
            Some(Running::Inside(inside)) => inside.stop().await,
            Some(Running::Child(child)) => child.stop().await,
            None => {}
        }
    }

    /// Ends it at once, in the middle of whatever it does. A child gets SIGKILL; a server in this process loses its runtime, while what was
    /// queued for its disk is still written.
    pub async fn kill(&mut self) {
        match self.running.take() {
            Some(Running::Inside(inside)) => inside.kill(),
            Some(Running::Child(child)) => child.kill().await,
            None => {}
        }
    }

    /// Copies what it keeps, as a backup. It must not run.
    ///
    /// # Panics
    /// It runs, or the copy fails.
    #[must_use]
    pub fn back_up(&self) -> TempDir {
        assert!(self.running.is_none(), "stop the server before copying its files");
        let backup = tempfile::tempdir().expect("a temporary folder");
        copy::folder(self.data.path(), backup.path()).expect("a copy of the data directory");
        backup
    }

    /// Puts a backup in the place of what it kept, and begins a new life of the store. It must not run.
    ///
    /// # Panics
    /// It runs, or the backup cannot be used.
    pub fn restore(&mut self, backup: TempDir) {
        assert!(self.running.is_none(), "stop the server before replacing its files");
        self.data = backup;
        inside::begin_new_life(self.data.path());
    }

    /// Throws away what it kept and begins with an empty store in which everybody can sign in. It must not run.
    ///
    /// # Panics
    /// It runs.
    pub async fn lose_everything(&mut self) {
        assert!(self.running.is_none(), "stop the server before replacing its files");
        self.data = tempfile::tempdir().expect("a temporary folder");
        self.import().await;
    }

    /// Somebody changes crew, role or name: imports the organisation as it is now. The server may run meanwhile and sees it at once.
    ///
    /// # Panics
    /// It is not imported.
    pub async fn reorganise(&mut self, organisation: &Organisation) {
        self.organisation = organisation.clone();
        self.import().await;
    }

    async fn import(&self) {
        match &self.place {
            Place::Inside => inside::import(self.running.as_ref(), self.data.path(), &self.organisation).await,
            Place::Child(program) => {
                let file = self.data.path().join("organisation.json");
                fs::write(&file, self.organisation.to_json().to_string()).expect("a file for the import");
                child::import(program, self.data.path(), &file).await;
                // It holds passwords.
                fs::remove_file(&file).expect("the file is ours");
            }
        }
    }
}
