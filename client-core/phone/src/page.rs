//! What a text is written for: a language, a width, a moment, and colours or none.

use crate::{clock::Clock, lang::Lang};

/// A colour with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Safe, met.
    Good,
    /// Waits, soon due.
    Warn,
    /// Needs a person.
    Bad,
    /// Less important.
    Dim,
    /// A headline.
    Bold,
}

/// How to write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) lang: Lang,
    pub(crate) clock: Clock,
    pub(crate) columns: usize,
    pub(crate) coloured: bool,
}

impl Page {
    /// The text in a colour, where colours show.
    pub(crate) fn ink(&self, ink: Ink, text: impl AsRef<str>) -> String {
        let text = text.as_ref();
        if !self.coloured || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Good => "32",
            Ink::Warn => "33",
            Ink::Bad => "31",
            Ink::Dim => "2",
            Ink::Bold => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    pub(crate) fn of<T>(&self, english: T, chinese: T) -> T {
        self.lang.of(english, chinese)
    }

    /// `3 edits`, `1 edit`, `3 项修改`.
    pub(crate) fn edits(&self, count: u64) -> String {
        let plural = if count == 1 { "" } else { "s" };
        self.of(format!("{count} edit{plural}"), format!("{count} 项修改"))
    }

    /// `12 min`, `3 h 05`, `6 d 4 h`.
    pub(crate) fn span(&self, millis: u64) -> String {
        let minutes = millis / 60_000;
        let (days, hours, rest) = (minutes / 1_440, minutes / 60, minutes % 60);
        if days > 1 {
            let hours = hours % 24;
            self.of(format!("{days} d {hours} h"), format!("{days} 天 {hours} 小时"))
        } else if hours == 0 {
            self.of(format!("{minutes} min"), format!("{minutes} 分钟"))
        } else {
            self.of(format!("{hours} h {rest:02}"), format!("{hours} 小时 {rest:02} 分"))
        }
    }
}
