//! SPDX expressions, as far as crates use them.

/// Licences of which each permits to ship a program without opening its source, with its notice. 0BSD to Zlib ask for a notice at most;
/// CDLA-Permissive-2.0 is that of the Mozilla root certificates, which are data; `blessing` is
/// how SQLite says that it is in the public domain.
pub(super) const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
    "blessing",
];

/// Crates that may be under another one, which asks more of us: MPL-2.0 that their files stay open, and that an app's notices say where they are (docs/adr/0024).
pub(super) const EXCEPTIONS: &[(&str, &str)] = &[
    ("uniffi", "MPL-2.0"),
    ("uniffi_bindgen", "MPL-2.0"),
    ("uniffi_core", "MPL-2.0"),
    ("uniffi_internal_macros", "MPL-2.0"),
    ("uniffi_macros", "MPL-2.0"),
    ("uniffi_meta", "MPL-2.0"),
    ("uniffi_pipeline", "MPL-2.0"),
    ("uniffi_udl", "MPL-2.0"),
];

/// Whether the expression can be satisfied by allowed licences alone. `OR` and `/` are choices, `AND` is not.
pub(super) fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reading = Reading { words: &words, at: 0, broken: false };
    let allowed = reading.choice();
    allowed && !reading.broken && reading.at == words.len()
}

struct Reading<'a> {
    words: &'a [&'a str],
    at: usize,
    /// A licence or a parenthesis is missing: whatever is meant, it is not allowed.
    broken: bool,
}

impl Reading<'_> {
    fn choice(&mut self) -> bool {
        let mut allowed = self.all();
        while self.takes("OR") {
            // Both sides are read, whatever the first says.
            allowed |= self.all();
        }
        allowed
    }

    fn all(&mut self) -> bool {
        let mut allowed = self.one();
        while self.takes("AND") {
            allowed &= self.one();
        }
        allowed
    }

    fn one(&mut self) -> bool {
        if self.takes("(") {
            let allowed = self.choice();
            self.broken |= !self.takes(")");
            return allowed;
        }
        let Some(name) = self.words.get(self.at) else {
            self.broken = true;
            return false;
        };
        self.at += 1;
        let with = self.takes("WITH").then(|| self.words.get(self.at).copied()).flatten();
        self.at += usize::from(with.is_some());
        let name = with.map_or_else(|| (*name).to_owned(), |exception| format!("{name} WITH {exception}"));
        ALLOWED.contains(&name.as_str())
    }

    fn takes(&mut self, word: &str) -> bool {
        let is = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is);
        is
    }
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0-only OR MIT",
        "(MIT OR GPL-2.0) AND BSD-3-Clause",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        "MIT AND (ISC OR LGPL-2.1-or-later)",
    ] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "(MIT",
        "MIT OR",
        "MIT MIT",
        "GPL-2.0 WITH LLVM-exception",
        "(GPL-3.0 OR AGPL-3.0) AND MIT",
    ] {
        assert!(!is_allowed(bad), "{bad}");
    }
}
