use linecrew_protocol::{
    model::collection::{Act, Amounts, Fen, FlagKind, ledger::ReceiptState, receivable},
    wire::Feed,
};

use super::{
    super::world::{World, person},
    round::{Collector, bill, confirm, flag_names, flags, order, session, settle, the_bill, the_session},
};
use crate::store::{
    Store as _,
    collection::{CollectionDone, CollectionOrder, ReceivableState, SessionState},
};

#[tokio::test]
async fn a_receipt_pays_its_bill_and_a_paid_bill_leaves_the_phone() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.pull(&world).await;
    let feed = collector.feed();
    assert!(collector.phone.holds(feed, due.document));
    collector.collect(2, &due, 5_000);
    collector.deliver(&world).await;
    assert!(collector.phone.holds(feed, due.document), "some of it is still due");
    let held = receivable::read(&collector.phone.shown[&due.document]).unwrap();
    assert_eq!(held.paid(), Fen(5_000));
    let mut rest = collector.receipt(2, &due, 4_000);
    rest.open = Fen(3_640);
    collector.next += 1;
    collector.act(Act::Receipt(rest));
    collector.deliver(&world).await;
    let record = the_bill(&world, &due).await;
    assert_eq!((record.paid, record.prepaid, record.state), (Fen(8_640), Fen(360), ReceivableState::Paid));
    assert!(!collector.phone.holds(feed, due.document));
    assert!(flag_names(&world).await.is_empty(), "the collector knew that it was more");
    let prepaid: Vec<_> = the_session(&world, 2).await.entries.iter().map(|entry| entry.prepaid).collect();
    assert_eq!(prepaid, [Fen(0), Fen(0), Fen(360)]);
}

#[tokio::test]
async fn rule_8_two_receipts_for_one_bill_are_both_valid_and_the_excess_is_prepaid() {
    let world = World::inline().await;
    let (mut one, mut other) = (Collector::at_work(&world, 2, 50).await, Collector::at_work(&world, 3, 50).await);
    let due = bill(&world, 2, "R1", 8_640).await;
    // Neither phone knows of the other's.
    let first = one.collect(2, &due, 8_640);
    let second = other.collect(3, &due, 5_000);
    one.deliver(&world).await;
    other.deliver(&world).await;
    let raised = flags(&world).await;
    assert_eq!(raised.len(), 1);
    let flag = &raised[0];
    assert_eq!((flag.kind, flag.amount, flag.ticket.as_ref()), (FlagKind::DoublePayment, Some(Fen(5_000)), Some(&second)));
    assert_eq!((flag.book, flag.session, flag.choices.len()), (other.book.book, Some(session(3)), 2));
    let record = the_bill(&world, &due).await;
    assert_eq!((record.paid, record.prepaid), (Fen(8_640), Fen(5_000)));
    for (of, ticket, prepaid) in [(2, first, Fen(0)), (3, second, Fen(5_000))] {
        let detail = the_session(&world, of).await;
        let entry = detail.entries.iter().find(|entry| entry.ticket.as_ref() == Some(&ticket)).unwrap();
        assert_eq!((entry.state, entry.prepaid), (Some(ReceiptState::Counted), prepaid));
    }
    // Taking the first back opens the bill again; the second stays paid ahead until somebody decides.
    one.void(2, &one.ticket(one.book.first), 8_640);
    one.deliver(&world).await;
    let record = the_bill(&world, &due).await;
    assert_eq!((record.paid, record.prepaid, record.state), (Fen(0), Fen(5_000), ReceivableState::Open));
    let resolve =
        CollectionOrder::Resolve { book: flag.book, flag: flag.flag.clone(), choice: "keep_as_prepayment".into(), note: String::new() };
    let CollectionDone::Flag(decided, _) = order(&world, resolve).await else { panic!("decided") };
    assert_eq!(
        decided.resolved.map(|decision| (decision.choice, decision.by_name)),
        Some(("keep_as_prepayment".into(), Some("王芳".into())))
    );
}

#[tokio::test]
async fn rule_9_a_receipt_voided_while_its_money_was_deposited_shows_as_a_break() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let (kept, taken) = (bill(&world, 2, "R1", 8_000).await, bill(&world, 2, "R2", 2_000).await);
    collector.collect(2, &kept, 8_000);
    let ticket = collector.collect(2, &taken, 2_000);
    collector.deliver(&world).await;
    // The cashier has all of it; the phone is offline and takes a receipt back.
    confirm(&world, 2, "S-1", 10_000).await;
    collector.void(2, &ticket, 2_000);
    collector.close(2, 18_000, 10_000, (1, 1), None);
    collector.deliver(&world).await;
    let raised = flags(&world).await;
    assert_eq!(raised.iter().map(|flag| flag.flag.as_str()).collect::<Vec<_>>(), ["voided_and_deposited/5"]);
    assert_eq!((raised[0].session, raised[0].ticket.as_ref()), (Some(session(2)), Some(&ticket)));
    let record = the_session(&world, 2).await.record;
    assert_eq!((record.state, record.to_deposit), (SessionState::Closed, Some(Amounts::cash(Fen(-2_000)))), "the break shows");
    let settled = settle(&world, 2, Some("银行多收 20 元")).await;
    assert_eq!((settled.deposit_break, settled.open_flags), (Some(Fen(-2_000)), 2));
    assert_eq!(flag_names(&world).await[1], format!("deposit_break/{}", session(2)));
    assert_eq!(the_bill(&world, &taken).await.paid, Fen(0));
}

#[tokio::test]
async fn an_amount_due_that_is_not_the_servers_pays_nothing_until_somebody_decides() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    for (place, change) in ["due", "account", "period"].into_iter().enumerate() {
        let mut receipt = collector.receipt(2, &due, 100);
        match change {
            "due" => receipt.due = Fen(9_000),
            "account" => receipt.account = "35-2".into(),
            _ => receipt.period = "2026-11".into(),
        }
        collector.next += 1;
        collector.act(Act::Receipt(receipt));
        collector.deliver(&world).await;
        assert_eq!(flag_names(&world).await.len(), place + 1, "{change}");
    }
    assert!(flags(&world).await.iter().all(|flag| flag.kind == FlagKind::AmountDueAltered));
    assert_eq!((the_bill(&world, &due).await.paid, the_session(&world, 2).await.record.receipts), (Fen(0), 0));
    let decide = |flag: &str, choice: &str| CollectionOrder::Resolve {
        book: collector.book.book,
        flag: flag.into(),
        choice: choice.into(),
        note: "已核对".into(),
    };
    assert!(matches!(order(&world, decide("amount_due_altered/3", "count")).await, CollectionDone::Flag(..)));
    assert!(matches!(order(&world, decide("amount_due_altered/4", "do_not_count")).await, CollectionDone::Flag(..)));
    assert_eq!(the_bill(&world, &due).await.paid, Fen(100));
    let record = the_session(&world, 2).await.record;
    assert_eq!((record.receipts, record.collected.cash, record.open_flags), (1, Fen(100), 1));
}

#[tokio::test]
async fn what_billing_took_back_is_paid_ahead_when_a_receipt_comes() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.pull(&world).await;
    let withdraw = || CollectionOrder::Withdraw { receivable: due.document, reason: "已在营业厅缴纳".into() };
    let CollectionDone::Receivable(record, effects) = order(&world, withdraw()).await else { panic!("withdrawn") };
    assert_eq!(record.state, ReceivableState::Withdrawn);
    assert!(effects.collection && effects.feeds.contains(&Feed::Person(person(2))));
    assert!(matches!(order(&world, withdraw()).await, CollectionDone::Refused(_)));
    collector.collect(2, &due, 8_640);
    collector.deliver(&world).await;
    assert!(!collector.phone.holds(collector.feed(), due.document));
    let record = the_bill(&world, &due).await;
    assert_eq!((record.paid, record.prepaid), (Fen(0), Fen(8_640)));
    assert_eq!(flag_names(&world).await, ["double_payment/3"]);
}

#[tokio::test]
async fn money_that_is_missing_at_the_count_is_flagged_with_its_amount() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 8_640);
    collector.close(2, 18_000, 10_000, (1, 0), Some("找错零钱"));
    collector.deliver(&world).await;
    let raised = flags(&world).await;
    assert_eq!(raised.iter().map(|flag| (flag.kind, flag.amount)).collect::<Vec<_>>(), [(FlagKind::CountBreak, Some(Fen(640)))]);
    let record = the_session(&world, 2).await.record;
    assert_eq!((record.count_break, record.count_reason.as_deref()), (Some(Fen(640)), Some("找错零钱")));
    collector.open(3);
    collector.deliver(&world).await;
    assert_eq!(flag_names(&world).await.len(), 1, "once");
}

#[tokio::test]
async fn a_refund_gives_back_what_was_paid_ahead_before_it_opens_the_bill() {
    use linecrew_protocol::model::person::{Grant, Role};

    use super::super::world::{DISTRICT, organisation};

    let world = World::inline().await;
    let mut organisation = organisation();
    organisation.people[1].roles.push(Grant { role: Role::Cashier, district: Some(DISTRICT) });
    world.store.import(organisation).await.unwrap();
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_000).await;
    let ticket = collector.collect(2, &due, 9_000);
    collector.close(2, 19_000, 10_000, (1, 0), None);
    collector.open(3);
    collector.deliver(&world).await;
    let refund = |amount| Act::Refunded { ticket: ticket.clone(), session: session(3), amount: Fen(amount), reason: "多缴".into() };
    collector.act(refund(1_000));
    collector.deliver(&world).await;
    assert_eq!((the_bill(&world, &due).await.paid, the_bill(&world, &due).await.prepaid), (Fen(8_000), Fen(0)));
    collector.act(refund(500));
    collector.deliver(&world).await;
    let record = the_bill(&world, &due).await;
    assert_eq!((record.paid, record.state), (Fen(7_500), ReceivableState::Open));
    assert!(collector.phone.holds(collector.feed(), due.document), "it is due again");
    assert!(flag_names(&world).await.is_empty());
    assert_eq!(the_session(&world, 3).await.record.refunded, Fen(1_500));
}
