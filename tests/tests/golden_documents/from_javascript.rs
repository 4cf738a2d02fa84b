//! What a phone written in JavaScript (tests/js) recorded: the server admits it like any other.

use anyhow::{Context as _, Result};
use linecrew_protocol::{
    Automerge,
    actor::actor_of,
    gate::{self, Expected},
    model::{
        document::Snapshot,
        reference::Reference,
        work::authorize::{Edit, authorize},
    },
};

use crate::{
    files::golden,
    story::{Story, crew_member},
};

#[test]
fn a_document_saved_by_javascript_is_read() -> Result<()> {
    let from_javascript = Automerge::load(&golden("from_javascript.automerge")?)?;
    let snapshot = Snapshot::read(&from_javascript)?;
    let before = Snapshot::read(&Story::tell()?.work_started)?;
    assert_eq!(snapshot.events.len(), before.events.len() + 1);
    assert_eq!(snapshot.notes, before.notes + "客户要求电话通知复电时间\n");
    Ok(())
}

#[test]
fn an_edit_made_by_javascript_is_admitted() -> Result<()> {
    let mut from_javascript = Automerge::load(&golden("from_javascript.automerge")?)?;
    let server = Story::tell()?.work_started;
    let added = server.get_changes_added(&from_javascript);
    let change = added.first().context("JavaScript added a change")?;
    assert_eq!(added.len(), 1);

    let author = crew_member(3);
    let inspected = gate::inspect(change.raw_bytes())?;
    let document = Snapshot::read(&server)?.meta.id;
    let expected =
        Expected { actor: actor_of(author.installation, document, 0), next_seq: 1, document_changes: 10, document_bytes: 10_000 };
    let applied = gate::apply(&server, &inspected, &expected)?;
    let before = applied.before(&server);
    let touches = gate::touched(&inspected, before);
    let recorded =
        authorize(&Edit { before, after: applied.after(), touches: &touches, device_seq: 1, reference: &Reference::default() }, &author)?;
    assert_eq!(recorded.event.kind, "noted");
    assert_eq!(applied.merged().get_heads(), from_javascript.get_heads());
    from_javascript.merge(&mut server.clone())?;
    Ok(())
}
