//! Two collectors' rounds, so that the board's pages about money have something to show from the beginning: an offline stretch, a bill that is
//! paid twice, a void, a count that is five yuan short, and a session that is settled.

use linecrew_protocol::model::collection::{Fen, Method};
use linecrew_tests::{fleet::Fleet, phone::Phone};

/// Whose phones: the first of the second crew, and the first of the third.
const PLACES: [usize; 2] = [3, 6];
/// Change money.
const FLOAT: Fen = Fen(20_000);
/// What the count of the first round is short of.
const SHORT: Fen = Fen(500);

/// Both rounds up to the counter. The first session waits there for the visitor.
pub(crate) async fn walk(fleet: &mut Fleet) {
    for place in PLACES {
        let phone = &fleet.phones[place];
        fleet.lease(phone, 20).await;
        fleet.bill(&phone.person, "october", 12).await;
    }
    // The visitor's round: a book the cashier leases on the board.
    for crew in &fleet.organisation.crews {
        for person in crew.people.iter().skip(fleet.phones.len() / fleet.organisation.crews.len()) {
            fleet.bill(person, "october", 6).await;
        }
    }
    with_a_break(fleet).await;
    without_a_break(fleet).await;
}

/// The collector has two phones, and each takes the money for one and the same bill while both are offline.
async fn with_a_break(fleet: &mut Fleet) {
    let person = fleet.phones[PLACES[0]].person.clone();
    let mut second = fleet.second_phone_of(&person).await;
    fleet.lease(&second, 10).await;
    let phone = &mut fleet.phones[PLACES[0]];
    for phone in [&*phone, &second] {
        phone.until("the bills of the round", |phone| phone.due().len() >= 12).await;
        phone.open_session(FLOAT).expect("a collector with a book opens a session");
    }
    pay(phone, Method::Cash);
    pay(phone, Method::Cash);
    phone.go_offline();
    second.go_offline();
    pay(phone, Method::Cash);
    pay(&mut second, Method::Cash);
    pay(phone, Method::Cheque { number: "00812".to_owned(), bank: "农业银行".to_owned(), date: "2026-11-28".to_owned() });
    pay(phone, Method::Terminal { reference: "T-4471".to_owned() });
    pay(phone, Method::Cash);
    let last = phone.printed.last().expect("it was just printed").ticket.clone();
    phone.void(&last).expect("its money is in hand");
    close_and_pay_in(phone, SHORT, "S-1001");
    close_and_pay_in(&second, Fen::ZERO, "S-1002");
    phone.come_back();
    second.come_back();
    second.is_answered().await;
    second.rest().await;
}

async fn without_a_break(fleet: &mut Fleet) {
    let phone = &mut fleet.phones[PLACES[1]];
    phone.until("the bills of the round", |phone| phone.due().len() >= 12).await;
    phone.open_session(FLOAT).expect("a collector with a book opens a session");
    for _ in 0..4 {
        pay(phone, Method::Cash);
    }
    close_and_pay_in(phone, Fen::ZERO, "S-2001");
    phone.is_answered().await;
    let ledger = phone.ledger();
    let (session, money) = ledger.sessions.iter().next().expect("the session of today");
    fleet.cashier.confirm_deposit(*session, "S-2001", money.declared()).await.expect("the counter has the money");
    fleet.cashier.settle(*session, None).await.expect("nothing is missing");
}

/// The first of what is due, in full.
fn pay(phone: &mut Phone, method: Method) {
    let due = phone.due().into_iter().next().expect("something is due");
    phone.collect(due.receivable, due.open, method).expect("a collector with a session takes money");
}

fn close_and_pay_in(phone: &Phone, missing: Fen, slip: &str) {
    phone.close_session(missing, FLOAT).expect("an open session is closed");
    let sessions = phone.ledger().sessions;
    let rest = sessions.values().next().and_then(linecrew_protocol::model::collection::ledger::Session::to_deposit);
    phone.pay_in(slip, rest.unwrap_or_default()).expect("what was counted is paid in");
}
