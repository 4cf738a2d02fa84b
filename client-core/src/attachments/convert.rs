//! Encrypting what an older build kept in the clear, under the SHA-256 of its bytes.
//!
//! One file after the other: the encrypted one is on stable storage under its name before the other goes. A process that ends anywhere in
//! between leaves at least one of them, whole, and the next one goes on. What the clear file occupied on the medium is free space from then on, and
//! whoever reads the bare medium may find it there until it is written over.

use std::{
    fs::{self, File},
    io,
};

use linecrew_protocol::model::work::field::is_hash;

use super::{Attachments, Step, sync_folder};

impl Attachments {
    /// Encrypts every file in the clear. One that fails, because there is no space, is left for the next time, and can be read meanwhile once there
    /// is.
    pub(crate) fn encrypt_plain(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        for hash in names.filter(|name| is_hash(name)) {
            if let Err(error) = self.convert(&hash) {
                tracing::warn!(%error, "a file of an older build could not be encrypted; the next opening of the store tries again");
            }
        }
    }

    /// Encrypts the file in the clear with this SHA-256; whether there was one.
    pub(super) fn convert(&self, hash: &str) -> io::Result<bool> {
        self.convert_watched(hash, &mut |_| {})
    }

    pub(super) fn convert_watched(&self, hash: &str, reached: &mut dyn FnMut(Step)) -> io::Result<bool> {
        let plain = self.folder.join(hash);
        let mut source = match File::open(&plain) {
            // There is none, or another process was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            source => source?,
        };
        self.drafted(|draft, salt| {
            // Sealed as what its bytes are: one that had rotted stays under its name, encrypted, and is said to be damaged.
            self.sealed(&mut source, draft, salt, u64::MAX, reached)?;
            fs::rename(draft, self.place_of(hash))?;
            reached(Step::Renamed);
            sync_folder(&self.folder)
        })?;
        match fs::remove_file(&plain) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        reached(Step::Removed);
        sync_folder(&self.folder)?;
        Ok(true)
    }
}
