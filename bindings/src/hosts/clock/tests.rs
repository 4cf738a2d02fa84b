use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use super::*;
use crate::hosts::Patience;

/// Shows what it is told to.
struct Shows(Mutex<Result<ClockSample, HostError>>);

fn sample(wall: i64, monotonic_ms: u64, boot: Option<&str>) -> Result<ClockSample, HostError> {
    Ok(ClockSample { wall: Timestamp::from_unix_millis(wall), monotonic_ms, boot: boot.map(str::to_owned) })
}

impl HostClock for Shows {
    fn sample(&self) -> Result<ClockSample, HostError> {
        self.0.lock().unwrap().clone()
    }
}

fn begin(shows: Result<ClockSample, HostError>) -> (Arc<Shows>, Arc<Desk>, Result<SampledClock, LinecrewError>) {
    let (host, desk) = (Arc::new(Shows(Mutex::new(shows))), Arc::new(Desk::new(Patience::default())));
    let clock = SampledClock::begin(Arc::clone(&host) as Arc<dyn HostClock>, SystemHost::new(), Arc::clone(&desk));
    (host, desk, clock)
}

#[test]
fn between_two_samples_the_kernels_time_passes() {
    let (host, desk, clock) = begin(sample(5_000_000, 1_000, Some("boot 7")));
    let clock = clock.unwrap();
    let (began, boot) = (Instant::now(), clock.boot());
    assert!((1_000..60_000).contains(&clock.monotonic_ms()));
    let later = clock.monotonic_ms() + 3;
    while clock.monotonic_ms() < later {
        assert!(began.elapsed() < Duration::from_secs(30), "the time stands");
    }
    assert!(clock.wall() >= Timestamp::from_unix_millis(5_000_003));
    *host.0.lock().unwrap() = sample(9_000_000, 70_000_000, Some("boot 7"));
    clock.resample();
    assert!(clock.monotonic_ms() >= 70_000_000 && clock.wall() >= Timestamp::from_unix_millis(9_000_000));
    assert_eq!((clock.boot(), desk.troubles()), (boot, vec![]));
}

#[test]
fn a_sample_that_would_prove_something_wrong_is_not_taken() {
    let (host, desk, clock) = begin(sample(5_000_000, 90_000_000, Some("boot 7")));
    let (clock, unusable) = (clock.unwrap(), vec![("clock.sample".to_owned(), HostFault::Unusable)]);
    let boot = clock.boot();
    let troubles = || desk.troubles().into_iter().map(|trouble| (trouble.callback, trouble.how)).collect::<Vec<_>>();
    for another in [Some("boot 8"), None, Some("")] {
        *host.0.lock().unwrap() = sample(6_000_000, 100_000_000, another);
        clock.resample();
        assert_eq!((clock.boot(), troubles()), (boot, unusable.clone()), "{another:?}: no process outlives its boot");
        assert!(clock.monotonic_ms() < 100_000_000);
    }
    *host.0.lock().unwrap() = sample(6_000_000, 10, Some("boot 7"));
    clock.resample();
    assert!(clock.monotonic_ms() >= 90_000_000, "a clock that steps back stands");
    assert_eq!(troubles(), []);
    *host.0.lock().unwrap() = Err(HostError::Unavailable);
    clock.resample();
    assert_eq!(troubles(), [("clock.sample".to_owned(), HostFault::Unavailable)]);
    assert!(clock.wall() >= Timestamp::from_unix_millis(6_000_000), "the last one goes on");
}

#[test]
fn a_boot_is_what_its_name_is_and_without_one_it_is_the_kernels() {
    let boot = |name| begin(sample(0, 1, name)).2.unwrap().boot();
    assert_eq!(boot(Some("41")), boot(Some("41")));
    assert_ne!(boot(Some("41")), boot(Some("42")));
    let kernel = SystemHost::new();
    let unnamed = SampledClock::begin(
        Arc::new(Shows(Mutex::new(sample(0, 1 << 50, None)))),
        SystemHost::new(),
        Arc::new(Desk::new(Patience::default())),
    );
    let unnamed = unnamed.unwrap();
    assert!(unnamed.monotonic_ms() < 1 << 50, "its clock counts from a boot that nobody knows");
    if cfg!(target_os = "linux") {
        assert_eq!(unnamed.boot(), kernel.boot());
    }
}

#[test]
fn a_store_does_not_open_without_a_first_sample() {
    let (_, _, clock) = begin(Err(HostError::Unavailable));
    assert_eq!(clock.err(), Some(LinecrewError::Host { callback: SAMPLE.to_owned(), how: HostFault::Unavailable }));
}
