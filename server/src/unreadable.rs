//! What is wrong with JSON that somebody sent, without what stands in it.
//!
//! serde repeats the value that it cannot use: a password that was written as a number, a customer's name where an id belongs. Answers and complaints
//! end in logs of programs that we do not know, so they name the field and the place and repeat nothing.

use std::fmt;

/// The words of an error of serde's that hold no value. It has no source: that would say the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

/// Before what was expected; everything in front of the last one may be the sender's.
const EXPECTED: &str = ", expected ";
/// No field of ours has a longer name.
const MAX_FIELD_CHARS: usize = 40;

impl Unreadable {
    /// Why this error says that JSON cannot be read.
    #[must_use]
    pub fn of(error: &serde_json::Error) -> Self {
        let said = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let (words, place) = said.strip_suffix(&place).map_or((&*said, ""), |words| (words, &*place));
        let words = if error.is_data() { without_values(words) } else { words.to_owned() };
        Self(words + place)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// The shapes are those of `serde::de::Error`; what is none of them is our own and quotes nothing, or is not repeated.
fn without_values(said: &str) -> String {
    let expected = || said.rsplit_once(EXPECTED).map(|(_, expected)| expected);
    let begins = |shape: &str| said.starts_with(shape);
    if begins("missing field `") || begins("duplicate field `") {
        return said.to_owned();
    }
    if let Some(rest) = said.strip_prefix("unknown field `") {
        let name = rest.split('`').next().filter(|name| is_field(name));
        return name.map_or_else(|| "there is a field that is not known here".to_owned(), |_| said.to_owned());
    }
    if ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"].into_iter().any(begins) {
        return expected()
            .map_or_else(|| "a value cannot be used".to_owned(), |expected| format!("a value is not the expected {expected}"));
    }
    if said.contains(['"', '`']) { "a value cannot be used".to_owned() } else { said.to_owned() }
}

/// Whether it could be the name of a field: a slip of the pen, and nobody's data.
fn is_field(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    name.len() <= MAX_FIELD_CHARS && name.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is only read into")]
    struct Asked {
        id: linecrew_protocol::ids::PersonId,
        password: String,
        role: linecrew_protocol::model::person::Role,
    }

    fn said(value: &serde_json::Value) -> String {
        Unreadable::of(&serde_json::from_str::<Asked>(&value.to_string()).unwrap_err()).to_string()
    }

    #[test]
    fn a_field_and_a_place_are_named_and_no_value() {
        let id = "01931c6e-7d00-7000-8000-000000000001";
        for secret in [json!(13_912_345_678_u64), json!(["陈秀英, expected a string"]), json!({"陈秀英": 1}), json!(1.5)] {
            let words = said(&json!({"id": id, "password": secret}));
            assert!(words.starts_with("a value is not the expected a string at line 1"), "{words}");
        }
        for (field, wrong) in [("id", json!("陈秀英")), ("id", json!(5_910_200_101_u64)), ("role", json!("陈秀英"))] {
            let words = said(&json!({"id": id, "password": "x", field: wrong}));
            assert!(!words.contains("陈秀英") && !words.contains("5910200101"), "{words}");
        }
        assert!(said(&json!({"id": id, "passwort": "x"})).starts_with("unknown field `passwort`, expected"), "a slip of the pen is named");
        for name in ["陈秀英", "0591-87400174", "electricity for all"] {
            assert!(said(&json!({"id": id, name: "x"})).starts_with("there is a field that is not known here"), "{name}");
        }
        assert!(said(&json!({"id": id})).starts_with("missing field `password`"));
        assert!(said(&json!({"role": "dispatcher", "password": "x", "id": 7})).contains("at line 1 column"));
    }

    #[test]
    fn what_is_no_json_is_placed() {
        let error = serde_json::from_str::<Asked>(r#"{"password": "陈秀英" "#).unwrap_err();
        assert_eq!(Unreadable::of(&error).to_string(), error.to_string());
        assert!(!error.to_string().contains("陈秀英"));
    }
}
