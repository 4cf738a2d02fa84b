//! One life of the phone's process: it starts, works, and is killed.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use linecrew_client::SavedEdit;
use linecrew_tests::crash::Contact;
use rand::{Rng, rngs::StdRng};

/// SIGKILL on every Unix.
const KILLED: i32 = 9;
/// The longest life: some tens of commands.
const LONGEST: Duration = Duration::from_millis(120);

/// How a process lives and dies.
#[derive(Debug)]
pub(crate) struct Round {
    seed: u64,
    contact: Contact,
    /// Killed when it has printed so many lines.
    lines: usize,
    /// Or after this time.
    lifetime: Duration,
}

impl Round {
    pub(crate) fn draw(random: &mut StdRng) -> Self {
        let contact = match random.random_range(0..4) {
            0 => Contact::Offline,
            1 => Contact::Requests,
            _ => Contact::Live,
        };
        let lifetime = random.random_range(Duration::ZERO..LONGEST);
        // Half of the kills come right after a promise, half at any moment.
        let by_lines = random.random_bool(0.5);
        let lines = if by_lines { random.random_range(1..20) } else { usize::MAX };
        Self { seed: random.random(), contact, lines, lifetime: if by_lines { LONGEST } else { lifetime } }
    }

    /// Lives it, and answers every promise that was made.
    pub(crate) fn live(&self, store: &Path) -> Vec<SavedEdit> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linecrew-crash-phone"));
        command.arg("--store").arg(store).args([
            "--seed",
            &self.seed.to_string(),
            "--contact",
            &format!("{:?}", self.contact).to_lowercase(),
        ]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the phone starts");
        let lines = lines(process.stdout.take().expect("its output is ours"));
        let end = Instant::now() + self.lifetime;
        let mut saved = Vec::new();
        while saved.len() < self.lines {
            match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => saved.push(read(&line)),
                Err(_) => break,
            }
        }
        process.kill().expect("the phone still runs");
        // What it printed before it died counts too.
        saved.extend(lines.iter().map(|line| read(&line)));
        let ended = process.wait().expect("the phone has ended");
        assert_eq!(ended.signal(), Some(KILLED), "the phone ended by itself: {ended}");
        saved
    }
}

/// The lines of a process until it dies.
fn lines(output: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}

fn read(line: &str) -> SavedEdit {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
}
