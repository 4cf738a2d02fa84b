//! What the library logs, for an app's own log.
//!
//! Whoever logs waits for nothing: a line goes into a bounded queue, and one thread takes the queue to the app. What does not fit, and what the app does
//! not take, is counted. Only lines of ours are taken, and of what they hold only what cannot be a customer's: numbers, names of ours, codes.

mod collector;

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
};

use linecrew_client::protocol::time::Timestamp;

use super::{Desk, HostDone, HostError, Patience, limits::LOG_LINES};
use crate::error::LinecrewError;

/// What it is asked, in the status.
const WRITE: &str = "log.write";

/// Lines that the app did not get.
static DROPPED: AtomicU64 = AtomicU64::new(0);
/// Where lines go now.
static SINK: RwLock<Option<Sink>> = RwLock::new(None);

#[derive(Debug)]
struct Sink {
    lines: SyncSender<LogLine>,
    number: u64,
}

/// Takes what the library logs. Nothing of a customer's is in it.
///
/// It is asked on a thread of the library's, for one line at a time, and has two seconds for each. It must not call the library meanwhile.
#[uniffi::export(rust, foreign)]
pub trait HostLog: Send + Sync {
    /// Takes a line.
    fn write(&self, line: LogLine) -> Result<HostDone, HostError>;
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// A fault of the library's.
    Error,
    /// What should not happen, and was dealt with.
    Warn,
    /// What happens.
    Info,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogLine {
    /// How bad it is.
    pub level: LogLevel,
    /// When, by this phone's clock.
    pub at: Timestamp,
    /// Where in the library.
    pub place: String,
    /// What happened, in fixed words.
    pub words: String,
    /// With what: numbers, ids and codes.
    pub fields: Vec<LogField>,
    /// Lines before this one that were lost, because the log was too slow or failed.
    pub dropped: u64,
}

/// A value in a line.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogField {
    /// Its name, with its unit.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The thread that takes lines to one app. It ends with this.
#[derive(Debug)]
pub(crate) struct LogTask {
    number: u64,
    desk: Arc<Desk>,
}

impl LogTask {
    /// Lines go to this app from now on, and to nobody else.
    ///
    /// # Errors
    /// There is no thread for it.
    pub(crate) fn begin(host: Arc<dyn HostLog>, patience: Patience) -> Result<Self, LinecrewError> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        collector::install();
        // A desk of its own: a log that hangs must not keep keystores from being asked.
        let (number, desk) = (NEXT.fetch_add(1, Ordering::Relaxed), Arc::new(Desk::new(patience)));
        let (lines, queue) = mpsc::sync_channel(LOG_LINES);
        let asks = Arc::clone(&desk);
        let thread = thread::Builder::new().name("linecrew-log".to_owned()).spawn(move || take(&queue, &host, &asks));
        thread.map_err(|_| LinecrewError::bug("no_threads", None))?;
        *SINK.write().unwrap_or_else(PoisonError::into_inner) = Some(Sink { lines, number });
        Ok(Self { number, desk })
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }
}

impl Drop for LogTask {
    fn drop(&mut self) {
        let mut sink = SINK.write().unwrap_or_else(PoisonError::into_inner);
        if sink.as_ref().is_some_and(|sink| sink.number == self.number) {
            *sink = None;
        }
    }
}

/// Puts a line into the queue, or counts it.
fn put(line: LogLine) {
    let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(sink) = sink.as_ref()
        && sink.lines.try_send(line).is_err()
    {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

/// Takes the queue to the app, until nothing can come any more.
fn take(queue: &Receiver<LogLine>, host: &Arc<dyn HostLog>, desk: &Arc<Desk>) {
    while let Ok(line) = queue.recv() {
        let dropped = DROPPED.swap(0, Ordering::Relaxed);
        let (host, line) = (Arc::clone(host), LogLine { dropped, ..line });
        if desk.ask(WRITE, desk.patience().log, move || host.write(line)?.checked()).is_err() {
            DROPPED.fetch_add(dropped.saturating_add(1), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
