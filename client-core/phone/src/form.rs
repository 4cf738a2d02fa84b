//! The form that a survey's order names.

use linecrew_client::{
    Client, StoreError,
    protocol::model::{
        form::Form,
        work::{WorkView, field::Shape},
    },
};

use crate::described;

/// The form of the item; none when its kind has no form, or the form has not arrived yet.
pub(crate) fn form_of(client: &Client, view: &WorkView) -> Result<Option<Form>, StoreError> {
    let Some((name, version)) = named(view) else { return Ok(None) };
    client.form(&name, version)
}

/// The form that the order names.
pub(crate) fn named(view: &WorkView) -> Option<(String, u32)> {
    let field = described::kind(&view.row.kind)?.about.iter().find(|field| field.shape == Shape::Form)?;
    let named = view.row.about.get(field.name)?;
    Some((named.get("form")?.as_str()?.to_owned(), u32::try_from(named.get("version")?.as_u64()?).ok()?))
}
