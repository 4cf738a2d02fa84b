//! Passwords: Argon2id, on blocking threads, a few at a time.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::{self, Output, PasswordHash, PasswordHasher, SaltString},
};
use rand::{TryRngCore, rngs::OsRng};
use tokio::sync::Semaphore;

/// Sign-ins that wait for their turn: about 4 s of work for one core. Beyond that it is kinder to say *busy*.
const WAITING: usize = 128;

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
    /// The blocking thread died.
    #[error("failed to run a password verification")]
    Thread(#[source] tokio::task::JoinError),
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

/// Verifies passwords.
#[derive(Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    room: Arc<Room>,
    /// The hash of a password that nobody knows: an unknown user name costs the same time as a known one.
    decoy: String,
}

impl Passwords {
    /// A verifier.
    ///
    /// # Errors
    /// When the decoy cannot be made.
    pub fn new() -> Result<Self, PasswordError> {
        let mut random = [0; 16];
        OsRng.try_fill_bytes(&mut random).map_err(PasswordError::Randomness)?;
        let decoy = hash_password(&format!("{random:?}"))?;
        Ok(Self { turns: Arc::new(Semaphore::new(at_a_time())), places: Arc::new(Semaphore::new(WAITING)), room: Arc::default(), decoy })
    }

    /// As [`hash_password`], in its turn.
    ///
    /// # Errors
    /// As there, and [`PasswordError::Busy`] when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let _place = self.places.try_acquire().map_err(|_| PasswordError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        let hashed = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            hash_password(&password)
        });
        hashed.await.map_err(PasswordError::Thread)?
    }

    /// Whether `password` belongs to `hash`; with no hash (an unknown user) it takes as long and is false.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn verify(&self, hash: Option<String>, password: String) -> Result<bool, PasswordError> {
        let _place = self.places.try_acquire().map_err(|_| PasswordError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let room = Arc::clone(&self.room);
        let matches = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, not with a caller who may have hung up.
            let _turn = turn;
            room.lend(|blocks| matches(&hash, &password, blocks)).unwrap_or(false)
        });
        Ok(matches.await.map_err(PasswordError::Thread)? && known)
    }
}

/// The memory that verifications work in: it is kept for the next one. Taken anew each time, on another thread each time, the allocator keeps
/// 19 MiB for every thread that ever verified anything: 240 MiB of guessed passwords (dev profile, 2026-11-29).
#[derive(Default)]
struct Room(Mutex<Vec<Vec<Block>>>);

impl Room {
    /// There are never more pieces than verifications at a time.
    fn lend<T>(&self, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let mut blocks = self.pieces().pop().unwrap_or_default();
        let done = work(&mut blocks);
        self.pieces().push(blocks);
        done
    }

    fn pieces(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without what is in it: it is made of passwords.
impl std::fmt::Debug for Room {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Room")
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
    use std::time::Instant;

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

    #[tokio::test(flavor = "multi_thread")]
    async fn many_guesses_take_the_memory_of_a_few() {
        let passwords = Passwords::new().unwrap();
        let guesses = (0..40).map(|_| passwords.verify(None, "灯灭了".into()));
        assert!(futures_util::future::join_all(guesses).await.iter().all(|verified| matches!(verified, Ok(false))));
        let pieces = passwords.room.pieces();
        assert!((1..=at_a_time()).contains(&pieces.len()), "{} pieces", pieces.len());
        assert!(pieces.iter().all(|blocks| blocks.len() == Params::default().block_count()));
    }

    #[tokio::test]
    async fn an_unknown_name_costs_the_same_time() {
        let passwords = Passwords::new().unwrap();
        let hash = hash_password("right").unwrap();
        let mut spent = [0, 0];
        for _ in 0..5 {
            for (place, hash) in [Some(hash.clone()), None].into_iter().enumerate() {
                let begun = Instant::now();
                assert!(!passwords.verify(hash, "wrong".into()).await.unwrap());
                spent[place] += begun.elapsed().as_micros();
            }
        }
        println!("known {} µs, unknown {} µs", spent[0], spent[1]);
        assert!(spent[1] * 3 > spent[0], "an unknown name answers {} times faster", spent[0] / spent[1].max(1));
    }
}
