//! The program itself, without any server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

fn phone(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linecrew-phone"));
    command.env_clear().env("LINECREW_PHONE_DATA", folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn everything_answers_at_once_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    for (args, code, says) in [
        (&["status"][..], 0, "nobody has signed in on this phone yet"),
        (&["list"], 0, "No items on this phone."),
        (&["inbox"], 0, "✓ nothing needs a look"),
        (&["edits"], 0, "no edits to show"),
        (&["--lang", "zh", "status"], 0, "本机尚未登录"),
        (&["list", "--json"], 0, "\"items\": []"),
        (&["accept", "7"], 4, "no item on this phone has the number or id \"7\""),
        (&["inbox", "dismiss", "1"], 4, "the inbox has no entry 1"),
        (&["sync"], 5, "nobody is signed in"),
        (&["login", "--server", "https://crews.example", "--user", "lin", "--password-stdin"], 2, "https is not supported yet"),
        (&["login", "--server", "http://crews.example", "--user", "lin", "--password-stdin"], 2, "allow cleartext explicitly"),
        // Port 9 (discard) of this machine: nobody listens.
        (&["login", "--server", "http://127.0.0.1:9", "--user", "lin", "--password-stdin"], 6, "signing in needs the server"),
        (&["complete", "7", "--cause", "a"], 4, "no item on this phone"),
        (&["restore", "7"], 2, "--cause"),
        (&["exchange", "7"], 2, "--removed"),
        (&["why", "7"], 4, "not on this phone"),
        (&["do", "--help"], 0, "FIELD=VALUE"),
        (&["list", "--kind", "painting"], 2, "the kinds are repair_dispatch"),
    ] {
        let output = phone(folder.path(), args);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
        assert!(!said.contains('\u{1b}'), "colours without a terminal: {said:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_folder_must_be_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_linecrew-phone")).env_clear().arg("list").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--data DIR"));
}
