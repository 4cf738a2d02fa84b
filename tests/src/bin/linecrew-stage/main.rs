//! What scenarios are played on (bindings/scenarios/README.md): a real server in a process of its own, its office and counter, and the way of
//! each phone to it. A line on stdin is a step, a line on stdout its answer; the end of stdin is the end of everything.

mod answer;
mod counter;
mod office;
mod setting;

use std::{
    io::{self, BufRead as _, Write as _},
    thread,
};

use anyhow::Result;
use linecrew_tests::scenario::written;
use tokio::sync::mpsc;

use crate::setting::Stage;

fn main() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(play())
}

async fn play() -> Result<()> {
    let mut stage = Stage::default();
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        let answer = match stage.act(&line).await {
            Ok(answer) => answer.to_string(),
            Err(error) => format!("failed {}", written(&format!("{error:#}"))),
        };
        let mut output = io::stdout().lock();
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// A thread reads them: links carry bytes while nobody says anything.
fn lines() -> mpsc::Receiver<String> {
    let (send, lines) = mpsc::channel(1);
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if send.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
