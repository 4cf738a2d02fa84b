//! Looking for what must not be there.

use std::collections::HashSet;

use crate::{forms, needles::Needles};

/// Bytes of a window by which most needles are ruled out at once: a few megabytes are searched for some ten thousand forms.
const WINDOW: usize = 5;

/// Something that was written down, and who wrote it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// What was found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) class: &'static str,
    pub(crate) source: &'static str,
    pub(crate) line: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} holds {}: {}", self.source, self.class, self.line)
    }
}

impl Source {
    pub(crate) fn new(name: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name, bytes: bytes.into() }
    }

    pub(crate) fn lines_with(&self, part: &str) -> usize {
        String::from_utf8_lossy(&self.bytes).lines().filter(|line| line.contains(part)).count()
    }
}

/// Looks for every needle in every form; the first place of each in each source.
pub(crate) fn search(needles: &Needles, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        let windows: HashSet<&[u8]> = source.bytes.windows(WINDOW).collect();
        for (class, needle) in needles.all() {
            let forms = forms::of(needle).into_iter().filter(|form| windows.contains(&form[..WINDOW.min(form.len())]));
            if let Some(at) = forms.filter_map(|form| position(&source.bytes, &form)).min() {
                findings.push(Finding { class, source: source.name, line: line_at(&source.bytes, at) });
            }
        }
    }
    findings
}

fn position(bytes: &[u8], form: &[u8]) -> Option<usize> {
    // A number is that number only when it is the whole of one: the digits of an id or of a duration are not a telephone.
    let is_number = form.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let is_end = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    bytes.windows(form.len()).enumerate().filter(|(_, window)| *window == form).map(|(at, _)| at).find(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !is_number || (is_end(before) && is_end(bytes.get(at + form.len())))
    })
}

fn line_at(bytes: &[u8], at: usize) -> String {
    let begin = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end);
    String::from_utf8_lossy(&bytes[begin..end]).chars().take(400).collect()
}
