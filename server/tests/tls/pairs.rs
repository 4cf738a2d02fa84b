//! Certificates and keys that no server starts with.

use std::path::Path;

use linecrew_server::{PairError, TlsError, TlsFiles};

use crate::certificates::{Authority, put};

fn refused(files: &TlsFiles) -> PairError {
    match files.check() {
        Err(TlsError::Pair(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Files of which one was replaced.
fn with(folder: &Path, certificate: Option<&str>, key: Option<&str>) -> TlsFiles {
    let files = Authority::found().issue().write(folder);
    certificate.into_iter().for_each(|text| put(&files.certificate, text, 0o644));
    key.into_iter().for_each(|text| put(&files.key, text, 0o600));
    files
}

#[test]
fn what_belongs_together_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let files = with(folder.path(), None, None);
    files.check().unwrap();
    // A group may read the key, as Debian's `ssl-cert` does.
    put(&files.key, &std::fs::read_to_string(&files.key).unwrap(), 0o640);
    files.check().unwrap();
}

#[test]
fn what_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let issued = Authority::found().issue();
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let long = "#".repeat(300 * 1024);
    assert!(matches!(refused(&with(folder, Some(""), None)), PairError::NoCertificate { .. }));
    assert!(matches!(refused(&with(folder, Some(&issued.key), None)), PairError::NoCertificate { .. }));
    assert!(matches!(refused(&with(folder, Some(nonsense), None)), PairError::BadCertificate { number: 1, .. }));
    let second = issued.certificate.clone() + nonsense;
    assert!(matches!(refused(&with(folder, Some(&second), Some(&issued.key))), PairError::BadCertificate { number: 2, .. }));
    assert!(matches!(refused(&with(folder, Some(&issued.certificate[..100]), None)), PairError::NotPem { .. }));
    assert!(matches!(refused(&with(folder, Some(&long), None)), PairError::Read { .. }));
    assert!(matches!(refused(&with(folder, None, Some(""))), PairError::NoKey { .. }));
    assert!(matches!(refused(&with(folder, None, Some(locked))), PairError::NoKey { .. }));
    assert!(matches!(refused(&with(folder, None, Some(broken))), PairError::BadKey { .. }));
    assert!(matches!(refused(&with(folder, None, Some(&issued.key))), PairError::Strangers { .. }));
    let files = with(folder, None, None);
    std::fs::remove_file(&files.key).unwrap();
    assert!(matches!(refused(&files), PairError::Read { path, .. } if path == files.key));
}

#[cfg(unix)]
#[test]
fn a_key_that_everybody_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = with(folder.path(), None, None);
    let key = std::fs::read_to_string(&files.key).unwrap();
    for mode in [0o604, 0o644, 0o602, 0o777] {
        put(&files.key, &key, mode);
        assert!(matches!(refused(&files), PairError::Exposed { .. }), "{mode:o}");
    }
}
