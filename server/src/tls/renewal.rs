//! The certificate in force, and its renewal: an ACME client writes new files, and nobody restarts anything.

use std::{
    fs,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use rustls::{
    crypto::CryptoProvider,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::{sync::watch, task::spawn_blocking, time::sleep};

use super::{
    TlsFiles,
    pair::{Pair, PairError},
};
use crate::http::Chain;

/// What new connections get. Those that are open keep what they have.
#[derive(Debug)]
pub(super) struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    pub(super) fn new(pair: Pair) -> Self {
        Self(RwLock::new(pair.0))
    }

    fn replace(&self, pair: Pair) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = pair.0;
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What a file system says of both files; another stamp means other files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp([Option<OneStamp>; 2]);

#[derive(Debug, PartialEq, Eq)]
struct OneStamp {
    modified: Option<SystemTime>,
    bytes: u64,
    /// Inode, and when it last changed in any way: a link that was turned to another file, a file that was renamed into place.
    inode: (u64, i64, i64),
}

impl Stamp {
    pub(super) fn of(files: &TlsFiles) -> Self {
        Self([OneStamp::of(&files.certificate), OneStamp::of(&files.key)])
    }
}

impl OneStamp {
    /// Of the file that `path` leads to; none when it is not there now.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let inode = {
            use std::os::unix::fs::MetadataExt;
            (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let inode = (0, 0, 0);
        Some(Self { modified: metadata.modified().ok(), bytes: metadata.len(), inode })
    }
}

/// Looks at the files until the server goes down.
pub(super) async fn keep_fresh(
    files: TlsFiles,
    stamp: Stamp,
    current: Arc<Current>,
    provider: Arc<CryptoProvider>,
    mut closing: watch::Receiver<bool>,
) {
    let (files, mut watching) = (Arc::new(files), Watch { settled: stamp, seen: None });
    loop {
        tokio::select! {
            // An error means that nobody is left who could say so: then it is down.
            _ = closing.wait_for(|closing| *closing) => return,
            () = sleep(files.check_every) => {}
        }
        let (looked_at, provider) = (Arc::clone(&files), Arc::clone(&provider));
        // A disk can take its time, and this thread serves connections.
        let Ok((watched, read)) = spawn_blocking(move || {
            let read = watching.look(&looked_at, &provider);
            (watching, read)
        })
        .await
        else {
            return;
        };
        watching = watched;
        match read {
            None => {}
            Some(Ok(pair)) => {
                pair.warn_of_its_dates();
                current.replace(pair);
                tracing::info!("the certificate was renewed: new connections get it");
            }
            Some(Err(error)) => {
                tracing::error!(error = %Chain(&error), "the renewed certificate cannot be used: the old one stays in force");
            }
        }
    }
}

struct Watch {
    /// The files that are in force, or were refused.
    settled: Stamp,
    /// Other ones, when they were seen once.
    seen: Option<Stamp>,
}

impl Watch {
    /// Reads files that are other ones. They have to look the same twice: two files are not written in one moment, and a certificate beside a
    /// key that is still to come would be reported for nothing.
    fn look(&mut self, files: &TlsFiles, provider: &CryptoProvider) -> Option<Result<Pair, PairError>> {
        let stamp = Stamp::of(files);
        if stamp == self.settled {
            self.seen = None;
            return None;
        }
        if self.seen.as_ref() != Some(&stamp) {
            self.seen = Some(stamp);
            return None;
        }
        (self.settled, self.seen) = (stamp, None);
        Some(Pair::read(files, provider))
    }
}
