//! Whatever a collector and an office do in whatever order: every fen and every ticket is accounted for, and what is called a break is what
//! was really lost on the way.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{DocumentId, SessionId},
    model::collection::{Amounts, Fen, Method, OfficeAct, Ticket},
};
use proptest::prelude::*;

use crate::till::Till;

/// Histories in CI; `LINECREW_DEEP` runs fifty times as many.
const CASES: u32 = 2_000;

#[derive(Debug, Clone)]
enum Step {
    Lease {
        count: u32,
    },
    Take,
    Open {
        float: i64,
    },
    Collect {
        amount: i64,
        method: u8,
    },
    Void {
        pick: usize,
    },
    Refund {
        pick: usize,
        amount: i64,
    },
    /// Coins fall through a drain (or somebody gives too much).
    Lose {
        fen: i64,
    },
    Deposit {
        percent: i64,
    },
    Close {
        left: i64,
    },
    /// A cashier counts what was handed in, and may be wrong or robbed.
    Confirm {
        wrong: i64,
    },
    Settle,
    Return {
        pick: usize,
    },
    Freeze {
        pick: usize,
    },
    Keystore {
        works: bool,
    },
    Attest,
    Clock {
        days: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = 1i64..50_000;
    let step = prop_oneof![
        1 => (1u32..8).prop_map(|count| Step::Lease { count }),
        1 => Just(Step::Take),
        2 => (0i64..20_000).prop_map(|float| Step::Open { float }),
        10 => (amount.clone(), 0u8..3).prop_map(|(amount, method)| Step::Collect { amount, method }),
        3 => any::<prop::sample::Index>().prop_map(|pick| Step::Void { pick: pick.index(1_000) }),
        1 => (any::<prop::sample::Index>(), amount).prop_map(|(pick, amount)| Step::Refund { pick: pick.index(1_000), amount }),
        1 => (-500i64..500).prop_map(|fen| Step::Lose { fen }),
        1 => (1i64..=100).prop_map(|percent| Step::Deposit { percent }),
        2 => (0i64..20_000).prop_map(|left| Step::Close { left }),
        2 => (-300i64..300).prop_map(|wrong| Step::Confirm { wrong: if wrong.abs() < 200 { 0 } else { wrong } }),
        2 => Just(Step::Settle),
        1 => any::<prop::sample::Index>().prop_map(|pick| Step::Return { pick: pick.index(1_000) }),
        1 => any::<prop::sample::Index>().prop_map(|pick| Step::Freeze { pick: pick.index(1_000) }),
        1 => any::<bool>().prop_map(|works| Step::Keystore { works }),
        1 => Just(Step::Attest),
        1 => (-400i64..400).prop_map(|days| Step::Clock { days }),
    ];
    proptest::collection::vec(step, 10..80)
}

/// What really happens, kept without a journal: bags, envelopes and paper.
struct World {
    till: Till,
    /// What lies in the collector's bag.
    bag: Amounts,
    /// What really went missing in a session: in the bag, and at the counter.
    lost: BTreeMap<SessionId, (Fen, Fen)>,
    /// Envelopes on their way to the cashier.
    envelopes: Vec<(SessionId, String, Amounts)>,
    /// Receipts that people hold, and those that were taken back.
    printed: BTreeMap<Ticket, (Amounts, bool)>,
    /// Money that people gave for receipts they still hold, minus what was given back to them.
    paid: Fen,
    carrier: Option<DocumentId>,
    slips: u32,
}

impl World {
    fn new() -> Self {
        Self {
            till: Till::new(1),
            bag: Amounts::default(),
            lost: BTreeMap::new(),
            envelopes: Vec::new(),
            printed: BTreeMap::new(),
            paid: Fen::ZERO,
            carrier: None,
            slips: 0,
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Lease { count } => {
                let book = self.till.is_leased(count);
                self.carrier.get_or_insert(book);
            }
            Step::Take => {
                let book = self.till.ledger().books.iter().find(|(_, book)| !book.taken).map(|(id, _)| *id);
                book.map(|book| self.till.takes(book));
            }
            Step::Open { float } => self.open(Fen(float)),
            Step::Collect { amount, method } => self.collect(Fen(amount), method),
            Step::Void { pick } => self.void(pick),
            Step::Refund { pick, amount } => self.refund(pick, Fen(amount)),
            Step::Lose { fen } => self.lose(Fen(fen)),
            Step::Deposit { percent } => self.deposit(percent),
            Step::Close { left } => self.close(Fen(left)),
            Step::Confirm { wrong } => self.confirm(Fen(wrong)),
            Step::Settle => self.settle(),
            Step::Return { pick } => {
                let books: Vec<_> = self.till.ledger().books.keys().copied().collect();
                if let Some(book) = books.get(pick % books.len().max(1)) {
                    self.till.returns(*book).ok();
                }
            }
            Step::Freeze { pick } => {
                let books: Vec<_> = self.till.ledger().books.keys().copied().collect();
                if let Some(book) = books.get(pick % books.len().max(1)).filter(|_| pick % 5 == 0) {
                    self.till.hears(*book, OfficeAct::Frozen { reason: "手机遗失".to_owned() });
                }
            }
            Step::Keystore { works } => self.till.can_sign = works,
            Step::Attest => {
                self.till.attests().ok();
            }
            Step::Clock { days } => {
                self.till.wall = linecrew_protocol::time::Timestamp::from_unix_millis(crate::till::START + days * 86_400_000);
            }
        }
    }

    fn open(&mut self, float: Fen) {
        if self.carrier.is_some() && self.till.tries_to_open(float).is_ok() {
            self.bag = Amounts::cash(float);
        }
    }

    fn collect(&mut self, amount: Fen, method: u8) {
        let text = "x".to_owned();
        let method = match method {
            0 => Method::Cash,
            1 => Method::Cheque { number: text.clone(), bank: text.clone(), date: text },
            _ => Method::Terminal { reference: text },
        };
        let given = Amounts::by(&method, amount);
        if let Ok(ticket) = self.till.collects(amount, method) {
            assert!(self.printed.insert(ticket, (given, true)).is_none(), "a number was given twice");
            self.bag = self.bag + given;
            self.paid = self.paid + amount;
        }
    }

    fn void(&mut self, pick: usize) {
        let Some((ticket, (given, _))) = self.pick(pick) else { return };
        // Nor take a receipt back whose money is gone.
        if (self.bag - given).is_covered() && self.till.voids(&ticket).is_ok() {
            self.printed.insert(ticket, (given, false));
            self.bag = self.bag - given;
            self.paid = self.paid - given.total();
        }
    }

    fn refund(&mut self, pick: usize, amount: Fen) {
        let Some((ticket, _)) = self.pick(pick) else { return };
        // Whoever has lost coins cannot give back what is not there.
        if self.bag.cash >= amount && self.till.refunds(&ticket, amount).is_ok() {
            self.bag = self.bag - Amounts::cash(amount);
            self.paid = self.paid - amount;
        }
    }

    fn lose(&mut self, fen: Fen) {
        let Some((session, _)) = self.till.ledger().open_session().map(|(id, session)| (id, session.seq)) else { return };
        if self.bag.cash >= fen {
            self.bag = self.bag - Amounts::cash(fen);
            let lost = self.lost.entry(session).or_default();
            lost.0 = lost.0 + fen;
        }
    }

    fn deposit(&mut self, percent: i64) {
        let Some((session, _)) = self.till.ledger().open_session().map(|(id, session)| (id, session.seq)) else { return };
        let part = |amount: Fen| Fen(amount.0 * percent / 100);
        let amounts = Amounts { cash: part(self.bag.cash), cheque: part(self.bag.cheque), terminal: part(self.bag.terminal) };
        self.hand_in(session, amounts);
    }

    fn hand_in(&mut self, session: SessionId, amounts: Amounts) -> bool {
        self.slips += 1;
        let slip = format!("S-{}", self.slips);
        let is_taken = amounts.total().is_positive() && self.till.deposits(session, &slip, amounts).is_ok();
        if is_taken {
            self.bag = self.bag - amounts;
            self.envelopes.push((session, slip, amounts));
        }
        is_taken
    }

    fn close(&mut self, left: Fen) {
        let Some((session, expected)) = self.till.ledger().open_session().map(|(id, session)| (id, session.expected_in_hand())) else {
            return;
        };
        let left = left.min(self.bag.cash);
        let reason = (expected != self.bag).then_some("点钞不符");
        if self.till.closes(self.bag, left, reason).is_err() {
            return;
        }
        let rest = self.bag - Amounts::cash(left);
        if rest.total().is_positive() {
            assert!(self.hand_in(session, rest), "what was counted can be handed in");
        }
        self.bag = Amounts::default();
    }

    fn confirm(&mut self, wrong: Fen) {
        let (Some((session, slip, amounts)), Some(book)) = (self.envelopes.pop(), self.carrier) else { return };
        let wrong = wrong.min(amounts.cash);
        let counted = amounts - Amounts::cash(wrong);
        let lost = self.lost.entry(session).or_default();
        lost.1 = lost.1 + wrong;
        self.till.hears(book, OfficeAct::DepositConfirmed { session, slip, amounts: counted });
    }

    fn settle(&mut self) {
        let ledger = self.till.ledger();
        let waiting = |id: &SessionId| self.envelopes.iter().any(|(session, ..)| session == id);
        let ready = ledger.sessions.iter().find(|(id, session)| session.closing.is_some() && !session.settled && !waiting(id));
        let (Some((session, day)), Some(book)) = (ready, self.carrier) else { return };
        let breaks = day.to_deposit().unwrap().total() != Fen::ZERO;
        let act = OfficeAct::SessionSettled { session: *session, reason: breaks.then(|| "点钞不符".to_owned()) };
        self.till.hears(book, act);
    }

    /// The end of the day: everything is counted, handed in, confirmed, settled and given back.
    fn end(&mut self) {
        self.close(Fen::ZERO);
        while !self.envelopes.is_empty() {
            self.confirm(Fen::ZERO);
        }
        for _ in 0..self.till.ledger().sessions.len() {
            self.settle();
        }
        let books: Vec<_> = self.till.ledger().books.keys().copied().collect();
        for book in books {
            self.till.returns(book).ok();
        }
    }

    fn pick(&self, pick: usize) -> Option<(Ticket, (Amounts, bool))> {
        let stand: Vec<_> = self.printed.iter().filter(|(_, (_, stands))| *stands).collect();
        stand.get(pick % stand.len().max(1)).map(|(ticket, printed)| ((*ticket).clone(), **printed))
    }

    fn check(&self) {
        let ledger = self.till.ledger();
        for (id, day) in &ledger.sessions {
            let (in_bag, at_counter) = self.lost.get(id).copied().unwrap_or_default();
            let closing = day.closing.as_ref().expect("closed at the end");
            let (deposit_break, difference) = (day.deposit_break().expect("settled at the end"), day.float_difference().unwrap());
            assert_eq!((closing.count_break(), deposit_break), (in_bag, at_counter), "a break is what was lost");
            assert_eq!(day.net().total(), day.confirmed().total() + difference + in_bag + at_counter, "the closing identity");
            assert_eq!(day.is_explained(), Some(true));
            assert!(in_bag == Fen::ZERO || closing.reason.is_some(), "a break has a name");
            assert!(at_counter == Fen::ZERO || day.settled_reason.is_some(), "a break has a name");
        }
        assert_eq!(ledger.head.turnover, self.paid, "the running total is what people paid");
        for (ticket, (given, stands)) in &self.printed {
            let issued = &ledger.receipts[ticket];
            assert_eq!(
                (issued.receipt.amount, issued.state != linecrew_protocol::model::collection::ledger::ReceiptState::Voided),
                (given.total(), *stands)
            );
        }
        for book in ledger.books.values() {
            let of_book = |stands: bool| {
                self.printed.iter().filter(|(ticket, printed)| book.lease.holds(ticket) && printed.1 == stands).count() as u64
            };
            assert_eq!((book.used, book.voided), (of_book(true), of_book(false)));
            assert_eq!(book.lease.drawn(), book.used + book.voided + book.returned + book.frozen + book.left, "every ticket is somewhere");
            // Only what was never drawn, and so cannot be given back in a journal, may still be in hand.
            assert_eq!((book.missing, book.disputed), (0, 0));
            assert!(book.is_explained());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("LINECREW_DEEP").is_some() { CASES * 50 } else { CASES }))]

    #[test]
    fn money_and_tickets_are_accounted_for(steps in steps()) {
        let mut world = World::new();
        let book = world.till.is_leased(6);
        world.carrier = Some(book);
        world.till.takes(book).unwrap();
        steps.iter().for_each(|step| world.step(step));
        world.end();
        world.check();
    }
}
