use super::*;

#[test]
fn numbers_are_whole_and_bounded() {
    let whole = |value| number(value, Fraction::Refused);
    assert_eq!(whole("０１２"), Ok(12));
    assert_eq!(whole("000000000000000000000007.000"), Ok(7));
    assert_eq!(whole("999999999999999"), Ok(999_999_999_999_999));
    assert_eq!(number("12.99", Fraction::Cut), Ok(12));
    assert_eq!(whole("12.99"), Err(Problem::Fraction { value: "12.99".into() }));
    for value in ["", "-1", "+1", "1,000", "1e3", ".5", "5.", "1.2.3", "1000000000000000", "十二", "1 2", "0x10"] {
        assert!(matches!(whole(value), Err(Problem::NotANumber { .. })), "{value}");
    }
}

#[test]
fn a_multiplier_is_at_least_one_and_a_register_has_digits() {
    assert_eq!(multiplier("30.00"), Ok(30));
    assert_eq!(multiplier("0"), Err(Problem::OutOfRange { value: 0, min: 1, max: 4_294_967_295 }));
    assert_eq!(multiplier("4294967296"), Err(Problem::OutOfRange { value: 4_294_967_296, min: 1, max: 4_294_967_295 }));
    assert_eq!(digits("15"), Ok(15));
    assert!(digits("0").is_err() && digits("16").is_err());
    assert_eq!(fits(999_999_999_999_999, 15), Ok(999_999_999_999_999));
    assert_eq!(fits(10, 1), Err(Problem::DoesNotFit { index: 10, digits: 1 }));
}

#[test]
fn appointments_are_read_as_people_write_them() {
    let expected = Ok(1_796_088_600_000);
    for value in [
        "2026-12-01 09:30",
        "2026/12/1 9:30",
        "2026-12-01T09:30:00",
        "2026年12月1日 9:30",
        "２０２６－１２－０１　０９：３０",
        "2026.12.1  9:30",
    ] {
        assert_eq!(moment(value, 8 * 60), expected, "{value}");
    }
    for value in [
        "",
        "2026-12-01",
        "09:30",
        "2026-02-29 09:30",
        "2026-12-01 24:00",
        "2026-12-01 9",
        "1-12-2026 09:30",
        "2026-12-01 +9:30",
        "2026-12-01 09:30 x",
    ] {
        assert!(matches!(moment(value, 8 * 60), Err(Problem::NotAMoment { .. })), "{value}");
    }
}

#[test]
fn a_rounded_number_is_not_mistaken_for_a_serial_with_a_letter() {
    for code in ["3.5E+11", "3E+11", "3.50103e+11"] {
        assert!(is_rounded(code), "{code}");
    }
    for code in ["3E11", "E+11", "ABE+11", "3.E+1", "3E+", "350102E", "12E+4X"] {
        assert!(!is_rounded(code), "{code}");
    }
}

#[test]
fn words_are_taken_in_any_case_and_width() {
    assert_eq!(choice(" Ｕrban ", AREA_CLASSES), Ok("urban".into()));
    assert_eq!(choice("city", AREA_CLASSES).unwrap_err().to_string(), "is none of urban, rural, remote");
    assert_eq!(code("'"), Err(Problem::Blank));
    assert_eq!(text(" a\r\n\r\n b "), Ok("a b".into()));
}
