//! People, phones and keys by the command line.

use std::path::Path;

use linecrew_protocol::{
    enrolment::{Invitation, InviteCode},
    ids::{InstallationId, PersonId},
};
use linecrew_server::{UtcOffset, open_store};
use serde_json::Value;

use crate::{
    child::{Server, linecrew},
    phones::enrolled,
};

fn run(data: &Path, arguments: &[&str]) -> Result<String, String> {
    linecrew(&[&["admin"], arguments].concat(), data, "a long password\n")
}

/// The first column of the only line: an id.
fn id(output: &str) -> String {
    output.lines().next().unwrap().split('\t').next().unwrap().to_owned()
}

/// An office with a crew, and Chen in it.
fn office() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    run(data.path(), &["district", "鼓楼"]).unwrap();
    run(data.path(), &["crew", "一班", "--district", "鼓楼"]).unwrap();
    let person = ["person", "chen", "--name", "陈亮", "--role", "repair_crew@鼓楼", "--crew", "一班", "--qualification", "high_voltage"];
    run(data.path(), &person).unwrap();
    data
}

#[test]
fn an_organisation_is_built_by_name_and_changed_by_the_same_commands() {
    let data = office();
    let again = |arguments: &[&str]| run(data.path(), arguments).unwrap();
    let district = id(&again(&["district", "鼓楼"]));
    assert_eq!(id(&again(&["district", "鼓楼区", "--id", &district])), district, "renamed");
    let crew = id(&again(&["crew", "一班", "--district", &district]));
    assert_eq!(id(&again(&["crew", "一班", "--district", "鼓楼区"])), crew);
    let chen = again(&["person", "chen"]);
    assert!(chen.ends_with("\tchen\t陈亮\n"), "{chen}");
    again(&["person", "chen", "--name", "陈大亮", "--role", "surveyor", "--role", "collector@鼓楼区"]);
    let people = again(&["people"]);
    assert!(people.contains("陈大亮\t一班") && people.contains("surveyor") && people.contains("collector"), "{people}");
    assert!(!people.contains("repair_crew") && people.contains(&district), "{people}");
    again(&["person", "chen.liang", "--id", &id(&chen), "--no-crew"]);
    assert!(again(&["people"]).contains("chen.liang\t陈大亮\t-"));
    again(&["disable", "chen.liang"]);
    assert!(again(&["people"]).contains("disabled"));
    again(&["enable", "chen.liang"]);
    assert!(!again(&["people"]).contains("disabled"));

    for (arguments, said) in [
        (&["crew", "二班", "--district", "月球"][..], "there is no district 月球"),
        (&["person", "new"], "give a --name"),
        (&["person", "chen.liang", "--role", "king"], "there is no role king"),
        (&["person", "chen.liang", "--crew", "九班"], "there is no crew 九班"),
        (&["person", "lin", "--name", "林", "--role", "dispatcher@月球"], "there is no district 月球"),
        (&["disable", "nobody"], "nobody is called nobody"),
    ] {
        let complaint = run(data.path(), arguments).unwrap_err();
        assert!(complaint.contains(said), "{arguments:?}: {complaint}");
    }
    again(&["person", "lin", "--name", "林芳", "--role", "dispatcher", "--password-stdin"]);
    let server = Server::start(data.path());
    let body = r#"{"username": "lin", "password": "a long password"}"#;
    let request = format!(
        "POST /v1/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(server.ask(&request).unwrap().starts_with("HTTP/1.1 200"));
}

#[test]
fn an_invitation_is_printed_with_its_code_and_drawn() {
    let data = office();
    let printed = run(data.path(), &["invite", "chen", "--server", "https://linecrew.example"]).unwrap();
    let value = |name: &str| printed.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let invitation: Invitation = value("link").parse().unwrap();
    assert_eq!((invitation.code.to_string(), invitation.server.as_str()), (value("code"), "https://linecrew.example"));
    assert!(value("good").starts_with("once, until 20") && value("good").ends_with("+08:00"), "{printed}");
    let drawn: Vec<&str> = printed.lines().skip(4).collect();
    assert!(drawn.len() >= 18 && drawn.iter().all(|line| line.chars().count() == drawn[0].chars().count()), "{printed}");
    assert!(!printed.contains('\u{1b}'), "no colours where nobody sees them");

    let json = run(data.path(), &["invite", "chen", "--json", "--valid", "2h"]).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(json["code"].as_str().unwrap().parse::<InviteCode>().is_ok() && json["qr"].is_array(), "{json}");
    assert!(run(data.path(), &["invite", "nobody"]).unwrap_err().contains("nobody is called nobody"));
    for wrong in ["linecrew.example", "ftp://x", "http://a?b", "http://a&b"] {
        assert!(run(data.path(), &["invite", "chen", "--server", wrong]).unwrap_err().contains("is not the address"));
    }
    run(data.path(), &["disable", "chen"]).unwrap();
    assert!(run(data.path(), &["invite", "chen"]).unwrap_err().contains("may not sign in"));
}

#[tokio::test]
async fn phones_are_listed_and_taken_out_of_use() {
    let data = office();
    let chen: PersonId = id(&run(data.path(), &["person", "chen"]).unwrap()).parse().unwrap();
    let phone = InstallationId::from_bytes([0x21; 16]);
    let store = open_store(data.path(), UtcOffset::CHINA).unwrap();
    enrolled(&*store, phone, chen, "陈的手机").await;
    store.close().unwrap();
    let listed = run(data.path(), &["phones"]).unwrap();
    assert!(
        listed.contains(&phone.to_string()) && listed.contains("陈的手机\tenrolled 20") && listed.contains("never heard of"),
        "{listed}"
    );
    let revoked = run(data.path(), &["revoke", &phone.to_string(), "--reason", "掉进闽江"]).unwrap();
    assert!(revoked.contains("revoked") && revoked.contains("掉进闽江"), "{revoked}");
    let json: Value = serde_json::from_str(&run(data.path(), &["phones", "--json"]).unwrap()).unwrap();
    assert_eq!(json[0]["revoked_reason"], "掉进闽江");
    assert!(run(data.path(), &["revoke", &chen.to_string()]).unwrap_err().contains("there is no phone"));
}

#[test]
fn a_directory_without_a_store_is_named_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, empty) = (folder.path().join("lincrew"), folder.path().join("empty"));
    std::fs::create_dir(&empty).unwrap();
    let phone = InstallationId::from_bytes([0x21; 16]).to_string();
    for wrong in [&missing, &empty] {
        for arguments in [
            &["admin", "people"][..],
            &["admin", "phones"],
            &["admin", "phones", "--json"],
            &["admin", "exposure", &phone],
            &["admin", "quarantine", "list"],
            &["admin", "quarantine", "dismiss", &phone, "--reason", "x"],
            &["admin", "passwd", "chen"],
            &["admin", "disable", "chen"],
            &["admin", "invite", "chen"],
            &["admin", "link", "chen", "x", "--issuer", "https://id.example"],
            &["admin", "revoke", &phone],
            &["form", "list"],
            &["book", "lease", "--collector", "chen", "--device", &phone, "--count", "20"],
        ] {
            let said = linecrew(arguments, wrong, "a long password\n").unwrap_err();
            assert!(said.contains("there is no store in") && said.contains(wrong.to_str().unwrap()), "{arguments:?}: {said}");
        }
    }
    assert!(!missing.exists() && std::fs::read_dir(&empty).unwrap().next().is_none(), "nothing was made");
    // What sets a server up makes both, and an empty list says so.
    run(&missing, &["district", "鼓楼"]).unwrap();
    assert_eq!(run(&missing, &["phones"]).unwrap(), "no phones\n");
    assert_eq!(run(&missing, &["people"]).unwrap(), "nobody is there yet: linecrew admin person\n");
    assert_eq!(run(&missing, &["quarantine", "list"]).unwrap(), "nothing waits for a decision\n");
}

#[test]
fn a_key_is_turned_beside_a_running_server() {
    let data = office();
    assert!(run(data.path(), &["rotate-key"]).unwrap_err().contains("signing key"), "there is none before the first start");
    let server = Server::start(data.path());
    // It listens before it has made its key.
    assert!(server.ask("GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").is_some());
    let said = run(data.path(), &["rotate-key"]).unwrap();
    let words: Vec<&str> = said.split_whitespace().collect();
    let (new, old) = (words[1], said.split("; key ").nth(1).unwrap().split(' ').next().unwrap());
    let keys = || server.ask("GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let begun = std::time::Instant::now();
    while !keys().contains(new) {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "the server never noticed");
    }
    assert!(keys().contains(old));
    assert!(run(data.path(), &["rotate-key", "--compromised"]).unwrap().contains("is forgotten"));
}

#[tokio::test]
async fn the_history_is_verified_and_its_anchors_are_kept() {
    let data = office();
    let chen: PersonId = id(&run(data.path(), &["person", "chen"]).unwrap()).parse().unwrap();
    let store = open_store(data.path(), UtcOffset::CHINA).unwrap();
    enrolled(&*store, InstallationId::from_bytes([0x21; 16]), chen, "手机").await;
    store.close().unwrap();
    let (kept, json) = (data.path().join("anchors.txt"), data.path().join("log.json"));
    let verify = |arguments: &[&str]| linecrew(&[&["audit", "log"], arguments].concat(), data.path(), "");
    let report = verify(&["--json", json.to_str().unwrap()]).unwrap();
    let mut lines = report.lines();
    assert!(lines.next().unwrap().starts_with("anchor 21212121-2121-2121-2121-212121212121 0 0000"), "{report}");
    assert!(lines.next().unwrap().starts_with("0 edits of 1 phones, ") && report.ends_with("0 findings, 0 lost\n"), "{report}");
    let exported: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!((&exported["findings"], &exported["anchors"][0]["seq"]), (&serde_json::json!([]), &serde_json::json!(0)));
    std::fs::write(&kept, &report).unwrap();
    assert!(verify(&["--anchors", kept.to_str().unwrap()]).unwrap().contains("1 anchors compared"));

    let store = rusqlite::Connection::open(data.path().join("linecrew.db")).unwrap();
    store.execute_batch("UPDATE installations SET next_device_seq = 2").unwrap();
    let said = verify(&["--json", json.to_str().unwrap()]).unwrap_err();
    assert!(said.contains("not everything is as it was"), "{said}");
    let exported: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert!(exported["findings"][0]["place"]["phone"].is_object(), "{exported}");
    store.execute_batch("UPDATE installations SET next_device_seq = 1, public_key = zeroblob(33)").unwrap();
    assert!(verify(&[]).is_ok(), "nothing was signed yet");
    assert!(verify(&["--anchors", kept.to_str().unwrap()]).is_err());
    std::fs::write(&kept, "anchor 1 2 3").unwrap();
    assert!(verify(&["--anchors", kept.to_str().unwrap()]).unwrap_err().contains("line 1"));
    std::fs::write(&kept, "nothing").unwrap();
    assert!(verify(&["--anchors", kept.to_str().unwrap()]).unwrap_err().contains("no anchors"));
}
