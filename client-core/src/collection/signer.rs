//! The key that signs a journal. It lies in the system's keystore, which belongs to the host.

use std::{
    error::Error,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use linecrew_protocol::model::collection::{EntryHash, PublicKey, Signature};

/// Signs with a key that never leaves it: ECDSA on P-256 with SHA-256 over the hash's 32 bytes, r and s as 64 bytes.
///
/// It may take as long as a keystore takes: it is never asked while the store is locked.
pub trait ReceiptSigner: Send + Sync {
    /// The key's public half: a compressed SEC1 point.
    ///
    /// # Errors
    /// The key cannot be used now.
    fn public_key(&self) -> Result<PublicKey, SignerUnavailable>;

    /// The signature over an entry.
    ///
    /// # Errors
    /// The key cannot be used now.
    fn sign(&self, hash: &EntryHash) -> Result<Signature, SignerUnavailable>;
}

/// The key cannot be used now: the keystore is locked, or there is none.
#[derive(Debug, Default, thiserror::Error)]
#[error("the key of this phone cannot be used now")]
pub struct SignerUnavailable {
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SignerUnavailable {
    /// With what the keystore said.
    pub fn because(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()) }
    }
}

/// The signer of a client, once one was set.
#[derive(Default)]
pub(crate) struct SignerSlot(RwLock<Option<Arc<dyn ReceiptSigner>>>);

impl SignerSlot {
    pub(crate) fn set(&self, signer: Arc<dyn ReceiptSigner>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(signer);
    }

    pub(crate) fn find(&self) -> Option<Arc<dyn ReceiptSigner>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for SignerSlot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReceiptSigner")
    }
}
