//! What may be answered where, and what is missing then.

use super::*;

const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const EVENT: &str = "01931c6e-7d00-7000-8000-0000000000ab";

fn home() -> Answers {
    answers(&[("purpose", json!("home")), ("site/fenced", json!(false)), ("rooms/b7/area", json!(20))])
}

fn home_and(values: &[(&str, Value)]) -> Answers {
    home().into_iter().chain(answers(values)).collect()
}

#[test]
fn a_path_leads_to_its_question_through_named_instances() {
    let form = rooms();
    let name = |path: &str| form.question(path).map(|question| question.name.clone());
    assert_eq!(name("purpose").as_deref(), Some("purpose"));
    assert_eq!(name("site/fenced").as_deref(), Some("fenced"));
    assert_eq!(name("rooms/b7/area").as_deref(), Some("area"));
    assert_eq!(name("rooms/01931c6e-7d00-7000-8000-0000000000ab/appliances/A_1/power").as_deref(), Some("power"));
    let long = format!("rooms/{}/area", "x".repeat(41));
    for path in [
        "",
        "/",
        "purpose/",
        "/purpose",
        "Purpose",
        "site",
        "rooms",
        "rooms/b7",
        "rooms/area",
        "rooms//area",
        "rooms/b 7/area",
        "rooms/房/area",
        "rooms/b7/appliances/power",
        "rooms/b7/area/x",
        "site/b7/fenced",
        "purpose/x",
        long.as_str(),
    ] {
        assert_eq!(name(path), None, "{path:?}");
    }
}

#[test]
fn billing_follows_the_question_into_every_instance() {
    let form = rooms();
    assert!(form.is_billing("purpose") && form.is_billing("rooms/b7/area") && form.is_billing("rooms/c8/area"));
    assert!(!form.is_billing("remarks") && !form.is_billing("rooms") && !form.is_billing("nowhere"));
}

#[test]
fn good_answers_are_accepted_and_null_clears_any_of_them() {
    let form = rooms();
    let good = [
        ("purpose", json!("home")),
        ("licence", json!("91350200-A/1_2.3")),
        ("licence_photo", json!(HASH)),
        ("site/fenced", json!(false)),
        ("site/gate_key", json!("挂在门卫处")),
        ("rooms/b7/area", json!(20)),
        ("rooms/b7/area", json!(0.5)),
        ("rooms/b7/dangers", json!(["hot", "wet"])),
        ("rooms/b7/dangers", json!([])),
        ("rooms/b7/appliances/x/power", json!(9000)),
        ("shop_hours/since", json!("2024-02-29")),
        ("visited", json!(1_795_708_800_000_i64)),
        ("remarks", json!("two\nlines")),
        ("signature", json!(EVENT)),
    ];
    for (path, value) in good {
        assert_eq!(form.check(path, &value), Ok(()), "{path}: {value}");
        assert_eq!(form.check(path, &Value::Null), Ok(()), "{path}");
    }
}

#[test]
fn a_wrong_answer_is_refused_with_its_path_and_without_its_value() {
    let form = rooms();
    let bad = [
        ("purpose", json!("factory")),
        ("purpose", json!(["home"])),
        ("licence", json!("")),
        ("licence", json!("91 35")),
        ("licence", json!("9".repeat(41))),
        ("licence_photo", json!(HASH.to_uppercase())),
        ("licence_photo", json!(HASH.trim_start_matches('0'))),
        ("site/fenced", json!("true")),
        ("site/gate_key", json!("two\nlines")),
        ("site/gate_key", json!("长".repeat(201))),
        ("rooms/b7/area", json!(0.4)),
        ("rooms/b7/area", json!(500.1)),
        ("rooms/b7/area", json!("20")),
        ("rooms/b7/dangers", json!(["wet", "wet"])),
        ("rooms/b7/dangers", json!(["wet", 1])),
        ("rooms/b7/dangers", json!("wet")),
        ("rooms/b7/appliances/x/power", json!(0)),
        ("rooms/b7/appliances/x/power", json!(1.5)),
        ("rooms/b7/appliances/x/power", json!(u64::MAX)),
        ("shop_hours/since", json!("2025-02-29")),
        ("visited", json!(-1)),
        ("visited", json!(i64::MAX)),
        ("remarks", json!("长".repeat(4_001))),
        ("signature", json!(EVENT.to_uppercase())),
        ("signature", json!({"svg": "<svg/>"})),
    ];
    for (path, value) in bad {
        let refusal = form.check(path, &value).unwrap_err();
        assert_eq!(refusal.reason, Reason::InvalidValue);
        assert!(refusal.detail.starts_with(path), "{}", refusal.detail);
        assert!(value.as_str().is_none_or(|text| text.len() < 9 || !refusal.detail.contains(text)), "{}", refusal.detail);
    }
}

#[test]
fn an_answer_to_what_nobody_asked_is_refused_even_when_it_is_cleared() {
    let refusal = rooms().check("rooms/b7/colour", &Value::Null).unwrap_err();
    assert_eq!(refusal.detail, "\"rooms/b7/colour\" is no question of the form rooms version 3");
    let hostile = rooms().check(&"x/".repeat(100_000), &json!(1)).unwrap_err();
    assert!(hostile.detail.len() < 200);
}

#[test]
fn a_home_lacks_nothing_that_only_a_shop_must_answer() {
    assert_eq!(rooms().missing(&Answers::new()), ["purpose", "site/fenced", "rooms"]);
    assert!(rooms().missing(&home()).is_empty());
    let shop = home_and(&[("purpose", json!("shop"))]);
    assert_eq!(rooms().missing(&shop), ["licence", "licence_photo", "shop_hours/since"]);
}

#[test]
fn no_is_an_answer_but_blank_empty_and_cleared_are_none() {
    for nothing in [json!(null), json!(" "), json!("")] {
        let fenced = home_and(&[("site/fenced", json!(true)), ("site/gate_key", nothing)]);
        assert_eq!(rooms().missing(&fenced), ["site/gate_key"]);
    }
    assert_eq!(rooms().missing(&home_and(&[("purpose", json!(null))])), ["purpose"]);
}

#[test]
fn two_surveyors_add_a_room_each_and_every_instance_must_be_whole() {
    let both = home_and(&[
        ("rooms/c8/dangers", json!(["wet"])),
        ("rooms/b7/appliances/k/power", json!(700)),
        ("rooms/c8/appliances/k/power", json!(5)),
    ]);
    // Only the wet room's appliance must be splash-proof: a condition looks at its own instance.
    assert_eq!(rooms().missing(&both), ["rooms/c8/area", "rooms/c8/appliances/k/splash_proof"]);
}

#[test]
fn a_condition_outside_is_not_mistaken_for_one_in_the_own_instance() {
    let words = json!({"en": "A", "zh": "甲"});
    let flag = |name: &str| json!({"name": name, "type": "flag", "required": true, "label": words});
    let group = |name: &str, repeat: bool, items: &[Value]| json!({"name": name, "type": "group", "repeat": repeat, "label": words, "items": items});
    let mut lamp = flag("lamp");
    lamp["relevant"] = json!({"question": "hall/rack/powered", "equals": true});
    let hall = group("hall", false, &[group("rack", false, &[flag("powered")])]);
    let rooms = group("rooms", true, &[group("rack", true, &[flag("used"), lamp])]);
    let form = Form::parse(&json!({"form": "f", "version": 1, "title": words, "items": [hall, rooms]}).to_string()).unwrap();
    let lit = answers(&[("hall/rack/powered", json!(true)), ("rooms/b7/rack/k/used", json!(true))]);
    assert_eq!(form.missing(&lit), ["rooms/b7/rack/k/lamp"]);
}

#[test]
fn choosing_nothing_is_no_answer_where_one_is_required() {
    let form = shipped().into_iter().find(|form| form.form == "usage_advice").unwrap();
    let missing = |topics: Value| form.missing(&answers(&[("topics", topics)]));
    assert!(missing(json!([])).contains(&"topics".to_owned()));
    let asked = missing(json!(["saving", "power_factor"]));
    assert!(asked.contains(&"power_factor".to_owned()) && !asked.contains(&"voltage".to_owned()) && !asked.contains(&"topics".to_owned()));
}

#[test]
fn a_room_whose_answers_were_all_cleared_is_gone() {
    let cleared = home_and(&[("rooms/b7/area", json!(null))]);
    assert_eq!(rooms().missing(&cleared), ["rooms"]);
    let strange = home_and(&[("rooms/b7/area", json!(null)), ("rooms/z/of_another_version", json!(1)), ("rooms/b 7/area", json!(1))]);
    assert_eq!(rooms().missing(&strange), ["rooms"]);
}

#[test]
fn more_rooms_than_allowed_are_shown_not_lost() {
    let rooms_of =
        |count: usize| -> Answers { (0..count).map(|number| (format!("rooms/r{number}/area"), json!(9))).chain(home()).collect() };
    assert!(rooms().surplus(&rooms_of(2)).is_empty());
    assert_eq!(rooms().surplus(&rooms_of(3)), ["rooms"]);
}

#[test]
fn instances_whose_names_begin_alike_are_two() {
    let alike = home_and(&[("rooms/b/area", json!(1)), ("rooms/b-7/dangers", json!(["hot"])), ("rooms2/x/area", json!(1))]);
    assert_eq!(rooms().missing(&alike), ["rooms/b-7/area"]);
}

#[test]
fn an_answer_that_no_longer_counts_keeps_no_follow_up_alive() {
    let item = |name: &str, after: &str| {
        let relevant = if after.is_empty() { json!(null) } else { json!({"question": after, "equals": true}) };
        json!({"name": name, "type": "flag", "required": true, "label": {"en": "A", "zh": "甲"}, "relevant": relevant})
    };
    let items = [item("faulty", ""), item("dangerous", "faulty"), item("fenced_off", "dangerous")];
    let form = Form::parse(&json!({"form": "f", "version": 1, "title": {"en": "A", "zh": "甲"}, "items": items}).to_string()).unwrap();
    let first = answers(&[("faulty", json!(true)), ("dangerous", json!(true))]);
    assert_eq!(form.missing(&first), ["fenced_off"]);
    let corrected = answers(&[("faulty", json!(false)), ("dangerous", json!(true))]);
    assert!(form.missing(&corrected).is_empty());
}
