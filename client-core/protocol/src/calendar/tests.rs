//! The calendar in stories. The expected days were counted by hand on a wall calendar and the year files, not by this code.

use super::*;

const DAY_MS: u64 = 86_400_000;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn is_workday(text: &str) -> bool {
    Calendar::shipped().is_workday(date(text)).unwrap()
}

/// A moment in China: the day and the milliseconds since its 00:00.
fn china(day: &str, ms: u64) -> Timestamp {
    UtcOffset::CHINA.start_of(date(day)).plus_ms(ms)
}

fn noon(day: &str) -> Timestamp {
    china(day, DAY_MS / 2)
}

/// The last day of a limit of so many workdays that began at noon.
fn last_day(from: &str, workdays: u32) -> String {
    let due = Calendar::shipped().add_workdays(noon(from), workdays).unwrap();
    assert_eq!(UtcOffset::CHINA.start_of(UtcOffset::CHINA.date_at(due)), due, "a limit ends at 24:00");
    UtcOffset::CHINA.date_at(due.minus_ms(1)).to_string()
}

fn unknown_year(result: Result<Timestamp, CalendarError>) -> i64 {
    match result {
        Err(CalendarError::UnknownYear(year)) => year,
        other => panic!("an unknown year was expected, not {other:?}"),
    }
}

#[test]
fn four_years_ship() {
    assert_eq!(Calendar::shipped().years().collect::<Vec<_>>(), [2023, 2024, 2025, 2026]);
}

#[test]
fn an_ordinary_week_has_five_workdays() {
    let week = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"];
    assert_eq!(week.map(is_workday), [true, true, true, true, true, false, false]);
    assert_eq!(last_day("2026-11-26", 3), "2026-12-01");
}

#[test]
fn before_spring_festival_2024_a_sunday_is_worked_and_after_it_another() {
    assert!(is_workday("2024-02-04") && is_workday("2024-02-18"));
    // New Year's Eve, 9 February, was left to employers: officially a workday.
    assert!(is_workday("2024-02-09"));
    for day in 10..=17 {
        assert!(!is_workday(&format!("2024-02-{day}")), "2024-02-{day}");
    }
    // A household asks on Thursday the 8th: Friday, then Sunday the 18th, then Monday.
    assert_eq!(last_day("2024-02-08", 3), "2024-02-19");
}

#[test]
fn labour_day_2024_is_paid_for_with_a_sunday_and_a_saturday() {
    assert!(is_workday("2024-04-28") && is_workday("2024-05-11"));
    assert!(!is_workday("2024-05-01") && !is_workday("2024-05-05") && !is_workday("2024-05-12"));
    assert_eq!(last_day("2024-04-26", 7), "2024-05-09");
}

#[test]
fn mid_autumn_and_national_day_2024_shift_three_weekends() {
    assert!(is_workday("2024-09-14") && is_workday("2024-09-29") && is_workday("2024-10-12"));
    assert!(!is_workday("2024-09-16") && !is_workday("2024-10-07"));
}

#[test]
fn spring_festival_2025_delays_a_reply_by_eleven_days() {
    assert!(is_workday("2025-01-26") && is_workday("2025-02-08"));
    assert!(!is_workday("2025-01-28") && !is_workday("2025-02-04"));
    // Sunday the 26th is worked, Monday too; then eight days off.
    assert_eq!(last_day("2025-01-25", 3), "2025-02-05");
}

#[test]
fn national_day_and_mid_autumn_2025_are_one_holiday_of_eight_days() {
    for day in 1..=8 {
        assert!(!is_workday(&format!("2025-10-{day:02}")), "2025-10-{day:02}");
    }
    assert!(is_workday("2025-09-28") && is_workday("2025-10-09") && is_workday("2025-10-11") && !is_workday("2025-10-12"));
    // A plan for a low-voltage customer, accepted on the last day before: Thursday, Friday, Saturday, then Monday to Thursday.
    assert_eq!(last_day("2025-09-30", 7), "2025-10-16");
}

#[test]
fn new_year_and_spring_festival_2026_bring_a_sunday_and_two_saturdays() {
    assert!(!is_workday("2026-01-02") && is_workday("2026-01-04"));
    assert!(is_workday("2026-02-14") && is_workday("2026-02-28"));
    assert!(!is_workday("2026-02-16") && !is_workday("2026-02-23") && is_workday("2026-02-24"));
    assert_eq!(last_day("2025-12-31", 3), "2026-01-06");
    assert_eq!(last_day("2026-02-13", 15), "2026-03-12");
}

#[test]
fn a_limit_that_begins_on_a_day_off_counts_from_the_next_workday() {
    assert_eq!(last_day("2025-10-04", 1), "2025-10-09");
    assert_eq!(last_day("2025-10-04", 0), "2025-10-04");
}

#[test]
fn a_limit_that_runs_into_2027_names_the_missing_year() {
    let calendar = Calendar::shipped();
    // The last workday that is known is Thursday, 31 December 2026.
    assert_eq!(last_day("2026-12-29", 2), "2026-12-31");
    let error = calendar.add_workdays(noon("2026-12-29"), 3).unwrap_err();
    assert!(error.to_string().contains("2027"), "{error}");
    assert_eq!(unknown_year(Err(error)), 2027);
    assert_eq!(unknown_year(calendar.add_workdays(noon("2026-01-01"), u32::MAX)), 2027);
    assert!(matches!(calendar.is_workday(date("2027-01-04")), Err(CalendarError::UnknownYear(2027))));
    assert!(matches!(calendar.is_workday(date("2022-12-30")), Err(CalendarError::UnknownYear(2022))));
}

#[test]
fn an_operator_adds_the_year_that_was_missing() {
    let mut calendar = Calendar::shipped();
    calendar.with_year_file(r#"{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}"#).unwrap();
    let due = calendar.add_workdays(noon("2026-12-29"), 3).unwrap();
    assert_eq!(due, china("2027-01-05", 0));
}

#[test]
fn the_next_years_paper_has_the_last_word_on_december() {
    let mut calendar = Calendar::shipped();
    let paper = r#"{"year": 2027, "days": [{"date": "2026-12-26", "isOffDay": false}, {"date": "2026-12-31", "isOffDay": true}]}"#;
    calendar.with_year_file(paper).unwrap();
    assert!(calendar.is_workday(date("2026-12-26")).unwrap());
    assert!(!calendar.is_workday(date("2026-12-31")).unwrap());
}

#[test]
fn an_amended_year_replaces_the_first_one() {
    let mut calendar = Calendar::empty(UtcOffset::CHINA);
    for (json, expected) in [
        (r#"{"year": 2020, "days": [{"date": "2020-01-31", "isOffDay": false}]}"#, true),
        (r#"{"year": 2020, "days": [{"date": "2020-01-31", "isOffDay": true}]}"#, false),
    ] {
        calendar.with_year_file(json).unwrap();
        assert_eq!(calendar.is_workday(date("2020-01-31")).unwrap(), expected);
    }
}

#[test]
fn what_is_no_year_file_is_refused_and_changes_nothing() {
    let too_long = " ".repeat(64 * 1024 + 1);
    let bad = [
        ("", "line 1"),
        ("[]", "line 1"),
        (r#"{"year": 2027}"#, "line 1"),
        (r#"{"year": 2027, "days": []}"#, "names no day"),
        (r#"{"year": 2027, "days": [{"date": "2027-02-29", "isOffDay": true}]}"#, "cannot be read"),
        (r#"{"year": 2027, "days": [{"date": "2027-01-01"}]}"#, "line 1"),
        (r#"{"year": 2027, "days": [{"date": "2026-11-30", "isOffDay": true}]}"#, "2026-11-30"),
        (r#"{"year": 2027, "days": [{"date": "2028-01-01", "isOffDay": true}]}"#, "2028-01-01"),
        (r#"{"year": -9223372036854775808, "days": [{"date": "2028-01-01", "isOffDay": true}]}"#, "2028-01-01"),
        (r#"{"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": true}, {"date": "2027-01-01", "isOffDay": false}]}"#, "twice"),
        (too_long.as_str(), "65537 bytes"),
    ];
    let mut calendar = Calendar::shipped();
    for (json, expected) in bad {
        let Err(CalendarError::YearFile(error)) = calendar.with_year_file(json) else { panic!("{json:.80} was accepted") };
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(calendar, Calendar::shipped());
}

#[test]
fn the_day_of_a_limit_begins_at_midnight_in_china() {
    let calendar = Calendar::shipped();
    // 23:59:59.999 is still Thursday the 26th, 00:00 is Friday: one workday later is Friday and, over the weekend, Monday.
    let due = |moment| calendar.add_workdays(moment, 1).unwrap();
    assert_eq!(due(china("2026-11-26", DAY_MS - 1)), china("2026-11-28", 0));
    assert_eq!(due(china("2026-11-26", DAY_MS)), china("2026-12-01", 0));
    assert_eq!(due(china("2026-11-27", 0)), china("2026-12-01", 0));
    // 2026-11-26 16:00 UTC is 2026-11-27 00:00 in China.
    assert_eq!(china("2026-11-27", 0).as_unix_millis(), 1_795_708_800_000);
}

#[test]
fn the_same_moment_is_another_day_elsewhere() {
    let calendar = |minutes| Calendar::shipped().at_offset(UtcOffset::from_minutes(minutes).unwrap());
    let moment = china("2026-11-27", 0);
    assert_eq!(calendar(480).add_workdays(moment, 1).unwrap(), china("2026-12-01", 0));
    // In UTC it is still Thursday: Friday counts, until its 24:00 UTC.
    assert_eq!(calendar(0).add_workdays(moment, 1).unwrap(), china("2026-11-28", 8 * 3_600_000));
    for minutes in [-721, 841, i32::MIN, i32::MAX] {
        assert!(matches!(UtcOffset::from_minutes(minutes), Err(CalendarError::UnknownOffset { .. })));
    }
}

#[test]
fn a_clock_before_1970_shows_the_day_that_it_is_on() {
    let utc = UtcOffset::from_minutes(0).unwrap();
    for (ms, expected) in [(-1, "1969-12-31"), (-86_400_000, "1969-12-31"), (-86_400_001, "1969-12-30"), (0, "1970-01-01")] {
        assert_eq!(utc.date_at(Timestamp::from_unix_millis(ms)), date(expected));
    }
}

#[test]
fn clocks_that_are_wrong_by_years_or_ages_give_an_error_that_names_the_year() {
    let calendar = Calendar::shipped();
    let ten_years = 3_653 * DAY_MS;
    let now = noon("2026-11-28");
    assert_eq!(unknown_year(calendar.add_workdays(now.plus_ms(ten_years), 3)), 2036);
    assert_eq!(unknown_year(calendar.add_workdays(now.minus_ms(ten_years), 3)), 2016);
    assert_eq!(unknown_year(calendar.add_workdays(Timestamp::from_unix_millis(0), 3)), 1970);
    for minutes in [-720, 0, 480, 840] {
        let calendar = calendar.clone().at_offset(UtcOffset::from_minutes(minutes).unwrap());
        assert_eq!(unknown_year(calendar.add_workdays(Timestamp::from_unix_millis(i64::MAX), 3)), 292_278_994);
        assert_eq!(unknown_year(calendar.add_workdays(Timestamp::from_unix_millis(i64::MIN), 3)), -292_275_055);
        for extreme in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
            calendar.add_workdays(Timestamp::from_unix_millis(extreme), 0).unwrap();
        }
    }
}
