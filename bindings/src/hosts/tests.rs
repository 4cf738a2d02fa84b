//! Apps that answer badly: every call ends in its time with an error that says so, and the store opens afterwards.

use std::{
    path::Path,
    sync::{Condvar, Mutex},
    thread,
    time::Duration,
};

use linecrew_client::{DeviceKey, FileKey, Host, SystemHost};
use tempfile::{TempDir, tempdir};

use super::*;
use crate::{LinecrewCore, LinecrewError, OpenRequest};

/// Long enough for an app that answers, on a machine that is busy.
const SECOND: Duration = Duration::from_secs(1);
const PATIENCE: Patience = Patience { keys: SECOND, clock: SECOND, log: SECOND, reply: SECOND };

/// What a host hangs in, until it is let go.
#[derive(Default)]
pub(super) struct Gate(Mutex<bool>, Condvar);

impl Gate {
    pub(super) fn hang(&self) {
        drop(self.1.wait_while(self.0.lock().unwrap(), |open| !*open).unwrap());
    }

    pub(super) fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }
}

/// How an app behaves when it is asked something.
#[derive(Clone)]
enum Does {
    Well,
    Says(HostError),
    Panics,
    Hangs(Arc<Gate>),
    CallsBack(Arc<LinecrewCore>),
    CallsBackElsewhere(Arc<LinecrewCore>),
    /// Instead of a key, a point or a signature.
    Answers(Vec<u8>),
}

/// An app with a keystore and a clock.
struct App {
    does: Mutex<Does>,
    key: FileKey,
}

impl App {
    fn new(folder: &Path) -> Arc<Self> {
        Arc::new(Self { does: Mutex::new(Does::Well), key: FileKey::open(&folder.join("app.key"), &SystemHost::new()).unwrap() })
    }

    fn begins_to(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }

    fn act(&self, good: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, HostError> {
        let does = self.does.lock().unwrap().clone();
        match does {
            Does::Well => {}
            Does::Says(error) => return Err(error),
            Does::Panics => panic!("customer Huang"),
            Does::Hangs(gate) => gate.hang(),
            Does::CallsBack(phone) => drop(phone.status().map_err(|_| HostError::Failed)?),
            Does::CallsBackElsewhere(phone) => drop(thread::spawn(move || phone.status().unwrap()).join().unwrap()),
            Does::Answers(bytes) => return Ok(bytes),
        }
        Ok(good())
    }
}

impl HostDatabaseKey for App {
    fn find_key(&self) -> Result<FoundDatabaseKey, HostError> {
        self.act(|| vec![7; 32]).map(|key| FoundDatabaseKey { key: Some(key) })
    }

    fn create_key(&self) -> Result<MadeDatabaseKey, HostError> {
        self.act(|| vec![7; 32]).map(|key| MadeDatabaseKey { key })
    }

    fn destroy_key(&self) -> Result<HostDone, HostError> {
        self.act(Vec::new).map(|said| HostDone { done: said.is_empty() })
    }
}

impl HostDeviceKey for App {
    fn public_key(&self) -> Result<HostPublicKey, HostError> {
        self.act(|| self.key.public_key().unwrap().as_bytes().to_vec()).map(|point| HostPublicKey { point })
    }

    fn sign(&self, message: Vec<u8>) -> Result<HostSignature, HostError> {
        let sign = || self.key.sign(message.as_slice().try_into().unwrap()).unwrap().as_bytes().to_vec();
        self.act(sign).map(|signature| HostSignature { signature })
    }
}

impl HostClock for App {
    fn sample(&self) -> Result<ClockSample, HostError> {
        self.act(Vec::new)?;
        Ok(ClockSample { wall: SystemHost::new().wall(), monotonic_ms: 5, boot: Some("1".to_owned()) })
    }
}

fn hosts(app: &Arc<App>) -> Hosts {
    let [database_key, device_key, clock] = [(); 3].map(|()| Arc::clone(app));
    Hosts { database_key: Some(database_key), device_key: Some(device_key), clock: Some(clock), ..Hosts::default() }
}

fn open(folder: &TempDir, hosts: Hosts) -> Result<Arc<LinecrewCore>, LinecrewError> {
    let folder = folder.path().join("phone").display().to_string();
    let request = OpenRequest { folder, app_version: "1.0".to_owned(), ca_pem: None, lease: None };
    LinecrewCore::begin(request, hosts, Arc::new(Desk::new(PATIENCE))).map(Arc::new)
}

fn failed(callback: &str, how: HostFault) -> LinecrewError {
    LinecrewError::Host { callback: callback.to_owned(), how }
}

/// Ways to fail to answer, and how the app hears of them.
fn ways(phone: &Arc<LinecrewCore>, gate: &Arc<Gate>) -> Vec<(Does, HostFault)> {
    vec![
        (Does::Says(HostError::Failed), HostFault::Failed),
        (Does::Panics, HostFault::Failed),
        (Does::Hangs(Arc::clone(gate)), HostFault::TimedOut),
        (Does::CallsBack(Arc::clone(phone)), HostFault::Reentered),
    ]
}

#[test]
fn a_store_whose_key_does_not_come_stays_closed_and_opens_when_it_comes() {
    let (folder, elsewhere, gate) = (tempdir().unwrap(), tempdir().unwrap(), Arc::new(Gate::default()));
    let app = App::new(folder.path());
    let other = open(&elsewhere, Hosts::default()).unwrap();
    let keys = || Hosts { database_key: Some(Arc::<App>::clone(&app)), ..Hosts::default() };
    let mut ways = ways(&other, &gate);
    ways.push((Does::Answers(vec![1; 31]), HostFault::Unusable));
    for (does, how) in ways {
        app.begins_to(does);
        assert_eq!(open(&folder, keys()).map(drop), Err(failed("database_key.find_key", how)));
    }
    app.begins_to(Does::Says(HostError::Unavailable));
    assert_eq!(open(&folder, keys()).map(drop), Err(LinecrewError::KeyUnavailable { code: "database_key".to_owned() }));
    app.begins_to(Does::CallsBackElsewhere(other));
    let installation = open(&folder, keys()).unwrap().installation();
    assert_eq!(open(&folder, keys()).unwrap().installation(), installation);
    app.begins_to(Does::Answers(vec![8; 32]));
    assert_eq!(open(&folder, keys()).map(drop), Err(LinecrewError::Store { code: "wrong_key".to_owned() }));
    gate.open();
}

#[tokio::test]
async fn a_phone_whose_key_does_not_sign_is_not_enrolled_and_works_on() {
    let (folder, gate) = (tempdir().unwrap(), Arc::new(Gate::default()));
    let app = App::new(folder.path());
    let phone = open(&folder, hosts(&app)).unwrap();
    let enrol = async || {
        let (server, code) = ("http://127.0.0.1:1".to_owned(), "RC8S3-QVG7R".to_owned());
        Arc::clone(&phone).enrol(server, code, "phone".to_owned(), None).await.map(drop)
    };
    let mut ways = ways(&phone, &gate);
    ways.push((Does::Answers(vec![1; 33]), HostFault::Unusable));
    for (does, how) in ways {
        app.begins_to(does);
        assert_eq!(enrol().await, Err(failed("device_key.public_key", how)));
        assert!(
            phone.status().unwrap().host_trouble.iter().any(|trouble| trouble.callback == "device_key.public_key" && trouble.how == how)
        );
    }
    app.begins_to(Does::Well);
    let offline = LinecrewError::Offline { code: "no_connection".to_owned(), retry_after_ms: None };
    assert_eq!(enrol().await, Err(offline), "it was signed, and nobody is there");
    assert_eq!(phone.status().unwrap().host_trouble, []);
    gate.open();
    phone.shut_down().await.unwrap();
}

#[test]
fn a_store_does_not_open_without_the_time() {
    let (folder, elsewhere, gate) = (tempdir().unwrap(), tempdir().unwrap(), Arc::new(Gate::default()));
    let app = App::new(folder.path());
    for (does, how) in ways(&open(&elsewhere, Hosts::default()).unwrap(), &gate) {
        app.begins_to(does);
        assert_eq!(open(&folder, hosts(&app)).map(drop), Err(failed("clock.sample", how)));
    }
    app.begins_to(Does::Well);
    open(&folder, hosts(&app)).unwrap();
    gate.open();
}

#[tokio::test]
async fn a_wipe_whose_key_is_not_destroyed_is_gone_on_with() {
    let folder = tempdir().unwrap();
    let app = App::new(folder.path());
    let phone = open(&folder, hosts(&app)).unwrap();
    app.begins_to(Does::Answers(b"not destroyed".to_vec()));
    assert_eq!(phone.wipe().await, Err(failed("database_key.destroy_key", HostFault::Failed)));
    assert_eq!(phone.status(), Err(LinecrewError::Wiped));
    app.begins_to(Does::Well);
    assert_eq!(phone.wipe().await, Ok(()));
}
