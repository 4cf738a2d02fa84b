//! `linecrew serve` and the way to it.

#![cfg(target_os = "linux")]

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use rcgen::date_time_ymd;

use crate::{
    certificates::{Authority, put},
    server::{Caller, HEALTH, ask},
};

/// A program that serves; killed when dropped.
pub(crate) struct Serving {
    process: Child,
    /// What it said first.
    line: String,
}

impl Serving {
    pub(crate) fn port(&self) -> u16 {
        self.line.trim().rsplit(':').next().unwrap().parse().unwrap()
    }

    pub(crate) fn resident_kib(&self) -> u32 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linecrew"));
    command.env_clear().args(["serve", "--data"]).arg(data).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

pub(crate) fn serve(data: &Path, arguments: &[&str]) -> Serving {
    let log = File::create(data.join("log")).unwrap();
    let mut process = command(data, arguments).stderr(log).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "{}", std::fs::read_to_string(data.join("log")).unwrap());
    Serving { process, line }
}

/// Why it does not serve.
fn refusal(data: &Path, arguments: &[&str]) -> String {
    let log = data.join("log");
    let mut process = command(data, arguments).stderr(File::create(&log).unwrap()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let mut serving = Serving { process, line };
    assert!(serving.line.is_empty(), "{arguments:?}: {}", serving.line);
    assert!(!serving.process.wait().unwrap().success());
    std::fs::read_to_string(log).unwrap()
}

#[test]
fn beyond_this_machine_cleartext_is_refused_unless_it_is_allowed() {
    let data = tempfile::tempdir().unwrap();
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let said = refusal(data.path(), &["--listen", listen]);
        assert!(said.contains("--allow-cleartext") && said.contains("--tls-cert"), "{said}");
    }
    let serving = serve(data.path(), &["--listen", "0.0.0.0:0", "--allow-cleartext"]);
    assert!(serving.line.starts_with("listening on http://0.0.0.0:"), "{}", serving.line);
    assert!(std::fs::read_to_string(data.path().join("log")).unwrap().contains("UNENCRYPTED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_certificate_it_listens_everywhere_and_speaks_tls() {
    let data = tempfile::tempdir().unwrap();
    let authority = Authority::found();
    let files = authority.issue().write(data.path());
    let [certificate, key] = [&files.certificate, &files.key].map(|path| path.to_str().unwrap());
    let serving = serve(data.path(), &["--listen", "0.0.0.0:0", "--tls-cert", certificate, "--tls-key", key]);
    assert!(serving.line.starts_with("listening on https://0.0.0.0:"), "{}", serving.line);
    let mut stream = Caller::trusting(&authority).connect(([127, 0, 0, 1], serving.port()).into()).await;
    assert!(ask(&mut stream, HEALTH).await.starts_with("HTTP/1.1 200"));
}

#[test]
fn a_pair_that_cannot_be_used_is_refused_before_anybody_is_told() {
    let data = tempfile::tempdir().unwrap();
    let files = Authority::found().issue().write(data.path());
    let [certificate, key] = [&files.certificate, &files.key].map(|path| path.to_str().unwrap());
    assert!(refusal(data.path(), &["--tls-cert", certificate]).contains("--tls-key"));
    assert!(refusal(data.path(), &["--tls-key", key]).contains("--tls-cert"));
    let both = ["--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key];
    put(&files.key, &Authority::found().issue().key, 0o600);
    assert!(refusal(data.path(), &both).contains("does not belong to the certificate"));
    put(&files.key, &Authority::found().issue().key, 0o644);
    assert!(refusal(data.path(), &both).contains("chmod 600"));
}

#[test]
fn a_certificate_that_has_expired_is_warned_of() {
    let data = tempfile::tempdir().unwrap();
    let dates = [((2020, 1, 1), (2021, 1, 1), "HAS EXPIRED"), ((2090, 1, 1), (2091, 1, 1), "NOT VALID YET")];
    for (from, to, warning) in dates {
        let issued = Authority::found().issue_with(|params| {
            params.not_before = date_time_ymd(from.0, from.1, from.2);
            params.not_after = date_time_ymd(to.0, to.1, to.2);
        });
        let files = issued.write(data.path());
        let [certificate, key] = [&files.certificate, &files.key].map(|path| path.to_str().unwrap());
        let serving = serve(data.path(), &["--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key]);
        let begun = std::time::Instant::now();
        let log = || std::fs::read_to_string(data.path().join("log")).unwrap();
        while !log().contains(warning) {
            assert!(begun.elapsed() < crate::server::PATIENCE, "{}: {}", serving.line, log());
        }
    }
}
