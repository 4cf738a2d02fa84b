//! The program itself, without any server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Output},
    thread,
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
        (&["status"][..], 5, "this phone is not enrolled"),
        (&["list"], 5, "this phone is not enrolled"),
        (&["inbox"], 5, "this phone is not enrolled"),
        (&["edits"], 5, "this phone is not enrolled"),
        (&["--lang", "zh", "status"], 5, "本机尚未登记"),
        (&["list", "--json"], 5, "`linecrew-phone enrol`"),
        (&["accept", "7"], 5, "this phone is not enrolled"),
        (&["inbox", "dismiss", "1"], 5, "this phone is not enrolled"),
        (&["sync"], 5, "ask the office for an invitation"),
        (&["--offline", "sync"], 2, "sync needs the server: leave --offline away"),
        (&["watch", "--offline"], 2, "watch needs the server"),
        (&["--lang", "zh", "enrol", "7K4QM-2XHTB", "--server", "http://127.0.0.1:9", "--offline"], 2, "请去掉 --offline"),
        (&["enrol", "7K4QM-2XHTB"], 2, "name the server with --server URL"),
        (&["enrol", "7K4QM"], 2, "not a code such as"),
        (&["enrol", "https://crews.example"], 2, "not an invitation such as"),
        (&["enrol", "7K4QM-2XHTB", "--server", "http://127.0.0.1:9", "--ca", "ca.pem"], 2, "begins with https://"),
        (&["enrol", "7K4QM-2XHTB", "--server", "https://127.0.0.1:9", "--ca", "no.pem"], 2, "no.pem cannot be read"),
        (&["enrol", "7K4QM-2XHTB", "--server", "https://127.0.0.1:9"], 6, "no connection to https://127.0.0.1:9"),
        (&["enrol", "linecrew:enrol?code=7K4QM-2XHTB&server=http://crews.example"], 2, "allow cleartext explicitly"),
        // Port 9 (discard) of this machine: nobody listens.
        (&["enrol", "linecrew:enrol?code=7K4QM-2XHTB&server=http://127.0.0.1:9"], 6, "enrolling needs the server"),
        (&["--lang", "zh", "enrol", "7K4QM-2XHTB", "--server", "http://127.0.0.1:9"], 6, "登记需要连接服务器"),
        (&["complete", "7", "--cause", "a"], 5, "this phone is not enrolled"),
        (&["restore", "7"], 2, "--cause"),
        (&["exchange", "7"], 2, "--removed"),
        (&["why", "7"], 5, "this phone is not enrolled"),
        (&["do", "--help"], 0, "FIELD=VALUE"),
        (&["list", "--kind", "painting"], 2, "the kinds are repair_dispatch"),
    ] {
        let output = phone(folder.path(), args);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
        assert!(!said.contains("safe on the server"), "{args:?}: {said}");
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

const TOKENS: &str = r#"{"access_token": "a", "access_expires_at": 1790000600000, "refresh_token": "r", "refresh_expires_at": 1792592000000,
    "server_time": 1790000000000, "person": {"id": "01931c6e-7d00-7000-8000-000000000001", "name": "林建国", "username": "lin", "roles": [],
    "crew": {"id": "01931c6e-7d00-7000-8000-000000000002", "name": "抢修一班", "district": "01931c6e-7d00-7000-8000-000000000003"}}}"#;

/// A server that enrols whoever knows the code, and has no time for anything else.
fn server() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap())));
    address
}

fn answer(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut asked, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
            break;
        }
        length = line.to_lowercase().strip_prefix("content-length:").map_or(length, |length| length.trim().parse().unwrap());
        asked.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let problem = |status: u16, code: &str| {
        let body = format!(r#"{{"type": "https://linecrew.dev/problems/x", "title": "no", "status": {status}, "code": "{code}"}}"#);
        (status, body)
    };
    let (status, said) = match asked.lines().next().unwrap() {
        "POST /v1/enrol HTTP/1.1" if text(&body).contains("7K4QM-2XHTB") => (200, TOKENS.to_owned()),
        "POST /v1/enrol HTTP/1.1" => problem(401, "invitation_invalid"),
        _ => problem(503, "busy"),
    };
    write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}", said.len()).unwrap();
}

#[test]
fn an_invitation_makes_the_phone_somebodys() {
    let (folder, server) = (tempfile::tempdir().unwrap(), server());
    let refused = phone(folder.path(), &["enrol", "55555-55555", "--server", &server]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    assert!(text(&refused.stderr).contains("ask the office for a new one"), "{refused:?}");
    let enrolled = phone(folder.path(), &["enrol", &format!("linecrew:enrol?code=7K4QM-2XHTB&server={server}")]);
    assert_eq!(enrolled.status.code(), Some(0), "{enrolled:?}");
    let said = text(&enrolled.stdout);
    assert!(said.contains("✓ enrolled for 林建国 (lin) · 抢修一班") && said.contains("the server refused"), "{said}");
    let key = std::fs::metadata(folder.path().join("device.key")).unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
    let status = text(&phone(folder.path(), &["status"]).stdout);
    assert!(status.contains("林建国") && status.contains("sign-in holds until"), "{status}");
    // A broken key stops sending and nothing else.
    std::fs::write(folder.path().join("device.key"), [0; 7]).unwrap();
    let sync = phone(folder.path(), &["sync"]);
    assert!(sync.status.code() == Some(1) && text(&sync.stderr).contains("holds no key"), "{sync:?}");
    assert_eq!(phone(folder.path(), &["list"]).status.code(), Some(0));
}

#[test]
fn a_key_of_before_is_taken_over() {
    let (folder, server) = (tempfile::tempdir().unwrap(), server());
    let key = [7; 32];
    std::fs::write(folder.path().join("receipts.key"), key).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(folder.path().join("receipts.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let enrolled = phone(folder.path(), &["enrol", "7K4QM-2XHTB", "--server", &server]);
    assert_eq!(enrolled.status.code(), Some(0), "{enrolled:?}");
    assert_eq!(std::fs::read(folder.path().join("device.key")).unwrap(), key);
    assert!(!folder.path().join("receipts.key").exists());
}

#[cfg(unix)]
#[test]
fn a_store_without_its_key_is_said_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(phone(folder.path(), &["status"]).status.code(), Some(5));
    let (store, key) = (folder.path().join("phone.db"), folder.path().join("store.key"));
    let (before, right) = (std::fs::read(&store).unwrap(), std::fs::read(&key).unwrap());
    assert!(!before.starts_with(b"SQLite format 3"));
    std::fs::write(&key, [1; 32]).unwrap();
    let output = phone(folder.path(), &["--lang", "zh", "status"]);
    assert!(output.status.code() == Some(1) && text(&output.stderr).contains("不是用 store.key 加密的"), "{output:?}");
    std::fs::remove_file(&key).unwrap();
    let output = phone(folder.path(), &["status"]);
    assert!(output.status.code() == Some(1) && text(&output.stderr).contains("put store.key back"), "{output:?}");
    assert!(!key.exists() && std::fs::read(&store).unwrap() == before);
    std::fs::write(&key, right).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(phone(folder.path(), &["status"]).status.code(), Some(5));
    // A wipe that was interrupted is finished, and said once.
    std::fs::write(folder.path().join("phone.db-wiped"), "").unwrap();
    let output = phone(folder.path(), &["status"]);
    assert!(output.status.code() == Some(1) && text(&output.stderr).contains("this phone was wiped"), "{output:?}");
    assert!(!store.exists() && !key.exists());
    assert_eq!(phone(folder.path(), &["status"]).status.code(), Some(5));
}
