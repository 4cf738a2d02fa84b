//! Which paths a Rust source mentions, in full: `use std::{fs, time::Instant}` mentions `std::fs` and `std::time::Instant`.
//!
//! A small reader of tokens, not of Rust: it knows comments, strings, `use` trees and `crate`, `self`, `super`. That is enough to see which
//! module reaches into which; what a macro writes it does not see.

use std::collections::BTreeSet;

use crate::sources::Source;

/// All paths of two or more names, with `crate`, `self` and `super` resolved against the file's own module.
pub(crate) fn mentioned(source: &Source) -> BTreeSet<String> {
    let tokens = tokens(&source.text);
    let mut reader = Reader { tokens: &tokens, at: 0, module: module_of(&source.path), found: BTreeSet::new() };
    while reader.at < tokens.len() {
        reader.read(&[]);
    }
    reader.found
}

/// `client-core/protocol/src/model/repair.rs` is the module `crate::model::repair`.
pub(crate) fn module_of(path: &str) -> Vec<String> {
    let inside = path.rsplit_once("src/").map_or(path, |(_, inside)| inside).trim_end_matches(".rs");
    let names = inside.split('/').filter(|name| !matches!(*name, "lib" | "main" | "mod"));
    std::iter::once("crate").chain(names).map(str::to_owned).collect()
}

struct Reader<'a> {
    tokens: &'a [String],
    at: usize,
    module: Vec<String>,
    found: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    /// Reads one path, or one other token. `before` is what stands in front of the brace that we are in.
    fn read(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        let mut continued = false;
        loop {
            match self.next() {
                Some("{") if continued => return self.tree(&path),
                Some(name) if is_name(name) || name == "*" => path.push(name.to_owned()),
                _ => break,
            }
            continued = self.peek() == Some("::");
            if !continued {
                break;
            }
            self.at += 1;
        }
        self.add(&path);
    }

    fn tree(&mut self, before: &[String]) {
        while self.peek().is_some_and(|token| token != "}") {
            match self.peek() {
                Some(",") => self.at += 1,
                Some("as") => self.at += 2,
                _ => self.read(before),
            }
        }
        self.at += 1;
    }

    fn add(&mut self, path: &[String]) {
        let supers = path.iter().take_while(|name| *name == "super").count();
        let full = match path.first().map(String::as_str) {
            Some("super") => {
                let parents = self.module.len().saturating_sub(supers);
                self.module.iter().take(parents).chain(path.iter().skip(supers)).cloned().collect()
            }
            Some("self") => self.module.iter().chain(path.iter().skip(1)).cloned().collect(),
            _ => path.to_vec(),
        };
        if full.len() > 1 {
            self.found.insert(full.join("::"));
        }
    }

    fn next(&mut self) -> Option<&'a str> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token.map(String::as_str)
    }

    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).map(String::as_str)
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Names, `::` and single signs; comments and the insides of quotes are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token_length(rest));
        let is_left_out = token.trim().is_empty() || token.starts_with("//") || (token.len() > 1 && token.starts_with(['"', '\'']));
        if !is_left_out {
            tokens.push(token.to_owned());
        }
        rest = after;
    }
    tokens
}

/// The length in bytes of the token that `text` begins with.
fn token_length(text: &str) -> usize {
    let is_quoted = text.starts_with('\'') && (text.starts_with("'\\") || text.chars().nth(2) == Some('\''));
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with('"') {
        quoted_length(text, '"')
    } else if is_quoted {
        quoted_length(text, '\'')
    } else if is_name(text) {
        text.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(text.len())
    } else if text.starts_with("::") {
        2
    } else {
        text.chars().next().map_or(0, char::len_utf8)
    }
}

/// From a quote to the next one that is not escaped.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        if sign == quote && !escaped {
            return at + 1;
        }
        escaped = sign == '\\' && !escaped;
    }
    text.len()
}

#[test]
fn trees_are_spread_out() {
    let source = Source::new(
        "x/src/wire/frame.rs",
        "use std::{fs, time::{Instant, SystemTime as Clock}};\nuse crate::sync::*; // std::net\nfn f() { let x = \"std::thread\"; super::codec::go(self::y::z); if a { b::c } }",
    );
    let expected = [
        "b::c",
        "crate::sync::*",
        "crate::wire::codec::go",
        "crate::wire::frame::y::z",
        "std::fs",
        "std::time::Instant",
        "std::time::SystemTime",
    ];
    assert_eq!(mentioned(&source).into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn quotes_hide_nothing_after_them() {
    let source = Source::new("p/src/a.rs", r#"const A: [char; 3] = ['"', '\'', '\\']; fn f<'a>(x: &'a str) { b"\"\\"; std::fs::read(x) }"#);
    assert_eq!(mentioned(&source).into_iter().collect::<Vec<_>>(), ["std::fs::read"]);
}

#[test]
fn a_file_knows_its_module() {
    assert_eq!(module_of("client-core/protocol/src/lib.rs"), ["crate"]);
    assert_eq!(module_of("client-core/protocol/src/model/repair.rs"), ["crate", "model", "repair"]);
    let above = Source::new("p/src/model/repair/fold.rs", "use super::super::super::wire::Frame;");
    assert!(mentioned(&above).contains("crate::wire::Frame"));
}
