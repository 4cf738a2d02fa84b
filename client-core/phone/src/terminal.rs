//! The terminal itself: its size, single keys.

use std::io::{self, IsTerminal};

/// Columns when the terminal does not say.
const USUAL_COLUMNS: usize = 100;

/// How wide lines may be.
pub(crate) fn columns() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.or_else(of_terminal).filter(|columns| *columns > 0).unwrap_or(USUAL_COLUMNS)
}

/// Whether to write in colours: only to a terminal, and not against <https://no-color.org>.
pub(crate) fn coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !refused && !dumb && io::stdout().is_terminal()
}

#[cfg(unix)]
fn of_terminal() -> Option<usize> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col))
}

#[cfg(not(unix))]
fn of_terminal() -> Option<usize> {
    None
}

/// Whether somebody can press keys, and see what they do.
pub(crate) fn has_keys() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Puts the terminal's modes back when it goes.
pub(crate) struct Modes {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Modes {
    /// Single keys, not shown. Ctrl-C still interrupts.
    pub(crate) fn keys() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin())?;
        let mut wanted = before.clone();
        wanted.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
        tcsetattr(io::stdin(), OptionalActions::Now, &wanted)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Modes {
    fn drop(&mut self) {
        // Nothing can be done about a terminal that is gone.
        let _gone = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &self.before);
    }
}

#[cfg(not(unix))]
impl Modes {
    #[expect(clippy::unnecessary_wraps, reason = "it fails on other systems")]
    pub(crate) fn keys() -> io::Result<Self> {
        Ok(Self {})
    }
}
