//! Files and signatures.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use linecrew_client::{
    Client, CommandError, Content, NewAttachment, SavedEdit,
    protocol::{
        ids::DocumentId,
        model::work::{
            field::is_hash,
            files::{AttachmentKind, SignerRole, Strokes},
        },
    },
};

use super::Typed;
use crate::{args::Sign, failure::Failure, fields::read_json};

/// Bytes of strokes that are read from standard input; a signature has 4 KiB.
const MAX_STROKES_BYTES: u64 = 64 * 1024;

pub(super) fn attached(item: String, file: PathBuf, caption: Option<String>) -> Typed {
    Typed::new(item, "attached", move |client, item| attach(client, item, &file, caption.unwrap_or_default()))
}

/// The hash of a photo: as typed, or of the file that is attached first.
pub(super) fn hash_of(client: &Client, item: DocumentId, photo: &str) -> Result<String, Failure> {
    if is_hash(photo) {
        return Ok(photo.to_owned());
    }
    if let Some(known) = attached_before(client, item, Path::new(photo))? {
        return Ok(known);
    }
    let saved = attach(client, item, Path::new(photo), String::new())?;
    let view = client.item(item)?.ok_or(Failure::Unreadable(item))?.view;
    let event = view.history.into_iter().find(|event| event.id == saved.event);
    let hash = event.and_then(|event| event.body.get("hash")?.as_str().map(str::to_owned));
    hash.ok_or(Failure::Unreadable(item))
}

/// The hash of these bytes, when the item has them: a step that was refused is typed again, its photos are not attached again.
fn attached_before(client: &Client, item: DocumentId, file: &Path) -> Result<Option<String>, Failure> {
    let view = client.item(item)?.ok_or(Failure::Unreadable(item))?.view;
    let Ok(bytes) = fs::metadata(file).map(|about| about.len()) else { return Ok(None) };
    let mut same_size = view.files.into_iter().filter(|known| known.bytes == bytes).peekable();
    let Some(bytes) = same_size.peek().and_then(|_| fs::read(file).ok()) else { return Ok(None) };
    let is_it = |hash: &str| client.attachment(hash).is_ok_and(|known| known.as_ref() == Some(&bytes));
    Ok(same_size.map(|known| known.hash).find(|hash| is_it(hash)))
}

fn attach(client: &Client, item: DocumentId, file: &Path, caption: String) -> Result<SavedEdit, Failure> {
    let (kind, mime) = media(file);
    let content = Content::Path(file.to_owned());
    let new = NewAttachment { kind, mime: mime.to_owned(), caption, taken_at: None, content };
    let attached = client.attach(item, new).map_err(|error| match error {
        CommandError::File(source) => Failure::NoFile { path: file.to_owned(), source },
        other => other.into(),
    })?;
    Ok(attached.edit)
}

/// What a file is, by the end of its name.
fn media(file: &Path) -> (AttachmentKind, &'static str) {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "jpg" | "jpeg" => (AttachmentKind::Photo, "image/jpeg"),
        "png" => (AttachmentKind::Photo, "image/png"),
        "webp" => (AttachmentKind::Photo, "image/webp"),
        "heic" => (AttachmentKind::Photo, "image/heic"),
        "m4a" => (AttachmentKind::Audio, "audio/mp4"),
        "mp3" => (AttachmentKind::Audio, "audio/mpeg"),
        "ogg" => (AttachmentKind::Audio, "audio/ogg"),
        "wav" => (AttachmentKind::Audio, "audio/wav"),
        "pdf" => (AttachmentKind::Document, "application/pdf"),
        "txt" => (AttachmentKind::Document, "text/plain"),
        _ => (AttachmentKind::Document, "application/octet-stream"),
    }
}

pub(super) fn signed(said: Sign) -> Result<Typed, Failure> {
    let role = role(&said.role).ok_or(Failure::NoSigner(said.role))?;
    let strokes = match said.strokes {
        Some(path) => read_json(path)?,
        None => from_stdin()?,
    };
    let strokes = Strokes::read(&strokes).map_err(Failure::Strokes)?;
    Ok(Typed::new(said.item, "signed", move |client, item| Ok(client.sign(item, role, said.name, strokes)?)))
}

fn role(text: &str) -> Option<SignerRole> {
    Some(match text.trim() {
        "customer" | "客户" => SignerRole::Customer,
        "technician" | "作业人员" => SignerRole::Technician,
        "witness" | "见证人" => SignerRole::Witness,
        _ => return None,
    })
}

fn from_stdin() -> Result<serde_json::Value, Failure> {
    let mut text = String::new();
    io::stdin().lock().take(MAX_STROKES_BYTES).read_to_string(&mut text).map_err(Failure::Terminal)?;
    serde_json::from_str(&text).map_err(|_| Failure::Strokes("must be lines of [x, y] points"))
}
