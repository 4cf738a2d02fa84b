//! Lists and pages, in both languages and on narrow terminals.

use linecrew_client::protocol::model::kinds;
use serde_json::json;

use crate::{
    office::{CREW, Office},
    phone::Phone,
    terminal::Terminal,
};

fn of_all_kinds() -> Terminal {
    let mut office = Office::new();
    office.publish("meter_test");
    let registers = json!({ "1": { "digits": 6, "last_index": 4_000 } });
    office.order(kinds::ROTATION, CREW, json!({ "meter": { "serial": "OLD-1", "multiplier": 1, "registers": registers } }));
    office.order(kinds::SURVEY, CREW, json!({ "form": { "form": "meter_test", "version": 1 }, "supply": "household" }));
    office.order(kinds::NOTICE, CREW, json!({ "purpose": "arrears" }));
    office.order(kinds::METER_SERVICE, CREW, json!({ "service": "removal" }));
    office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    Terminal::of(phone)
}

/// Columns of a line: everything that is not ASCII or a sign of ours takes two.
fn columns(line: &str) -> usize {
    line.chars().map(|sign| if (0x2E80..0xFF61).contains(&u32::from(sign)) { 2 } else { 1 }).sum()
}

#[test]
fn a_list_shows_every_kind_and_one_of_them_alone() {
    let terminal = of_all_kinds().columns(140);
    let kinds = ["Meter rotation", "Site survey", "Notice", "Meter service", "Repair"];
    terminal.types("list").is(0, &kinds);
    terminal.types("list").is(0, &["OLD-1", "meter_test v1", "Arrears", "Removal", "No power"]);
    let only = terminal.types("list --kind meter-rotation");
    only.is(0, &["OLD-1"]);
    assert!(!only.text.contains("No power"), "{}", only.text);
    terminal.types("list --kind 停电通知").is(0, &["Arrears"]);
    terminal.types("list --kind painting").is(2, &["the kinds are repair_dispatch, meter_rotation"]);
    let json: serde_json::Value = serde_json::from_str(&terminal.types("list --kind notice --json").text).unwrap();
    assert_eq!((json["items"].as_array().unwrap().len(), &json["items"][0]["kind"]), (1, &json!("notice")));
}

#[test]
fn a_narrow_terminal_gets_narrow_lines() {
    for width in [24, 40, 60] {
        for lang in ["en", "zh"] {
            let terminal = of_all_kinds().columns(width).lang(lang);
            let list = terminal.types("list").text;
            let items = list.split("\n\n").next().unwrap();
            assert!(items.lines().all(|line| columns(line) <= width), "{width}:\n{items}");
        }
    }
}

#[test]
fn chinese_pages_speak_chinese() {
    let terminal = of_all_kinds().lang("zh");
    terminal.does(&["accept 2"]);
    terminal.types("show 2").is(0, &["表计轮换", "已接单", "电能表 · 电能表编号", "OLD-1", "经过"]);
    terminal.types("next 2").is(0, &["出发", "linecrew-phone depart 2"]);
    terminal.types("list").is(0, &["停电通知", "表计轮换"]);
    terminal.types("start 2").is(3, &["不允许"]);
    terminal.types("form 3").is(0, &["客户校表", "还有"]);
}

#[test]
fn a_survey_shows_when_its_reply_is_due() {
    let terminal = of_all_kinds();
    terminal.types("show 3").is(0, &["Supply plan", "due "]);
    terminal.types("show 2 --json").is(0, &["\"clocks\": []", "\"safety\":"]);
    terminal.types("status --json").is(0, &["\"forms\": 1"]);
}
