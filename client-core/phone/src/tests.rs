//! The command line as people type it, and what they read.

use std::sync::Arc;

use clap::{CommandFactory, Parser};
use linecrew_client::{
    AccountView, EditCounts, EditStatus, EnrolError, ItemRow, KeyUnavailable, SavedEdit, SignInError, StatusView,
    driver::{LinkState, SyncStop},
    protocol::{
        Reason, Refusal,
        ids::{DistrictId, DocumentId, EventId, PersonId},
        model::{
            kinds,
            work::{AreaClass, Customer, Phase, Priority, Site, WorkRow, clocks::ClockView, view::AttachmentCount, view::NextSteps},
        },
        time::{Timestamp, Verdict},
    },
    transport::TransportError,
};

use serde_json::json;

use crate::{Action, Cli, Exit, Lang, UtcOffset, clock::Clock, failure::Failure, page::Page, view, width::columns, words};

/// 2026-11-23 14:30 in China.
const NOW: Timestamp = Timestamp::from_unix_millis(1_795_415_400_000);

fn page(lang: Lang) -> Page {
    Page { lang, clock: Clock { now: NOW, offset: UtcOffset::CHINA }, columns: 80, coloured: false }
}

fn row(number: u8, phase: Phase, priority: Priority, arrival: (i64, Verdict), waiting: u64) -> ItemRow {
    let due_at = Timestamp::from_unix_millis(NOW.as_unix_millis() + arrival.0 * 60_000);
    let row = WorkRow {
        id: DocumentId::from_bytes([number; 16]),
        number: format!("20261123-{number:04}"),
        kind: kinds::REPAIR.to_owned(),
        state: phase.name().to_owned(),
        phase,
        district: DistrictId::from_bytes([1; 16]),
        crew: None,
        lead: None,
        priority,
        area_class: AreaClass::Urban,
        customer: Customer { name: "陈秀英".to_owned(), phone: None, account: None, arrears_fen: None },
        site: Site { address: "福州市鼓楼区东街街道八一七北路 88 号三单元".to_owned(), street_code: None },
        about: json!({ "fault": { "category": "no_power", "description": "整栋楼停电" } }).as_object().cloned().unwrap(),
        reported_at: NOW,
        appointment: None,
        late_events: 0,
        clocks: vec![ClockView { name: "arrival".to_owned(), limit_ms: Some(45 * 60_000), due_at, verdict: arrival.1, stopped: None }],
        attachments: AttachmentCount::default(),
        next: NextSteps::default(),
        attention: Vec::new(),
    };
    ItemRow { row, edits: EditCounts { saved_here: waiting, ..EditCounts::default() }, withdrawn: None, damage: None }
}

fn status(pending: u64) -> StatusView {
    StatusView {
        saved_here: pending,
        sent: 0,
        oldest_pending_at: (pending > 0).then(|| NOW.minus_ms(28 * 60_000)),
        safe: 4,
        safe_since: None,
        needs_attention: 0,
        last_contact: Some(NOW),
        feeds: Vec::new(),
        documents: 3,
        forms: 0,
        books: 0,
        receivables: 0,
        entries_here: 0,
        entries_refused: 0,
        unreadable: 0,
        damaged: Vec::new(),
        store_bytes: 0,
        locked: false,
    }
}

fn rows() -> Vec<ItemRow> {
    vec![
        row(7, Phase::Arrived, Priority::Urgent, (15, Verdict::Met), 3),
        row(8, Phase::Assigned, Priority::Normal, (44, Verdict::Awaiting), 0),
        row(12, Phase::Accepted, Priority::Normal, (-65, Verdict::Awaiting), 0),
    ]
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
    let parsed = |line: &str| Cli::try_parse_from(line.split(' '));
    for line in [
        "linecrew-phone --data d list --all --json",
        "linecrew-phone accept 7 --offline --data d",
        "linecrew-phone complete 7 --cause a --remedy b --restored-at 14:02",
        "linecrew-phone complete 7 result=sealed",
        "linecrew-phone list --kind meter-rotation",
        "linecrew-phone safety 7 work_ticket GZ-1",
        "linecrew-phone exchange 7 --removed a --installed b --multiplier 1 --reading 1=5 --initial 1=0 --digits 1=6",
        "linecrew-phone confirm 7 --refused abroad",
        "linecrew-phone sign 7 --name n --stdin",
        "linecrew-phone answer 7 load -0.3",
        "linecrew-phone answer 7 load --clear",
        "linecrew-phone do 7 exchanged removed.serial=1 @body.json",
        "linecrew-phone resolve 7 1 2 --note n",
        "linecrew-phone book 7 2026-11-28T09:00",
        "linecrew-phone show 7 --svg",
        "linecrew-phone not-done 7 --reason locked",
        "linecrew-phone material 7 fuse 2.5 pcs",
        "linecrew-phone enrol linecrew:enrol?code=7K4QM-2XHTB&server=https://a.example --device-name n --ca ca.pem",
        "linecrew-phone enrol 7K4QM-2XHTB --server http://127.0.0.1:1 --allow-cleartext",
        "linecrew-phone --lang zh inbox dismiss 3",
        "linecrew-phone watch --utc-offset -03:30",
    ] {
        assert!(parsed(line).is_ok(), "{line}: {:?}", parsed(line).err());
    }
    for line in [
        "linecrew-phone",
        "linecrew-phone enrol",
        "linecrew-phone login --server http://127.0.0.1:1",
        "linecrew-phone restore 7 --cause a",
        "linecrew-phone answer 7 load",
        "linecrew-phone sign 7 --name n",
        "linecrew-phone exchange 7 --removed a --installed b --multiplier 1 --reading 1=x --initial 1=0",
        "linecrew-phone show 7 --svg --json",
        "linecrew-phone material 7 fuse many pcs",
        "linecrew-phone sync --timeout 5x",
    ] {
        assert_eq!(parsed(line).map(|_| ()).unwrap_err().exit_code(), 2, "{line}");
    }
    let Action::Sync { timeout } = parsed("linecrew-phone sync --timeout 250ms").unwrap().action else { panic!("sync") };
    assert_eq!(timeout.as_millis(), 250);
}

#[test]
fn the_list_says_what_is_due_and_what_is_not_safe() {
    let expected = "\
● 20261123-0007  On site   due 14:45 ✓ met        福州市鼓楼区东街…  3 not safe
· 20261123-0008  Assigned  due 15:14, 44 min left  福州市鼓楼区东街…
· 20261123-0012  Accepted  due 13:25, 1 h 05 over  福州市鼓楼区东街…

● 3 edits saved here, not yet on the server; oldest from 14:02
";
    let squeezed = |text: &str| text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
    let list = view::list(&page(Lang::En), &rows(), &status(3));
    assert_eq!(squeezed(&list), squeezed(expected));
}

#[test]
fn columns_stand_under_each_other_in_both_languages() {
    for lang in [Lang::En, Lang::Zh] {
        let list = view::list(&page(lang), &rows(), &status(0));
        let places: Vec<usize> = list.lines().take(3).map(|line| columns(line.split("福州").next().unwrap())).collect();
        assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{list}");
        assert!(list.lines().all(|line| columns(line) <= 80), "{list}");
    }
}

#[test]
fn an_edit_is_never_called_safe_before_it_is() {
    let page = page(Lang::En);
    let edit = SavedEdit {
        device_seq: 3,
        document: DocumentId::from_bytes([1; 16]),
        event: EventId::from_bytes([2; 16]),
        kind: "arrived".to_owned(),
        saved_at: NOW,
        state: None,
        phase: None,
    };
    assert_eq!(view::saved(&page, "20261123-0007", Some(kinds::REPAIR), &edit), "✓ 20261123-0007 · Arrived · saved on this phone\n");
    let outcome = |status: Option<&EditStatus>, pending| view::outcome(&page, status, pending, None);
    assert_eq!(outcome(Some(&EditStatus::SavedHere), 3), "● will be sent when there is a connection · 3 wait\n");
    assert_eq!(outcome(Some(&EditStatus::Sent), 1), "● will be sent when there is a connection\n");
    assert_eq!(outcome(Some(&EditStatus::Safe { received_at: NOW }), 0), "✓ safe on the server\n");
    let refusal = Refusal::new(Reason::NotYourItem, "another crew has it");
    let refused = outcome(Some(&EditStatus::NeedsAttention { refusal }), 0);
    assert_eq!(refused, "! not taken: another crew has it\n  see `linecrew-phone inbox`\n");
}

#[test]
fn safety_is_plain_in_both_languages() {
    assert_eq!(view::safety(&page(Lang::En), &status(0)), "✓ everything made here is safe on the server\n");
    assert_eq!(view::safety(&page(Lang::En), &status(1)), "● 1 edit saved here, not yet on the server; oldest from 14:02\n");
    assert_eq!(view::safety(&page(Lang::Zh), &status(3)), "● 3 项修改已存本机，尚未上传；最早 14:02\n");
}

#[test]
fn status_says_how_long_the_sign_in_holds_and_what_to_do_when_it_ended() {
    let account = |signed_in: bool| AccountView {
        person: PersonId::from_bytes([1; 16]),
        name: "林建国".to_owned(),
        username: "lin".to_owned(),
        server_url: "https://crews.example".to_owned(),
        grants: Vec::new(),
        crew: None,
        crew_name: None,
        signed_in,
        signed_in_until: signed_in.then_some(NOW),
    };
    let says = |lang, signed_in| view::status(&page(lang), Some(&account(signed_in)), &status(1)).lines().nth(1).unwrap().to_owned();
    assert_eq!(says(Lang::En, true), "sign-in holds until 14:30; every sync prolongs it");
    assert_eq!(says(Lang::Zh, true), "登录有效至 14:30，每次同步自动延长");
    let ended = "! the sign-in has ended: ask the office for a new invitation; everything saved here stays and is sent then";
    assert_eq!(says(Lang::En, false), ended);
    assert!(says(Lang::Zh, false).contains("请向调度索取新的邀请"));
}

#[test]
fn a_key_that_cannot_be_used_is_named_where_an_edit_waits_for_it() {
    let stop = SyncStop::KeyUnavailable(KeyUnavailable::because("locked"));
    let outcome = view::outcome(&page(Lang::En), Some(&EditStatus::SavedHere), 1, Some(&stop));
    assert_eq!(outcome, "● waits here: the key of this phone cannot be used now\n");
    assert_eq!(view::stop(&page(Lang::Zh), &stop), "本机密钥暂时不可用，修改保留在本机");
    let link = LinkState::Offline { since: NOW, next_try: Some(NOW), why: Some(Arc::new(stop)) };
    assert!(view::link(&page(Lang::En), &link).contains("the key of this phone cannot be used now; the edits wait on this phone"));
}

#[test]
fn why_a_phone_was_not_enrolled_is_plain_in_both_languages() {
    let words = |lang, error| words::enrolment(&page(lang), &error);
    assert!(words(Lang::En, EnrolError::InvitationInvalid).ends_with("ask the office for a new one"));
    assert_eq!(words(Lang::Zh, EnrolError::InvitationInvalid), "邀请无效、已过期或已被使用：请向调度索取新的邀请");
    let waits = || EnrolError::SignIn(SignInError::OthersEditsWait { name: "林建国".to_owned(), pending: 2 });
    assert!(words(Lang::En, waits()).starts_with("林建国 has 2 edits on this phone"));
    assert!(words(Lang::Zh, waits()).starts_with("林建国 在本机还有 2 项修改未上传"));
    for (error, exit) in [
        (EnrolError::InvitationInvalid, Exit::SignInNeeded),
        (EnrolError::Revoked, Exit::SignInNeeded),
        (waits(), Exit::SignInNeeded),
        (EnrolError::KeyUnavailable(KeyUnavailable::default()), Exit::Failed),
        (EnrolError::Transport(TransportError::NotOurs { status: 200 }), Exit::Unreachable),
    ] {
        assert_eq!(Failure::from(error).exit(), exit);
    }
}

#[test]
fn what_others_wrote_cannot_move_the_cursor() {
    let mut rows = rows();
    rows[0].row.site.address = "\u{1b}[2Jgone".to_owned();
    assert!(!view::list(&page(Lang::En), &rows, &status(0)).contains('\u{1b}'));
}
