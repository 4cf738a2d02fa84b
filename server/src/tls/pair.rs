//! A certificate with its chain, and the key that belongs to it.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    crypto::CryptoProvider,
    pki_types::{
        CertificateDer, PrivateKeyDer, UnixTime,
        pem::{self, PemObject},
    },
    sign::CertifiedKey,
};
use webpki::{EndEntityCert, KeyUsage};

use super::TlsFiles;
use crate::exposed::{OTHERS, is_exposed};

/// Bytes of a PEM file. A chain of ten certificates has 20 KiB.
const MAX_PEM_BYTES: u64 = 256 * 1024;
const SECONDS_PER_DAY: u64 = 86_400;

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PairError {
    /// A file could not be read.
    #[error("failed to read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is no PEM.
    #[error("{path} is not in PEM form")]
    NotPem {
        /// The file.
        path: PathBuf,
        /// Where it went wrong.
        #[source]
        source: pem::Error,
    },
    /// There is no certificate in it.
    #[error("{path} holds no certificate (-----BEGIN CERTIFICATE-----)")]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// What it calls a certificate is none.
    #[error("certificate {number} in {path} cannot be understood")]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// Which one, from 1.
        number: usize,
        /// Why.
        #[source]
        source: webpki::Error,
    },
    /// There is no key in it.
    #[error("{path} holds no private key (-----BEGIN PRIVATE KEY-----); a key with a password cannot be used")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is of a kind that TLS does not use, or damaged.
    #[error("the key in {path} cannot be used")]
    BadKey {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// The key is another certificate's.
    #[error("the key in {key} does not belong to the certificate in {certificate}; the server's own certificate comes first in the file")]
    Strangers {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// Everybody on this machine can read the key.
    #[error("the key {path} can be read by everybody on this machine; run: chmod 600 {path}")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
}

/// What the two files hold, checked to belong together.
#[derive(Debug)]
pub(super) struct Pair(pub(super) Arc<CertifiedKey>);

impl Pair {
    /// Reads both files.
    pub(super) fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<Self, PairError> {
        refuse_if_exposed(&files.key)?;
        let chain = chain(&files.certificate)?;
        let key = key(&files.key)?;
        let bad_key = |source| PairError::BadKey { path: files.key.clone(), source };
        let key = provider.key_provider.load_private_key(key).map_err(bad_key)?;
        let certified = CertifiedKey::new(chain, key);
        let strangers = |_| PairError::Strangers { certificate: files.certificate.clone(), key: files.key.clone() };
        certified.keys_match().map_err(strangers)?;
        Ok(Self(Arc::new(certified)))
    }

    /// Says loudly when phones will refuse the certificate for its dates. The server serves all the same: its clock may be the one that is wrong.
    pub(super) fn warn_of_its_dates(&self) {
        match self.dates() {
            Dates::Good => {}
            Dates::NotYet { days } => tracing::warn!(
                tls.valid_in_days = days,
                "THE CERTIFICATE IS NOT VALID YET: phones and browsers refuse this server, unless the clock here is wrong"
            ),
            Dates::Over { days } => tracing::warn!(
                tls.expired_days_ago = days,
                "THE CERTIFICATE HAS EXPIRED: phones and browsers refuse this server until it is renewed (docs/operations.md)"
            ),
        }
    }

    fn dates(&self) -> Dates {
        let Some(Ok(own)) = self.0.cert.first().map(EndEntityCert::try_from) else { return Dates::Good };
        let now = UnixTime::now();
        // Without anchors no path is ever found; the dates are looked at before one is searched.
        let verified = own.verify_for_usage(&[], &[], &[], now, KeyUsage::server_auth(), None, None);
        let days = |from: UnixTime, to: UnixTime| to.as_secs().saturating_sub(from.as_secs()) / SECONDS_PER_DAY;
        match verified.err() {
            Some(webpki::Error::CertExpired { not_after, .. }) => Dates::Over { days: days(not_after, now) },
            Some(webpki::Error::CertNotValidYet { not_before, .. }) => Dates::NotYet { days: days(now, not_before) },
            _ => Dates::Good,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Dates {
    Good,
    NotYet { days: u64 },
    Over { days: u64 },
}

/// The certificates in a file, in their order.
pub(super) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, PairError> {
    let text = read(path)?;
    let not_pem = |source| PairError::NotPem { path: path.to_owned(), source };
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>().map_err(not_pem)?;
    if chain.is_empty() {
        return Err(PairError::NoCertificate { path: path.to_owned() });
    }
    for (at, certificate) in chain.iter().enumerate() {
        let bad = |source| PairError::BadCertificate { path: path.to_owned(), number: at.saturating_add(1), source };
        let _parsed = EndEntityCert::try_from(certificate).map_err(bad)?;
    }
    Ok(chain)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, PairError> {
    let text = read(path)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
        pem::Error::NoItemsFound => PairError::NoKey { path: path.to_owned() },
        source => PairError::NotPem { path: path.to_owned(), source },
    })
}

/// Its owner's group may read a key: that is how ACME clients hand one to a service.
fn refuse_if_exposed(path: &Path) -> Result<(), PairError> {
    match is_exposed(path, OTHERS) {
        Ok(false) => Ok(()),
        Ok(true) => Err(PairError::Exposed { path: path.to_owned() }),
        Err(source) => Err(PairError::Read { path: path.to_owned(), source }),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, PairError> {
    let failed = |source| PairError::Read { path: path.to_owned(), source };
    let mut text = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let bytes = file.take(MAX_PEM_BYTES.saturating_add(1)).read_to_end(&mut text).map_err(failed)?;
    if u64::try_from(bytes).is_ok_and(|bytes| bytes > MAX_PEM_BYTES) {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    Ok(text)
}
