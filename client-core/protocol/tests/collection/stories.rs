//! The rules, as stories.

use linecrew_protocol::model::collection::{
    Act, Amounts, Fen, FlagKind, Method, OfficeAct, Sealed, Ticket,
    entry::EntryHash,
    ledger::{Head, ReceiptState},
    office::Flag,
    rules,
};

use crate::till::{Till, count, yuan};

fn cash(text: &str) -> Amounts {
    Amounts::cash(yuan(text))
}

fn cheque() -> Method {
    Method::Cheque { number: "00812".to_owned(), bank: "农业银行".to_owned(), date: "2026-11-28".to_owned() }
}

#[test]
fn a_collectors_day_is_explained_to_the_last_fen() {
    let mut till = Till::new(1);
    let book = till.draws(50);
    let session = till.opens(yuan("100"));
    till.collects(yuan("86.40"), Method::Cash).unwrap();
    till.collects(yuan("210"), cheque()).unwrap();
    till.collects(yuan("33.10"), Method::Terminal { reference: "T-4471".to_owned() }).unwrap();
    let wrong = till.collects(yuan("12"), Method::Cash).unwrap();
    till.voids(&wrong).unwrap();
    let counted = Amounts { cash: yuan("186.40"), cheque: yuan("210"), terminal: yuan("33.10") };
    till.closes(counted, yuan("100"), None).unwrap();
    let handed_in = Amounts { cash: yuan("86.40"), ..counted };
    till.deposits(session, "S-1", handed_in).unwrap();
    till.hears(book, OfficeAct::DepositConfirmed { session, slip: "S-1".to_owned(), amounts: handed_in });
    till.hears(book, OfficeAct::SessionSettled { session, reason: None });

    let ledger = till.ledger();
    let day = &ledger.sessions[&session];
    assert_eq!((day.net().total(), day.confirmed().total()), (yuan("329.50"), yuan("329.50")));
    assert_eq!(day.tickets, count(3, 1));
    assert_eq!(
        (day.closing.as_ref().unwrap().count_break(), day.deposit_break(), day.float_difference()),
        (Fen::ZERO, Some(Fen::ZERO), Some(Fen::ZERO))
    );
    assert_eq!(day.is_explained(), Some(true));
    assert_eq!(ledger.head.turnover, yuan("329.50"));
    let book = &ledger.books[&book];
    assert_eq!((book.used, book.voided, book.left, book.missing), (3, 1, 46, 0));
    assert!(book.is_explained());
}

#[test]
fn numbers_are_used_in_order_and_only_those_of_the_book() {
    let mut till = Till::new(1);
    till.opens_without_a_book();
    let book = till.draws(2);
    till.opens(Fen::ZERO);
    let lease = till.facts.leases[&book].clone();
    for wrong in
        [lease.ticket(lease.first + 1), lease.ticket(lease.last + 1), Ticket { series: "XX".parse().unwrap(), number: lease.first }]
    {
        assert!(till.issues(wrong.clone(), yuan("1"), Method::Cash).is_err(), "{wrong}");
    }
    assert_eq!(till.collects(yuan("1"), Method::Cash), Ok(lease.ticket(lease.first)));
    assert_eq!(till.collects(yuan("1"), Method::Cash), Ok(lease.ticket(lease.last)));
    assert!(till.collects(yuan("1"), Method::Cash).is_err(), "the book is used up");
    assert!(till.issues(lease.ticket(lease.first), yuan("1"), Method::Cash).is_err(), "a number is given once");
}

impl Till {
    fn opens_without_a_book(&mut self) {
        assert!(self.ledger().current_book().is_none());
        assert!(self.issues("FZ-00000001".parse().unwrap(), yuan("1"), Method::Cash).is_err());
    }
}

#[test]
fn the_next_book_follows_when_one_is_used_up_and_is_drawn_first() {
    let mut till = Till::new(1);
    let first = till.draws(1);
    till.opens(Fen::ZERO);
    assert!(!till.ledger().books[&first].is_low());
    till.collects(yuan("1"), Method::Cash).unwrap();
    let second = till.is_leased(5);
    assert!(till.ledger().books[&first].is_low());
    assert!(till.collects(yuan("1"), Method::Cash).is_err(), "not drawn yet");
    till.takes(second).unwrap();
    assert!(till.takes(second).is_err(), "drawn once");
    let ticket = till.collects(yuan("1"), Method::Cash).unwrap();
    assert!(till.facts.leases[&second].holds(&ticket));
}

#[test]
fn without_a_session_no_money_is_taken_and_there_is_one_at_a_time() {
    let mut till = Till::new(1);
    till.draws(5);
    assert!(till.collects(yuan("5"), Method::Cash).is_err());
    till.opens(yuan("20"));
    assert!(till.tries_to_open(yuan("20")).is_err());
    till.collects(yuan("5"), Method::Cash).unwrap();
    till.closes(cash("25"), yuan("20"), None).unwrap();
    assert!(till.collects(yuan("5"), Method::Cash).is_err(), "the session is closed");
    till.opens(yuan("20"));
}

#[test]
fn overpayment_is_paid_ahead_and_part_payment_leaves_the_rest_open() {
    let receipt = |open: &str, amount: &str| {
        let mut receipt = crate::till::receipt(
            "FZ-00000001".parse().unwrap(),
            linecrew_protocol::ids::SessionId::from_bytes([1; 16]),
            yuan(amount),
            Method::Cash,
        );
        (receipt.due, receipt.open) = (yuan("90"), yuan(open));
        (receipt.applied(), receipt.prepaid())
    };
    assert_eq!(receipt("90", "100"), (yuan("90"), yuan("10")));
    assert_eq!(receipt("90", "40"), (yuan("40"), Fen::ZERO));
    assert_eq!(receipt("0", "40"), (Fen::ZERO, yuan("40")));
}

#[test]
fn a_receipt_is_voided_once_with_all_of_its_amount_and_only_while_its_money_is_in_hand() {
    let mut till = Till::new(1);
    till.draws(10);
    let session = till.opens(Fen::ZERO);
    let first = till.collects(yuan("10"), Method::Cash).unwrap();
    let part = Act::Voided { ticket: first.clone(), session, amount: yuan("4"), reason: "x".to_owned() };
    assert!(till.acts(part).is_err());
    till.voids(&first).unwrap();
    assert_eq!(till.state(&first), ReceiptState::Voided);
    assert!(till.voids(&first).is_err());
    let second = till.collects(yuan("10"), Method::Cash).unwrap();
    till.deposits(session, "S-1", cash("10")).unwrap();
    assert!(till.voids(&second).is_err(), "its money is at the bank");
    till.closes(Amounts::default(), Fen::ZERO, None).unwrap();
    till.opens(yuan("50"));
    assert!(till.voids(&second).is_err(), "it is of an earlier session");
}

#[test]
fn a_refund_goes_out_of_todays_cash_and_never_beyond_the_receipt() {
    let mut till = Till::new(1);
    till.draws(10);
    till.opens(Fen::ZERO);
    let old = till.collects(yuan("30"), Method::Cash).unwrap();
    till.closes(cash("30"), Fen::ZERO, None).unwrap();
    let today = till.opens(yuan("20"));
    assert!(till.refunds(&old, yuan("25")).is_err(), "there are only 20 in hand");
    till.refunds(&old, yuan("15")).unwrap();
    till.collects(yuan("40"), Method::Cash).unwrap();
    assert!(till.refunds(&old, yuan("16")).is_err(), "15 of its 30 were given back already");
    till.refunds(&old, yuan("15")).unwrap();
    assert_eq!(till.state(&old), ReceiptState::Refunded);
    assert_eq!(till.ledger().sessions[&today].expected_in_hand(), cash("30"));
}

#[test]
fn money_that_is_missing_at_the_count_needs_a_reason_and_stays_visible() {
    let mut till = Till::new(1);
    let book = till.draws(10);
    let session = till.opens(yuan("20"));
    till.collects(yuan("80"), Method::Cash).unwrap();
    assert!(till.closes(cash("95"), yuan("20"), None).is_err());
    till.closes(cash("95"), yuan("20"), Some("找零有误")).unwrap();
    till.deposits(session, "S-1", cash("75")).unwrap();
    till.hears(book, OfficeAct::DepositConfirmed { session, slip: "S-1".to_owned(), amounts: cash("74") });
    till.hears(book, OfficeAct::SessionSettled { session, reason: Some("差一元".to_owned()) });
    let ledger = till.ledger();
    let day = &ledger.sessions[&session];
    assert_eq!((day.closing.as_ref().unwrap().count_break(), day.deposit_break()), (yuan("5"), Some(yuan("1"))));
    assert_eq!(day.is_explained(), Some(true));
}

#[test]
fn nobody_deposits_what_is_not_there() {
    let mut till = Till::new(1);
    till.draws(10);
    let session = till.opens(yuan("20"));
    till.collects(yuan("80"), cheque()).unwrap();
    assert!(till.deposits(session, "S-1", cash("21")).is_err());
    till.deposits(session, "S-1", Amounts { cash: yuan("20"), cheque: yuan("80"), terminal: Fen::ZERO }).unwrap();
    assert!(till.deposits(session, "S-2", cash("0.01")).is_err());
}

/// Rule 9: the office deposited the money while the collector voided the receipt offline.
#[test]
fn a_receipt_that_is_voided_while_its_money_was_deposited_shows_as_a_break() {
    let mut till = Till::new(1);
    let book = till.draws(10);
    let session = till.opens(Fen::ZERO);
    till.collects(yuan("50"), Method::Cash).unwrap();
    let second = till.collects(yuan("30"), Method::Cash).unwrap();
    // The phone does not know of it yet: its rules still allow the void.
    till.voids(&second).unwrap();
    till.closes(cash("50"), Fen::ZERO, None).unwrap();
    till.hears(book, OfficeAct::DepositConfirmed { session, slip: "K-7".to_owned(), amounts: cash("80") });
    till.hears(book, OfficeAct::SessionSettled { session, reason: Some("作废与解款并发".to_owned()) });
    let ledger = till.ledger();
    assert_eq!(ledger.sessions[&session].deposit_break(), Some(yuan("-30")), "30 more were deposited than there are receipts for");
    assert_eq!(ledger.sessions[&session].is_explained(), Some(true));
}

#[test]
fn money_that_was_given_back_cannot_be_given_back_once_more() {
    let mut till = Till::new(1);
    till.draws(10);
    till.opens(Fen::ZERO);
    let by_cheque = till.collects(yuan("30"), cheque()).unwrap();
    let in_cash = till.collects(yuan("30"), Method::Cash).unwrap();
    till.refunds(&by_cheque, yuan("20")).unwrap();
    assert!(till.voids(&by_cheque).is_err(), "some of it was refunded");
    assert!(till.voids(&in_cash).is_err(), "only 10 of the cash are left");
}

/// One bad receipt never blocks the others: the one before was refused, and the server does not have it.
#[test]
fn a_receipt_after_one_that_is_not_there_counts_and_is_looked_into() {
    let mut till = Till::new(1);
    let book = till.draws(10);
    let session = till.opens(Fen::ZERO);
    let next = |till: &Till, ahead: u32, session| {
        let lease = &till.facts.leases[&book];
        let act = Act::Receipt(crate::till::receipt(lease.ticket(lease.first + ahead), session, yuan("5"), Method::Cash));
        let entry = till.entry(4, EntryHash::of("the receipt that is not there"), yuan("10"), act);
        let problems = rules::problems(&till.ledger(), &till.seal(&entry), &entry, Some(&till.public()));
        problems.into_iter().map(|problem| problem.kind).collect::<Vec<_>>()
    };
    assert_eq!(next(&till, 1, session), [FlagKind::ChainBroken, FlagKind::ChainBroken]);
    assert_eq!(next(&till, 10, session), [FlagKind::ChainBroken, FlagKind::NotPermitted], "of no book");
    let no_session = linecrew_protocol::ids::SessionId::from_bytes([9; 16]);
    assert_eq!(next(&till, 1, no_session), [FlagKind::ChainBroken, FlagKind::NotPermitted]);
    till.collects(yuan("5"), Method::Cash).unwrap();
    assert_eq!(next(&till, 0, session), [FlagKind::ChainBroken, FlagKind::NotPermitted], "a number that was given");
}

#[test]
fn a_number_that_was_left_out_is_missing_from_its_book() {
    let mut till = Till::new(1);
    let book = till.draws(10);
    let session = till.opens(Fen::ZERO);
    let ticket = till.facts.leases[&book].ticket(till.facts.leases[&book].first + 2);
    till.forces(Act::Receipt(crate::till::receipt(ticket, session, yuan("1"), Method::Cash)));
    let ledger = till.ledger();
    assert_eq!((ledger.books[&book].used, ledger.books[&book].missing, ledger.books[&book].left), (1, 2, 7));
    assert!(ledger.books[&book].is_explained());
}

#[test]
fn a_book_that_is_returned_or_frozen_gives_no_more_tickets() {
    let mut till = Till::new(1);
    let book = till.draws(10);
    till.opens(Fen::ZERO);
    till.collects(yuan("1"), Method::Cash).unwrap();
    till.returns(book).unwrap();
    assert!(till.collects(yuan("1"), Method::Cash).is_err());
    assert_eq!(till.ledger().books[&book].returned, 9);
    assert!(till.ledger().books[&book].is_explained());

    let lost = till.draws(10);
    till.collects(yuan("1"), Method::Cash).unwrap();
    till.hears(lost, OfficeAct::Frozen { reason: "手机遗失".to_owned() });
    assert!(till.collects(yuan("1"), Method::Cash).is_err());
    let ledger = till.ledger();
    assert_eq!((ledger.books[&lost].used, ledger.books[&lost].frozen), (1, 9));
    assert!(ledger.books[&lost].is_explained());
}

#[test]
fn a_receipt_that_was_issued_before_the_phone_learned_of_the_freeze_counts() {
    let mut till = Till::new(1);
    let book = till.draws(10);
    till.opens(Fen::ZERO);
    let late = till.collects(yuan("7"), Method::Cash).unwrap();
    till.hears(book, OfficeAct::Frozen { reason: "手机遗失".to_owned() });
    let ledger = till.ledger();
    assert_eq!(ledger.receipts[&late].state, ReceiptState::Counted);
    assert_eq!((ledger.books[&book].used, ledger.books[&book].frozen), (1, 9));
}

#[test]
fn while_the_key_is_locked_away_receipts_are_unsigned_until_an_attestation_covers_them() {
    let mut till = Till::new(1);
    till.draws(10);
    till.opens(Fen::ZERO);
    let signed = till.collects(yuan("1"), Method::Cash).unwrap();
    till.can_sign = false;
    let first = till.collects(yuan("2"), Method::Cash).unwrap();
    let second = till.collects(yuan("3"), Method::Cash).unwrap();
    let ledger = till.ledger();
    assert_eq!([&signed, &first, &second].map(|ticket| ledger.receipts[ticket].signed), [true, false, false]);
    assert_eq!(ledger.to_attest(), Some((4, 5)));
    till.can_sign = true;
    till.attests().unwrap();
    let ledger = till.ledger();
    assert!(ledger.receipts.values().all(|issued| issued.signed));
    assert_eq!(ledger.to_attest(), None);
    assert!(till.attests().is_err());
}

#[test]
fn an_attestation_without_a_signature_vouches_for_nothing() {
    let mut till = Till::new(1);
    till.draws(10);
    till.can_sign = false;
    till.opens(Fen::ZERO);
    let ledger = till.ledger();
    let entry = till.entry(3, ledger.head.hash, Fen::ZERO, Act::Attested { from: 2, through: 2 });
    let kinds: Vec<_> = rules::problems(&ledger, &till.seal(&entry), &entry, None).into_iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [FlagKind::BadSignature]);
    till.keeps(entry);
    assert_eq!(till.ledger().to_attest(), Some((2, 3)));
}

#[test]
fn an_entry_that_does_not_follow_is_named_with_its_reason() {
    let mut till = Till::new(1);
    till.draws(10);
    till.opens(Fen::ZERO);
    let head = till.ledger().head;
    let next = |till: &Till, seq, previous, turnover| {
        let act = Act::Receipt(crate::till::receipt(
            till.ledger().current_book().unwrap().1.next().unwrap(),
            till.ledger().open_session().unwrap().0,
            yuan("5"),
            Method::Cash,
        ));
        let entry = till.entry(seq, previous, turnover, act);
        let problems = rules::problems(&till.ledger(), &till.seal(&entry), &entry, Some(&till.public()));
        problems.into_iter().map(|problem| problem.kind).collect::<Vec<_>>()
    };
    assert_eq!(next(&till, 3, head.hash, yuan("5")), []);
    assert_eq!(next(&till, 4, head.hash, yuan("5")), [FlagKind::ChainBroken]);
    assert_eq!(next(&till, 3, EntryHash::NONE, yuan("5")), [FlagKind::ChainBroken]);
    assert_eq!(next(&till, 3, head.hash, yuan("5.01")), [FlagKind::ChainBroken]);
}

#[test]
fn a_signature_of_another_key_is_noticed() {
    let (mut till, thief) = (Till::new(1), Till::new(2));
    till.draws(10);
    let Head { seq, hash, turnover } = till.ledger().head;
    let act = Act::SessionOpened { session: linecrew_protocol::ids::SessionId::from_bytes([1; 16]), float: Fen::ZERO };
    let mut entry = till.entry(seq + 1, hash, turnover, act);
    let forged = thief.seal(&entry);
    let kinds = |sealed, entry: &_| {
        rules::problems(&till.ledger(), sealed, entry, Some(&till.public())).into_iter().map(|problem| problem.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&forged, &entry), [FlagKind::BadSignature]);
    entry.key = Some(thief.public());
    assert_eq!(kinds(&thief.seal(&entry), &entry), [FlagKind::KeyChanged]);
}

#[test]
fn a_disputed_receipt_counts_for_nothing_until_somebody_decides_that_it_does() {
    let mut till = Till::new(1);
    let book = till.draws(10);
    let session = till.opens(Fen::ZERO);
    till.collects(yuan("5"), Method::Cash).unwrap();
    let disputed = till.collects(yuan("9"), Method::Cash).unwrap();
    let seq = till.ledger().receipts[&disputed].seq;
    let flag = Flag::on_entry(FlagKind::AmountDueAltered, seq, "the amount due is another");
    till.hears(book, OfficeAct::Flagged(flag.clone()));
    let ledger = till.ledger();
    assert_eq!(ledger.receipts[&disputed].state, ReceiptState::Disputed);
    assert_eq!((ledger.sessions[&session].net().total(), ledger.books[&book].disputed), (yuan("5"), 1));
    assert!(ledger.books[&book].is_explained());
    let decided = |choice: &str| OfficeAct::FlagResolved { flag: flag.id.clone(), choice: choice.to_owned(), note: String::new() };
    let mut refused = Till::new(1);
    refused.facts = till.facts.clone();
    refused.hears(book, decided("do_not_count"));
    assert_eq!(refused.state(&disputed), ReceiptState::Disputed);
    till.hears(book, decided("count"));
    let ledger = till.ledger();
    assert_eq!(ledger.sessions[&session].net().total(), yuan("14"));
    assert_eq!((ledger.books[&book].disputed, ledger.books[&book].used), (0, 2));
}

#[test]
fn one_entry_has_one_text() {
    let mut till = Till::new(1);
    till.draws(10);
    let sealed = &till.sealed[0].1;
    assert!(sealed.read().is_ok());
    let spaced = linecrew_protocol::model::collection::Sealed { entry: sealed.entry.replacen(',', ", ", 1), signature: sealed.signature };
    assert!(spaced.read().is_err());
    let more = linecrew_protocol::model::collection::Sealed { entry: sealed.entry.replacen('{', "{\"more\":1,", 1), signature: None };
    assert!(more.read().is_err());
}

#[test]
fn a_verification_code_is_read_however_it_is_typed() {
    let hash = EntryHash::of("x");
    let code = hash.verification_code();
    assert_eq!((code.len(), code.chars().nth(4)), (9, Some('-')));
    assert!(hash.has_code(&code) && hash.has_code(&code.to_lowercase()) && hash.has_code(&code.replace('-', " ")));
    assert!(hash.has_code(&code.replace('0', "o").replace('1', "l")));
    assert!(!hash.has_code("") && !hash.has_code(&code.replacen(|_| true, "", 1)) && !EntryHash::of("y").has_code(&code));
}

/// Receipts are kept for many years: what was sealed by the first build must be read, hashed and verified by every later one.
#[test]
fn an_entry_of_the_first_build_is_read_for_ever() {
    let sealed: Sealed = serde_json::from_str(include_str!("../golden/receipt.json")).unwrap();
    let entry = sealed.read().unwrap();
    let Act::Receipt(receipt) = &entry.act else { panic!("not a receipt") };
    assert_eq!((receipt.ticket.to_string().as_str(), receipt.prepaid(), entry.turnover), ("FZ-00000012", yuan("13.60"), yuan("1250")));
    assert_eq!(sealed.hash().to_string(), "374f750c2c39a4b0aabf315c0eee37ca86dff0f84894e7d0a7444a6847687b81");
    assert_eq!(sealed.hash().verification_code(), "VNV2-T8AD");
    assert!(entry.key.unwrap().has_signed(sealed.hash().as_bytes(), &sealed.signature.unwrap()));
}
