//! Documents as Linecrew writes them, kept for ever: what any release wrote, every later one must read, and Automerge's JavaScript library
//! too (tests/js reads the same files).
//!
//! `LINECREW_BLESS=1 cargo test -p linecrew-tests --test golden_documents` writes them anew. Do that for a new layout only, and keep the old
//! files beside the new ones.

mod files;
mod from_javascript;
mod story;

use anyhow::Result;
use linecrew_protocol::{Automerge, gate, model::document::Snapshot, model::work::view::view};

use crate::{
    files::{bless_or, golden},
    story::Story,
};

#[test]
fn a_whole_life_is_read_as_it_was_written() -> Result<()> {
    let story = Story::tell()?;
    bless_or("repair_dispatch.automerge", &story.archived.save(), |kept| {
        assert_same(&Automerge::load(kept)?, &story.archived)?;
        Ok(())
    })?;
    bless_or("work_started.automerge", &story.work_started.save(), |kept| assert_same(&Automerge::load(kept)?, &story.work_started))
}

/// The bytes of changes are what travels and what is stored: they may not move by one bit.
#[test]
fn the_same_life_gives_the_same_changes() -> Result<()> {
    let lines: String = Story::tell()?.changes.iter().map(|change| files::hex(change.raw_bytes()) + "\n").collect();
    bless_or("repair_dispatch.changes", lines.as_bytes(), |kept| {
        assert_eq!(String::from_utf8_lossy(kept), lines);
        Ok(())
    })
}

#[test]
fn people_see_the_same_in_it() -> Result<()> {
    let story = Story::tell()?;
    let seen = files::expectation(&story)?;
    bless_or("repair_dispatch.json", seen.as_bytes(), |kept| {
        assert_eq!(String::from_utf8_lossy(kept), seen);
        Ok(())
    })
}

/// A phone gets its documents as changes, through the gate.
#[test]
fn the_kept_changes_pass_the_gate() -> Result<()> {
    let kept = String::from_utf8(golden("repair_dispatch.changes")?)?;
    let inspected = kept.lines().map(|line| Ok(gate::inspect(&files::unhex(line)?)?)).collect::<Result<Vec<_>>>()?;
    let mut received = Automerge::new();
    gate::receive(&mut received, &inspected)?;
    assert_same(&received, &Automerge::load(&golden("repair_dispatch.automerge")?)?)
}

fn assert_same(one: &Automerge, other: &Automerge) -> Result<()> {
    assert_eq!(one.get_heads(), other.get_heads());
    assert_eq!(Snapshot::read(one)?.events, Snapshot::read(other)?.events);
    assert_eq!(view(one, &Default::default())?.0, view(other, &Default::default())?.0);
    Ok(())
}
