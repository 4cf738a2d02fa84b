//! The key of this phone: one for all that it vouches for, its [statements](linecrew_protocol::key::Statement) to the server and the entries of
//! its journal. It lies in the system's keystore, which belongs to the host; the private half never comes here.
//!
//! The key is asked outside of any transaction, since a keystore takes as long as it takes, and what it answers is checked before anything is
//! made of it: a keystore that signs nonsense is one that cannot be used.

mod file_key;

use std::{
    error::Error,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use linecrew_protocol::key::{PublicKey, Signature, Statement};

pub use file_key::FileKey;

pub use crate::key_file::KeyFileError;

use crate::client::Client;

/// Signs with a key that never leaves it: ECDSA on P-256 with SHA-256 over the hash's 32 bytes, r and s as 64 bytes.
///
/// It may take as long as a keystore takes: it is never asked while the store is locked.
pub trait DeviceKey: Send + Sync {
    /// The key's public half: a compressed SEC1 point. The same for as long as the phone keeps its installation.
    ///
    /// # Errors
    /// The key cannot be used now.
    fn public_key(&self) -> Result<PublicKey, KeyUnavailable>;

    /// The signature over a hash.
    ///
    /// # Errors
    /// The key cannot be used now.
    fn sign(&self, hash: &[u8; 32]) -> Result<Signature, KeyUnavailable>;
}

/// The key cannot be used now: the keystore is locked, or there is none.
#[derive(Debug, Default, thiserror::Error)]
#[error("the key of this phone cannot be used now")]
pub struct KeyUnavailable {
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl KeyUnavailable {
    /// With what the keystore said.
    pub fn because(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()) }
    }
}

/// The signature over `hash`, when it fits the key. One that does not would make the server dispute what is good.
pub(crate) fn sign(key: &dyn DeviceKey, public: &PublicKey, hash: &[u8; 32]) -> Result<Signature, KeyUnavailable> {
    let signature = key.sign(hash)?;
    if public.has_signed(hash, &signature) {
        return Ok(signature);
    }
    Err(KeyUnavailable::because("the signature does not fit the key"))
}

/// The key's signature under a statement.
pub(crate) fn vouch(key: &dyn DeviceKey, statement: &Statement<'_>) -> Result<Signature, KeyUnavailable> {
    sign(key, &key.public_key()?, &statement.hash())
}

/// The key of a client, once one was set.
#[derive(Default)]
pub(crate) struct KeySlot(RwLock<Option<Arc<dyn DeviceKey>>>);

impl KeySlot {
    fn set(&self, key: Arc<dyn DeviceKey>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(key);
    }

    fn find(&self) -> Option<Arc<dyn DeviceKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for KeySlot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DeviceKey")
    }
}

impl Client {
    /// Sets the key of this phone. Without one nothing is sent and nobody enrols, but work goes on; receipts are sealed without a signature,
    /// and the first command with a key that can be used vouches for them.
    pub fn set_device_key(&self, key: Arc<dyn DeviceKey>) {
        self.key_slot().set(key);
    }

    /// The key, if one was set.
    pub(crate) fn device_key(&self) -> Option<Arc<dyn DeviceKey>> {
        self.key_slot().find()
    }

    /// This phone's signature under a statement.
    pub(crate) fn vouch(&self, statement: &Statement<'_>) -> Result<Signature, KeyUnavailable> {
        vouch(self.device_key().ok_or_else(KeyUnavailable::default)?.as_ref(), statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A keystore that answers whatever it is told to.
    struct Says(PublicKey, Signature);

    impl DeviceKey for Says {
        fn public_key(&self) -> Result<PublicKey, KeyUnavailable> {
            Ok(self.0)
        }

        fn sign(&self, _: &[u8; 32]) -> Result<Signature, KeyUnavailable> {
            Ok(self.1)
        }
    }

    #[test]
    fn a_signature_is_taken_only_when_it_fits_key_and_hash() {
        let folder = tempfile::tempdir().unwrap();
        let host = crate::host::ManualHost::new(1, linecrew_protocol::time::Timestamp::from_unix_millis(0));
        let key = FileKey::open(&folder.path().join("device.key"), &host).unwrap();
        let public = key.public_key().unwrap();
        let good = sign(&key, &public, &[1; 32]).unwrap();
        let says = |signature| Says(public, signature);
        assert_eq!(sign(&says(good), &public, &[1; 32]).unwrap(), good);
        assert!(sign(&says(good), &public, &[2; 32]).is_err(), "of another hash");
        assert!(sign(&says(Signature::from_bytes([0; 64])), &public, &[1; 32]).is_err(), "of nothing");
        let other = FileKey::open(&folder.path().join("other.key"), &host).unwrap();
        assert!(sign(&other, &public, &[1; 32]).is_err(), "of another key");
    }
}
