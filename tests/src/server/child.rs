//! The server in another process: the `linecrew` program.

use std::{
    env,
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    time::Duration,
};

use tokio::{sync::oneshot, task::spawn_blocking, time::timeout};

/// How long a program may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The `linecrew` program that was built beside these tests; `LINECREW_SERVER_BIN` names another one.
///
/// # Panics
/// There is none: it has to be built first.
#[must_use]
pub fn program() -> PathBuf {
    if let Some(named) = env::var_os("LINECREW_SERVER_BIN") {
        return named.into();
    }
    // target/debug/deps/fleet_day-…, target/debug/linecrew-demo
    let here = env::current_exe().expect("a program has a path");
    let folders = here.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("linecrew")).find(|program| program.is_file());
    found.expect("the server's program is missing: cargo build -p linecrew-server")
}

/// Its log goes to a file beside its data: two programs in one terminal are hard to read.
pub(super) fn log_in(data: &Path) -> PathBuf {
    data.join("server.log")
}

/// Killed when dropped.
#[derive(Debug)]
pub(super) struct Child {
    process: Option<process::Child>,
}

impl Child {
    /// `filter`: what it logs, when it is not to log what this process was told.
    pub(super) async fn start(program: &Path, data: &Path, address: SocketAddr, filter: Option<&str>) -> Self {
        let log = log_in(data);
        let append = File::options().create(true).append(true).open(&log).expect("a log file");
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(data).args(["--listen", &address.to_string()]);
        command.envs(filter.map(|filter| ("LINECREW_LOG", filter)));
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(append).spawn().expect("the program starts");
        let output = process.stdout.take().expect("its output is ours");
        let child = Self { process: Some(process) };
        let (announce, announced) = oneshot::channel();
        // The thread reads to the end: a program that writes into a closed pipe would die of it.
        std::thread::spawn(move || {
            let mut announce = Some(announce);
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if line.starts_with("listening on ") {
                    announce.take().map(|announce| announce.send(()));
                }
            }
        });
        let listens = timeout(PATIENCE, announced).await.is_ok_and(|announced| announced.is_ok());
        assert!(listens, "the server does not listen: {}", std::fs::read_to_string(&log).unwrap_or_default());
        child
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.process.as_ref().map(process::Child::id)
    }

    pub(super) async fn stop(mut self) {
        let id = self.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.is_ok_and(|status| status.success()), "the server could not be told to stop");
        self.ended().await;
    }

    pub(super) async fn kill(mut self) {
        self.process.as_mut().expect("it runs").kill().expect("our own child");
        self.ended().await;
    }

    async fn ended(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let waiting = spawn_blocking(move || process.wait());
        timeout(PATIENCE, waiting).await.expect("the server ends").expect("a thread that waits").expect("our own child");
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It may have ended by itself.
            drop(process.kill());
            drop(process.wait());
        }
    }
}

pub(super) async fn import(program: &Path, data: &Path, file: &Path) {
    let mut command = Command::new(program);
    command.args(["admin", "import", "--data"]).arg(data).arg(file).env("LINECREW_LOG", "warn").stdout(Stdio::null());
    let ended = spawn_blocking(move || command.status()).await.expect("a thread that waits").expect("the program starts");
    assert!(ended.success(), "the organisation was not imported");
}
