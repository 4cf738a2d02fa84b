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
fn a_server_that_is_asked_to_stop_as_soon_as_it_listens_ends_well_too() {
    let data = tempfile::tempdir().unwrap();
    for _ in 0..10 {
        let ended = Server::start(data.path()).terminate();
        assert!(ended.success(), "{ended}");
    }
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

/// A data directory with the organisation in it, and a place for files beside it.
fn organised() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("people.json");
    std::fs::write(&file, ORGANISATION).unwrap();
    linecrew(&["admin", "import", file.to_str().unwrap()], data.path(), "").unwrap();
    data
}

#[test]
fn a_broken_policy_is_refused_before_anything_is_served() {
    let data = tempfile::tempdir().unwrap();
    let policy = data.path().join("policy.json");
    for (text, field) in [(r#"{"arival_minutes": {}}"#, "arival_minutes"), (r#"{"safety": {"repairs": []}}"#, "safety.repairs")] {
        std::fs::write(&policy, text).unwrap();
        let said = linecrew(&["serve", "--listen", "127.0.0.1:0"], data.path(), "").unwrap_err();
        assert!(said.contains("policy.json") && said.contains(field), "{said}");
    }
    std::fs::write(&policy, r#"{"arrival_minutes": {"urban": 30}}"#).unwrap();
    Server::start(data.path()).terminate();
}

#[test]
fn a_form_is_published_and_listed_and_never_changed() {
    let data = organised();
    assert_eq!(linecrew(&["form", "list"], data.path(), "").unwrap().lines().count(), 10);
    let file = data.path().join("pole.json");
    let form = |question: &str| {
        format!(
            r#"{{"form": "pole_check", "version": 1, "title": {{"en": "Pole", "zh": "电杆检查"}}, "items": [
                {{"name": "leaning", "label": {{"en": "{question}", "zh": "是否倾斜"}}, "type": "flag"}}]}}"#
        )
    };
    let publish = || linecrew(&["form", "publish", file.to_str().unwrap()], data.path(), "");
    std::fs::write(&file, form("Leaning")).unwrap();
    assert_eq!(publish().unwrap(), "published pole_check version 1\n");
    assert_eq!(publish().unwrap(), "pole_check version 1 is published already\n");
    std::fs::write(&file, form("Rotten")).unwrap();
    assert!(publish().unwrap_err().contains("make it version 2"));
    assert!(linecrew(&["form", "list"], data.path(), "").unwrap().contains("pole_check\t1\tPole\t电杆检查"));
}

#[test]
fn a_plan_is_taken_in_once_and_its_bad_rows_are_named() {
    let data = organised();
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
    let (mapping, sample) = (format!("{samples}/rotation-plan.mapping.json"), format!("{samples}/rotation-plan.csv"));
    let import = |file: &str| linecrew(&["plan", "import", "--mapping", &mapping, "--district", "鼓楼", file], data.path(), "");
    // One of them has a line break in its remark.
    let rows = 14;
    assert_eq!(import(&sample).unwrap(), format!("{rows} meters: {rows} new, 0 there already; 0 problems\n"));
    assert_eq!(import(&sample).unwrap(), format!("{rows} meters: 0 new, {rows} there already; 0 problems\n"));
    let text = std::fs::read_to_string(&sample).unwrap();
    let broken = data.path().join("broken.csv");
    std::fs::write(&broken, text.replacen("城区", "月球", 1)).unwrap();
    let said = import(broken.to_str().unwrap()).unwrap_err();
    assert!(said.contains("line 2") && said.contains("column"), "{said}");
    let nowhere = linecrew(&["plan", "import", "--mapping", &mapping, "--district", "月球", &sample], data.path(), "").unwrap_err();
    assert!(nowhere.contains("鼓楼"), "{nowhere}");
}
