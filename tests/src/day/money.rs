//! What collectors do, and the counter.

use linecrew_client::collection::CollectionError;
use linecrew_protocol::model::collection::{Amounts, Fen, Method, ledger::ReceiptState};
use linecrew_server::store::collection::{SessionRecord, SessionState};

use super::deed::{Outcome, choose, granted};
use crate::{fleet::Fleet, phone::Phone};

/// Change money of a session.
const FLOAT: Fen = Fen(20_000);

impl Fleet {
    /// The next thing that a collector does: mostly another receipt.
    pub(super) fn somebody_collects(&mut self, phone: usize, pick: u32, turn: u32) -> Outcome {
        let phone = self.phones.get_mut(phone)?;
        let name = phone.person.name.clone();
        let Some((_, session)) = phone.open_money() else {
            return done(phone.open_session(FLOAT)).map(|_| format!("{name} opens a session"));
        };
        match turn % 16 {
            0 => {
                let ledger = phone.ledger();
                let stand = ledger.receipts.values().filter(|issued| issued.state == ReceiptState::Counted);
                let ticket = choose(stand.map(|issued| issued.receipt.ticket.clone()).collect(), pick)?;
                done(phone.void(&ticket)).map(|_| format!("{name} voids {ticket}"))
            }
            1 => {
                let slip = format!("S-{}-{}", phone.person.username, phone.ledger().head.seq);
                let in_hand = session.expected_in_hand() - Amounts::cash(session.float);
                done(phone.pay_in(&slip, in_hand)).map(|_| format!("{name} pays in {}", in_hand.total()))
            }
            2 => end_of_session(phone, turn),
            _ => another_receipt(phone, pick, turn),
        }
    }

    /// The counter does what is next for one of the sessions.
    pub(super) async fn counter_works(&mut self, pick: u32) -> Outcome {
        let sessions = self.cashier.sessions().await.expect("the counter lists its sessions");
        let session = choose(sessions.into_iter().filter(|session| session.state != SessionState::Settled).collect(), pick)?;
        let confirmed = self.confirm_next(&session, pick).await;
        if confirmed.is_some() || session.state == SessionState::Open {
            return confirmed;
        }
        granted(self.cashier.settle(session.session, Some("日终对账")).await).map(|_| format!("the counter settles {}", session.session))
    }

    async fn confirm_next(&self, session: &SessionRecord, pick: u32) -> Outcome {
        let slip = session.deposits.iter().find(|deposit| deposit.confirmed.is_none())?;
        let declared = slip.declared?;
        // Now and then a note is missing in the envelope.
        let missing = if pick.is_multiple_of(7) { Fen(100).min(declared.cash) } else { Fen::ZERO };
        let counted = declared - Amounts::cash(missing);
        granted(self.cashier.confirm_deposit(session.session, &slip.slip, counted).await)
            .map(|_| format!("the counter confirms {} of {}", counted.total(), session.session))
    }

    /// More bills for a phone's round.
    pub(super) async fn billing_bills(&mut self, phone: usize, pick: u32) -> Outcome {
        let phone = self.phones.get(phone).filter(|phone| !phone.ledger().books.is_empty())?;
        self.bill(&phone.person, &format!("batch{pick}"), 2).await;
        Some(format!("two bills for {}", phone.person.name))
    }
}

fn another_receipt(phone: &mut Phone, pick: u32, turn: u32) -> Outcome {
    let due = choose(phone.due(), pick)?;
    let amount = match turn % 5 {
        0 => Fen((due.open.0 / 2).max(1)),
        1 => due.open + Fen(500),
        _ => due.open,
    };
    let method = match turn % 7 {
        0 => Method::Cheque { number: format!("C{turn}"), bank: "农业银行".to_owned(), date: "2026-11-28".to_owned() },
        1 => Method::Terminal { reference: format!("T{turn}") },
        _ => Method::Cash,
    };
    let issued = done(phone.collect(due.receivable, amount, method))?;
    Some(format!("{}: receipt {} over {amount}", phone.person.name, issued.ticket))
}

fn end_of_session(phone: &Phone, turn: u32) -> Outcome {
    let (_, session) = phone.open_money()?;
    let missing = if turn.is_multiple_of(3) { Fen(50).min(session.expected_in_hand().cash) } else { Fen::ZERO };
    done(phone.close_session(missing, Fen::ZERO))?;
    let rest = phone.ledger().sessions.values().filter(|session| !session.settled).max_by_key(|session| session.seq)?.to_deposit()?;
    if rest.total().is_positive() {
        let slip = format!("S-{}-{}", phone.person.username, phone.ledger().head.seq);
        done(phone.pay_in(&slip, rest));
    }
    Some(format!("{} closes the session", phone.person.name))
}

/// What the rules do not allow now is no failure.
fn done<T>(result: Result<T, CollectionError>) -> Option<T> {
    match result {
        Ok(done) => Some(done),
        Err(error @ (CollectionError::Store(_) | CollectionError::StorageFull(_) | CollectionError::DamagedBook { .. })) => {
            panic!("a collector's phone failed: {error:?}")
        }
        Err(_) => None,
    }
}
