//! The golden files.

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use linecrew_protocol::model::{document::Snapshot, work::view::view};
use serde_json::{Value, json};

use crate::story::Story;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/documents").join(name)
}

/// A kept file.
pub(crate) fn golden(name: &str) -> Result<Vec<u8>> {
    fs::read(path(name)).with_context(|| format!("cannot read {}; LINECREW_BLESS=1 writes it", path(name).display()))
}

/// Compares a kept file, or writes it when `LINECREW_BLESS` is set.
pub(crate) fn bless_or(name: &str, now: &[u8], compare: impl FnOnce(&[u8]) -> Result<()>) -> Result<()> {
    if env::var_os("LINECREW_BLESS").is_some() {
        return fs::write(path(name), now).with_context(|| format!("cannot write {}", path(name).display()));
    }
    compare(&golden(name)?)
}

/// What a reader must find in the document, in plain JSON.
pub(crate) fn expectation(story: &Story) -> Result<String> {
    let document = &story.archived;
    let snapshot = Snapshot::read(document)?;
    let (seen, standing) = view(document, &Default::default())?;
    let events = snapshot.events.iter().map(|(id, text)| Ok((id.to_string(), serde_json::from_str(text)?)));
    let materials: BTreeMap<String, Value> =
        snapshot.materials.iter().map(|(id, lines)| Ok((id.to_string(), serde_json::to_value(lines)?))).collect::<Result<_>>()?;
    let expected = json!({
        "heads": document.get_heads().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "changes": story.changes.len(),
        "meta": snapshot.meta,
        "order": snapshot.order,
        "assignment": snapshot.assignment,
        "events": events.collect::<Result<BTreeMap<String, Value>>>()?,
        "materials": materials,
        "notes": snapshot.notes,
        "state": standing.fold.state.name,
        "history": seen.history.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&expected)? + "\n")
}

/// Two lower-case digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The reverse.
pub(crate) fn unhex(text: &str) -> Result<Vec<u8>> {
    ensure!(text.len().is_multiple_of(2) && text.is_ascii(), "not a line of hexadecimal digits");
    let digits: Vec<char> = text.chars().collect();
    digits.chunks(2).map(|pair| Ok(u8::from_str_radix(&pair.iter().collect::<String>(), 16)?)).collect()
}
