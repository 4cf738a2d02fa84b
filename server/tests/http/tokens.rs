//! Forged and misused tokens over the wire. The rules themselves are tested next to the code, in `auth::token`.

use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use serde_json::{Value, json};

use crate::{
    client::Client,
    server::{PASSWORD, Server},
};

const PHONE: &str = "01931c6e-7d00-7000-8000-000000000001";

/// Signs claims with the server's own key.
fn signed(server: &Server, header: &Header, claims: &Value) -> String {
    let key = std::fs::read(server.data.path().join("signing-key.p8")).unwrap();
    encode(header, claims, &EncodingKey::from_ed_der(&key)).unwrap()
}

async fn honest(server: &Server) -> (Header, Value) {
    let reply = server.login(&json!({"username": "lin", "password": PASSWORD})).await.ok();
    let token = reply["access_token"].as_str().unwrap().to_owned();
    let payload = token.split('.').nth(1).unwrap();
    let claims = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).unwrap();
    (decode_header(&token).unwrap(), serde_json::from_slice(&claims).unwrap())
}

/// The public key, as anybody can read it.
async fn public_key(server: &Server) -> String {
    server.client().get("/.well-known/jwks.json").await.ok()["keys"][0]["x"].as_str().unwrap().to_owned()
}

/// A key that the caller made.
fn own_key() -> Vec<u8> {
    let prefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [&prefix[..], &[7; 32]].concat()
}

async fn refused(client: &Client, what: &str) {
    for path in ["/v1/me", "/v1/work", "/v1/board/stream", "/v1/phones"] {
        let reply = client.get(path).await;
        let problem = reply.problem(401, "unauthenticated");
        assert!(problem["detail"].is_null(), "{what}: the reason stays inside");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_forged_token_is_accepted() {
    let server = Server::start().await;
    let (header, claims) = honest(&server).await;
    server.client().bearer(&signed(&server, &header, &claims)).get("/v1/me").await.ok();

    let mut forged = vec![("rubbish".to_owned(), "rubbish"), (String::new(), "nothing")];
    for claim in ["iss", "aud", "sub", "exp", "nbf"] {
        let mut without = claims.clone();
        without.as_object_mut().unwrap().remove(claim);
        forged.push((signed(&server, &header, &without), claim));
    }
    for (claim, value) in [("aud", json!(["api"])), ("exp", json!(1)), ("nbf", json!(4_000_000_000_u64)), ("iss", json!("other"))] {
        let mut wrong = claims.clone();
        wrong[claim] = value;
        forged.push((signed(&server, &header, &wrong), claim));
    }
    let mut unknown = claims.clone();
    unknown["sub"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    forged.push((signed(&server, &header, &unknown), "a person who does not exist"));
    forged.push((signed(&server, &Header { typ: Some("JWT".into()), ..header.clone() }, &claims), "typ"));
    forged.push((signed(&server, &Header { kid: Some("other".into()), ..header.clone() }, &claims), "kid"));
    let hs256 = Header { alg: Algorithm::HS256, ..header.clone() };
    forged.push((encode(&hs256, &claims, &EncodingKey::from_secret(b"secret")).unwrap(), "HS256"));
    for (alg, secret) in [(Algorithm::HS256, public_key(&server).await), (Algorithm::HS512, public_key(&server).await)] {
        let confused = Header { alg, ..header.clone() };
        forged.push((encode(&confused, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap(), "the public key as a secret"));
    }
    let long = "A".repeat(2_000);
    for kid in ["", "../signing-key.p8", "/dev/null", "' OR '1'='1", long.as_str()] {
        forged.push((signed(&server, &Header { kid: Some(kid.into()), ..header.clone() }, &claims), "a trick with kid"));
    }
    forged.push((signed(&server, &Header { kid: None, ..header.clone() }, &claims), "no kid"));
    forged.push((signed(&server, &Header { crit: Some(vec!["exp".into()]), ..header.clone() }, &claims), "crit"));
    forged.push((signed(&server, &Header { jku: Some("https://example.com/keys".into()), ..header.clone() }, &claims), "jku"));
    forged.push((signed(&server, &Header { x5u: Some("https://example.com/chain".into()), ..header.clone() }, &claims), "x5u"));
    let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&EncodingKey::from_ed_der(&own_key()), Algorithm::EdDSA).unwrap();
    let brought = Header { jwk: Some(jwk), ..header.clone() };
    forged.push((encode(&brought, &claims, &EncodingKey::from_ed_der(&own_key())).unwrap(), "a key that came along"));
    forged.push((encode(&header, &claims, &EncodingKey::from_ed_der(&own_key())).unwrap(), "another key under a known name"));
    for junk in [".", "..", "...", "a.b.c"] {
        forged.push((junk.to_owned(), "dots"));
    }
    forged.push(("A".repeat(9_000), "far too long"));
    for (claim, value) in [
        ("sub", json!(7)),
        ("sub", json!(null)),
        ("exp", json!("4000000000")),
        ("exp", json!(1e300)),
        ("nbf", json!(1.5)),
        ("iss", json!(["linecrew"])),
        ("aud", json!("phone")),
    ] {
        let mut wrong = claims.clone();
        wrong[claim] = value;
        forged.push((signed(&server, &header, &wrong), claim));
    }
    let none = json!({"alg": "none", "typ": "at+jwt", "kid": header.kid}).to_string();
    let base64 = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
    forged.push((format!("{}.{}.", base64(&none), base64(&claims.to_string())), "none"));
    for (token, what) in forged {
        refused(&server.client().bearer(&token), what).await;
    }
    refused(&server.client(), "no token at all").await;
    refused(&server.client().with("Authorization", "Basic bGluOmxpbg=="), "another scheme").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_only_its_own_door() {
    let server = Server::start().await;
    refused(&server.client().bearer(&server.phone("lin", PHONE).await), "a phone's token on the API").await;
    let board = server.board("lin").await;
    let cookie = board.headers[0].1.split_once('=').unwrap().1.to_owned();
    refused(&server.client().bearer(&cookie), "the board's token as a bearer token").await;
    let machine = server.machine("lin").await;
    let token = machine.headers[0].1.strip_prefix("Bearer ").unwrap().to_owned();
    refused(&server.client().with("Cookie", &format!("linecrew_session={token}")), "an API token in the cookie").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_not_outlive_the_servers_patience() {
    let server = Server::with(|config| config.lifetimes.staff = std::time::Duration::ZERO).await;
    // Issued and ended in the same second: the leeway between machines is all that keeps it alive.
    server.machine("lin").await.get("/v1/me").await.ok();
    let (header, mut claims) = honest(&server).await;
    claims["exp"] = json!(claims["exp"].as_i64().unwrap() - 31);
    refused(&server.client().bearer(&signed(&server, &header, &claims)), "ended 31 s ago").await;
}
