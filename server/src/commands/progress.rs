//! How far a long import is, for whoever waits for it at a terminal.

use std::io::{IsTerminal, Write};

/// Shows how many of how many are done.
pub(super) struct Progress {
    things: &'static str,
    total: usize,
    shows: bool,
}

impl Progress {
    /// Nothing is done yet. Nothing is shown unless standard error is a terminal.
    pub(super) fn of(total: usize, things: &'static str) -> Self {
        Self { things, total, shows: total > 0 && std::io::stderr().is_terminal() }
    }

    /// So many are done.
    pub(super) fn show(&self, done: usize) {
        if self.shows {
            eprint!("\r{done} of {} {}", self.total, self.things);
            std::io::stderr().flush().ok();
        }
    }

    /// Everything is done that will be.
    pub(super) fn end(&self) {
        if self.shows {
            eprintln!();
        }
    }
}
