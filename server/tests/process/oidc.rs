//! OpenID Connect by the command line: what is refused before anything is served, and linking people beside a running server.

use std::path::Path;

use crate::child::{Server, linecrew};

const ISSUER: &str = "https://login.example/realms/grid";

fn run(data: &Path, arguments: &[&str]) -> Result<String, String> {
    linecrew(&[&["admin"], arguments].concat(), data, "")
}

#[test]
fn people_are_linked_beside_a_running_server() {
    let data = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(data.path(), arguments);
    for (username, name) in [("lin", "林芳"), ("chen", "陈亮")] {
        run(&["person", username, "--name", name, "--role", "dispatcher"]).unwrap();
    }
    let _server = Server::start(data.path());
    for _ in 0..2 {
        let said = run(&["link", "lin", "7f3a", "--issuer", ISSUER]).unwrap();
        assert!(said.contains("lin\tmay sign in with https://login.example/realms/grid"), "{said}");
    }
    let people = run(&["people"]).unwrap();
    assert!(
        people.lines().any(|line| line.contains("\tlin\t") && line.ends_with("\t7f3a at https://login.example/realms/grid")),
        "{people}"
    );
    for (arguments, said) in [
        (&["link", "chen", "7f3a", "--issuer", ISSUER][..], "linked to another person"),
        (&["link", "lin", "8b1c", "--issuer", ISSUER], "unlink lin first"),
        (&["link", "nobody", "x", "--issuer", ISSUER], "nobody is called nobody"),
        (&["link", "chen", " x", "--issuer", ISSUER], "spaces around it"),
        (&["link", "chen", "x", "--issuer", "http://login.example"], "not an https:// address"),
        (&["link", "chen", "x"], "--issuer"),
        (&["unlink", "chen", "--issuer", ISSUER], "is not linked"),
    ] {
        let complaint = run(arguments).unwrap_err();
        assert!(complaint.contains(said), "{arguments:?}: {complaint}");
    }
    assert!(run(&["unlink", "lin", "--issuer", ISSUER]).unwrap().contains("may not sign in"));
    assert!(run(&["link", "chen", "7f3a", "--issuer", ISSUER]).is_ok(), "free again");
}

#[test]
fn what_does_not_fit_is_named_and_nothing_is_served() {
    let data = tempfile::tempdir().unwrap();
    let (secret, ca) = (data.path().join("secret"), data.path().join("ca.pem"));
    std::fs::write(&secret, "s").unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::write(&ca, "no certificate").unwrap();
    let (secret, ca) = (secret.to_str().unwrap(), ca.to_str().unwrap());
    let whole = ["--oidc-client-id", "linecrew", "--public-url", "https://crews.example"];
    for (arguments, said) in [
        (&["--oidc-issuer", ISSUER, "--oidc-client-id", "linecrew"][..], "--public-url"),
        (&["--oidc-issuer", ISSUER, "--public-url", "https://crews.example"], "--oidc-client-id"),
        (&["--oidc-client-id", "linecrew"], "--oidc-issuer"),
        (&[&["--oidc-issuer", "http://login.example"], &whole[..]].concat(), "not an https:// address"),
        (&["--oidc-issuer", ISSUER, "--oidc-client-id", "x", "--public-url", "https://crews.example/board"], "without a path"),
        (&[&["--oidc-issuer", ISSUER, "--oidc-client-secret-file", secret], &whole[..]].concat(), "chmod 600"),
        (&[&["--oidc-issuer", ISSUER, "--oidc-ca", ca], &whole[..]].concat(), "ca.pem"),
        (&[&["--oidc-issuer", ISSUER, "--oidc-label", ""], &whole[..]].concat(), "label"),
    ] {
        let complaint = linecrew(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat(), data.path(), "").unwrap_err();
        assert!(complaint.contains(said), "{arguments:?}: {complaint}");
    }
}

#[test]
fn a_server_starts_while_its_provider_is_down() {
    let data = tempfile::tempdir().unwrap();
    let nobody = ["--oidc-issuer", "http://127.0.0.1:1", "--oidc-client-id", "linecrew", "--public-url", "http://127.0.0.1:8420"];
    let server = Server::start_with(data.path(), &nobody);
    let offered = server.ask("GET /v1/oidc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    assert!(offered.ends_with(r#"{"label":"127.0.0.1"}"#), "{offered}");
    let begun =
        server.ask("POST /v1/oidc/begin HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Linecrew: board\r\nContent-Length: 0\r\n\r\n");
    assert!(begun.unwrap().contains("provider_unavailable"));
}
