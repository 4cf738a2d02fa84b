use std::{sync::Mutex, time::Duration};

use linecrew_client::{
    driver::SyncStop,
    transport::{Stage, TransportError},
};

use super::*;
use crate::hosts::{HostFault, tests::Gate};

const LONG: Duration = Duration::from_secs(30);
const PATIENCE: Patience = Patience { keys: LONG, clock: LONG, log: LONG, reply: LONG };

/// There is one log for the process: these tests take turns.
static TURN: Mutex<()> = Mutex::new(());

/// Hands on what it is given, unless it hangs or fails.
struct Takes {
    lines: Mutex<mpsc::Sender<LogLine>>,
    gate: Arc<Gate>,
    then: fn() -> Result<HostDone, HostError>,
}

impl HostLog for Takes {
    fn write(&self, line: LogLine) -> Result<HostDone, HostError> {
        self.lines.lock().unwrap().send(line).unwrap();
        self.gate.hang();
        (self.then)()
    }
}

fn log(then: fn() -> Result<HostDone, HostError>) -> (LogTask, Receiver<LogLine>, Arc<Gate>) {
    let (sender, lines) = mpsc::channel();
    let gate = Arc::new(Gate::default());
    let takes = Takes { lines: Mutex::new(sender), gate: Arc::clone(&gate), then };
    (LogTask::begin(Arc::new(takes), PATIENCE).unwrap(), lines, gate)
}

/// The next line with these words: other tests of this process log, too.
fn next(lines: &Receiver<LogLine>, words: &str) -> LogLine {
    std::iter::repeat_with(|| lines.recv_timeout(LONG).unwrap()).find(|line| line.words == words).unwrap()
}

fn well() -> Result<HostDone, HostError> {
    Ok(HostDone { done: true })
}

#[test]
fn a_line_holds_numbers_and_codes_and_nothing_of_a_customers() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (_task, lines, gate) = log(well);
    gate.open();
    let stop = SyncStop::Transport(TransportError::TimedOut(Stage::Answering));
    tracing::warn!(
        device_seq = 7_u64,
        customer = "Huang",
        typed = ?"Huang",
        reason = &stop as &dyn std::error::Error,
        document.id = %"01931c6e",
        "a line of this test"
    );
    tracing::warn!(target: "hyper", "a line of this test in another library");
    tracing::debug!("a line of this test for developers");
    tracing::info!("the last line of this test");
    let line = next(&lines, "a line of this test");
    let fields: Vec<_> = line.fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
    assert_eq!(fields, [("device_seq", "7"), ("reason", "timed_out"), ("document.id", "01931c6e")]);
    assert_eq!((line.level, line.place.as_str()), (LogLevel::Warn, "linecrew_ffi::hosts::log::tests"));
    let between =
        std::iter::repeat_with(|| lines.recv_timeout(LONG).unwrap()).take_while(|line| line.words != "the last line of this test");
    assert!(between.into_iter().all(|line| !line.words.starts_with("a line of this test")));
}

#[test]
fn a_log_that_is_slow_loses_lines_and_says_how_many() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (_task, lines, gate) = log(well);
    tracing::info!("the first line");
    next(&lines, "the first line");
    // It hangs in that one: the queue takes what it holds, and whoever logs waits for nothing.
    (0..LOG_LINES + 50).for_each(|_| tracing::info!("one of many"));
    gate.open();
    assert!(next(&lines, "one of many").dropped >= 50);
    assert!(next(&lines, "one of many").dropped < 50, "they are counted once");
}

#[test]
fn a_log_that_fails_is_in_trouble_and_no_line_is_about_a_line() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (task, lines, gate) = log(|| {
        tracing::error!("a line about a line");
        Err(HostError::Unavailable)
    });
    gate.open();
    tracing::info!("one");
    next(&lines, "one");
    tracing::info!("two");
    let two = std::iter::repeat_with(|| lines.recv_timeout(LONG).unwrap())
        .inspect(|line| assert_ne!(line.words, "a line about a line"))
        .find(|line| line.words == "two");
    assert!(two.unwrap().dropped >= 1, "what was not taken is lost");
    let troubles = task.desk().troubles();
    assert_eq!((troubles[0].callback.as_str(), troubles[0].how), (WRITE, HostFault::Unavailable));
}

#[test]
fn lines_go_to_whoever_was_given_last_and_end_with_it() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let ((former, before, gate), (task, lines, other)) = (log(well), log(well));
    gate.open();
    other.open();
    tracing::info!("for the second");
    next(&lines, "for the second");
    drop(former);
    tracing::info!("and still");
    next(&lines, "and still");
    drop(task);
    assert!(before.iter().all(|line| line.words != "for the second"), "its thread has ended");
    assert!(lines.iter().all(|line| line.words != "nobody's"));
}
