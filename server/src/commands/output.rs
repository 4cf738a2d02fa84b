//! What a command prints: answers on standard output, complaints about single rows on standard error.

use std::io::{self, BufWriter, ErrorKind, Write};

use anyhow::Context;

/// Prints lines. Whoever closes the other end, as `head` does, has read enough: that is no failure, and the rest is not printed.
pub(super) fn lines(lines: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
    print(io::stdout().lock(), lines).context("failed to write to standard output")
}

/// Prints lines, or that there are none: silence could be anything.
pub(super) fn lines_or(printed: impl IntoIterator<Item = String>, none: &str) -> anyhow::Result<()> {
    let mut printed = printed.into_iter().peekable();
    if printed.peek().is_none() { line(none) } else { lines(printed) }
}

/// Prints one line.
pub(super) fn line(line: impl Into<String>) -> anyhow::Result<()> {
    lines([line.into()])
}

/// Prints what is wrong with single rows.
pub(super) fn problems(problems: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
    print(io::stderr().lock(), problems).context("failed to write to standard error")
}

fn print(to: impl Write, lines: impl IntoIterator<Item = String>) -> io::Result<()> {
    let mut output = BufWriter::new(to);
    let printed = lines.into_iter().try_for_each(|line| writeln!(output, "{line}")).and_then(|()| output.flush());
    match printed {
        // What is left in the buffer would be written once more when it is dropped.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            drop(output.into_parts());
            Ok(())
        }
        printed => printed,
    }
}
