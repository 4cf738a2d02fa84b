use std::path::Path;

use jsonwebtoken::{
    EncodingKey, Header, decode_header, encode,
    jwk::{AlgorithmParameters, Jwk},
};
use serde_json::{Value, json};

use super::*;
use crate::auth::{SigningKey, rotate_key};

const NOW: Timestamp = Timestamp::from_unix_millis(1_790_000_000_500);
const PERSON: PersonId = PersonId::from_bytes([7; 16]);
const PHONE: InstallationId = InstallationId::from_bytes([9; 16]);

fn tokens() -> Tokens {
    Tokens::new(SigningKey::of_seed([1; 32]).unwrap(), Lifetimes::default())
}

fn claims() -> Value {
    json!({"iss": "linecrew", "aud": "api", "sub": compact(PERSON.as_bytes()), "exp": 1_790_000_600, "nbf": 1_790_000_000})
}

/// The private half of the key of [`tokens`].
fn private() -> EncodingKey {
    encoding(1)
}

fn encoding(seed: u8) -> EncodingKey {
    let prefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    EncodingKey::from_ed_der(&[&prefix[..], &[seed; 32]].concat())
}

/// The header that [`tokens`] writes.
fn honest() -> Header {
    decode_header(tokens().issue(Audience::Api, PERSON, None, NOW).unwrap().token).unwrap()
}

/// Signs with the right key whatever it is given.
fn signed(claims: &Value) -> String {
    encode(&honest(), claims, &private()).unwrap()
}

/// Signs whatever header it is given, as its text.
fn signed_with(header: &Value) -> String {
    let message = format!("{}.{}", base64(header), base64(&claims()));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &private(), Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn accepted(token: &str) -> bool {
    tokens().verify(token, Audience::Api, NOW).is_some()
}

fn base64(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

#[test]
fn a_token_names_its_holder_until_it_ends() {
    let tokens = tokens();
    let issued = tokens.issue(Audience::Phone, PERSON, Some(PHONE), NOW).unwrap();
    assert!(issued.token.len() <= 330, "{} bytes travel in every Hello", issued.token.len());
    assert!(!format!("{issued:?}").contains(&issued.token), "a token is never shown");
    let holder = tokens.verify(&issued.token, Audience::Phone, NOW).unwrap();
    assert_eq!((holder.person, holder.installation, holder.expires_at), (PERSON, Some(PHONE), issued.expires_at));
    assert!(tokens.verify(&issued.token, Audience::Phone, issued.expires_at.plus_ms(LEEWAY_MS)).is_some());
    assert!(tokens.verify(&issued.token, Audience::Phone, issued.expires_at.plus_ms(LEEWAY_MS + 1)).is_none());
    assert!(tokens.verify(&issued.token, Audience::Phone, NOW.minus_ms(LEEWAY_MS + 1_000)).is_none());
}

#[test]
fn a_token_is_for_one_audience() {
    let tokens = tokens();
    for (audience, installation) in [(Audience::Board, None), (Audience::Phone, Some(PHONE)), (Audience::Api, None)] {
        let issued = tokens.issue(audience, PERSON, installation, NOW).unwrap();
        for other in [Audience::Board, Audience::Phone, Audience::Api] {
            assert_eq!(tokens.verify(&issued.token, other, NOW).is_some(), other == audience);
        }
    }
}

#[test]
fn every_claim_is_required_and_of_its_type() {
    assert!(accepted(&signed(&claims())));
    for claim in ["iss", "aud", "sub", "exp", "nbf"] {
        let mut without = claims();
        without.as_object_mut().unwrap().remove(claim);
        assert!(!accepted(&signed(&without)), "without {claim}");
        for wrong in [json!(null), json!(1.5), json!("1790000600"), json!(["linecrew"]), json!({}), json!(-1), json!(1e300)] {
            let mut mistyped = claims();
            mistyped[claim] = wrong;
            assert!(!accepted(&signed(&mistyped)), "{mistyped}");
        }
    }
    let mut array = claims();
    array["aud"] = json!(["api"]);
    assert!(!accepted(&signed(&array)), "an array of audiences");
    let mut phone = claims();
    phone["dev"] = json!(compact(PHONE.as_bytes()));
    assert!(!accepted(&signed(&phone)), "an installation where none belongs");
}

#[test]
fn a_repeated_claim_is_refused() {
    let header = signed(&claims()).split('.').next().unwrap().to_owned();
    let send = |claims: &str| {
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &private(), Algorithm::EdDSA).unwrap();
        accepted(&format!("{message}.{signature}"))
    };
    assert!(send(&claims().to_string()));
    assert!(!send(&claims().to_string().replace("{", "{\"exp\":1890000000,")));
}

#[test]
fn time_is_checked_with_the_servers_clock() {
    for (claim, value) in [("exp", 1_789_999_969), ("nbf", 1_790_000_031)] {
        let mut wrong = claims();
        wrong[claim] = json!(value);
        assert!(!accepted(&signed(&wrong)), "{claim} {value}");
    }
}

#[test]
fn only_the_servers_own_header_is_accepted() {
    let sign = |header: &Header| encode(header, &claims(), &private()).unwrap();
    let honest = honest();
    assert!(accepted(&sign(&honest)));
    assert!(!accepted(&sign(&Header { typ: Some("JWT".into()), ..honest.clone() })));
    assert!(!accepted(&sign(&Header { typ: Some("AT+JWT".into()), ..honest.clone() })));
    assert!(!accepted(&sign(&Header { typ: None, ..honest.clone() })));
    let kid = honest.kid.unwrap();
    let header = |more: &Value| {
        let mut header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": kid});
        header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        header
    };
    assert!(signed_with(&header(&json!({}))).split('.').count() == 3);
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for trick in [
        json!({"kid": ""}),
        json!({"kid": "../signing-key.p8"}),
        json!({"kid": "/dev/null"}),
        json!({"kid": "' OR '1'='1"}),
        json!({"kid": "A".repeat(400)}),
        json!({"kid": null}),
        json!({"kid": 7}),
        json!({"kid": [kid]}),
        json!({"crit": ["exp"]}),
        json!({"crit": []}),
        json!({"b64": false, "crit": ["b64"]}),
        json!({"jwk": jwk}),
        json!({"jku": "https://example.com/jwks.json"}),
        json!({"x5u": "https://example.com/chain.pem"}),
        json!({"x5c": ["AAAA"]}),
        json!({"zip": "DEF"}),
        json!({"cty": "JWT"}),
        json!({"new": true}),
    ] {
        assert!(!accepted(&signed_with(&header(&trick))), "{trick}");
    }
}

#[test]
fn a_token_cannot_choose_its_algorithm() {
    let honest = honest();
    let kid = honest.kid.clone().unwrap();
    for alg in ["none", "None", "NONE", "HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "Ed25519", "eddsa", ""] {
        let header = json!({"typ": "at+jwt", "alg": alg, "kid": kid});
        assert!(!accepted(&format!("{}.{}.", base64(&header), base64(&claims()))), "{alg}, not signed");
        assert!(!accepted(&signed_with(&header)), "{alg}, with the right signature of another");
    }
    let jwk = Jwk::from_encoding_key(&private(), Algorithm::EdDSA).unwrap();
    let AlgorithmParameters::OctetKeyPair(public) = &jwk.algorithm else { panic!("{jwk:?}") };
    let bytes = URL_SAFE_NO_PAD.decode(&public.x).unwrap();
    for secret in [&bytes[..], public.x.as_bytes(), serde_json::to_string(&jwk).unwrap().as_bytes()] {
        for alg in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = Header { alg, ..honest.clone() };
            let confused = encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap();
            assert!(!accepted(&confused), "{alg:?} with the public key as its secret");
            // The same under the honest header: the key decides how it is verified.
            let message = confused.split('.').skip(1).collect::<Vec<_>>().join(".");
            assert!(!accepted(&format!("{}.{message}", signed(&claims()).split('.').next().unwrap())));
        }
    }
}

#[test]
fn a_foreign_or_damaged_signature_is_refused() {
    let other = SigningKey::of_seed([2; 32]).unwrap();
    let foreign = Tokens::new(other, Lifetimes::default()).issue(Audience::Api, PERSON, None, NOW).unwrap().token;
    assert!(!accepted(&foreign), "a key that nobody knows here");
    assert!(!accepted(&encode(&honest(), &claims(), &encoding(2)).unwrap()), "and under the name of one that is known");
    let token = signed(&claims());
    let (message, signature) = token.rsplit_once('.').unwrap();
    assert!(!accepted(message));
    assert!(!accepted(&format!("{message}.")));
    assert!(!accepted(&format!("{message}.{signature}.{signature}")));
    let mut widened = claims();
    widened["exp"] = json!(1_990_000_000);
    let header = token.split('.').next().unwrap();
    assert!(!accepted(&format!("{header}.{}.{signature}", base64(&widened))));
    let huge = format!("{}.{}.{signature}", message.split('.').next().unwrap(), "A".repeat(3_000_000));
    for junk in ["", ".", "..", "...", "a.b.c", &"a".repeat(1_000_000), &huge, &".".repeat(1_000)] {
        assert!(!accepted(junk));
    }
}

fn ring(data: &Path, now: Timestamp) -> KeyRing {
    KeyRing::open(data, now, Lifetimes::default().longest()).unwrap()
}

#[test]
fn a_token_outlives_the_retirement_of_its_key_and_no_longer() {
    let data = tempfile::tempdir().unwrap();
    let lifetimes = Lifetimes::default();
    let tokens = Tokens::new(ring(data.path(), NOW), lifetimes);
    let before = tokens.issue(Audience::Api, PERSON, None, NOW).unwrap();
    let rotation = rotate_key(data.path(), NOW, lifetimes.longest(), false).unwrap();
    tokens.use_keys(ring(data.path(), NOW));
    let after = tokens.issue(Audience::Api, PERSON, None, NOW).unwrap();
    let kid = |issued: &Issued| decode_header(&issued.token).unwrap().kid.unwrap();
    assert_eq!((kid(&before), kid(&after)), (rotation.retired, rotation.current));
    let verified = |issued: &Issued, now| tokens.verify(&issued.token, Audience::Api, now).is_some();
    assert!(verified(&before, NOW) && verified(&after, NOW));
    assert!(verified(&before, before.expires_at.plus_ms(LEEWAY_MS)), "to its own end");
    assert!(!verified(&before, before.expires_at.plus_ms(LEEWAY_MS + 1)));
    let late = NOW.plus_ms(13 * 3_600_000);
    assert_eq!(tokens.public_keys(late).len(), 1, "the retired key has had its day");
    assert_eq!(tokens.public_keys(NOW).len(), 2);
}

#[test]
fn a_retired_key_verifies_nothing_after_its_day() {
    let data = tempfile::tempdir().unwrap();
    let lifetimes = Lifetimes::default();
    let tokens = Tokens::new(ring(data.path(), NOW), lifetimes);
    let old = std::fs::read(data.path().join("signing-key.p8")).unwrap();
    let header = decode_header(tokens.issue(Audience::Api, PERSON, None, NOW).unwrap().token).unwrap();
    rotate_key(data.path(), NOW, lifetimes.longest(), false).unwrap();
    tokens.use_keys(ring(data.path(), NOW));
    // Somebody has found the old private half.
    let mut forged = claims();
    forged["exp"] = json!(1_990_000_000);
    let forged = encode(&header, &forged, &EncodingKey::from_ed_der(&old)).unwrap();
    assert!(tokens.verify(&forged, Audience::Api, NOW).is_some(), "as long as its tokens may be out");
    assert!(tokens.verify(&forged, Audience::Api, NOW.plus_ms(13 * 3_600_000)).is_none());
    // A key that was stolen is forgotten at once.
    rotate_key(data.path(), NOW, lifetimes.longest(), true).unwrap();
    tokens.use_keys(ring(data.path(), NOW));
    assert!(tokens.verify(&forged, Audience::Api, NOW).is_none());
    assert_eq!(tokens.public_keys(NOW).len(), 1);
}
