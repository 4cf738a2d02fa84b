//! Passwords: Argon2id, on a few threads of their own, which give way to everything else.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::{self, Output, PasswordHash, PasswordHasher, SaltString},
};
use rand::{TryRngCore, rngs::OsRng};
use tokio::sync::oneshot;

/// Sign-ins that wait for their turn: about 4 s of work for one core. Beyond that it is kinder to say *busy*.
const WAITING: usize = 128;

/// The least of Linux's priorities.
#[cfg(target_os = "linux")]
const LEAST_PRIORITY: i32 = 19;

/// The shortest password that is accepted (NIST SP 800-63B asks for 8).
pub const MIN_PASSWORD_CHARS: usize = 8;

/// Why a password could be neither hashed nor verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Too many people sign in at this moment.
    #[error("too many sign-ins are waiting")]
    Busy,
    /// Argon2 refused.
    #[error("failed to hash a password")]
    Hash(#[source] password_hash::Error),
    /// The operating system gave no randomness.
    #[error("failed to draw a salt")]
    Randomness(#[source] rand::rand_core::OsError),
    /// The system gave no thread to verify passwords on.
    #[error("failed to start a thread for passwords")]
    Thread(#[source] std::io::Error),
    /// The verification panicked.
    #[error("failed to run a password verification")]
    Died,
}

/// The Argon2id hash of a password in PHC form, with the parameters that OWASP recommends (19 MiB, 2 passes).
///
/// # Errors
/// When there is no randomness for the salt.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    let mut random = [0; 16];
    OsRng.try_fill_bytes(&mut random).map_err(PasswordError::Randomness)?;
    let salt = SaltString::encode_b64(&random).map_err(PasswordError::Hash)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

/// One verification takes 19 MiB and about 30 ms of a core. Guessed passwords have half of the cores at most: the sync sessions need the others.
fn at_a_time() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

/// What a worker does, in memory that it keeps: taken anew each time, on another thread each time, the allocator keeps 19 MiB for every
/// thread that ever verified anything, 240 MiB of guessed passwords (dev profile, 2026-11-29).
type Job = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// Hashes and verifies passwords on threads of its own, which end with it.
#[derive(Debug)]
pub struct Passwords {
    jobs: SyncSender<Job>,
    /// The hash of a password that nobody knows: an unknown user name costs the same time as a known one.
    decoy: String,
}

impl Passwords {
    /// A verifier.
    ///
    /// # Errors
    /// When the decoy cannot be made, or the system gives no thread.
    pub fn new() -> Result<Self, PasswordError> {
        let mut random = [0; 16];
        OsRng.try_fill_bytes(&mut random).map_err(PasswordError::Randomness)?;
        let decoy = hash_password(&format!("{random:?}"))?;
        let (jobs, waiting) = sync_channel(WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..at_a_time() {
            let waiting = Arc::clone(&waiting);
            let worker = std::thread::Builder::new().name("linecrew-argon2".to_owned());
            worker.spawn(move || work(&waiting)).map_err(PasswordError::Thread)?;
        }
        Ok(Self { jobs, decoy })
    }

    /// As [`hash_password`], in its turn.
    ///
    /// # Errors
    /// As there, and [`PasswordError::Busy`] when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        self.in_turn(move |_| hash_password(&password)).await?
    }

    /// Whether `password` belongs to `hash`; with no hash (an unknown user) it takes as long and is false.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn verify(&self, hash: Option<String>, password: String) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let matches = self.in_turn(move |blocks| matches(&hash, &password, blocks).unwrap_or(false)).await?;
        Ok(matches && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static) -> Result<T, PasswordError> {
        let (answer, answered) = oneshot::channel();
        let job = move |blocks: &mut Vec<Block>| {
            // Whoever has hung up meanwhile costs nothing.
            if !answer.is_closed() {
                answer.send(work(blocks)).ok();
            }
        };
        self.jobs.try_send(Box::new(job)).map_err(|_| PasswordError::Busy)?;
        answered.await.map_err(|_| PasswordError::Died)
    }
}

/// Works until nobody can ask any more.
fn work(waiting: &Mutex<Receiver<Job>>) {
    give_way();
    let mut blocks = Vec::new();
    // The lock is free again before the job begins.
    while let Ok(job) = { waiting.lock().unwrap_or_else(PoisonError::into_inner).recv() } {
        if catch_unwind(AssertUnwindSafe(|| job(&mut blocks))).is_err() {
            tracing::error!("a password verification panicked");
            blocks = Vec::new();
        }
    }
}

/// On a busy machine whoever signs in waits, and the crews do not: of two cores, guessed passwords took one from them.
fn give_way() {
    // Only Linux has priorities for threads: elsewhere it would be the whole server that gives way.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, LEAST_PRIORITY) {
        tracing::warn!(error = %error, "passwords are verified at the priority of everything else");
    }
}

/// None when `hash` is not one that this server takes.
fn matches(hash: &str, password: &str, blocks: &mut Vec<Block>) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok().filter(|hash| hash.algorithm == ARGON2ID_IDENT)?;
    let (salt, expected) = hash.salt.zip(hash.hash)?;
    let (params, version) = (Params::try_from(&hash).ok()?, Version::try_from(hash.version?).ok()?);
    blocks.resize(params.block_count(), Block::default());
    let mut salt_bytes = [0; 64];
    let salt = salt.decode_b64(&mut salt_bytes).ok()?;
    let found = Output::init_with(expected.len(), |out| {
        let argon = Argon2::new(Algorithm::Argon2id, version, params);
        Ok(argon.hash_password_into_with_memory(password.as_bytes(), salt, out, blocks.as_mut_slice())?)
    });
    // Outputs are compared in constant time.
    Some(found.ok()? == expected)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Instant,
    };

    use futures_util::{FutureExt as _, future::join_all};

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = Passwords::new().unwrap();
        let hash = hash_password("灯亮了").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify(Some(hash.clone()), "灯亮了".into()).await.unwrap());
        assert!(!passwords.verify(Some(hash), "灯灭了".into()).await.unwrap());
        assert!(!passwords.verify(None, "灯亮了".into()).await.unwrap());
        assert!(!passwords.verify(Some("plain".into()), "plain".into()).await.unwrap());
    }

    /// Every worker waits at the gate.
    fn hold<'a>(passwords: &'a Passwords, gate: &Arc<Mutex<()>>) -> Vec<impl Future<Output = Result<(), PasswordError>> + Unpin + 'a> {
        let (begun, has_begun) = std::sync::mpsc::channel();
        let held = (0..at_a_time()).map(|_| {
            let (gate, begun) = (Arc::clone(gate), begun.clone());
            let mut held = Box::pin(passwords.in_turn(move |_| {
                begun.send(()).unwrap();
                drop(gate.lock());
            }));
            assert!((&mut held).now_or_never().is_none());
            has_begun.recv().unwrap();
            held
        });
        held.collect()
    }

    #[tokio::test]
    async fn too_many_at_once_are_told_so_and_the_others_are_answered() {
        let (passwords, gate) = (Passwords::new().unwrap(), Arc::default());
        let closed = Mutex::lock(&gate).unwrap();
        let held = hold(&passwords, &gate);
        let mut waiting: Vec<_> = (0..WAITING).map(|number| Box::pin(passwords.in_turn(move |_| number))).collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        let one_more = passwords.verify(None, "灯灭了".into()).now_or_never();
        assert!(matches!(one_more, Some(Err(PasswordError::Busy))));
        drop(closed);
        assert_eq!(join_all(held).await.len(), at_a_time());
        let answers = join_all(waiting).await.into_iter().map(Result::unwrap);
        assert_eq!(answers.collect::<Vec<_>>(), (0..WAITING).collect::<Vec<_>>());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn passwords_give_way_and_nothing_else_does() {
        let passwords = Passwords::new().unwrap();
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let ours = priority();
        assert_eq!(passwords.in_turn(move |_| priority()).await.unwrap(), LEAST_PRIORITY);
        assert_eq!(priority(), ours, "it is the thread that gives way, not the server");
    }

    #[tokio::test]
    async fn whoever_hung_up_costs_nothing() {
        let (passwords, gate, others) = (Passwords::new().unwrap(), Arc::default(), Arc::new(AtomicUsize::new(0)));
        let closed = Mutex::lock(&gate).unwrap();
        let held = hold(&passwords, &gate);
        for _ in 0..WAITING / 2 {
            let others = Arc::clone(&others);
            let hung_up = passwords.in_turn(move |_| others.fetch_add(1, Ordering::Relaxed)).now_or_never();
            assert!(hung_up.is_none());
        }
        drop(closed);
        join_all(held).await;
        assert!(!passwords.verify(None, "灯灭了".into()).await.unwrap());
        assert_eq!(others.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_panic_ends_one_verification() {
        let passwords = Passwords::new().unwrap();
        for _ in 0..2 * at_a_time() {
            let died = passwords.in_turn(|_| assert!(std::hint::black_box(false), "as if Argon2 had a fault")).await;
            assert!(matches!(died, Err(PasswordError::Died)));
        }
        assert!(!passwords.verify(None, "灯灭了".into()).await.unwrap());
    }

    #[tokio::test]
    async fn an_unknown_name_costs_the_same_time() {
        let passwords = Passwords::new().unwrap();
        let hash = hash_password("right").unwrap();
        // The quickest of each: these threads give way to whatever else runs on the machine.
        let mut spent = [u128::MAX; 2];
        for _ in 0..5 {
            for (place, hash) in [Some(hash.clone()), None].into_iter().enumerate() {
                let begun = Instant::now();
                assert!(!passwords.verify(hash, "wrong".into()).await.unwrap());
                spent[place] = spent[place].min(begun.elapsed().as_micros());
            }
        }
        println!("known {} µs, unknown {} µs", spent[0], spent[1]);
        assert!(spent[1] * 3 > spent[0], "an unknown name answers {} times faster", spent[0] / spent[1].max(1));
    }
}
