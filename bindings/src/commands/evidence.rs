//! What proves work: signatures, files, material, and the safety gate.

use std::path::PathBuf;

use linecrew_client::{
    Content, NewAttachment,
    protocol::{
        ids::DocumentId,
        model::work::{
            SafetyStep,
            files::{AttachmentKind, SignerRole, Strokes},
        },
        time::Timestamp,
    },
};

use super::{Saved, SavedEdit};
use crate::{core::LinecrewCore, error::LinecrewError};

/// One line of a pen on a canvas of 400 by 160 units, from its top left corner.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Stroke {
    /// Where it went.
    pub points: Vec<Point>,
}

/// A point of the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Point {
    /// From the left, up to 400.
    pub x: u16,
    /// From the top, up to 160.
    pub y: u16,
}

/// A file to attach.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewFile {
    /// What it is.
    pub kind: AttachmentKind,
    /// The media type, such as `image/jpeg`.
    pub mime: String,
    /// Where its bytes are.
    pub content: FileContent,
    /// What it shows, in the person's words.
    #[uniffi(default = "")]
    pub caption: String,
    /// When it was taken, by this phone's clock; now, when absent.
    #[uniffi(default = None)]
    pub taken_at: Option<Timestamp>,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum FileContent {
    /// In a file that the app can read. It stays where it is.
    Path {
        /// Where.
        path: String,
    },
    /// In memory.
    Bytes {
        /// They.
        bytes: Vec<u8>,
    },
}

/// A file that is on this phone's disk, and the edit that names it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AttachedFile {
    /// Its name everywhere, such as in an exchange's `photo_removed`.
    pub hash: String,
    /// The edit.
    pub edit: SavedEdit,
}

impl From<linecrew_client::AttachedFile> for AttachedFile {
    fn from(linecrew_client::AttachedFile { hash, edit }: linecrew_client::AttachedFile) -> Self {
        Self { hash, edit: edit.into() }
    }
}

impl From<NewFile> for NewAttachment {
    fn from(NewFile { kind, mime, content, caption, taken_at }: NewFile) -> Self {
        let content = match content {
            FileContent::Path { path } => Content::Path(PathBuf::from(path)),
            FileContent::Bytes { bytes } => Content::Bytes(bytes),
        };
        Self { kind, mime, caption, taken_at, content }
    }
}

fn strokes(strokes: Vec<Stroke>) -> Strokes {
    Strokes(strokes.into_iter().map(|Stroke { points }| points.into_iter().map(|Point { x, y }| (x, y)).collect()).collect())
}

#[uniffi::export]
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `LinecrewError`, which says them")]
impl LinecrewCore {
    /// A step of the safety gate was taken. The detail is the ticket's number, the host of the briefing, the supervisor, the place.
    pub async fn record_safety_step(&self, item: DocumentId, step: SafetyStep, detail: String) -> Saved {
        self.command(move |client| client.record_safety_step(item, step, detail)).await
    }

    /// Somebody signed on this phone.
    pub async fn sign(&self, item: DocumentId, role: SignerRole, name: String, strokes: Vec<Stroke>) -> Saved {
        self.command(move |client| client.sign(item, role, name, self::strokes(strokes))).await
    }

    /// Writes a line of material.
    pub async fn record_material(&self, item: DocumentId, name: String, quantity: f64, unit: String) -> Saved {
        self.command(move |client| client.record_material(item, name, quantity, unit)).await
    }

    /// Attaches a file. Its bytes are on this phone, encrypted, before the edit that names them.
    pub async fn attach(&self, item: DocumentId, file: NewFile) -> Result<AttachedFile, LinecrewError> {
        self.write(move |client| Ok(client.attach(item, file.into())?.into())).await
    }
}
