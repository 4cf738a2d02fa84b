//! What all items of a district share: survey forms, which travel in the reference feed as documents of their own.

use std::{collections::BTreeMap, sync::Arc};

use automerge::{Automerge, transaction::Transactable};

use crate::{
    model::{
        command::{Author, Written, create, unwritable},
        document::{Meta, Snapshot, section},
        event::Recorded,
        form::Form,
    },
    refusal::{Reason, Refusal},
};

/// `meta.kind` of a form's document.
pub const FORM_KIND: &str = "form_definition";

/// The forms that one end knows.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    forms: BTreeMap<(String, u32), Arc<Form>>,
}

impl Reference {
    /// What is known with these forms.
    pub fn of(forms: impl IntoIterator<Item = Form>) -> Self {
        let mut reference = Self::default();
        forms.into_iter().for_each(|form| reference.add(form));
        reference
    }

    /// Adds a form. A version that is known stays as it is: people have answered it.
    pub fn add(&mut self, form: Form) {
        self.forms.entry((form.form.clone(), form.version)).or_insert_with(|| Arc::new(form));
    }

    /// The form with this name and version.
    #[must_use]
    pub fn form(&self, name: &str, version: u32) -> Option<&Arc<Form>> {
        self.forms.get(&(name.to_owned(), version))
    }

    /// All forms, by name and version.
    pub fn forms(&self) -> impl Iterator<Item = &Arc<Form>> {
        self.forms.values()
    }
}

/// The first and only change of a form's document. Only a server writes it.
///
/// # Errors
/// When the definition is none.
pub fn publish(meta: &Meta, definition: &str, author: &Author) -> Result<Written, Refusal> {
    read_definition(definition)?;
    let recorded: Recorded = author.sign(("published".to_owned(), serde_json::Value::Null));
    create(meta, author, recorded, |transaction| {
        let order = section(transaction, "order")?;
        transaction.put(&order, "definition", definition).map_err(unwritable)
    })
}

/// The form in a document.
///
/// # Errors
/// [`Reason::UnreadableEvent`] when it is no form that this build can read.
pub fn read(document: &Automerge) -> Result<Form, Refusal> {
    let snapshot = Snapshot::read(document)?;
    let definition = snapshot.order.get("definition").and_then(|text| text.as_str());
    match definition {
        Some(text) if snapshot.meta.kind == FORM_KIND => read_definition(text),
        _ => Err(Refusal::new(Reason::UnreadableEvent, "not a form's document")),
    }
}

fn read_definition(text: &str) -> Result<Form, Refusal> {
    Form::parse(text).map_err(|error| {
        // The author of the form needs the cause, which the error's own words leave to whoever prints the chain.
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Refusal::new(Reason::UnreadableEvent, format!("not a form: {error}{cause}"))
    })
}
