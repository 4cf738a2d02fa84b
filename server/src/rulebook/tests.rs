use std::error::Error as _;

use linecrew_protocol::model::work::{AreaClass, SafetyStep};

use super::*;

fn policy(text: &str) -> Result<Rulebook, RulebookError> {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("policy.json"), text).unwrap();
    Rulebook::load(data.path(), UtcOffset::CHINA)
}

fn calendar(name: &str, text: &str) -> Result<Rulebook, RulebookError> {
    let data = tempfile::tempdir().unwrap();
    fs::create_dir(data.path().join("calendar")).unwrap();
    fs::write(data.path().join("calendar").join(name), text).unwrap();
    Rulebook::load(data.path(), UtcOffset::CHINA)
}

#[test]
fn a_directory_without_files_has_the_limits_of_the_standard() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(Rulebook::load(data.path(), UtcOffset::CHINA).unwrap(), Rulebook::default());
}

#[test]
fn a_policy_that_tightens_one_limit_keeps_the_others() {
    let policy = policy(r#"{"arrival_minutes": {"urban": 30}, "safety": {"repair_dispatch": ["work_ticket"]}}"#).unwrap().policy;
    assert_eq!((policy.arrival_minutes[&AreaClass::Urban], policy.arrival_minutes[&AreaClass::Rural]), (30, 90));
    assert_eq!(policy.safety["repair_dispatch"], [SafetyStep::WorkTicket]);
    assert_eq!(policy.notice_days, 7);
}

#[test]
fn a_broken_policy_is_refused_by_file_and_field() {
    for (text, words) in [
        (r#"{"arival_minutes": {}}"#, "arival_minutes"),
        (r#"{"arrival_minutes": {"city": 30}}"#, "city"),
        (r#"{"arrival_minutes": {"urban": 0}}"#, "arrival_minutes.urban is 0"),
        (r#"{"safety": {"repairs": []}}"#, "safety.repairs is no kind of work"),
        (r#"{"safety": {"repair_dispatch": ["prayer"]}}"#, "prayer"),
        (r#"{"qualifications": {"x": []}}"#, "qualifications.x"),
        (r#"{"workdays": {"replies": {}}}"#, "workdays.replies is no clock"),
        (r#"{"workdays": {"reply": {"houshold": 2}}}"#, "workdays.reply.houshold is no class"),
        (r#"{"notice_days": -1}"#, "line 1"),
        ("{", "line 1"),
    ] {
        let error = policy(text).unwrap_err();
        let whole = format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
        assert!(whole.contains("policy.json") && whole.contains(words), "{text}: {whole}");
    }
}

#[test]
fn a_year_is_added_by_its_file_and_a_wrong_one_is_refused() {
    let year = r#"{"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": true}]}"#;
    assert!(calendar("2027.json", year).unwrap().calendar.years().any(|year| year == 2027));
    assert!(!calendar("notes.txt", "nothing").unwrap().calendar.years().any(|year| year == 2027));
    assert!(matches!(calendar("2028.json", year), Err(RulebookError::OtherYear { found: 2027, .. })));
    assert!(matches!(calendar("2027.json", "{}"), Err(RulebookError::Calendar { .. })));
}
