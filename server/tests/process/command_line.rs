use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::child::{Server, linecrew};

const ORGANISATION: &str = r#"{
    "districts": [{"id": "01931c6e-7d00-7000-8000-0000000000d1", "name": "鼓楼"}],
    "crews": [{"id": "01931c6e-7d00-7000-8000-0000000000c1", "name": "一班", "district": "01931c6e-7d00-7000-8000-0000000000d1"}],
    "people": [
        {"id": "01931c6e-7d00-7000-8000-000000000001", "name": "林芳", "username": "lin.fang", "password": "a long password",
         "roles": [{"role": "dispatcher"}]},
        {"id": "01931c6e-7d00-7000-8000-000000000002", "name": "陈亮", "username": "chen.liang", "password": "another password",
         "roles": [{"role": "repair_crew", "district": "01931c6e-7d00-7000-8000-0000000000d1"}],
         "crew": "01931c6e-7d00-7000-8000-0000000000c1"}]}"#;

fn signs_in(server: &Server, password: &str) -> bool {
    let body = format!(r#"{{"username": "lin.fang", "password": "{password}"}}"#);
    let request = format!(
        "POST /v1/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    server.ask(&request).unwrap().starts_with("HTTP/1.1 200")
}

#[test]
fn people_are_imported_listed_and_given_new_passwords() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("people.json");
    std::fs::write(&file, ORGANISATION).unwrap();
    let import = ["admin", "import", file.to_str().unwrap()];
    for _ in 0..2 {
        assert_eq!(linecrew(&import, data.path(), "").unwrap(), "1 districts, 1 crews, 2 people\n");
    }
    let people = linecrew(&["admin", "people"], data.path(), "").unwrap();
    assert_eq!(people.lines().count(), 2);
    assert!(people.contains("chen.liang\t陈亮\t一班"), "{people}");
    assert!(!people.contains("argon2"), "no hash is shown");

    let server = Server::start(data.path());
    assert!(signs_in(&server, "a long password"));
    // Beside a running server, which sees it at once.
    linecrew(&["admin", "passwd", "lin.fang"], data.path(), "an even longer one\n").unwrap();
    assert!(signs_in(&server, "an even longer one"));
    assert!(!signs_in(&server, "a long password"));
    assert!(linecrew(&["admin", "passwd", "lin.fang"], data.path(), "short\n").unwrap_err().contains("fewer than 8"));
    assert!(linecrew(&["admin", "passwd", "nobody"], data.path(), "long enough\n").unwrap_err().contains("nobody is called nobody"));
}

#[test]
fn a_server_that_is_asked_to_stop_ends_well() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    assert!(server.ask("GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap().contains("\"ok\""));
    let begun = Instant::now();
    assert!(server.terminate().success());
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_server_without_file_descriptors_recovers() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start_with_descriptors(data.path(), 48);
    let held: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    drop(held);
    let begun = Instant::now();
    let health = "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    while !server.ask(health).is_some_and(|reply| reply.starts_with("HTTP/1.1 200")) {
        assert!(begun.elapsed() < Duration::from_secs(20), "the server never came back");
    }
}
