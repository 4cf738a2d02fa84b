//! Attaching a file: its bytes are safe on this phone before the edit that names them.

use std::{fs::File, io::Read, path::PathBuf};

use linecrew_protocol::{
    Reason, Refusal,
    ids::DocumentId,
    limits::MAX_ATTACHMENT_BYTES,
    model::work::{
        WorkCommand, WorkEvent,
        files::{Attachment, AttachmentKind},
    },
    time::Timestamp,
};

use super::{Command, CommandError, Prepared, SavedEdit};
use crate::{
    attachments::{AttachmentError, AttachmentReader},
    authoring,
    client::Client,
};

/// A file to attach.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// The media type, such as `image/jpeg`.
    pub mime: String,
    /// What it shows, in the person's words; may be empty.
    pub caption: String,
    /// When it was taken, by this phone's clock; now, when absent.
    pub taken_at: Option<Timestamp>,
    /// The bytes.
    pub content: Content,
}

/// A file that is on this phone's disk, and the edit that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// The SHA-256 of its bytes, in lower-case hexadecimal: its name everywhere.
    pub hash: String,
    /// The edit.
    pub edit: SavedEdit,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub enum Content {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file, which stays where it is.
    Path(PathBuf),
}

impl Content {
    fn open(self) -> std::io::Result<(u64, Box<dyn Read>)> {
        match self {
            Self::Bytes(bytes) => Ok((bytes.len() as u64, Box::new(std::io::Cursor::new(bytes)))),
            Self::Path(path) => {
                let file = File::open(path)?;
                Ok((file.metadata()?.len(), Box::new(file)))
            }
        }
    }
}

impl Client {
    /// Attaches a file. What the rules do not allow takes no space; after that the bytes are written beside the store, encrypted, and the edit
    /// then names their SHA-256. Should the edit find no space any more, the whole file stays, and the same bytes are not written twice.
    ///
    /// # Errors
    /// See [`CommandError`]. No edit was made.
    pub fn attach(&self, item: DocumentId, new: NewAttachment) -> Result<AttachedFile, CommandError> {
        let NewAttachment { kind, mime, caption, taken_at, content } = new;
        let taken_at = taken_at.unwrap_or_else(|| self.host().wall());
        let (bytes, source) = content.open()?;
        let mut attachment = Attachment { hash: "0".repeat(64), kind, mime, bytes, taken_at, caption };
        self.rehearse(item, &Command::Work(attached(&attachment)))?;
        // A file that grows while it is read is read no further than one byte beyond what is allowed.
        let mut source = source.take(MAX_ATTACHMENT_BYTES.saturating_add(1));
        let kept = self.attachments().keep(&mut source)?;
        if kept.bytes != bytes {
            return Err(CommandError::Refused(Refusal::new(Reason::InvalidValue, "the file changed while it was read")));
        }
        attachment.hash = kept.hash;
        let edit = self.execute(item, attached(&attachment))?;
        Ok(AttachedFile { hash: attachment.hash, edit })
    }

    /// The bytes of a file on this phone, verified; `None` when they are not here. All of them in memory: up to 64 MiB.
    ///
    /// # Errors
    /// See [`AttachmentError`].
    pub fn attachment(&self, hash: &str) -> Result<Option<Vec<u8>>, AttachmentError> {
        self.open_attachment(hash)?.map(AttachmentReader::read_whole).transpose()
    }

    /// The same, to be read piece by piece.
    ///
    /// # Errors
    /// See [`AttachmentError`].
    pub fn open_attachment(&self, hash: &str) -> Result<Option<AttachmentReader>, AttachmentError> {
        self.read(|_| self.attachments().open(hash))
    }

    /// Whether the rules allow it now. Writes nothing.
    fn rehearse(&self, item: DocumentId, command: &Command) -> Result<(), CommandError> {
        let host = self.host();
        self.read(|connection| {
            let Prepared { working, principal, moment } = Prepared::of(connection, host.as_ref(), item)?;
            Ok(authoring::rehearse(connection, &working, &principal, command, &moment)?)
        })
    }
}

fn attached(attachment: &Attachment) -> WorkCommand {
    WorkCommand::Record(WorkEvent::Attached(attachment.clone()))
}
