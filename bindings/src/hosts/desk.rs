//! Asks an app: on a thread of ours, for a bounded time, and without being called back meanwhile.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::{
    HostFault, Patience,
    limits::{MAX_STUCK, MAX_STUCK_IN_PROCESS},
    trouble::{HostTrouble, Troubles},
};
use crate::error::LinecrewError;

thread_local! {
    /// What is being asked on this thread.
    static ASKED: Cell<Option<&'static str>> = const { Cell::new(None) };
    /// Whether it called back and was refused.
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Questions of the whole process that hang.
static STUCK: AtomicUsize = AtomicUsize::new(0);

type Job = Box<dyn FnOnce() + Send>;

/// A question was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the app did not answer {callback}: {how}")]
pub(crate) struct Unanswered {
    /// What it was asked, such as `device_key.sign`.
    pub(crate) callback: &'static str,
    pub(crate) how: HostFault,
}

impl From<Unanswered> for LinecrewError {
    fn from(unanswered: Unanswered) -> Self {
        Self::Host { callback: unanswered.callback.to_owned(), how: unanswered.how }
    }
}

/// Fails on a thread that is asking the app something: it may not call back, since whoever asks may hold what it would wait for.
///
/// # Errors
/// [`LinecrewError::Host`].
pub(crate) fn refuse_reentry() -> Result<(), LinecrewError> {
    match ASKED.get() {
        None => Ok(()),
        Some(callback) => {
            REFUSED.set(true);
            Err(Unanswered { callback, how: HostFault::Reentered }.into())
        }
    }
}

/// Whether this thread is asking the app something.
pub(super) fn is_asking() -> bool {
    ASKED.get().is_some()
}

/// The threads that ask one app. An idle one waits for the next question, and ends with the desk.
#[derive(Debug)]
pub(crate) struct Desk {
    patience: Patience,
    state: Mutex<State>,
    troubles: Troubles,
}

#[derive(Debug, Default)]
struct State {
    idle: Option<mpsc::Sender<Job>>,
    /// Questions that nobody waits for any more, and that still hang.
    stuck: usize,
}

impl Desk {
    pub(crate) fn new(patience: Patience) -> Self {
        Self { patience, state: Mutex::default(), troubles: Troubles::default() }
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// What went wrong when it was last asked.
    pub(crate) fn troubles(&self) -> Vec<HostTrouble> {
        self.troubles.list()
    }

    /// Asks, and waits for the answer. What comes later is dropped.
    pub(crate) fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        callback: &'static str,
        within: Duration,
        question: impl FnOnce() -> Result<T, HostFault> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let answered = self.put(callback, within, question);
        self.troubles.note(callback, answered.as_ref().err().copied());
        answered.map_err(|how| Unanswered { callback, how })
    }

    /// How it answered what was not asked on this desk, or whose answer proved to be of no use.
    pub(crate) fn note(&self, callback: &'static str, fault: Option<HostFault>) {
        self.troubles.note(callback, fault);
    }

    fn put<T: Send + 'static>(
        self: &Arc<Self>,
        callback: &'static str,
        within: Duration,
        question: impl FnOnce() -> Result<T, HostFault> + Send + 'static,
    ) -> Result<T, HostFault> {
        let worker = self.worker()?;
        let (answer, waiting) = mpsc::sync_channel(1);
        let (desk, back, hanging) = (Arc::clone(self), worker.clone(), Arc::new(Hanging::default()));
        let returned = Arc::clone(&hanging);
        let job = move || {
            let said = asked(callback, question);
            desk.put_back(back, &returned);
            drop(answer.send(said));
        };
        worker.send(Box::new(job)).map_err(|_| HostFault::Failed)?;
        let said = without_blocking_others(|| waiting.recv_timeout(within).ok());
        match said {
            Some(said) => said,
            None if self.gives_up(&hanging) => Err(HostFault::TimedOut),
            // It came in this very moment.
            None => waiting.recv().unwrap_or(Err(HostFault::Failed)),
        }
    }

    fn worker(&self) -> Result<mpsc::Sender<Job>, HostFault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.stuck >= MAX_STUCK || STUCK.load(Ordering::Acquire) >= MAX_STUCK_IN_PROCESS {
            return Err(HostFault::Stuck);
        }
        if let Some(idle) = state.idle.take() {
            return Ok(idle);
        }
        let (worker, jobs) = mpsc::channel::<Job>();
        let run = move || jobs.into_iter().for_each(|job| job());
        thread::Builder::new().name("linecrew-host".to_owned()).spawn(run).map_err(|_| HostFault::Stuck)?;
        Ok(worker)
    }

    /// Nobody waits any more; `false` when it has returned meanwhile.
    fn gives_up(&self, hanging: &Hanging) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let hangs = hanging.given_up();
        if hangs {
            state.stuck += 1;
            STUCK.fetch_add(1, Ordering::AcqRel);
        }
        hangs
    }

    fn put_back(&self, worker: mpsc::Sender<Job>, hanging: &Hanging) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if hanging.returned() {
            state.stuck = state.stuck.saturating_sub(1);
            STUCK.fetch_sub(1, Ordering::AcqRel);
        }
        // A second idle one ends with its sender.
        state.idle.get_or_insert(worker);
    }
}

/// Whether a question hangs: nobody waits for it, and it has not returned.
#[derive(Debug, Default)]
struct Hanging(AtomicU8);

const GIVEN_UP: u8 = 1;
const RETURNED: u8 = 2;

impl Hanging {
    /// Whether it hangs from now on.
    fn given_up(&self) -> bool {
        self.0.compare_exchange(0, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Whether it hung until now.
    fn returned(&self) -> bool {
        self.0.swap(RETURNED, Ordering::AcqRel) == GIVEN_UP
    }
}

/// Asks on this thread. Whoever calls back is refused, and its own error about that is what it is, whatever the app made of it.
fn asked<T>(callback: &'static str, question: impl FnOnce() -> Result<T, HostFault>) -> Result<T, HostFault> {
    ASKED.set(Some(callback));
    REFUSED.set(false);
    let said = catch_unwind(AssertUnwindSafe(question)).unwrap_or(Err(HostFault::Failed));
    ASKED.set(None);
    if said.is_err() && REFUSED.get() { Err(HostFault::Reentered) } else { said }
}

/// Waits; when this is a thread that others' futures run on, they go on elsewhere.
fn without_blocking_others<T>(wait: impl FnOnce() -> T) -> T {
    let shared = Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if shared { tokio::task::block_in_place(wait) } else { wait() }
}

#[cfg(test)]
mod tests;
