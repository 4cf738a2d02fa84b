//! A certificate authority of one's own.

use std::path::{Path, PathBuf};

use linecrew_server::TlsFiles;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// An authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What it issued, in PEM form.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn found() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn der(&self) -> rustls::pki_types::CertificateDer<'static> {
        self.0.der().clone()
    }

    /// A certificate for this machine.
    pub(crate) fn issue(&self) -> Issued {
        self.issue_with(|_| {})
    }

    pub(crate) fn issue_with(&self, change: impl FnOnce(&mut CertificateParams)) -> Issued {
        let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Issued { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Issued {
    /// Writes both files, the key for its owner alone.
    pub(crate) fn write(&self, folder: &Path) -> TlsFiles {
        let [certificate, key] = ["server.pem", "server.key"].map(|name| folder.join(name));
        put(&certificate, &self.certificate, 0o644);
        put(&key, &self.key, 0o600);
        TlsFiles::new(certificate, key)
    }
}

/// Puts a whole file into place, as ACME clients do.
pub(crate) fn put(path: &Path, text: &str, mode: u32) {
    let draft: PathBuf = path.with_extension("draft");
    std::fs::write(&draft, text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&draft, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    std::fs::rename(&draft, path).unwrap();
}
