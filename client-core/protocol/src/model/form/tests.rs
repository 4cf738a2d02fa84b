//! Forms in stories.

mod answering;
mod hostile;

use serde_json::{Value, json};

use super::*;
use crate::refusal::Reason;

/// A survey of rooms with appliances: every kind of item, nested repeats, and conditions on a sibling, on the top and through a group.
const ROOMS: &str = r#"{
  "form": "rooms", "version": 3, "title": {"en": "Rooms", "zh": "房间"},
  "items": [
    {"name": "purpose", "type": "choice", "required": true, "billing": true, "label": {"en": "Purpose", "zh": "用途"},
      "choices": [{"name": "home", "label": {"en": "Home", "zh": "住宅"}}, {"name": "shop", "label": {"en": "Shop", "zh": "商店"}}]},
    {"name": "licence", "type": "serial", "required": true, "label": {"en": "Licence", "zh": "执照"},
      "relevant": {"question": "purpose", "equals": "shop"}},
    {"name": "licence_photo", "type": "photo", "required": true, "label": {"en": "Photo of a fake", "zh": "照片"},
      "relevant": {"question": "purpose", "equals": "shop"}},
    {"name": "site", "type": "group", "label": {"en": "Site", "zh": "现场"}, "items": [
      {"name": "fenced", "type": "flag", "required": true, "label": {"en": "Fenced", "zh": "有围栏"}},
      {"name": "gate_key", "type": "text", "required": true, "label": {"en": "Key", "zh": "钥匙"},
        "relevant": {"question": "fenced", "equals": true}}
    ]},
    {"name": "rooms", "type": "group", "repeat": true, "min": 1, "max": 3, "label": {"en": "Rooms", "zh": "房间"}, "items": [
      {"name": "area", "type": "number", "min": 0.5, "max": 500, "unit": "m²", "required": true, "billing": true, "label": {"en": "Area", "zh": "面积"}},
      {"name": "dangers", "type": "choices", "label": {"en": "Dangers", "zh": "危险"},
        "choices": [{"name": "wet", "label": {"en": "Wet", "zh": "潮湿"}}, {"name": "hot", "label": {"en": "Hot", "zh": "高温"}}]},
      {"name": "appliances", "type": "group", "repeat": true, "label": {"en": "Appliances", "zh": "设备"}, "items": [
        {"name": "power", "type": "integer", "min": 1, "max": 9000, "required": true, "label": {"en": "Power", "zh": "功率"}},
        {"name": "splash_proof", "type": "flag", "required": true, "label": {"en": "Splash-proof", "zh": "防溅"},
          "relevant": {"question": "rooms/dangers", "equals": "wet"}}
      ]}
    ]},
    {"name": "shop_hours", "type": "group", "label": {"en": "Hours", "zh": "营业时间"},
      "relevant": {"question": "purpose", "equals": "shop"}, "items": [
      {"name": "since", "type": "date", "required": true, "label": {"en": "Since", "zh": "开业日期"}}
    ]},
    {"name": "visited", "type": "time", "label": {"en": "Visited", "zh": "时间"}},
    {"name": "remarks", "type": "long_text", "label": {"en": "Remarks", "zh": "备注"}},
    {"name": "signature", "type": "signature", "label": {"en": "Signature", "zh": "签字"}}
  ]
}"#;

fn rooms() -> Form {
    Form::parse(ROOMS).unwrap()
}

fn answers(values: &[(&str, Value)]) -> Answers {
    values.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect()
}

fn labels(items: &[Item]) -> Vec<&Text> {
    let of_choices = |answer: &AnswerType| match answer {
        AnswerType::Choice { choices } | AnswerType::Choices { choices } => choices.clone(),
        _ => Vec::new(),
    };
    items
        .iter()
        .flat_map(|item| match item {
            Item::Question(question) => {
                assert!(of_choices(&question.answer).iter().all(|choice| is_bilingual(&choice.label)), "{}", question.name);
                [&question.label].into_iter().chain(&question.hint).collect::<Vec<_>>()
            }
            Item::Group(group) => [&group.label].into_iter().chain(&group.hint).chain(labels(&group.items)).collect(),
        })
        .collect()
}

/// Chinese words hold a Chinese character, English ones none: nothing was left untranslated, and nothing stands in the wrong place.
fn is_bilingual(text: &Text) -> bool {
    let is_chinese = |sign: char| ('\u{4e00}'..='\u{9fff}').contains(&sign);
    text.zh.contains(is_chinese) && !text.en.is_empty() && !text.en.contains(is_chinese)
}

fn count(items: &[Item]) -> usize {
    items.iter().map(|item| if let Item::Group(group) = item { count(&group.items) } else { 1 }).sum()
}

#[test]
fn the_ten_shipped_forms_are_whole_and_bilingual() {
    let forms = shipped();
    let names: Vec<&str> = forms.iter().map(|form| form.form.as_str()).collect();
    let expected = [
        "new_connection",
        "capacity_change",
        "interim_inspection",
        "completion_inspection",
        "meter_test",
        "supply_assurance",
        "usage_advice",
        "outage_negotiation",
        "complaint_intake",
        "identity_check",
    ];
    assert_eq!(names, expected);
    for form in &forms {
        assert!((6..=20).contains(&count(&form.items)), "{} has {} questions", form.form, count(&form.items));
        assert!(is_bilingual(&form.title), "{}", form.form);
        for label in labels(&form.items) {
            assert!(is_bilingual(label), "{}: {label:?}", form.form);
        }
    }
}

#[test]
fn an_empty_shipped_form_lacks_its_required_answers_only() {
    for form in shipped() {
        let missing = form.missing(&Answers::new());
        assert!(!missing.is_empty(), "{} asks for nothing", form.form);
        for path in missing {
            let question = form.question(&path);
            assert!(question.is_none_or(|question| question.required), "{path}");
        }
        assert!(form.surplus(&Answers::new()).is_empty());
    }
}

#[test]
fn a_form_written_out_and_read_again_is_the_same() {
    for form in shipped().into_iter().chain([rooms()]) {
        let text = serde_json::to_string(&form).unwrap();
        assert_eq!(Form::parse(&text).unwrap(), form);
        assert_eq!(serde_json::from_str::<Form>(&text).unwrap(), form);
    }
}

#[test]
fn serde_lets_no_unchecked_form_in() {
    let mut form = serde_json::to_value(rooms()).unwrap();
    form["version"] = json!(0);
    assert!(serde_json::from_value::<Form>(form).unwrap_err().to_string().contains("`version` counts from 1"));
}

#[test]
fn a_survey_of_a_new_connection_is_filled_in_from_gate_to_signature() {
    let form = shipped().into_iter().find(|form| form.form == "new_connection").unwrap();
    let event = "01931c6e-7d00-7000-8000-000000000000";
    let mut given = answers(&[
        ("survey_number", json!("KC-20261128-07")),
        ("customer_class", json!("low_voltage")),
        ("premises/address_matches", json!(true)),
        ("premises/ownership_proof_seen", json!(true)),
        ("premises/use", json!("commercial")),
        ("loads/a1/equipment", json!("烤箱")),
        ("loads/a1/rated_power", json!(12.5)),
        ("loads/a1/count", json!(2)),
        ("requested_capacity", json!(30)),
        ("supply/voltage", json!("v380")),
        ("supply/source", json!("东街三号台区")),
        ("meter_place", json!("一楼东墙")),
        ("site_photo", json!("ab".repeat(32))),
    ]);
    assert_eq!(form.missing(&given), ["customer_signature"]);
    given.insert("customer_signature".to_owned(), json!(event));
    assert!(form.missing(&given).is_empty());
    for (path, value) in &given {
        assert_eq!(form.check(path, value), Ok(()), "{path}");
    }
    // The office finds that it is a high-voltage customer with two sources: the second one is asked for now.
    given.insert("customer_class".to_owned(), json!("high_voltage_dual"));
    assert_eq!(form.missing(&given), ["supply/second_source"]);
}
