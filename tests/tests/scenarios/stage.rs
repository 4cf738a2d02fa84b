//! The program that plays everybody but the phones.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::labels::Labels;

#[derive(Debug)]
pub(crate) struct Stage {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Stage {
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linecrew-stage"));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = process.stdin.take().context("its input is ours")?;
        let output = BufReader::new(process.stdout.take().context("its output is ours")?);
        Ok(Self { process, input, output })
    }

    /// Lets it act, and learns what there is to learn; answers what is to be written.
    pub(crate) fn act(&mut self, line: &str, labels: &mut Labels) -> Result<Vec<String>> {
        writeln!(self.input, "{line}")?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        let Some(words) = answer.trim_end().strip_prefix("ok") else { bail!("the stage: {answer}") };
        let mut said = Vec::new();
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            match word.split_once(":=") {
                Some((label, value)) => labels.learn(label, value),
                None => said.push(word),
            }
        }
        Ok(if said.is_empty() { Vec::new() } else { vec![said.join(" ")] })
    }

    /// It ends with its input, and leaves nothing behind.
    pub(crate) fn end(mut self) -> Result<()> {
        drop(self.input);
        ensure!(self.process.wait()?.success(), "the stage failed");
        Ok(())
    }
}
