//! ID tokens and key sets, right and wrong.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use linecrew_protocol::time::Timestamp;
use rcgen::KeyPair;
use serde_json::{Value, json};

use super::{
    claims::{Expected, RefusedToken, TokenHeader, subject},
    keys::KeySet,
};

const NOW: i64 = 1_795_363_260;
const EXPECTED: Expected<'static> = Expected {
    issuer: "https://login.example/realms/grid",
    client_id: "linecrew",
    nonce: "n-1",
    now: Timestamp::from_unix_millis(NOW * 1000),
};

/// A key of the provider.
struct Key {
    signing: EncodingKey,
    algorithm: Algorithm,
    public: Value,
}

impl Key {
    fn of(algorithm: Algorithm) -> Self {
        let kind = match algorithm {
            Algorithm::ES256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            Algorithm::ES384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            Algorithm::EdDSA => &rcgen::PKCS_ED25519,
            _ => &rcgen::PKCS_RSA_SHA256,
        };
        let made = KeyPair::generate_for(kind).unwrap().serialize_der();
        let signing = match algorithm {
            Algorithm::ES256 | Algorithm::ES384 => EncodingKey::from_ec_der(&made),
            // PKCS#8 version 2 holds the public key behind the private one; the library wants version 1.
            Algorithm::EdDSA => EncodingKey::from_ed_der(&version_1(&made)),
            // The library wants the PKCS#1 form within the PKCS#8 one, behind 26 bytes of header.
            _ => EncodingKey::from_rsa_der(&made[26..]),
        };
        let mut public = serde_json::to_value(Jwk::from_encoding_key(&signing, algorithm).unwrap()).unwrap();
        public["kid"] = json!("k1");
        Self { signing, algorithm, public }
    }

    fn token(&self, claims: &Value) -> String {
        self.token_with(claims, |_| {})
    }

    fn token_with(&self, claims: &Value, change: impl FnOnce(&mut Header)) -> String {
        let mut header = Header { kid: Some("k1".to_owned()), ..Header::new(self.algorithm) };
        change(&mut header);
        encode(&header, claims, &self.signing).unwrap()
    }

    fn set(&self) -> KeySet {
        set(std::slice::from_ref(&self.public))
    }
}

fn version_1(pkcs8: &[u8]) -> Vec<u8> {
    let at = pkcs8.windows(2).position(|two| two == [0x04, 0x20]).unwrap() + 2;
    [&[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20][..], &pkcs8[at..at + 32]].concat()
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

fn claims() -> Value {
    json!({"iss": EXPECTED.issuer, "sub": "u-7f3a", "aud": "linecrew", "exp": NOW + 300, "iat": NOW, "nonce": "n-1", "email": "lin@grid.example"})
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = claims();
    change(&mut claims);
    claims
}

fn without(name: &str) -> Value {
    with(|claims| drop(claims.as_object_mut().unwrap().remove(name)))
}

/// Header, key, claims: as a sign-in does it.
fn believed(token: &str, keys: &KeySet) -> Result<String, RefusedToken> {
    let header = TokenHeader::of(token)?;
    subject(token, keys.find(&header).ok_or(RefusedToken::UnknownKey)?, &EXPECTED)
}

#[test]
fn a_token_of_each_algorithm_on_the_list_is_believed() {
    for algorithm in [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let key = Key::of(algorithm);
        assert_eq!(believed(&key.token(&claims()), &key.set()).as_deref(), Ok("u-7f3a"), "{algorithm:?}");
        assert_eq!(believed(&key.token(&claims()), &Key::of(algorithm).set()), Err(RefusedToken::Signature), "{algorithm:?}");
    }
}

#[test]
fn every_claim_is_required_and_says_what_it_has_to() {
    let key = Key::of(Algorithm::ES256);
    for claim in ["iss", "sub", "aud", "exp", "iat", "nonce"] {
        assert!(believed(&key.token(&without(claim)), &key.set()).is_err(), "without {claim}");
        for value in [json!(null), json!({}), json!(true), json!([])] {
            assert!(believed(&key.token(&with(|claims| claims[claim] = value.clone())), &key.set()).is_err(), "{claim}: {value}");
        }
    }
    for (claim, value, why) in [
        ("iss", json!("https://login.example/realms/grid/"), RefusedToken::Issuer),
        ("iss", json!("https://login.example/realms/GRID"), RefusedToken::Issuer),
        ("iss", json!([EXPECTED.issuer, "https://evil.example"]), RefusedToken::Claims),
        ("aud", json!("another"), RefusedToken::Audience),
        ("aud", json!(["another", "third"]), RefusedToken::Audience),
        ("nonce", json!("n-2"), RefusedToken::Nonce),
        ("nonce", json!(""), RefusedToken::Nonce),
        ("sub", json!(""), RefusedToken::Subject),
        ("sub", json!("a\nb"), RefusedToken::Subject),
        ("sub", json!(" a"), RefusedToken::Subject),
        ("sub", json!("x".repeat(256)), RefusedToken::Subject),
        ("sub", json!(42), RefusedToken::Claims),
        ("exp", json!("soon"), RefusedToken::Claims),
    ] {
        assert_eq!(believed(&key.token(&with(|claims| claims[claim] = value.clone())), &key.set()), Err(why), "{claim}: {value}");
    }
}

#[test]
fn several_audiences_say_for_whom_the_token_was_made() {
    let key = Key::of(Algorithm::ES256);
    let believed = |aud: Value, azp: Option<&str>| {
        let change = |claims: &mut Value| {
            claims["aud"] = aud;
            if let Some(azp) = azp {
                claims["azp"] = json!(azp);
            }
        };
        super::tests::believed(&key.token(&with(change)), &key.set()).is_ok()
    };
    assert!(believed(json!(["linecrew"]), None) && believed(json!("linecrew"), Some("linecrew")));
    assert!(believed(json!(["other", "linecrew"]), Some("linecrew")));
    assert!(!believed(json!(["other", "linecrew"]), None), "nobody says for whom");
    assert!(!believed(json!(["other", "linecrew"]), Some("other")));
    assert!(!believed(json!("linecrew"), Some("other")), "made for somebody else, whoever else may read it");
}

#[test]
fn a_token_is_of_now_give_or_take_thirty_seconds() {
    let key = Key::of(Algorithm::ES256);
    for (claim, offset, good) in [
        ("exp", -30, true),
        ("exp", -31, false),
        ("iat", 30, true),
        ("iat", 31, false),
        ("iat", -630, true),
        ("iat", -631, false),
        ("nbf", 30, true),
        ("nbf", 31, false),
        ("exp", i64::MIN - NOW.saturating_neg(), false),
    ] {
        let token = key.token(&with(|claims| claims[claim] = json!(NOW.saturating_add(offset))));
        assert_eq!(believed(&token, &key.set()).is_ok(), good, "{claim} {offset}");
    }
}

#[test]
fn a_token_chooses_neither_its_algorithm_nor_its_key() {
    let key = Key::of(Algorithm::RS256);
    let good = key.token(&claims());
    let mut parts = good.split('.');
    let (_, payload, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let headed = |header: Value, signature: &str| {
        use base64::Engine as _;
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header.to_string());
        format!("{header}.{payload}.{signature}")
    };
    for none in ["none", "None", "NONE", ""] {
        assert_eq!(believed(&headed(json!({"alg": none, "kid": "k1"}), ""), &key.set()), Err(RefusedToken::Malformed), "{none}");
    }
    // The public key, which everybody has, taken for a secret that two share.
    for secret in [key.public["n"].as_str().unwrap().to_owned(), key.public.to_string()] {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k1".to_owned());
        let forged = encode(&header, &claims(), &EncodingKey::from_secret(secret.as_bytes())).unwrap();
        assert_eq!(believed(&forged, &key.set()), Err(RefusedToken::Algorithm));
    }
    for algorithm in ["PS256", "RS384", "RS512", "ES256", "HS512"] {
        assert!(believed(&headed(json!({"alg": algorithm, "kid": "k1"}), signature), &key.set()).is_err(), "{algorithm}");
    }
    let stranger = Key::of(Algorithm::RS256);
    let own_key = serde_json::from_value(stranger.public.clone()).unwrap();
    let brought = stranger.token_with(&claims(), |header| header.jwk = Some(own_key));
    assert_eq!(believed(&brought, &key.set()), Err(RefusedToken::Signature), "a key that the token brings along");
    let critical = key.token_with(&claims(), |header| header.crit = Some(vec!["b64".to_owned()]));
    assert_eq!(believed(&critical, &key.set()), Err(RefusedToken::Malformed), "an extension that is not understood");
    let access = key.token_with(&claims(), |header| header.typ = Some("at+jwt".to_owned()));
    assert_eq!(believed(&access, &key.set()), Err(RefusedToken::Malformed), "a token of another kind");
    for wrong in ["", ".", "..", "a.b.c", payload, good.get(..good.len() - 4).unwrap(), &format!("{good}.x"), &"x".repeat(40_000)] {
        assert!(believed(wrong, &key.set()).is_err());
    }
}

#[test]
fn a_key_is_found_when_it_can_be_only_one() {
    let (key, other) = (Key::of(Algorithm::ES256), Key::of(Algorithm::ES256));
    let named = |key: &Key, kid: Option<&str>| {
        let mut public = key.public.clone();
        public.as_object_mut().unwrap().remove("alg");
        public["kid"] = json!(kid);
        public
    };
    let nameless = key.token_with(&claims(), |header| header.kid = None);
    let rsa = Key::of(Algorithm::RS256);
    assert!(believed(&key.token(&claims()), &set(&[named(&other, Some("k2")), named(&key, Some("k1"))])).is_ok());
    assert!(believed(&nameless, &set(&[rsa.public, named(&key, None)])).is_ok(), "the only one of its kind");
    assert_eq!(believed(&nameless, &set(&[named(&other, Some("k2")), named(&key, Some("k1"))])), Err(RefusedToken::UnknownKey));
    assert_eq!(believed(&key.token(&claims()), &set(&[named(&key, Some("k1")), named(&other, Some("k1"))])), Err(RefusedToken::UnknownKey));
    assert_eq!(believed(&key.token(&claims()), &set(&[named(&key, Some("K1"))])), Err(RefusedToken::UnknownKey));
}

#[test]
fn keys_for_something_else_are_not_used() {
    let key = Key::of(Algorithm::ES256);
    let found = |name: &str, value: Value| {
        let mut public = key.public.clone();
        public[name] = value;
        set(&[json!({"kty": "unheard", "of": 1}), json!("nonsense"), public])
            .find(&TokenHeader::of(&key.token(&claims())).unwrap())
            .is_some()
    };
    assert!(found("use", json!("sig")) && found("key_ops", json!(["verify"])));
    assert!(!found("use", json!("enc")) && !found("key_ops", json!(["encrypt"])));
    assert!(!found("alg", json!("ES384")) && !found("alg", json!("ECDH-ES")) && !found("crv", json!("P-384")));
    assert!(KeySet::parse(b"{}").is_err() && KeySet::parse(b"<html>").is_err());
}
