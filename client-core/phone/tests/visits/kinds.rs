//! The other kinds, drawn from their descriptions.

use linecrew_client::protocol::model::kinds;
use serde_json::json;

use crate::{
    office::{CREW, Office},
    phone::Phone,
    terminal::Terminal,
};

fn begin(office: &mut Office) -> Terminal {
    let phone = Phone::new(1);
    phone.sync(office);
    let terminal = Terminal::of(phone);
    terminal.does(&["accept 1", "arrive 1"]);
    terminal
}

fn rotation() -> (Office, Terminal) {
    let mut office = Office::new();
    let registers = json!({ "1": { "digits": 6, "last_index": 4_000 }, "2": { "digits": 6, "last_index": 900 } });
    office.order(kinds::ROTATION, CREW, json!({ "meter": { "serial": "OLD-1", "multiplier": 1, "registers": registers } }));
    let terminal = begin(&mut office);
    (office, terminal)
}

const EXCHANGE: &str = "exchange 1 --removed OLD-1 --installed NEW-9 --multiplier 1 --initial 1=0 --initial 2=0 --digits 2=7";

#[test]
fn a_meter_is_exchanged_with_photos_and_a_signature() {
    let (mut office, terminal) = rotation();
    let known = "exchange 1 --removed OLD-1 --installed SERIAL --multiplier 1 --reading 1=INDEX --initial 1=0 --reading 2=INDEX";
    terminal.types("next 1").is(0, &[known]);
    terminal.types("show 1").is(0, &["→ linecrew-phone exchange 1"]);
    terminal.types(&format!("{EXCHANGE} --reading 1=4321")).is(3, &["photo_removed names no photo", "--photo-removed old.jpg"]);
    terminal.file("old.jpg", b"old");
    terminal.file("new.jpg", b"new");
    let photos = "--photo-removed old.jpg --photo-installed new.jpg";
    terminal.types(&format!("{EXCHANGE} {photos} --reading 1=4321")).is(3, &["removed.registers.2.index is missing"]);
    terminal.types(&format!("{EXCHANGE} {photos} --reading 1=3000 --reading 2=950")).is(3, &["say why in explanation"]);
    terminal.types(&format!("{EXCHANGE} {photos} --reading 1=many")).is(2, &["write an index without its point"]);
    terminal.types(&format!("{EXCHANGE} --photo-removed gone.jpg --reading 1=4321")).is(2, &["gone.jpg cannot be read"]);
    terminal.does(&[&format!("{EXCHANGE} {photos} --reading 1=4321 --reading 2=950")]);
    terminal.types("confirm 1").is(3, &["the customer has not signed", "sign 1 --name NAME", "confirm 1 --refused 'WHY'"]);
    terminal.types_with("sign 1 --name 陈秀英 --stdin", "[[[10,80],[200,10],[390,150]]]").is(0, &["Signed · saved on this phone"]);
    terminal.types_with("sign 1 --name 陈秀英 --stdin", "[[[10,80]]]").is(2, &["the strokes hold no line"]);
    terminal.does(&["confirm 1", "correct 1 removed/1 4322", "complete 1 note='seal 4471'"]);
    terminal.types("show 1").is(0, &["Completed", "removed/1", "4322 · person 1", "Signature · Customer 陈秀英", "⠑", "image/jpeg"]);
    terminal.types("show 1 --svg").is(0, &["<svg ", "M10 80L200 10L390 150"]);
    let phone = terminal.syncs(&mut office);
    let view = phone.client.item(phone.client.find_item("1").unwrap()).unwrap().unwrap().view;
    assert_eq!(
        view.history.iter().filter(|event| event.kind == "attached").count(),
        2,
        "a photo is attached once, however often it is named"
    );
    phone.assert_equal_to(&office, "a rotation in the terminal");
}

#[test]
fn two_readings_of_one_register_are_shown_with_both_sides_and_settled() {
    let (mut office, terminal) = rotation();
    terminal.does(&[&format!("{EXCHANGE} --reading 1=4321 --reading 2=950 --no-photo dark")]);
    let one = terminal.syncs(&mut office);
    let two = Phone::new(2);
    two.sync(&mut office);
    let terminal = Terminal::of(one);
    terminal.does(&["correct 1 removed/1 4322"]);
    two.client.record_value(two.client.find_item("1").unwrap(), "removed/1", json!(4_327)).unwrap();
    two.sync(&mut office);
    let one = terminal.syncs(&mut office);
    let terminal = Terminal::of(one);
    terminal.types("list").is(0, &["! 20261123-0001"]);
    terminal.types("inbox").is(0, &["Two different values", "removed/1 = 4322 · person 1", "removed/1 = 4327 · person 2"]);
    let shown = terminal.types("show 1");
    shown.is(0, &["another wrote", "linecrew-phone resolve 1 1 CHOICE"]);
    let right = if shown.text.contains("1) removed/1 = 4322") { 1 } else { 2 };
    terminal.does(&[&format!("resolve 1 1 {right} --note 'read again together'")]);
    terminal.types("show 1").is(0, &["4322 · person 1", "Decided"]);
    terminal.types("inbox").is(0, &["nothing needs a look"]);
    terminal.syncs(&mut office).assert_equal_to(&office, "settled in the terminal");
}

#[test]
fn the_same_exchange_goes_by_its_fields_too() {
    let (mut office, terminal) = rotation();
    terminal.file("body.json", br#"{"installed":{"serial":"NEW-9","multiplier":1,"registers":{"1":{"index":0,"digits":6}}}}"#);
    let removed = "removed.serial=OLD-1 removed.registers.1.index=4321 removed.registers.2.index=950";
    terminal.types(&format!("do 1 exchanged @body.json {removed} colour=red")).is(2, &["there is no field colour", "removed.serial"]);
    terminal.types(&format!("do 1 exchanged @body.json {removed}")).is(3, &["photo_removed names no photo"]);
    terminal.does(&[&format!("do 1 exchanged @body.json {removed} no_photo='lens broken'")]);
    terminal.does(&["confirm 1 --refused abroad", "complete 1"]);
    terminal.types("do 1 noted text=hello").is(3, &["a command of its own", "linecrew-phone note 1 'TEXT'"]);
    terminal.types("do 1 attached hash=abc").is(3, &["a command of its own", "linecrew-phone attach 1 photo.jpg"]);
    terminal.types("do 1 flown").is(3, &["no such step", "what can be done:"]);
    terminal.syncs(&mut office);
}

#[test]
fn a_survey_is_filled_by_its_form() {
    let mut office = Office::new();
    office.publish("meter_test");
    office.order(kinds::SURVEY, CREW, json!({ "form": { "form": "meter_test", "version": 1 } }));
    let phone = Phone::new(1);
    phone.sync(&mut office);
    let terminal = Terminal::of(phone);
    terminal.does(&["accept 2", "arrive 2"]);
    terminal.types("form 2").is(0, &["Meter test on request", "○ registers/KEY/index", "yes | no", "answer 2 reason VALUE"]);
    terminal.types("submit 2").is(3, &["not answered yet: reason", "linecrew-phone form 2"]);
    terminal.types("answer 2 seals_whole maybe").is(2, &["seals_whole needs yes or no"]);
    terminal.types("answer 2 colour red").is(3, &["is no question of the form"]);
    terminal.does(&[
        "answer 2 reason '怀疑走快'",
        "answer 2 meter 3540012345678",
        "answer 2 seals_whole yes",
        "answer 2 registers/a1/register total",
        "answer 2 registers/a1/index 48213",
        "answer 2 reference BZ-07",
        "answer 2 points/b1/load 100",
        "answer 2 points/b1/power_factor 0.5",
        "answer 2 points/b1/error -0.3",
        "answer 2 wiring_correct no",
        "answer 2 wiring_correct --clear",
        "answer 2 wiring_correct 是",
        "answer 2 result within",
    ]);
    terminal.types("submit 2").is(3, &["not answered yet: result_handed_over"]);
    terminal.does(&["answer 2 result_handed_over yes"]);
    terminal.types("form 2").is(0, &["✓ complete", "registers/a1/index 48213"]);
    terminal.types("show 2").is(0, &["registers/a1/index  Index", "48213 · person 1", "runs_fast"]);
    terminal.does(&["submit 2 --note 'dog in the yard'"]);
    let phone = terminal.syncs(&mut office);
    phone.assert_equal_to(&office, "a survey in the terminal");
}

#[test]
fn a_survey_without_its_form_says_how_to_get_it() {
    let mut office = Office::new();
    office.publish("meter_test");
    office.order(kinds::SURVEY, CREW, json!({ "form": { "form": "meter_test", "version": 1 } }));
    let phone = Phone::new(1);
    phone.greet(&office);
    phone.client.store_entries(office.tail(phone.feed(), 0, phone.client.installation())).unwrap();
    let terminal = Terminal::of(phone);
    terminal.does(&["accept 2", "arrive 2"]);
    terminal.types("form 2").is(3, &["not here yet", "linecrew-phone sync"]);
    terminal.types("answer 2 seals_whole yes").is(3, &["the form of this survey is not here yet", "linecrew-phone sync"]);
}

#[test]
fn a_notice_is_served_with_proof() {
    let mut office = Office::new();
    office.order(kinds::NOTICE, CREW, json!({ "purpose": "arrears" }));
    let terminal = begin(&mut office);
    terminal.types("serve 1 --how thrown").is(3, &["how must be one of handed_over, left_at_door", "serve 1 --how handed_over"]);
    terminal.types("attach 1 gone.jpg").is(2, &["gone.jpg cannot be read"]);
    terminal.file("door.jpg", b"a door");
    terminal.does(&["serve 1 --how left_at_door --proof door.jpg"]);
    terminal.types("show 1").is(0, &["Notice", "Served", "Left at the door", "bytes on the phone that took it"]);
    terminal.syncs(&mut office);
}

#[test]
fn any_service_is_completed_with_what_its_kind_asks_for() {
    let mut office = Office::new();
    office.order(kinds::METER_SERVICE, CREW, json!({ "service": "sealing" }));
    let terminal = begin(&mut office);
    terminal.does(&["book 1 2026-11-28T09:00", "force-start 1 --reason 'no voltage at all'", "start 1"]);
    terminal.types("next 1").is(0, &["complete 1 result='TEXT'"]);
    terminal.types("complete 1").is(3, &["result is missing", "complete 1 result='TEXT'"]);
    terminal.types("complete 1 --cause storm").is(2, &["there is no field cause; there are: result"]);
    terminal.does(&["complete 1 result=sealed seals=4471"]);
    terminal.syncs(&mut office);
}
