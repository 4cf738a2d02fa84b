//! Changes built field by field, so that each field can lie.

use crate::seal::seal;

/// A change's parts; the default is an honest first change that puts 1 under "k" in the root.
#[derive(Clone)]
pub(crate) struct Forged {
    pub(crate) deps: Vec<[u8; 32]>,
    pub(crate) actor: Vec<u8>,
    pub(crate) seq: Vec<u8>,
    pub(crate) start_op: Vec<u8>,
    pub(crate) time: Vec<u8>,
    pub(crate) message: Vec<u8>,
    pub(crate) other_actors: Vec<Vec<u8>>,
    pub(crate) columns: Vec<(u64, Vec<u8>)>,
    pub(crate) extra: Vec<u8>,
}

impl Default for Forged {
    fn default() -> Self {
        Self {
            deps: Vec::new(),
            actor: vec![7; 16],
            seq: vec![1],
            start_op: vec![1],
            time: vec![0],
            message: Vec::new(),
            other_actors: Vec::new(),
            columns: vec![
                (0x15, vec![0x7f, 1, b'k']),
                (0x34, vec![1]),
                (0x42, vec![0x7f, 1]),
                (0x56, vec![0x7f, 0x14]),
                (0x57, vec![1]),
                (0x70, vec![0x7f, 0]),
            ],
            extra: Vec::new(),
        }
    }
}

impl Forged {
    /// Puts another column in, in its place.
    pub(crate) fn with_column(mut self, spec: u64, bytes: Vec<u8>) -> Self {
        self.columns.retain(|(known, _)| *known != spec);
        self.columns.push((spec, bytes));
        self.columns.sort_by_key(|(spec, _)| *spec);
        self
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        let mut body = unsigned(self.deps.len() as u64);
        self.deps.iter().for_each(|dep| body.extend(dep));
        body.extend(prefixed(&self.actor));
        body.extend(&self.seq);
        body.extend(&self.start_op);
        body.extend(&self.time);
        body.extend(prefixed(&self.message));
        body.extend(unsigned(self.other_actors.len() as u64));
        self.other_actors.iter().for_each(|actor| body.extend(prefixed(actor)));
        body.extend(unsigned(self.columns.len() as u64));
        for (spec, bytes) in &self.columns {
            body.extend(unsigned(*spec));
            body.extend(unsigned(bytes.len() as u64));
        }
        self.columns.iter().for_each(|(_, bytes)| body.extend(bytes));
        body.extend(&self.extra);
        body
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        seal(1, &self.body())
    }
}

/// A number as unsigned LEB128.
pub(crate) fn unsigned(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
    bytes
}

/// A positive number as signed LEB128.
pub(crate) fn positive(number: u64) -> Vec<u8> {
    let mut bytes = unsigned(number);
    if bytes.last().is_some_and(|last| last & 0x40 != 0) {
        *bytes.last_mut().unwrap() |= 0x80;
        bytes.push(0);
    }
    bytes
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [unsigned(bytes.len() as u64), bytes.to_vec()].concat()
}
