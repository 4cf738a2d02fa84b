//! The step `demo`: a short day, and whether its last line says what it must.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::demo::{self, Options};

/// How long the day lasts.
const SECONDS: u64 = 20;
/// How long it may take to end, with every phone catching up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs a day on a free port.
pub(super) fn run() -> Result<()> {
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).context("no free port")?.port();
    let mut day = demo::command(&Options { seconds: Some(SECONDS), port: Some(port), ..Options::default() })?;
    let mut day = day.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start linecrew-demo")?;
    let last = last_line(&mut day);
    if last.is_err() {
        let _ = day.kill();
    }
    let status = day.wait().context("cannot wait for linecrew-demo")?;
    check(&last?)?;
    ensure!(status.success(), "the demo ended with {status}");
    Ok(())
}

/// Passes the day's output on, and keeps its last line.
fn last_line(day: &mut Child) -> Result<String> {
    let output = day.stdout.take().context("the demo has no output")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let deadline = Instant::now() + PATIENCE;
    let mut last = String::new();
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                println!("{line}");
                last = line;
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(last),
            Err(mpsc::RecvTimeoutError::Timeout) => bail!("the demo did not end within {} s", PATIENCE.as_secs()),
        }
    }
}

/// Nothing pending, everywhere the same, and something was done at all.
fn check(last: &str) -> Result<()> {
    let day: Value = serde_json::from_str(last).with_context(|| format!("the demo's last line is not JSON: {last:?}"))?;
    let count = |name: &str| day.get(name).and_then(Value::as_u64).with_context(|| format!("the demo's last line has no number {name:?}"));
    ensure!(count("documents")? > 0 && count("edits")? > 0, "nothing happened in the demo: {last}");
    ensure!(count("pending")? == 0, "phones still owe edits at the end of the demo: {last}");
    ensure!(count("accepted")? + count("quarantined")? == count("edits")?, "not every edit is accounted for: {last}");
    ensure!(day.get("replicas_equal") == Some(&Value::Bool(true)), "the replicas differ at the end of the demo: {last}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_lost_something_fails() {
        let good = r#"{"documents":9,"edits":80,"accepted":79,"quarantined":1,"pending":0,"replicas_equal":true}"#;
        assert!(check(good).is_ok());
        for (part, worse) in [
            ("\"documents\":9", "\"documents\":0"),
            ("\"accepted\":79", "\"accepted\":78"),
            ("\"pending\":0", "\"pending\":1"),
            ("true", "false"),
            ("\"edits\":80,", ""),
            ("}", ""),
        ] {
            assert!(check(&good.replace(part, worse)).is_err(), "{worse}");
        }
    }
}
