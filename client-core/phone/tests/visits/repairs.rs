//! Repairs: the gate, the refusals that say what to do, the questions.

use linecrew_client::protocol::model::policy::Policy;

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::Phone,
    terminal::Terminal,
};

fn gated() -> (Office, Terminal) {
    let mut office = Office::new();
    office.policy = Policy::default();
    office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    (office, Terminal::of(phone))
}

#[test]
fn a_refused_start_names_every_missing_step_and_the_command_for_it() {
    let (mut office, terminal) = gated();
    terminal.does(&["accept 1", "depart 1", "arrive 1"]);
    let missing = [
        "safety 1 work_ticket NUMBER",
        "safety 1 briefing HOST",
        "safety 1 de_energised",
        "safety 1 earthed",
        "force-start 1 --reason 'WHY'",
    ];
    terminal.types("start 1").is(3, &missing);
    terminal.types("show 1").is(0, &["Safety gate", "✗ Work ticket work_ticket", "→ linecrew-phone safety 1 work_ticket NUMBER"]);
    terminal.types("safety 1 earthed").is(3, &["earthed comes after verified_dead"]);
    terminal.types("safety 1 work_ticket").is(3, &["detail is empty", "safety 1 STEP [DETAIL]"]);
    terminal.types("safety 1 prayed").is(2, &["no step of the safety gate", "work_ticket"]);
    terminal.does(&[
        "safety 1 work_ticket GZ-2026-117",
        "safety 1 hazard-survey",
        "safety 1 briefing '王 工'",
        "safety 1 监护人确认 '李 工'",
        "safety 1 de_energised",
        "safety 1 verified_dead",
        "safety 1 earthed 'pole 7'",
    ]);
    terminal.types("show 1").is(0, &["✓ Work ticket GZ-2026-117", "Safety step: Earthed", "→ linecrew-phone start 1"]);
    terminal.types("start 1").is(0, &["Work started · saved on this phone"]);
    terminal.types("complete 1 --cause 'blown fuse'").is(3, &["remedy is missing", "complete 1 --cause 'WHY' --remedy 'WHAT WAS DONE'"]);
    terminal.does(&["material 1 'fuse 63 A' 2 pcs", "note 1 'pole 7 leans'"]);
    terminal.types("complete 1 --cause 'blown fuse' --remedy replaced --restored-at 14:02").is(0, &["Completed · saved on this phone"]);
    terminal.types("show 1").is(0, &["Completed · person 1", "blown fuse", "2 pcs fuse 63 A", "pole 7 leans"]);
    let phone = terminal.syncs(&mut office);
    assert_eq!(office.row(phone.client.find_item("1").unwrap()).state, "completed");
    phone.assert_equal_to(&office, "in the terminal");
}

#[test]
fn too_early_says_what_comes_first() {
    let (_, terminal) = gated();
    terminal.types("complete 1 --cause a --remedy b").is(3, &["not while the item is assigned", "accept 1", "decline 1 --reason 'WHY'"]);
    terminal.types("next 1").is(0, &["Accept", "linecrew-phone accept 1"]);
    let json = terminal.types("next 1 --json");
    let next: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(next["next"][0]["command"], "linecrew-phone accept 1");
    terminal.types("exchange 1 --removed a --installed b --multiplier 1 --reading 1=1 --initial 1=0 --digits 1=6").is(3, &["no such step"]);
}

#[test]
fn a_refusal_does_not_propose_what_was_just_refused() {
    let (_, terminal) = gated();
    terminal.does(&["accept 1"]);
    let again = terminal.types("accept 1");
    again.is(3, &["not while the item is accepted", "depart 1"]);
    assert!(!again.text.contains("linecrew-phone accept"), "{}", again.text);
}

#[test]
fn two_who_accepted_see_the_question_and_one_settles_it() {
    let mut office = Office::new();
    office.dispatch(CREW);
    let (one, two) = (Phone::new(1), Phone::new(2));
    for phone in [&one, &two] {
        phone.sync(&mut office);
        phone.client.accept(phone.client.find_item("1").unwrap()).unwrap();
    }
    for phone in [&one, &two, &one] {
        phone.sync(&mut office);
    }
    let terminal = Terminal::of(one);
    terminal.types("inbox").is(0, &["Two accepted", "person 1", "person 2", "linecrew-phone resolve 20261123-0001 1 CHOICE"]);
    terminal.types("show 1").is(0, &["To be decided", "linecrew-phone resolve 1 1 CHOICE"]);
    terminal.types("resolve 1 2 1").is(4, &["no open question 2"]);
    terminal.types("resolve 1 1 3").is(2, &["no choice \"3\"; they are numbered 1 to 2"]);
    terminal.does(&["resolve 1 1 2 --note 'as agreed'"]);
    terminal.types("inbox").is(0, &["nothing needs a look"]);
    let one = terminal.syncs(&mut office);
    assert!(office.row(one.client.find_item("1").unwrap()).lead.is_some());
}

#[test]
fn why_says_who_gave_it_and_why_it_went() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    let terminal = Terminal::of(phone);
    terminal.types("why 1").is(0, &["20261123-0001", "to 一班 by 王芳", "repair crew", "the crew's items"]);
    terminal.types("why 9").is(4, &["not on this phone"]);
    let phone = terminal.syncs(&mut office);
    office.decide(item, assigned(OTHER_CREW));
    phone.sync(&mut office);
    let terminal = Terminal::of(phone).lang("zh");
    terminal.types("why 1").is(0, &["20261123-0001 · 已离开本机：已改派", "王芳"]);
    terminal.types("why 1 --json").is(0, &["\"where\": \"left\"", "\"reason\": \"reassigned\""]);
    terminal.types("accept 1").is(4, &["20261123-0001 已离开本机：已改派", "王芳"]);
    terminal.lang("en").types("note 0001 x").is(4, &["20261123-0001 left this phone: given to another crew", "王芳"]);
}
