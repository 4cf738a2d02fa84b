//! The command line as people type it, and what they read.

use clap::{CommandFactory, Parser};
use linecrew_client::{
    EditCounts, EditStatus, ItemRow, SavedEdit, StatusView,
    protocol::{
        Reason, Refusal,
        ids::{DistrictId, DocumentId, EventId},
        model::{
            kinds,
            work::{AreaClass, Customer, Phase, Priority, Site, WorkRow, clocks::ClockView, view::AttachmentCount, view::NextSteps},
        },
        time::{Timestamp, Verdict},
    },
};

use serde_json::json;

use crate::{Action, Cli, Lang, UtcOffset, clock::Clock, page::Page, view, width::columns};

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
        "linecrew-phone login --server http://127.0.0.1:1 --user lin --password-stdin --device-name n",
        "linecrew-phone --lang zh inbox dismiss 3",
        "linecrew-phone watch --utc-offset -03:30",
    ] {
        assert!(parsed(line).is_ok(), "{line}: {:?}", parsed(line).err());
    }
    for line in [
        "linecrew-phone",
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
fn what_others_wrote_cannot_move_the_cursor() {
    let mut rows = rows();
    rows[0].row.site.address = "\u{1b}[2Jgone".to_owned();
    assert!(!view::list(&page(Lang::En), &rows, &status(0)).contains('\u{1b}'));
}
