//! The threads that work for apps, and what becomes of a panic.
//!
//! One runtime for the process: one for each open store would be dropped inside other runtimes, which tokio forbids, and would cost threads.
//! Whatever waits runs on it and not on the app's own threads; whatever panics becomes [`LinecrewError::Bug`], with the place in our code and
//! without the panic's words, which may quote a customer.

use std::{
    cell::RefCell,
    future::Future,
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
    time::Duration,
};

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

use crate::{error::LinecrewError, hosts::refuse_reentry};

/// Threads for store calls: more would only wait for the one writer.
const BLOCKING_THREADS: usize = 8;
/// A thread that has nothing to do ends.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

thread_local! {
    /// Where the last panic of this thread was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The runtime of this process. Every call passes here, so that an app that calls while it is asked something is refused here.
fn runtime() -> Result<&'static Runtime, LinecrewError> {
    refuse_reentry()?;
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let start = || {
        note_places();
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).max_blocking_threads(BLOCKING_THREADS).thread_keep_alive(KEEP_ALIVE);
        builder.thread_name("linecrew").enable_all().build().ok()
    };
    RUNTIME.get_or_init(start).as_ref().ok_or_else(|| LinecrewError::bug("no_threads", None))
}

/// Runs what does not wait, on the caller's thread.
pub(crate) fn at_once<T>(work: impl FnOnce() -> Result<T, LinecrewError>) -> Result<T, LinecrewError> {
    runtime()?;
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(LinecrewError::panicked(PLACE.take())))
}

/// Runs a store call on a thread of its own. It goes on when nobody waits for it any more: a command that began is carried out.
///
/// # Cancellation
/// Dropping the future loses the answer, never the command.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, LinecrewError> + Send + 'static) -> Result<T, LinecrewError> {
    let running = runtime()?.spawn_blocking(|| at_once(work));
    running.await.unwrap_or_else(|_| Err(LinecrewError::panicked(None)))
}

/// Runs a store call of several steps that wait for each other, as [`aside`] does: what began is carried out.
///
/// # Cancellation
/// Dropping the future loses the answer, never a step.
pub(crate) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, LinecrewError>> + Send + 'static,
) -> Result<T, LinecrewError> {
    aside(move || runtime()?.block_on(work)).await
}

/// Runs what waits for a network. It ends when nobody waits for it any more.
///
/// # Cancellation
/// Dropping the future drops the work at its next await.
pub(crate) async fn cancellable<T: Send + 'static>(
    work: impl Future<Output = Result<T, LinecrewError>> + Send + 'static,
) -> Result<T, LinecrewError> {
    let mut running = EndsWithItsOwner(runtime()?.spawn(work));
    let ended = (&mut running.0).await;
    ended.unwrap_or_else(|error| Err(if error.is_panic() { LinecrewError::panicked(None) } else { LinecrewError::cancelled() }))
}

/// Runs until it is told to stop.
pub(crate) fn in_background(work: impl Future<Output = ()> + Send + 'static) -> Result<JoinHandle<()>, LinecrewError> {
    Ok(runtime()?.spawn(work))
}

struct EndsWithItsOwner<T>(JoinHandle<T>);

impl<T> Drop for EndsWithItsOwner<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps where a panic was, and lets nothing print its words.
fn note_places() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        let place = panicked.location().map(|at| format!("{}:{}", at.file(), at.line()));
        tracing::error!(place = place.as_deref().unwrap_or("unknown"), "a panic in the device library");
        PLACE.set(place);
        // While developing, its words help more than they harm.
        if cfg!(debug_assertions) {
            before(panicked);
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use tokio::sync::oneshot;

    use super::*;

    fn quarrel(text: &str) -> Result<(), LinecrewError> {
        assert!(std::hint::black_box(false), "customer {text}");
        Ok(())
    }

    fn place(failed: Result<(), LinecrewError>) -> Option<String> {
        let Err(LinecrewError::Bug { code, place }) = failed else { panic!("{failed:?}") };
        assert_eq!(code, "panic");
        assert!(place.as_ref().is_none_or(|place| !place.contains("Huang")));
        place
    }

    #[tokio::test]
    async fn a_panic_is_an_error_with_its_place_and_without_its_words() {
        for failed in [at_once(|| quarrel("Huang")), aside(|| quarrel("Huang")).await] {
            assert!(place(failed).is_some_and(|place| place.contains("runtime.rs:")));
        }
        place(cancellable(async { quarrel("Huang") }).await);
        assert_eq!(aside(|| Ok(1)).await, Ok(1), "and the next one works");
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_dropped_and_a_command_is_not() {
        let (told, mut tells) = tokio::sync::mpsc::channel::<()>(1);
        let waiting = cancellable(async move {
            let _told = told;
            std::future::pending::<Result<(), LinecrewError>>().await
        });
        assert!(tokio::time::timeout(Duration::from_millis(1), waiting).await.is_err());
        assert_eq!(tells.recv().await, None, "dropped");
        let (go_on, goes_on) = std::sync::mpsc::channel();
        let (done, is_done) = oneshot::channel();
        drop_after_the_first_poll(aside(move || {
            goes_on.recv().unwrap();
            done.send(()).unwrap();
            Ok(())
        }));
        go_on.send(()).unwrap();
        assert_eq!(is_done.await, Ok(()));
    }

    #[tokio::test]
    async fn what_has_several_steps_is_carried_out_when_nobody_waits_for_it() {
        let (go_on, goes_on) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel();
        drop_after_the_first_poll(to_its_end(async move {
            goes_on.await.unwrap();
            done.send(()).unwrap();
            Ok(())
        }));
        go_on.send(()).unwrap();
        assert_eq!(is_done.await, Ok(()));
    }

    /// Nobody waits for it any more once it has begun.
    fn drop_after_the_first_poll(command: impl Future) {
        let mut command = Box::pin(command);
        assert!(command.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
}
