//! The languages that the phone speaks.

use clap::ValueEnum;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 中文
    Zh,
}

impl Lang {
    /// The one that the environment asks for (`LC_ALL`, `LC_MESSAGES`, `LANG`).
    #[must_use]
    pub fn of_environment() -> Self {
        let named =
            ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        if named.is_some_and(|value| value.to_lowercase().starts_with("zh")) { Self::Zh } else { Self::En }
    }

    /// One text in this language.
    pub(crate) fn of<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }
}
