//! A collector's phone that keeps a journal by the client's own rules, and the office of its district.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DocumentId, InstallationId, SessionId},
    key::{PublicKey, Signature},
    model::collection::{Act, Amounts, Entry, Fen, Method, Receipt, Receivable, Sealed, Ticket, book, entry::TicketCount, ledger::Head},
    wire::{Acked, Edit, Feed, Verdict},
};
use p256::ecdsa::{SigningKey, signature::Signer};

use super::super::world::{DISTRICT, Phone, World, person, principal};
use crate::store::{
    Effects, Store as _,
    collection::{
        Billed, BookRecord, Clerk, CollectionDone, CollectionOrder, FlagRecord, NewReceivable, ReceivableFilter, ReceivableRecord,
        SessionDetail, SessionRecord,
    },
};

pub(super) fn session(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

/// A bill with its document.
#[derive(Debug, Clone)]
pub(super) struct Bill {
    pub(super) document: DocumentId,
    pub(super) due: Receivable,
}

/// A collector at work.
pub(super) struct Collector {
    pub(super) phone: Phone,
    key: SigningKey,
    pub(super) head: Head,
    pub(super) book: BookRecord,
    pub(super) next: u32,
    pub(super) signs: bool,
    generation: u32,
    pub(super) sent: u64,
    /// Everything that was sealed, in order.
    pub(super) sealed: Vec<Sealed>,
}

impl Collector {
    /// Person `number` with a book of so many tickets, which the phone has.
    pub(super) async fn with_book(world: &World, number: u8, count: u32) -> Self {
        let phone = world.phone(number).await;
        let book = lease(world, number, count).await;
        let next = book.first;
        let key = SigningKey::from_slice(&[number; 32]).unwrap();
        let mut collector = Self { phone, key, head: Head::START, book, next, signs: true, generation: 0, sent: 0, sealed: Vec::new() };
        collector.pull(world).await;
        collector
    }

    /// The same, with the book drawn and session `number` open with a float of 100 yuan.
    pub(super) async fn at_work(world: &World, number: u8, count: u32) -> Self {
        let mut collector = Self::with_book(world, number, count).await;
        collector.draw();
        collector.open(number);
        collector
    }

    pub(super) fn feed(&self) -> Feed {
        Feed::Person(self.phone.principal.person)
    }

    pub(super) async fn pull(&mut self, world: &World) {
        let feed = self.feed();
        world.pull(&mut self.phone, feed).await;
    }

    pub(super) fn device(&self) -> InstallationId {
        self.phone.principal.installation
    }

    pub(super) fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.key.verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap())
    }

    /// The entry that comes after `head`.
    pub(super) fn entry(&self, head: &Head, act: Act) -> Entry {
        Entry {
            device: self.device(),
            collector: self.phone.principal.person,
            seq: head.seq + 1,
            previous: head.hash,
            at: self.phone.author(self.generation).evidence,
            turnover: head.turnover + act.turnover(),
            key: Some(self.public_key()),
            act,
        }
    }

    pub(super) fn seal(&self, entry: &Entry) -> Sealed {
        let mut sealed = Sealed { entry: entry.to_text().unwrap(), signature: None };
        if self.signs {
            let signature: p256::ecdsa::Signature = self.key.sign(sealed.hash().as_bytes());
            sealed.signature = Some(Signature::from_bytes(signature.to_bytes().into()));
        }
        sealed
    }

    /// Puts an entry into a book's document and into the outbox.
    pub(super) fn put(&mut self, book: DocumentId, sealed: &Sealed) -> u64 {
        let author = self.phone.author(self.generation);
        let before = self.phone.shown.get(&book).expect("the phone holds the book");
        let written = book::append(before, sealed, &author).unwrap();
        self.phone.shown.insert(book, written.document);
        let change = written.change.raw_bytes().to_vec().into();
        self.phone.edits.push(Edit { document: book, generation: self.generation, change, lost: None });
        author.device_seq
    }

    /// Does something: the next entry of the journal.
    pub(super) fn act(&mut self, act: Act) -> u64 {
        let entry = self.entry(&self.head, act);
        let sealed = self.seal(&entry);
        self.head = Head { seq: entry.seq, hash: sealed.hash(), turnover: entry.turnover };
        self.sealed.push(sealed.clone());
        self.put(self.book.book, &sealed)
    }

    pub(super) fn draw(&mut self) -> u64 {
        let BookRecord { book, series, first, last, .. } = self.book.clone();
        let ticket = |number| Ticket { series: series.clone(), number };
        self.act(Act::BookTaken { book, first: ticket(first), last: ticket(last) })
    }

    /// Goes on with another book.
    pub(super) fn go_on_with(&mut self, book: BookRecord) {
        self.next = book.first;
        self.book = book;
        self.draw();
    }

    pub(super) fn open(&mut self, number: u8) -> u64 {
        self.act(Act::SessionOpened { session: session(number), float: Fen(10_000) })
    }

    pub(super) fn ticket(&self, number: u32) -> Ticket {
        Ticket { series: self.book.series.clone(), number }
    }

    /// The receipt that would be next.
    pub(super) fn receipt(&self, of: u8, bill: &Bill, amount: i64) -> Receipt {
        Receipt {
            ticket: self.ticket(self.next),
            session: session(of),
            receivable: bill.document,
            account: bill.due.account.clone(),
            period: bill.due.period.clone(),
            due: bill.due.amount,
            open: bill.due.amount,
            amount: Fen(amount),
            method: Method::Cash,
        }
    }

    /// Collects; gives the ticket.
    pub(super) fn collect(&mut self, of: u8, bill: &Bill, amount: i64) -> Ticket {
        let receipt = self.receipt(of, bill, amount);
        let ticket = receipt.ticket.clone();
        self.next += 1;
        self.act(Act::Receipt(receipt));
        ticket
    }

    pub(super) fn void(&mut self, of: u8, ticket: &Ticket, amount: i64) -> u64 {
        self.act(Act::Voided { ticket: ticket.clone(), session: session(of), amount: Fen(amount), reason: "错收".into() })
    }

    pub(super) fn close(&mut self, of: u8, counted: i64, float_left: i64, (used, voided): (u64, u64), reason: Option<&str>) -> u64 {
        self.act(Act::SessionClosed {
            session: session(of),
            counted: Amounts::cash(Fen(counted)),
            float_left: Fen(float_left),
            tickets: TicketCount { used, voided },
            reason: reason.map(str::to_owned),
        })
    }

    /// Sends what was not sent, and hears what has become of it.
    pub(super) async fn send(&mut self, world: &World) -> Acked {
        self.send_all(world).await.0
    }

    pub(super) async fn send_all(&mut self, world: &World) -> (Acked, Effects) {
        let push = self.phone.outbox(self.sent + 1);
        self.sent = self.phone.edits.len() as u64;
        let (acked, effects) = world.push(&self.phone, push).await.expect("stored");
        let feed = self.feed();
        self.phone.store_acked(feed, &acked);
        self.pull(world).await;
        (acked, effects)
    }

    /// The same, when all of it has to be accepted.
    pub(super) async fn deliver(&mut self, world: &World) -> Effects {
        let (acked, effects) = self.send_all(world).await;
        assert!(acked.outcomes.iter().all(|outcome| outcome.verdict == Verdict::Accepted), "{:?}", acked.outcomes);
        effects
    }

    /// Begins anew upon what the server has, as after a refusal.
    pub(super) fn rebase(&mut self, sealed: &[Sealed]) {
        self.generation += 1;
        let (feed, book) = (self.feed(), self.book.book);
        let held = self.phone.feeds.get(&feed).and_then(|position| position.documents.get(&book)).expect("held");
        self.phone.shown.insert(book, held.clone());
        for sealed in sealed {
            self.put(book, sealed);
        }
    }
}

pub(super) fn clerk(world: &World) -> Clerk {
    Clerk { by: principal(1, None), by_name: "王芳".into(), now: world.tick() }
}

pub(super) async fn order(world: &World, order: CollectionOrder) -> CollectionDone {
    world.store.collection(clerk(world), order).await.expect("stored")
}

pub(super) async fn refused(world: &World, wish: CollectionOrder) -> (Reason, String) {
    match order(world, wish).await {
        CollectionDone::Refused(Refusal { reason, detail }) => (reason, detail),
        other => panic!("{other:?}"),
    }
}

pub(super) async fn lease(world: &World, number: u8, count: u32) -> BookRecord {
    let device = InstallationId::from_bytes([0x10 + number; 16]);
    match order(world, CollectionOrder::Lease { collector: person(number), device, count }).await {
        CollectionDone::Book(book, effects) => {
            assert!(effects.collection && effects.feeds.contains(&Feed::Person(person(number))));
            book
        }
        other => panic!("{other:?}"),
    }
}

pub(super) async fn book_done(world: &World, wish: CollectionOrder) -> BookRecord {
    match order(world, wish).await {
        CollectionDone::Book(book, _) => book,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn session_done(world: &World, wish: CollectionOrder) -> SessionRecord {
    match order(world, wish).await {
        CollectionDone::Session(session, _) => session,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn confirm(world: &World, of: u8, slip: &str, cash: i64) -> SessionRecord {
    let amounts = Amounts::cash(Fen(cash));
    session_done(world, CollectionOrder::ConfirmDeposit { session: session(of), slip: slip.into(), amounts }).await
}

pub(super) async fn settle(world: &World, of: u8, reason: Option<&str>) -> SessionRecord {
    session_done(world, CollectionOrder::Settle { session: session(of), reason: reason.map(str::to_owned) }).await
}

pub(super) fn receivable(reference: &str, amount: i64) -> Receivable {
    Receivable {
        reference: reference.into(),
        account: format!("35-{reference}"),
        customer: "陈秀英".into(),
        address: "鼓楼区温泉街道 12 号".into(),
        period: "2026-10".into(),
        amount: Fen(amount),
    }
}

/// A bill in the round of person `number`.
pub(super) async fn bill(world: &World, number: u8, reference: &str, amount: i64) -> Bill {
    let due = receivable(reference, amount);
    let item = NewReceivable { receivable: due.clone(), collector: person(number) };
    let (billed, _) = world.store.bill(clerk(world), DISTRICT, vec![item]).await.expect("stored");
    match billed.as_slice() {
        [Billed::Created(document)] => Bill { document: *document, due },
        other => panic!("{other:?}"),
    }
}

pub(super) async fn flags(world: &World) -> Vec<FlagRecord> {
    world.store.flags(true, None).await.expect("read")
}

/// The names of all flags, oldest first.
pub(super) async fn flag_names(world: &World) -> Vec<String> {
    flags(world).await.into_iter().rev().map(|flag| flag.flag).collect()
}

pub(super) async fn the_session(world: &World, of: u8) -> SessionDetail {
    world.store.cash_session(session(of), world.now()).await.expect("read").expect("there")
}

pub(super) async fn the_book(world: &World, id: DocumentId) -> BookRecord {
    world.store.books(None).await.expect("read").into_iter().find(|book| book.book == id).expect("there")
}

pub(super) async fn the_bill(world: &World, bill: &Bill) -> ReceivableRecord {
    let all = world.store.receivables(ReceivableFilter::default()).await.expect("read");
    all.into_iter().find(|record| record.receivable == bill.document).expect("there")
}

/// How many receipts bear a number.
pub(super) fn count_of(world: &World, ticket: &Ticket) -> i64 {
    let connection = rusqlite::Connection::open(world.path()).expect("open");
    let sql = "SELECT count(*) AS count FROM journal WHERE series = ?1 AND number = ?2 AND act = 'receipt'";
    connection.query_row(sql, (ticket.series.as_str(), ticket.number), |row| row.get("count")).expect("read")
}

pub(super) fn reasons(acked: &Acked) -> Vec<Option<Reason>> {
    super::super::world::verdicts(acked)
}
