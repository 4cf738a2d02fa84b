//! Logs, answers and complaints hold no customer's data, no place and no secret: a test lives a day, makes everybody say as much as they can, and
//! looks for what the day's own data holds, in every form in which it could have been written.
//!
//! `LINECREW_SEED=n` lives another day.

mod commands;
mod day;
mod forms;
mod heard;
mod needles;
mod refusals;
mod search;

use linecrew_client::{DeviceKey, FileKey, InboxBody, SystemHost};
use linecrew_protocol::enrolment::InviteCode;
use linecrew_tests::{
    fleet::{Fleet, PASSWORD},
    phone::Phone,
    seed::Seed,
};
use serde_json::{Value, json};

use crate::{
    heard::Heard,
    needles::{CLASSES, Needles},
    refusals::{Told, ask, post},
    search::{Source, search},
};

/// Everything that our crates and all others can be made to log: what `LINECREW_LOG` may be set to.
const TALKATIVE: &str = "trace";
const WRONG_PASSWORD: &str = "lights out everywhere";
const DAY: u64 = 1_129;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_is_written_down_names_a_customer_a_place_or_a_secret() {
    let heard = Heard::listen();
    let seed = std::env::var("LINECREW_SEED").map_or(Seed(DAY), |one| Seed(one.parse().unwrap()));
    println!("seed {seed}");
    let (mut fleet, mut needles) = (day::assemble(seed).await, Needles::default());
    day::live(&mut fleet, &mut needles).await;

    let (extra, code) = day::enrolled_by_hand(&fleet).await;
    let told = told(&fleet, &extra, &code, &mut needles).await;
    gather(&fleet, &extra, &mut needles).await;
    let server = fleet.server.address();
    let answers = refusals::everything(server, &told);
    assert!(answers.len() > 50, "{} answers", answers.len());
    let refusals = details(&fleet).await;
    assert!(refusals.len() >= 2, "{refusals:?}");
    let metrics =
        ["/v1/health", "/.well-known/jwks.json", "/metrics", "/v1/metrics"].map(|path| ask(server, &format!("GET {path}"), &[], b""));
    let complaints = commands::everything(fleet.server.data(), fleet.folder(), &told);
    assert!(complaints.len() > 20, "{} complaints", complaints.len());
    fleet.server.stop().await;
    needles.of_server(&fleet);

    let sources = [
        Source::new("the server's log", fleet.server.logged()),
        Source::new("the phones' log", heard.bytes()),
        Source::new("answers to requests", answers.join(&b'\n')),
        Source::new("reasons of refusals", refusals.join("\n")),
        Source::new("health and keys", metrics.concat()),
        Source::new("complaints of commands", complaints.join(&b'\n')),
    ];
    let found: Vec<String> = search(&needles, &sources).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "seed {seed}: {} places\n{}", found.len(), found.join("\n"));
    enough_was_said(&needles, &sources);
    planted_secrets_are_found(&needles, &sources);
}

/// Whom and what the refused requests are about.
async fn told(fleet: &Fleet, phone: &Phone, code: &InviteCode, needles: &mut Needles) -> Told {
    let row = fleet.office.list().await.unwrap().into_iter().map(|row| row.row).find(|row| row.customer.phone.is_some()).unwrap();
    let due = fleet.cashier.receivables().await.unwrap().remove(0).due;
    let username = fleet.organisation.dispatcher.username.clone();
    let unused = fleet.office.invite(&phone.person.username).await.unwrap();
    for code in [code, &unused.code] {
        needles.add("invitation", code.to_string());
        needles.add("invitation", code.canonical());
    }
    needles.add("invitation", unused.link.split('?').nth(1).unwrap());
    needles.add("password", PASSWORD);
    needles.add("password", WRONG_PASSWORD);
    let sign_in = |cookie: bool| {
        let body = json!({"username": username, "password": PASSWORD, "cookie": cookie}).to_string();
        String::from_utf8(post(fleet.server.address(), "/v1/login", &[], &body)).unwrap()
    };
    let (bearer, cookie) = (sign_in(false), sign_in(true));
    let token: Value = serde_json::from_str(bearer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let token = token["access_token"].as_str().unwrap().to_owned();
    let cookie = cookie.split("linecrew_session=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    needles.add_token(&token);
    needles.add_token(&cookie);
    let store = linecrew_tests::key::opened(&phone.store(), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let key = FileKey::open(&phone.store().with_extension("key"), &SystemHost::new()).unwrap();
    Told {
        customer: row.customer.name,
        telephone: row.customer.phone.unwrap(),
        address: row.site.address,
        account: due.account,
        note: "三楼阳台上的表箱，钥匙在花盆下面".to_owned(),
        district: row.district.to_string(),
        item: row.id.to_string(),
        crew: fleet.crew(0).to_string(),
        username,
        password: PASSWORD.to_owned(),
        wrong_password: WRONG_PASSWORD.to_owned(),
        token,
        cookie,
        refresh_token: store.query_row("SELECT refresh_token FROM account", [], |row| row.get(0)).unwrap(),
        code: code.clone(),
        installation: phone.installation(),
        key: key.public_key().unwrap(),
    }
}

async fn gather(fleet: &Fleet, extra: &Phone, needles: &mut Needles) {
    needles.of_office(fleet).await;
    needles.add("words", "三楼阳台上的表箱，钥匙在花盆下面");
    fleet.phones.iter().chain([extra]).for_each(|phone| needles.of_phone(phone));
}

/// Why edits were refused, as their phones and the office are told.
async fn details(fleet: &Fleet) -> Vec<String> {
    let told = fleet.phones.iter().flat_map(Phone::inbox).filter_map(|entry| match entry.body {
        InboxBody::Refused { refusal, .. } => Some(refusal.detail),
        InboxBody::Withdrawn(_) => None,
    });
    let mut details: Vec<String> = told.collect();
    for row in fleet.office.list().await.unwrap() {
        let refused = fleet.office.detail(row.row.id).await.unwrap().quarantined;
        details.extend(refused.into_iter().map(|edit| edit.detail));
    }
    details
}

/// A search of nothing, or for nothing, finds nothing.
fn enough_was_said(needles: &Needles, sources: &[Source]) {
    for (class, least) in CLASSES {
        assert!(needles.count(class) >= *least, "{} of class {class}, at least {least} are needed", needles.count(class));
    }
    let [server, phones, answers, refusals, metrics, complaints] = sources else { panic!("six sources") };
    for (source, part, least) in [
        (server, "DEBUG", 200),
        (server, "answered", 200),
        (server, "INFO", 5),
        (server, "WARN", 1),
        (phones, "linecrew_client", 5),
        (answers, "problem+json", 50),
        (refusals, "", 2),
        (metrics, "store_epoch", 1),
        (complaints, "line ", 10),
        (complaints, "Error", 10),
    ] {
        let lines = source.lines_with(part);
        assert!(lines >= least, "{}: {lines} lines with {part:?}, at least {least} are needed", source.name);
    }
}

/// What would be found if it were there: one needle of each class, in each form, at the end of a real source.
fn planted_secrets_are_found(needles: &Needles, sources: &[Source]) {
    let end = |source: &Source| source.bytes[source.bytes.len().saturating_sub(2_000)..].to_vec();
    for source in sources {
        for (class, _) in CLASSES {
            for form in forms::of(needles.one(class)) {
                let planted = Source::new(source.name, [end(source), b"\npassword=".to_vec(), form.clone(), b" done\n".to_vec()].concat());
                let found = search(&needles.of(class), &[planted]);
                assert!(found.iter().any(|finding| finding.class == *class), "{class} as {:?}", String::from_utf8_lossy(&form));
            }
        }
    }
}
