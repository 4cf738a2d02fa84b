//! A running server notices a rotation: nobody restarts anything.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{sync::watch, task::spawn_blocking, time::sleep};

use super::{FILE, KeyError, KeyRing, retired};
use crate::auth::Tokens;

/// What the file system says of the two files; another stamp means other files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp([Option<(u64, u64, SystemTime)>; 2]);

impl Stamp {
    /// As they are now. Taken before they are read, so that a change in between is seen the next time.
    pub(crate) fn of(data: &Path) -> Self {
        Self([FILE, retired::FILE].map(|name| {
            let metadata = fs::metadata(data.join(name)).ok()?;
            #[cfg(unix)]
            let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
            #[cfg(not(unix))]
            let inode = 0;
            Some((inode, metadata.len(), metadata.modified().ok()?))
        }))
    }
}

/// Looks at the keys of `data` until the server goes down, and lets `tokens` use what is there. Files that cannot be used change nothing.
pub(crate) async fn keep_fresh(data: PathBuf, every: Duration, tokens: Arc<Tokens>, mut closing: watch::Receiver<bool>) {
    let data = Arc::new(data);
    // Nothing is taken for seen: a rotation since the start is noticed at the first look.
    let mut seen = None;
    loop {
        tokio::select! {
            // An error means that nobody is left who could say so: then it is down.
            _ = closing.wait_for(|closing| *closing) => return,
            () = sleep(every) => {}
        }
        let (folder, before) = (Arc::clone(&data), seen.clone());
        // A disk can take its time, and this thread serves connections.
        let Ok((stamp, read)) = spawn_blocking(move || look(&folder, before.as_ref())).await else { return };
        seen = Some(stamp);
        match read {
            None => {}
            Some(Ok(ring)) => tokens.use_keys(ring),
            Some(Err(error)) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the signing keys cannot be used: those from before stay in force"
            ),
        }
    }
}

/// The keys, if the files are others than when they were seen.
fn look(data: &Path, seen: Option<&Stamp>) -> (Stamp, Option<Result<KeyRing, KeyError>>) {
    let stamp = Stamp::of(data);
    let read = (seen != Some(&stamp)).then(|| KeyRing::read(data));
    (stamp, read)
}
