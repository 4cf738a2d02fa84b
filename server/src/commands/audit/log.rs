//! `linecrew audit log`.

use std::{
    fs,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use clap::Args;
use linecrew_server::{
    UtcOffset,
    store::{
        refused::{DecisionRecord, Fate},
        sqlite::{LogAnchor, LogAudit, LostEdit},
    },
};

use super::super::{
    output,
    place::{Place, read},
};

const EXAMPLE: &str = "\
It reads the database beside a running server or without one, and changes nothing. Each finding is a line with its place; the first of a phone is
its first bad entry:

  phone DEVICE, edit 17: its link does not follow: it, or the edit before it, was changed or taken away
  change 4711 (edit 3 of DEVICE): its bytes are not those that its hash names

`lost` is no finding: an edit of which a phone had only the hash left when it came. Nor is `decision`: what was decided about refused edits, by whom,
when and why, and what was judged again when access came back.

After them comes an anchor for each phone: the end of its chain. Keep them where nobody who can write to this store can write, and compare later: a
chain that was cut at its end, or written anew under another key, shows there.
  linecrew audit log --data ./data > anchors-2026-11.txt
  linecrew audit log --data ./data --anchors anchors-2026-11.txt

The exit code is 1 when there is a finding, and 0 when there is none.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Log {
    #[command(flatten)]
    place: Place,
    /// Compares with anchors that were kept: a file with lines as this command prints them; other lines are left alone.
    #[arg(long)]
    anchors: Option<PathBuf>,
    /// Writes everything into this file as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

impl Log {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let kept = self.anchors.as_deref().map(anchors_in).transpose()?.unwrap_or_default();
        let shows = std::io::stderr().is_terminal();
        let audit = self.place.audit_log(&kept, &mut |done, total| {
            if shows {
                eprint!("\r{done} of {total} changes and documents");
                std::io::stderr().flush().ok();
            }
        })?;
        if shows {
            eprintln!();
        }
        if let Some(file) = &self.json {
            fs::write(file, serde_json::to_vec_pretty(&audit)?).with_context(|| format!("failed to write {}", file.display()))?;
        }
        let LogAudit { edits, changes, anchors, lost, decisions, findings } = audit;
        let summary = format!(
            "{edits} edits of {} phones, {changes} changes: {} findings, {} lost{}",
            anchors.len(),
            findings.len(),
            lost.len(),
            self.anchors.map_or_else(String::new, |_| format!(", {} anchors compared", kept.len())),
        );
        let lost = lost.iter().map(|LostEdit { installation, device_seq }| format!("lost: phone {installation}, edit {device_seq}"));
        let decisions = decisions.iter().map(|decision| decided(decision, self.place.utc_offset()));
        let lines = findings.iter().map(ToString::to_string).chain(lost).chain(decisions).chain(anchors.iter().map(ToString::to_string));
        output::lines(lines.chain([summary]))?;
        if !findings.is_empty() {
            bail!("not everything is as it was");
        }
        Ok(())
    }
}

/// A decision in a line, with what became of its edits.
fn decided(decision: &DecisionRecord, offset: UtcOffset) -> String {
    let DecisionRecord { id, batch, choice, reason, by_name, at, edits, .. } = decision;
    let accepted = edits.iter().filter(|edit| edit.fate == Fate::Accepted).count();
    let (choice, at, total) = (choice.name(), offset.minute_at(*at), edits.len());
    format!("decision {id}: {choice} {batch} by {by_name} at {at}, {accepted} of {total} edits accepted: {reason}")
}

/// The anchors in a file.
fn anchors_in(file: &Path) -> anyhow::Result<Vec<LogAnchor>> {
    let text = String::from_utf8(read(file)?).with_context(|| format!("{} is no text", file.display()))?;
    let lines = (1_u32..).zip(text.lines()).filter(|(_, line)| line.starts_with("anchor "));
    let anchors: Vec<LogAnchor> = lines
        .map(|(number, line)| line.parse().with_context(|| format!("line {number} of {}", file.display())))
        .collect::<anyhow::Result<_>>()?;
    ensure!(!anchors.is_empty(), "there are no anchors in {}", file.display());
    Ok(anchors)
}
