//! A key in a file of its owner's alone: for the terminal phone, and for tests. A real phone has a keystore.

use std::path::Path;

use linecrew_protocol::key::{PublicKey, Signature};
use p256::ecdsa::{SigningKey, signature::Signer};

use super::{DeviceKey, KeyUnavailable};
use crate::{
    host::{self, Host},
    key_file::{self, KeyFileError},
};

/// Bytes of a private key.
const KEY_BYTES: usize = 32;
/// Draws that are no key are as likely as 1 in 2^32 (SEC 1, section 3.2.1): more than a few mean that the host's randomness is none.
const MAX_DRAWS: usize = 8;

/// Signs with a key in a file. Signatures are deterministic (RFC 6979).
pub struct FileKey {
    key: SigningKey,
}

impl FileKey {
    /// The key in the file at `path`; a new one, when there is none.
    ///
    /// # Errors
    /// See [`KeyFileError`]. A file that is there is never written over.
    pub fn open(path: &Path, host: &dyn Host) -> Result<Self, KeyFileError> {
        let failed = |source| KeyFileError::File { path: path.to_owned(), source };
        if !path.try_exists().map_err(failed)? {
            key_file::create(path, &drawn(host)?, host::part_name(host))?;
        }
        let bytes = key_file::read(path)?;
        let key = SigningKey::from_slice(&bytes).map_err(|_| KeyFileError::NotAKey { path: path.to_owned() })?;
        Ok(Self { key })
    }
}

impl DeviceKey for FileKey {
    fn public_key(&self) -> Result<PublicKey, KeyUnavailable> {
        let point = self.key.verifying_key().to_encoded_point(true);
        Ok(PublicKey::from_bytes(point.as_bytes().try_into().map_err(KeyUnavailable::because)?))
    }

    fn sign(&self, hash: &[u8; 32]) -> Result<Signature, KeyUnavailable> {
        let signature: p256::ecdsa::Signature = self.key.try_sign(hash).map_err(|error| KeyUnavailable::because(error.to_string()))?;
        Ok(Signature::from_bytes(signature.to_bytes().into()))
    }
}

/// Without the key.
impl std::fmt::Debug for FileKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FileKey")
    }
}

fn drawn(host: &dyn Host) -> Result<[u8; KEY_BYTES], KeyFileError> {
    let draws = (0..MAX_DRAWS).map(|_| {
        let mut bytes = [0; KEY_BYTES];
        host.random(&mut bytes);
        bytes
    });
    draws.into_iter().find(|bytes| SigningKey::from_slice(bytes).is_ok()).ok_or(KeyFileError::NoRandomness)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use linecrew_protocol::time::Timestamp;

    use super::*;
    use crate::host::ManualHost;

    #[test]
    fn a_key_is_made_once_and_signs_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.key");
        let host = ManualHost::new(1, Timestamp::from_unix_millis(0));
        let (made, read) = (FileKey::open(&path, &host).unwrap(), FileKey::open(&path, &host).unwrap());
        let (key, hash) = (made.public_key().unwrap(), [5; 32]);
        assert_eq!(read.public_key().unwrap(), key);
        assert!(key.has_signed(&hash, &read.sign(&hash).unwrap()));
        assert_eq!(made.sign(&hash).unwrap(), read.sign(&hash).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.key");
        let host = ManualHost::new(1, Timestamp::from_unix_millis(0));
        FileKey::open(&path, &host).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(FileKey::open(&path, &host), Err(KeyFileError::Exposed { .. })));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(&path, [0; 32]).unwrap();
        assert!(matches!(FileKey::open(&path, &host), Err(KeyFileError::NotAKey { .. })));
    }
}
