//! The server in this process, on a runtime of its own.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use linecrew_server::{
    Config, UtcOffset,
    auth::hash_password,
    open_store, run_with,
    store::{
        Store,
        sqlite::{Settings, SqliteStore},
    },
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    task::JoinHandle,
};

use super::Running;
use crate::{clock::World, organisation::Organisation, port::Port};

#[derive(Debug)]
pub(super) struct Inside {
    runtime: Option<Runtime>,
    store: Arc<SqliteStore>,
    shutdown: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Inside {
    pub(super) fn start(config: Config, world: &Arc<World>, port: &Port) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("server").enable_all().build().expect("a runtime");
        let store = open_store(&config.data, config.utc_offset).expect("the store opens");
        let (shutdown, asked) = oneshot::channel();
        let guard = runtime.enter();
        let listener = port.listen().expect("our own port");
        drop(guard);
        let (shelf, clock) = (Arc::clone(&store), Arc::clone(world));
        let serving = runtime.spawn(async move {
            let asked = async { drop(asked.await) };
            run_with(config, shelf, clock, listener, asked).await.expect("the server starts");
        });
        Self { runtime: Some(runtime), store, shutdown: Some(shutdown), serving }
    }

    pub(super) async fn stop(mut self) {
        // It may have ended by itself, in a panic: then awaiting it says so.
        self.shutdown.take().map(|shutdown| shutdown.send(()));
        (&mut self.serving).await.expect("the server ends well");
        self.store.close().expect("the store closes");
    }

    pub(super) fn kill(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        // Whoever opens the file next must be its only writer.
        self.store.close().expect("the store closes");
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub(super) async fn import(running: Option<&Running>, data: &Path, organisation: &Organisation) {
    let import = organisation.to_import(hash_of(&organisation.password));
    if let Some(Running::Inside(inside)) = running {
        return inside.store.import(import).await.expect("the organisation is imported");
    }
    let store = open_store(data, UtcOffset::CHINA).expect("the store opens");
    store.import(import).await.expect("the organisation is imported");
    store.close().expect("the store closes");
}

pub(super) fn begin_new_life(data: &Path) {
    let file = std::fs::read_dir(data).expect("a data directory").find_map(|entry| {
        let path = entry.ok()?.path();
        (path.extension()? == "db").then_some(path)
    });
    let file = file.expect("a database in the data directory");
    let store = SqliteStore::open_restored(&file, linecrew_sqlite::Options::default(), Settings::default()).expect("the backup opens");
    store.close().expect("the store closes");
}

/// Hashing is slow on purpose; one password serves a whole test run.
fn hash_of(password: &str) -> &'static str {
    static HASHED: OnceLock<(String, String)> = OnceLock::new();
    let (hashed, hash) = HASHED.get_or_init(|| (password.to_owned(), hash_password(password).expect("a hash")));
    assert_eq!(hashed, password, "all organisations of a process share one password");
    hash
}
