//! The step `demo`: a short day, a dispatcher in a real browser in the middle of it, and whether its last line says what it must.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::{
    board,
    demo::{self, Options},
    house, tools,
};

/// How long the day lasts: the dispatcher needs about 10 s, on a busy machine three times as long.
const SECONDS: u64 = 45;
/// How long it may take to end, with every phone catching up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs a day on a free port.
pub(super) fn run() -> Result<()> {
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).context("no free port")?.port();
    let mut day = demo::command(&Options { seconds: Some(SECONDS), port: Some(port), ..Options::default() })?;
    let mut day = day.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start linecrew-demo")?;
    let mut dispatcher = None;
    let last = last_line(&mut day, || {
        dispatcher = Some(sign_in(port)?);
        Ok(())
    });
    if last.is_err() {
        let _ = day.kill();
    }
    let status = day.wait().context("cannot wait for linecrew-demo")?;
    let dispatched = dispatcher.map(|mut dispatcher| dispatcher.wait()).transpose().context("cannot wait for the board's live test")?;
    check(&last?)?;
    ensure!(status.success(), "the demo ended with {status}");
    ensure!(dispatched.is_some_and(|status| status.success()), "the board's live test against the demo failed");
    Ok(())
}

/// A dispatcher in headless Chromium, at the demo's own board: `server/board/tests/live.spec.ts`.
fn sign_in(port: u16) -> Result<Child> {
    let mut test = Command::new("npx");
    test.args(["playwright", "test", "tests/live.spec.ts"]).current_dir(house::root().join(board::FOLDER)).stdin(Stdio::null());
    test.env("CHROMIUM", tools::chromium().unwrap_or_default()).env("LINECREW_URL", format!("http://127.0.0.1:{port}"));
    test.env("LINECREW_USER", "dispatcher").env("LINECREW_PASSWORD", "linecrew-demo");
    test.spawn().context("cannot start the board's live test")
}

/// Passes the day's output on, and keeps its last line; `begun` is called once, when people may sign in.
fn last_line(day: &mut Child, begun: impl FnOnce() -> Result<()>) -> Result<String> {
    let output = day.stdout.take().context("the demo has no output")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let deadline = Instant::now() + PATIENCE;
    let (mut last, mut begun) = (String::new(), Some(begun));
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                println!("{line}");
                if line.contains("in a second terminal")
                    && let Some(begun) = begun.take()
                {
                    begun()?;
                }
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
