//! The program in the hands of a person without coverage.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use crate::{
    office::Office,
    phone::{Phone, inline},
};

/// A phone that has synced, whose store the program uses from now on.
pub(crate) struct Terminal {
    phone: Phone,
    columns: usize,
    lang: &'static str,
}

/// What the program said, and its exit code.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) text: String,
}

impl Terminal {
    pub(crate) fn of(phone: Phone) -> Self {
        phone.client.clone().close().unwrap();
        Self::of_wiped(phone)
    }

    /// A phone whose store a wipe has closed.
    pub(crate) fn of_wiped(phone: Phone) -> Self {
        Self { phone, columns: 100, lang: "en" }
    }

    pub(crate) fn columns(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    pub(crate) fn lang(mut self, lang: &'static str) -> Self {
        self.lang = lang;
        self
    }

    /// Types a line; words in quotes stay together.
    pub(crate) fn types(&self, line: &str) -> Said {
        self.types_with(line, "")
    }

    pub(crate) fn types_with(&self, line: &str, stdin: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linecrew-phone"));
        command.env_clear().env("LINECREW_PHONE_DATA", self.phone.folder.path()).env("COLUMNS", self.columns.to_string());
        command.current_dir(self.phone.folder.path()).args(["--offline", "--lang", self.lang]).args(words(line));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that reads nothing may be gone already.
        let _unread = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
        Said { code: status.code().unwrap(), text }
    }

    /// Types lines that all have to be carried out.
    pub(crate) fn does(&self, lines: &[&str]) {
        for line in lines {
            let said = self.types(line);
            assert_eq!(said.code, 0, "{line}: {}", said.text);
        }
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.phone.folder.path().join(name)
    }

    /// The phone, with its store open.
    pub(crate) fn opens(mut self) -> Phone {
        self.phone.open(&self.phone.path(), inline());
        self.phone
    }

    /// Back in coverage.
    pub(crate) fn syncs(self, office: &mut Office) -> Phone {
        let phone = self.opens();
        phone.sync(office);
        assert_eq!(phone.client.status().unwrap().needs_attention, 0, "{:?}", phone.client.inbox().unwrap());
        assert_eq!(phone.client.status().unwrap().pending(), 0);
        phone
    }
}

impl Said {
    /// Fails unless it ended with `code` and said all of this.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, says: &[&str]) {
        assert_eq!(self.code, code, "{}", self.text);
        for words in says {
            assert!(self.text.contains(words), "{words:?} is not in:\n{}", self.text);
        }
    }
}

fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let mut words: Vec<String> = Vec::new();
    for (at, part) in parts {
        if at % 2 == 1 {
            match words.last_mut().filter(|word| word.ends_with('=')) {
                Some(word) => word.push_str(part),
                None => words.push(part.to_owned()),
            }
        } else {
            words.extend(part.split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    words
}
