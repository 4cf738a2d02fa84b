//! Anchors: the end of a phone's chain at some moment, kept where nobody who can write to the store can write.

use std::{fmt, str::FromStr};

use linecrew_protocol::{
    ids::InstallationId,
    key::{ChainLink, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{Findings, LogPlace, edits::Edits, registered::Registered};

/// How far a phone's chain had come, and under which key. In text: `anchor INSTALLATION SEQ LINK KEY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAnchor {
    /// The phone.
    pub installation: InstallationId,
    /// Its newest edit; 0 before the first.
    pub seq: u64,
    /// The link of that edit.
    pub link: ChainLink,
    /// The phone's key.
    pub key: PublicKey,
}

/// A text that is no anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an anchor as `linecrew audit log` prints them")]
pub struct ParseAnchorError;

impl fmt::Display for LogAnchor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "anchor {} {} {} {}", self.installation, self.seq, self.link, self.key)
    }
}

impl FromStr for LogAnchor {
    type Err = ParseAnchorError;
    fn from_str(text: &str) -> Result<Self, ParseAnchorError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let ["anchor", installation, seq, link, key] = words.as_slice() else { return Err(ParseAnchorError) };
        Ok(Self {
            installation: installation.parse().map_err(|_| ParseAnchorError)?,
            seq: seq.parse().map_err(|_| ParseAnchorError)?,
            link: link.parse().map_err(|_| ParseAnchorError)?,
            key: key.parse().map_err(|_| ParseAnchorError)?,
        })
    }
}

/// The ends of all chains as they are. A phone from before keys has none.
pub(super) fn ends(registered: &Registered, edits: &Edits) -> Vec<LogAnchor> {
    let of = |(installation, phone): (InstallationId, &super::registered::Phone)| {
        let newest = edits.chains.get(&installation).and_then(|chain| chain.last());
        let (seq, link) = newest.map_or((0, Some(ChainLink::START)), |newest| (newest.device_seq, newest.link));
        Some(LogAnchor { installation, seq, link: link?, key: phone.key? })
    };
    registered.all().filter_map(of).collect()
}

/// Whether the store still holds what was there when these were kept.
pub(super) fn compare(kept: &[LogAnchor], registered: &Registered, edits: &Edits, findings: &mut Findings) {
    for LogAnchor { installation, seq, link, key } in kept {
        let (installation, device_seq) = (*installation, *seq);
        let Some(phone) = registered.find(installation) else {
            findings.add(LogPlace::Phone { installation }, "an anchor names it, and the register has no such phone");
            continue;
        };
        if phone.key != Some(*key) {
            findings.add(LogPlace::Phone { installation }, "its key is not the one in an anchor");
        }
        let there = if device_seq == 0 { Some(ChainLink::START) } else { edits.find(installation, device_seq).and_then(|edit| edit.link) };
        match there {
            Some(there) if there == *link => {}
            Some(_) => findings.add(LogPlace::Edit { installation, device_seq }, "it, or an edit before it, is not the one in an anchor"),
            None => findings.add(LogPlace::Edit { installation, device_seq }, "an anchor names it, and it is not there"),
        }
    }
}
