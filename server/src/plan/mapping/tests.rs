use std::error::Error;

use super::*;

const GOOD: &str = r#"{"plan":"p","fields":{"serial":"表号","customer_name":"户名","site_address":"地址",
    "area_class":{"heading":"类别","values":{"城区":"urban"}}},"registers":{"1":{"digits":{"constant":"6"},"last_index":"示数"}}}"#;

/// The error after `from` became `to`, with its cause.
fn error(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let error = Mapping::parse(GOOD.replacen(from, to, 1).as_bytes()).unwrap_err();
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

#[test]
fn a_small_mapping_is_enough() {
    let mapping = Mapping::parse(format!("\u{FEFF}{GOOD}").as_bytes()).unwrap();
    assert_eq!(mapping.plan(), "p");
    assert_eq!(mapping.fields[&Field::Multiplier], Source::Constant("1".into()));
    assert_eq!(mapping.fields[&Field::Priority], Source::Constant("normal".into()));
    assert_eq!((mapping.encoding, mapping.delimiter, mapping.utc_offset), (None, ',', UtcOffset::CHINA));
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(error(r#""plan":"p","#, ""), "the mapping lacks `plan`");
    assert_eq!(error(r#""serial":"表号","#, ""), "the mapping lacks `fields.serial`");
    assert_eq!(error(r#","last_index":"示数""#, ""), "the mapping lacks `registers.1.last_index`");
    assert_eq!(error(r#""heading":"类别","#, ""), "the mapping lacks `fields.area_class.heading`");
}

#[test]
fn what_is_misspelt_is_named_with_what_is_known() {
    let words = error("site_address", "site_adress");
    assert!(words.starts_with("the mapping has `fields.site_adress`, which means nothing; known there: serial, multiplier,"), "{words}");
    assert!(error(r#""constant":"6""#, r#""const":"6""#).starts_with("the mapping has `registers.1.digits.const`"));
    assert!(error(r#""plan":"p""#, r#""plan":"p","delimeter":";""#).starts_with("the mapping has `delimeter`"));
    assert!(error(r#""constant":"6""#, r#""constant":"6","heading":"位数""#).starts_with("the mapping has `registers.1.digits.heading`"));
}

#[test]
fn a_fixed_value_is_judged_like_a_cell() {
    assert_eq!(error("urban", "city"), "`fields.area_class.values.城区` in the mapping: is none of urban, rural, remote");
    let words = "`registers.1.digits.constant` in the mapping: is not between 1 and 15";
    assert_eq!(error(r#""constant":"6""#, r#""constant":"16""#), words);
    let words = "`registers.1.last_index` in the mapping: holds more than a register of 6 digits can show";
    assert_eq!(error(r#""示数""#, r#"{"constant":"1000000"}"#), words);
    assert_eq!(error(r#""表号""#, r#""""#), "`fields.serial` in the mapping: is empty, but every row needs it");
}

#[test]
fn what_has_the_wrong_shape_is_named() {
    assert_eq!(
        error(r#""constant":"6""#, r#""constant":6"#),
        "`registers.1.digits.constant` in the mapping is a number; it must be a text"
    );
    assert_eq!(error(r#""户名""#, "[]"), "`fields.customer_name` in the mapping is an array; it must be an object");
    let encoding = error(r#""plan":"p""#, r#""plan":"p","encoding":"latin1""#);
    assert_eq!(encoding, "`encoding` in the mapping is another text; it must be utf-8 or gb18030");
    assert!(error(r#""plan":"p""#, r#""plan":"p","delimiter":"|""#).contains("a comma, a semicolon or a tab"));
    assert!(error(r#""plan":"p""#, r#""plan":"p","utc_offset":"8""#).contains("an offset such as +08:00"));
}

#[test]
fn a_serial_comes_from_its_own_column() {
    let words = "`fields.serial` in the mapping must come from a column of its own, without constant, translations or default";
    assert_eq!(error(r#""表号""#, r#"{"constant":"1"}"#), words);
    assert_eq!(error(r#""表号""#, r#"{"heading":"表号","default":"1"}"#), words);
}

#[test]
fn registers_are_counted_and_their_names_differ() {
    let register = r#""1":{"digits":{"constant":"6"},"last_index":"示数"}"#;
    assert_eq!(error(register, ""), "`registers` in the mapping holds 0; a meter has 1 to 32");
    let many: Vec<String> = (0..33).map(|name| register.replacen('1', &name.to_string(), 1)).collect();
    assert_eq!(error(register, &many.join(",")), "`registers` in the mapping holds 33; a meter has 1 to 32");
    assert!(error(register, &format!("{register},{}", register.replacen('1', "１", 1))).contains("the same name twice"));
}

#[test]
fn what_is_no_mapping_is_refused() {
    assert!(matches!(Mapping::parse(b"serial: x"), Err(MappingError::Json(_))));
    assert_eq!(Mapping::parse(b"[]").unwrap_err().to_string(), "`` in the mapping is an array; it must be an object");
    let bytes = limits::MAX_MAPPING_BYTES + 1;
    assert!(matches!(Mapping::parse(&vec![b' '; bytes]), Err(MappingError::TooLarge { .. })));
    assert!(matches!(Mapping::parse("[".repeat(100_000).as_bytes()), Err(MappingError::Json(_))), "depth is bounded");
}
