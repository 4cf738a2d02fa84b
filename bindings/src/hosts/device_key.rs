//! The key of the phone, in the app's keystore.

use std::{fmt, sync::Arc};

use linecrew_client::{
    DeviceKey, KeyUnavailable,
    protocol::key::{PublicKey, Signature},
};

use super::{Desk, HostError, HostFault};

/// Keeps the key of this phone, which never leaves it: ECDSA on P-256.
///
/// It is asked on a thread of the library's, and has ten seconds for an answer. It must not call the library meanwhile. Every signature is checked.
#[uniffi::export(rust, foreign)]
pub trait HostDeviceKey: Send + Sync {
    /// The key's public half: a point as SEC1 or X9.63 write it, of 33 bytes (compressed) or 65. The same for as long as the phone keeps its
    /// installation.
    fn public_key(&self) -> Result<HostPublicKey, HostError>;

    /// Signs these 32 bytes as a message, with SHA-256: what Android's SHA256withECDSA and Apple's ecdsaSignatureMessageX962SHA256 do. The answer is
    /// either theirs (DER), or r and s in 64 bytes.
    fn sign(&self, message: Vec<u8>) -> Result<HostSignature, HostError>;
}

/// The public half of a key.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HostPublicKey {
    /// The point.
    pub point: Vec<u8>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HostSignature {
    /// In DER, or r and s in 64 bytes.
    pub signature: Vec<u8>,
}

/// It behind its guard.
pub(crate) struct GuardedDeviceKey {
    host: Arc<dyn HostDeviceKey>,
    desk: Arc<Desk>,
}

impl GuardedDeviceKey {
    pub(crate) fn new(host: Arc<dyn HostDeviceKey>, desk: Arc<Desk>) -> Self {
        Self { host, desk }
    }

    fn ask<T: Send + 'static>(
        &self,
        callback: &'static str,
        question: impl FnOnce(&dyn HostDeviceKey) -> Result<T, HostFault> + Send + 'static,
    ) -> Result<T, KeyUnavailable> {
        let host = Arc::clone(&self.host);
        let answered = self.desk.ask(callback, self.desk.patience().keys, move || question(host.as_ref()));
        answered.map_err(KeyUnavailable::because)
    }
}

impl DeviceKey for GuardedDeviceKey {
    fn public_key(&self) -> Result<PublicKey, KeyUnavailable> {
        self.ask("device_key.public_key", |host| PublicKey::of_point(&host.public_key()?.point).map_err(|_| HostFault::Unusable))
    }

    fn sign(&self, hash: &[u8; 32]) -> Result<Signature, KeyUnavailable> {
        let message = hash.to_vec();
        self.ask("device_key.sign", |host| Signature::of_ecdsa(&host.sign(message)?.signature).map_err(|_| HostFault::Unusable))
    }
}

impl fmt::Debug for GuardedDeviceKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GuardedDeviceKey")
    }
}
