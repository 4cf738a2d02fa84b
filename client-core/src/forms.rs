//! The survey forms on this phone, and which of them a rule needs to know.

use automerge::{ObjId, ROOT, ReadDoc};
use linecrew_protocol::{
    Automerge,
    model::{form::Form, kinds, reference::Reference, work::field::Shape},
};
use rusqlite::Connection;

use crate::{client::Client, error::StoreError, store::form};

impl Client {
    /// The form with this name and version; `None` when it has not arrived yet.
    ///
    /// # Errors
    /// The store failed.
    pub fn form(&self, name: &str, version: u32) -> Result<Option<Form>, StoreError> {
        self.read(|connection| Ok(form::find(connection, name, version)?))
    }

    /// Every form on this phone, by name and version.
    ///
    /// # Errors
    /// The store failed.
    pub fn forms(&self) -> Result<Vec<Form>, StoreError> {
        self.read(|connection| Ok(form::all(connection)?))
    }
}

/// What rules about a document need to know beside it: the form that its order names, when it names one. Parsing every form for every
/// command would cost more than the command.
pub(crate) fn reference_of(connection: &Connection, document: &Automerge) -> rusqlite::Result<Reference> {
    let Some((name, version)) = named(document) else { return Ok(Reference::default()) };
    Ok(Reference::of(form::find(connection, &name, version)?))
}

fn named(document: &Automerge) -> Option<(String, u32)> {
    let kind = text(document, &map(document, &ROOT, "meta")?, "kind")?;
    let field = kinds::named(&kind)?.describe().about.iter().find(|field| field.shape == Shape::Form)?;
    let form = map(document, &map(document, &ROOT, "order")?, field.name)?;
    let (version, _) = document.get(&form, "version").ok()??;
    Some((text(document, &form, "form")?, u32::try_from(version.as_i64()?).ok()?))
}

fn map(document: &Automerge, within: &ObjId, key: &str) -> Option<ObjId> {
    document.get(within, key).ok()?.filter(|(value, _)| value.is_object()).map(|(_, object)| object)
}

fn text(document: &Automerge, within: &ObjId, key: &str) -> Option<String> {
    document.get(within, key).ok()??.0.as_str().map(str::to_owned)
}
