//! Every way in which a text or a secret could stand in a log.

use std::{collections::BTreeSet, fmt::Write};

use base64::{
    Engine,
    alphabet::{Alphabet, STANDARD, URL_SAFE},
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};

/// Shorter than this, another form than the text itself says nothing: six letters of base64 turn up by chance.
const SHORTEST_FORM: usize = 8;

/// The bytes themselves and every other form of them.
pub(crate) fn of(bytes: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::from([hex(bytes), hex(bytes).to_ascii_uppercase(), listed(bytes)]);
    forms.insert(bytes.escape_ascii().to_string().into_bytes());
    for upper in [true, false] {
        forms.insert(percent(bytes, upper));
    }
    for alphabet in [STANDARD, URL_SAFE] {
        forms.extend((0..3).map(|offset| base64(bytes, &alphabet, offset)));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let quoted = format!("{text:?}");
        forms.insert(quoted.as_bytes()[1..quoted.len() - 1].to_vec());
        forms.insert(text.escape_unicode().to_string().into_bytes());
        forms.insert(text.escape_default().to_string().into_bytes());
        for upper in [true, false] {
            forms.insert(json(text, upper));
        }
    }
    forms.retain(|form| form.len() >= SHORTEST_FORM);
    forms.insert(bytes.to_vec());
    forms
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// As `{:?}` shows a slice, without its brackets.
fn listed(bytes: &[u8]) -> Vec<u8> {
    let numbers: Vec<String> = bytes.iter().map(ToString::to_string).collect();
    numbers.join(", ").into_bytes()
}

fn percent(bytes: &[u8], upper: bool) -> Vec<u8> {
    let mut out = String::new();
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(*byte)),
            byte if upper => write!(out, "%{byte:02X}").unwrap(),
            byte => write!(out, "%{byte:02x}").unwrap(),
        }
    }
    out.into_bytes()
}

/// As a writer of pure ASCII writes it.
fn json(text: &str, upper: bool) -> Vec<u8> {
    let mut out = String::new();
    for unit in text.encode_utf16() {
        match unit {
            0x22 | 0x5c => write!(out, "\\{}", char::from(u8::try_from(unit).unwrap())).unwrap(),
            0x20..0x7f => out.push(char::from(u8::try_from(unit).unwrap())),
            unit if upper => write!(out, "\\u{unit:04X}").unwrap(),
            unit => write!(out, "\\u{unit:04x}").unwrap(),
        }
    }
    out.into_bytes()
}

/// The letters that these bytes alone decide, when so many others stand before them.
fn base64(bytes: &[u8], alphabet: &Alphabet, offset: usize) -> Vec<u8> {
    let shifted = [&[0; 2][..offset], bytes].concat();
    let letters = GeneralPurpose::new(alphabet, NO_PAD).encode(&shifted).into_bytes();
    letters[(offset * 8).div_ceil(6)..shifted.len() * 8 / 6].to_vec()
}

#[test]
fn a_name_is_known_in_whatever_form_it_is_written() {
    let forms = of("陈秀英".as_bytes());
    for written in [
        "陈秀英",
        r"\u9648\u79c0\u82f1",
        r"\u9648\u79C0\u82F1",
        r"\u{9648}\u{79c0}\u{82f1}",
        r"\xe9\x99\x88\xe7\xa7\x80\xe8\x8b\xb1",
        "%E9%99%88%E7%A7%80%E8%8B%B1",
        "%e9%99%88%e7%a7%80%e8%8b%b1",
        "e99988e7a780e88bb1",
        "233, 153, 136, 231, 167, 128, 232, 139, 177",
        "6ZmI56eA6Iux",
    ] {
        assert!(forms.contains(written.as_bytes()), "{written}");
    }
}

#[test]
fn base64_is_known_wherever_in_a_text_it_stands() {
    let forms = of(b"electricity for all");
    for before in ["", "p", "pw", "pw="] {
        let text = format!("{before}electricity for all, and more");
        for engine in [base64::engine::general_purpose::STANDARD, base64::engine::general_purpose::URL_SAFE_NO_PAD] {
            let written = engine.encode(&text);
            assert!(forms.iter().any(|form| written.contains(std::str::from_utf8(form).unwrap())), "{written}");
        }
    }
}
