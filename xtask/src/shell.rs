//! Commands that can be run and shown.

use std::{
    fmt, io,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::house;

/// One command line, in a folder of the repository.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    words: Vec<String>,
    folder: Option<&'static str>,
    variables: Vec<(&'static str, String)>,
}

impl Line {
    /// A command line from its words, separated by spaces (none of ours holds one).
    pub(crate) fn new(words: &str) -> Self {
        Self { words: words.split_whitespace().map(str::to_owned).collect(), ..Self::default() }
    }

    /// A command line from its words, which may hold spaces.
    pub(crate) fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self { words: words.into_iter().map(str::to_owned).collect(), ..Self::default() }
    }

    /// With one more word.
    pub(crate) fn and(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    /// In this folder of the repository.
    pub(crate) fn within(self, folder: &'static str) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// With an environment variable.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Runs it; its output is ours.
    pub(crate) fn run(&self) -> Result<()> {
        self.finish(&mut self.command())
    }

    /// Runs it as a preparation: stdout belongs to what comes after, so its output goes to stderr.
    pub(crate) fn prepare(&self) -> Result<()> {
        self.finish(self.command().stdout(io::stderr()))
    }

    /// Runs it for what it prints.
    pub(crate) fn read(&self) -> Result<String> {
        let done = self.command().stderr(Stdio::inherit()).output().with_context(|| format!("cannot start `{self}`"))?;
        if !done.status.success() {
            bail!("`{self}` failed ({})", done.status);
        }
        String::from_utf8(done.stdout).with_context(|| format!("`{self}` did not print text"))
    }

    fn finish(&self, command: &mut Command) -> Result<()> {
        eprintln!("$ {self}");
        let status = command.status().with_context(|| format!("cannot start `{self}`"))?;
        if !status.success() {
            bail!("`{self}` failed ({status})");
        }
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.words.first().map_or("", String::as_str));
        command.args(self.words.iter().skip(1)).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.map_or_else(house::root, |folder| house::root().join(folder)));
        command.stdin(Stdio::null());
        command
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(folder) = self.folder {
            write!(formatter, "cd {folder} && ")?;
        }
        for (name, value) in &self.variables {
            // A value with a space is quoted, so that the line can be pasted.
            let quote = if value.contains(' ') { "'" } else { "" };
            write!(formatter, "{name}={quote}{value}{quote} ")?;
        }
        formatter.write_str(&self.words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_as_it_could_be_typed() {
        let line = Line::new("npm run  check").within("server/board").with("A", "1").with("B", "-D warnings");
        assert_eq!(line.to_string(), "cd server/board && A=1 B='-D warnings' npm run check");
    }

    #[test]
    fn a_line_that_fails_names_itself() {
        assert!(Line::new("true").run().is_ok());
        assert_eq!(Line::new("echo two words").read().unwrap(), "two words\n");
        assert!(Line::new("false").read().is_err());
        assert!(format!("{:#}", Line::new("false").run().unwrap_err()).contains("`false` failed"));
        assert!(format!("{:#}", Line::new("no-such-program-here").run().unwrap_err()).contains("cannot start"));
    }
}
