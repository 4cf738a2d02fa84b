use std::sync::Condvar;

use super::*;

const SOON: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(30);

fn desk() -> Arc<Desk> {
    Arc::new(Desk::new(Patience::default()))
}

/// What a host hangs in, until it is let go.
#[derive(Default)]
struct Gate(Mutex<bool>, Condvar);

impl Gate {
    fn hang(&self) -> Result<(), HostFault> {
        drop(self.1.wait_while(self.0.lock().unwrap(), |open| !*open).unwrap());
        Ok(())
    }

    fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }
}

fn how<T>(answered: Result<T, Unanswered>) -> Option<HostFault> {
    answered.err().map(|unanswered| unanswered.how)
}

#[test]
fn an_answer_is_given_on_and_a_failure_is_one() {
    let desk = desk();
    assert_eq!(desk.ask("clock.sample", LONG, || Ok(7)), Ok(7));
    let failed = desk.ask("clock.sample", LONG, || Err::<(), _>(HostFault::Unavailable));
    assert_eq!(failed, Err(Unanswered { callback: "clock.sample", how: HostFault::Unavailable }));
    let panicked = desk.ask("clock.sample", LONG, || -> Result<(), HostFault> { panic!("customer Huang") });
    assert_eq!(how(panicked), Some(HostFault::Failed));
    assert_eq!(desk.troubles(), [HostTrouble { callback: "clock.sample".to_owned(), how: HostFault::Failed, times: 2 }]);
    assert_eq!(desk.ask("clock.sample", LONG, || Ok(8)), Ok(8), "and the thread is not lost");
    assert_eq!(desk.troubles(), [], "what answers again is forgotten");
}

#[test]
fn whoever_hangs_is_left_behind_and_then_not_asked_any_more() {
    let (desk, gate) = (desk(), Arc::new(Gate::default()));
    let hang = |within| {
        let gate = Arc::clone(&gate);
        how(desk.ask("device_key.sign", within, move || gate.hang()))
    };
    for _ in 0..MAX_STUCK {
        assert_eq!(hang(SOON), Some(HostFault::TimedOut));
    }
    assert_eq!(hang(LONG), Some(HostFault::Stuck), "at once");
    gate.open();
    // As soon as one has come back.
    let asked = std::iter::repeat_with(|| how(desk.ask("device_key.sign", LONG, || Ok(()))));
    assert!(asked.take_while(Option::is_some).all(|how| how == Some(HostFault::Stuck)));
}

#[test]
fn whoever_is_asked_by_several_at_once_does_not_count_as_stuck() {
    let (desk, gate) = (desk(), Arc::new(Gate::default()));
    let ask = || {
        let (desk, gate) = (Arc::clone(&desk), Arc::clone(&gate));
        thread::spawn(move || how(desk.ask("device_key.sign", LONG, move || gate.hang())))
    };
    let asking: Vec<_> = (0..MAX_STUCK * 2).map(|_| ask()).collect();
    gate.open();
    assert!(asking.into_iter().all(|asked| asked.join().unwrap().is_none()));
}

#[test]
fn whoever_calls_back_is_refused_whatever_it_makes_of_that() {
    let desk = desk();
    let wrapped = desk.ask("log.write", LONG, || {
        assert!(matches!(refuse_reentry(), Err(LinecrewError::Host { how: HostFault::Reentered, .. })));
        Err::<(), _>(HostFault::Failed)
    });
    assert_eq!(how(wrapped), Some(HostFault::Reentered));
    let swallowed = desk.ask("log.write", LONG, || Ok(refuse_reentry().is_err()));
    assert_eq!(swallowed, Ok(true), "it was refused, and answered all the same");
    let elsewhere = desk.ask("log.write", LONG, || Ok(thread::spawn(|| refuse_reentry().is_ok()).join().unwrap()));
    assert_eq!(elsewhere, Ok(true), "another thread is not refused: the time limit ends what waits for it");
    assert_eq!(
        how(desk.ask("log.write", LONG, || Err::<(), _>(HostFault::Failed))),
        Some(HostFault::Failed),
        "an old refusal is no excuse"
    );
    assert_eq!(refuse_reentry(), Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn while_an_app_is_asked_others_go_on() {
    let (desk, gate) = (desk(), Arc::new(Gate::default()));
    let opens = Arc::clone(&gate);
    let (asks, asking) = tokio::sync::oneshot::channel();
    let waits = tokio::spawn(async move {
        asks.send(()).unwrap();
        how(desk.ask("device_key.sign", LONG, move || gate.hang()))
    });
    asking.await.unwrap();
    tokio::spawn(async move { opens.open() }).await.unwrap();
    assert_eq!(waits.await.unwrap(), None);
}
