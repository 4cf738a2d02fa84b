//! The bytes of files on this phone.

use std::{
    io::Read as _,
    sync::{Arc, Mutex, PoisonError},
};

use linecrew_client::{AttachmentError, AttachmentReader};

use crate::{core::LinecrewCore, error::LinecrewError, runtime::aside};

/// Pieces that are read at a time at most.
const MAX_PIECE: u32 = 1024 * 1024;

/// The bytes of one file, piece by piece: a phone has no memory for all of them. Each piece was verified before it is given out.
#[derive(Debug, uniffi::Object)]
pub struct FileReader {
    content_bytes: u64,
    /// Locked by the one thread that reads, and never while anybody awaits.
    reader: Arc<Mutex<AttachmentReader>>,
}

#[uniffi::export]
impl LinecrewCore {
    /// A file by the SHA-256 of its bytes; absent when its bytes are not on this phone.
    ///
    /// # Errors
    /// [`LinecrewError::Store`] with `damaged` when what lies there is not what was kept, and the store's.
    pub async fn open_file(&self, hash: String) -> Result<Option<Arc<FileReader>>, LinecrewError> {
        self.write(move |client| Ok(client.open_attachment(&hash)?.map(|reader| Arc::new(FileReader::of(reader))))).await
    }
}

impl FileReader {
    fn of(reader: AttachmentReader) -> Self {
        Self { content_bytes: reader.content_bytes(), reader: Arc::new(Mutex::new(reader)) }
    }
}

#[uniffi::export]
impl FileReader {
    /// How many bytes the file has.
    ///
    /// # Errors
    /// Never.
    pub fn content_bytes(&self) -> Result<u64, LinecrewError> {
        Ok(self.content_bytes)
    }

    /// The next piece, of this many bytes and a mebibyte at most; empty after the last.
    ///
    /// # Errors
    /// [`LinecrewError::Store`] with `damaged`: what was read before was right, and is not all.
    pub async fn read(&self, bytes: u32) -> Result<Vec<u8>, LinecrewError> {
        let reader = Arc::clone(&self.reader);
        aside(move || {
            let mut piece = vec![0; usize::try_from(bytes.clamp(1, MAX_PIECE)).unwrap_or_default()];
            let mut filled = 0;
            let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            while let Some(rest) = piece.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                match reader.read(rest).map_err(failed)? {
                    0 => break,
                    read => filled = filled.saturating_add(read),
                }
            }
            piece.truncate(filled);
            Ok(piece)
        })
        .await
    }
}

/// A reader's own errors hold what is wrong with the file.
fn failed(error: std::io::Error) -> LinecrewError {
    match error.downcast::<AttachmentError>() {
        Ok(error) => error.into(),
        Err(error) => error.into(),
    }
}
