use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_unix_millis(1_790_000_000_500);
const PERSON: PersonId = PersonId::from_bytes([7; 16]);
const PHONE: InstallationId = InstallationId::from_bytes([9; 16]);

fn tokens() -> Tokens {
    Tokens::new(SigningKey::of_seed([1; 32]).unwrap(), Lifetimes::default())
}

fn claims() -> Value {
    json!({"iss": "linecrew", "aud": "api", "sub": compact(PERSON.as_bytes()), "exp": 1_790_000_600, "nbf": 1_790_000_000})
}

/// Signs with the right key whatever it is given.
fn signed(claims: &Value) -> String {
    let tokens = tokens();
    encode(&tokens.header, claims, &tokens.key.signing).unwrap()
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
    let tokens = tokens();
    let doubled = claims().to_string().replace("{", "{\"exp\":1890000000,");
    let message = format!("{}.{}", base64(&serde_json::to_value(&tokens.header).unwrap()), URL_SAFE_NO_PAD.encode(doubled));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &tokens.key.signing, Algorithm::EdDSA).unwrap();
    assert!(!accepted(&format!("{message}.{signature}")));
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
    let tokens = tokens();
    let sign = |header: &Header| encode(header, &claims(), &tokens.key.signing).unwrap();
    assert!(accepted(&sign(&tokens.header)));
    assert!(!accepted(&sign(&Header { typ: Some("JWT".into()), ..tokens.header.clone() })));
    assert!(!accepted(&sign(&Header { typ: None, ..tokens.header.clone() })));
    assert!(!accepted(&sign(&Header { kid: Some("../key".into()), ..tokens.header.clone() })));
    assert!(!accepted(&sign(&Header { kid: None, ..tokens.header.clone() })));
    assert!(!accepted(&sign(&Header { jku: Some("https://example.com".into()), ..tokens.header.clone() })));
    assert!(!accepted(&sign(&Header { crit: Some(vec!["exp".into()]), ..tokens.header.clone() })));
}

#[test]
fn a_token_cannot_choose_its_algorithm() {
    let tokens = tokens();
    let kid = &tokens.key.kid;
    for alg in ["none", "None", "HS256", "RS256", "ES256", ""] {
        let unsigned = format!("{}.{}.", base64(&json!({"typ": TYPE, "alg": alg, "kid": kid})), base64(&claims()));
        assert!(!accepted(&unsigned), "{alg}");
    }
    let public = tokens.key.verifying.try_get_as_bytes().unwrap();
    let header = Header { alg: Algorithm::HS256, ..tokens.header.clone() };
    let confused = encode(&header, &claims(), &EncodingKey::from_secret(public)).unwrap();
    assert!(!accepted(&confused), "HS256 with the public key as its secret");
}

#[test]
fn a_foreign_or_damaged_signature_is_refused() {
    let other = SigningKey::of_seed([2; 32]).unwrap();
    assert!(!accepted(&encode(&tokens().header, &claims(), &other.signing).unwrap()));
    let token = signed(&claims());
    let (message, signature) = token.rsplit_once('.').unwrap();
    assert!(!accepted(message));
    assert!(!accepted(&format!("{message}.")));
    assert!(!accepted(&format!("{message}.{signature}.{signature}")));
    let mut widened = claims();
    widened["exp"] = json!(1_990_000_000);
    let header = token.split('.').next().unwrap();
    assert!(!accepted(&format!("{header}.{}.{signature}", base64(&widened))));
    for junk in ["", ".", "..", "a.b.c", &"a".repeat(1_000_000)] {
        assert!(!accepted(junk));
    }
}
