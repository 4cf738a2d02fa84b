//! Three phones of one crew, a dispatcher, and a link that loses, repeats and delays answers. Whatever happens on the way, everybody ends
//! with the same.

use linecrew_client::{CommandError, InboxBody};
use linecrew_protocol::{
    ids::DocumentId,
    model::work::WorkEvent,
    wire::{Acked, Entries},
};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::{Phone, report},
};

const SEEDS: u64 = 16;
const STEPS: usize = 200;

struct Day {
    random: StdRng,
    office: Office,
    items: Vec<DocumentId>,
    phones: Vec<Phone>,
    /// Answers that are under way, or come a second time, by phone.
    answers: Vec<Vec<Acked>>,
    pages: Vec<Vec<Entries>>,
    /// Commands that returned, by phone.
    confirmed: Vec<u64>,
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut office = Office::new();
        let items = (0..3).map(|_| office.dispatch(CREW)).collect();
        let phones: Vec<Phone> = (1..=3).map(Phone::new).collect();
        for phone in &phones {
            phone.sync(&mut office);
        }
        Self {
            random: StdRng::seed_from_u64(seed),
            office,
            items,
            phones,
            answers: vec![Vec::new(); 3],
            pages: vec![Vec::new(); 3],
            confirmed: vec![0; 3],
        }
    }

    fn step(&mut self) {
        let n = self.random.random_range(0..self.phones.len());
        self.phones[n].host.advance(self.random.random_range(0..90_000));
        match self.random.random_range(0..50) {
            0..28 => self.work(n),
            28..32 => self.send(n),
            32..36 => self.answer(n),
            36..42 => self.fetch(n),
            42..48 => self.page(n),
            48 => self.decide(),
            _ => self.phones[n].restart(),
        }
    }

    fn work(&mut self, n: usize) {
        let item = self.items[self.random.random_range(0..self.items.len())];
        let client = &self.phones[n].client;
        let done = match self.random.random_range(0..16) {
            0..3 => client.accept(item),
            3 => client.depart(item),
            4 | 5 => client.arrive(item),
            6 => client.start_work(item),
            7 => client.complete_repair(item, report()),
            8 => client.suspend(item, "storm"),
            9 => client.resume(item),
            10..12 => client.record_material(item, "cable", 3.0, "m"),
            _ => client.note(item, format!("note of {n}")),
        };
        match done {
            Ok(_) => self.confirmed[n] += 1,
            Err(CommandError::Refused(_) | CommandError::UnknownItem { .. } | CommandError::Withdrawn { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    /// A push arrives; its answer is under way. Often the same was sent before.
    fn send(&mut self, n: usize) {
        let phone = &self.phones[n];
        let Some(push) = phone.next_push() else { return };
        // Now and then something is refused that no phone could know of.
        if self.random.random_ratio(1, 6) {
            let last = push.first_seq + push.edits.len() as u64 - 1;
            let unlucky = self.random.random_range(push.first_seq..=last);
            self.office.refuse.insert((phone.client.installation(), unlucky), linecrew_protocol::Reason::RuleViolated);
        }
        let acked = self.office.push(&phone.principal(), &push);
        self.answers[n].push(acked);
    }

    fn answer(&mut self, n: usize) {
        if self.answers[n].is_empty() {
            return;
        }
        let at = self.random.random_range(0..self.answers[n].len());
        let acked = if self.random.random_bool(0.7) { self.answers[n].swap_remove(at) } else { self.answers[n][at].clone() };
        self.phones[n].client.store_acked(acked).unwrap();
    }

    fn fetch(&mut self, n: usize) {
        let phone = &self.phones[n];
        let page = self.office.tail(phone.feed(), phone.cursor(), phone.client.installation());
        self.pages[n].push(page);
    }

    /// A page arrives: pages of one feed come in order, but the last one may come twice.
    fn page(&mut self, n: usize) {
        let pages = std::mem::take(&mut self.pages[n]);
        let Some(page) = pages.into_iter().next_back() else { return };
        self.phones[n].client.store_entries(page.clone()).unwrap();
        if self.random.random_bool(0.3) {
            self.phones[n].client.store_entries(page).unwrap();
        }
    }

    fn decide(&mut self) {
        let item = self.items[self.random.random_range(0..self.items.len())];
        let row = self.office.row(item);
        let open = row.phase.is_open_for_crew();
        match self.random.random_range(0..4) {
            0 => self.items.push(self.office.dispatch(CREW)),
            1 if open => self.office.decide(item, assigned(OTHER_CREW)),
            2 if open => self.office.decide(item, assigned(CREW)),
            3 if open && self.random.random_ratio(1, 3) => {
                self.office.decide(item, WorkEvent::Cancelled { reason: "restored by itself".to_owned() });
            }
            _ => {}
        }
    }

    /// The faults are over: everybody catches up.
    fn settle(&mut self, context: &str) {
        for _ in 0..20 {
            for phone in &self.phones {
                phone.sync(&mut self.office);
            }
            let settled = |phone: &Phone| phone.cursor() == self.office.head(phone.feed()) && phone.client.status().unwrap().pending() == 0;
            if self.phones.iter().all(settled) {
                return;
            }
        }
        panic!("the phones do not come to rest: {context}");
    }
}

#[test]
fn everybody_ends_with_the_same() {
    let (mut safe, mut refused, mut made_again, mut withdrawn) = (0, 0, 0, 0);
    for seed in 0..SEEDS {
        let context = format!("seed {seed}");
        let mut day = Day::new(seed);
        for _ in 0..STEPS {
            day.step();
        }
        day.settle(&context);
        for (phone, confirmed) in day.phones.iter().zip(&day.confirmed) {
            phone.assert_equal_to(&day.office, &context);
            let status = phone.client.status().unwrap();
            assert_eq!(status.safe + status.needs_attention, *confirmed, "{context}: whatever was confirmed is safe or in the inbox");
            assert_eq!(status.damaged, Vec::new(), "{context}");
            let edits = phone.client.edits(Default::default()).unwrap();
            assert!(edits.iter().all(|edit| !matches!(edit.status.to_string().as_str(), "saved here" | "sent")), "{context}: {edits:?}");
            let inbox = phone.client.inbox().unwrap();
            withdrawn += inbox.iter().filter(|item| matches!(item.body, InboxBody::Withdrawn(_))).count();
            safe += status.safe;
            refused += status.needs_attention;
            made_again += phone.client.hand().unwrap().unwrap().0.next_seq - 1 - edits.len() as u64;
        }
    }
    println!("{SEEDS} seeds: {safe} edits safe, {refused} refused, {made_again} made again, {withdrawn} items withdrawn");
    assert!(safe > 500 && refused > 15 && made_again > 20 && withdrawn > 10, "the days are too quiet to prove anything");
}

#[test]
fn what_a_mates_change_builds_on_counts_as_accepted_before_its_answer_arrives() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let (phone, mate) = (Phone::new(1), Phone::new(2));
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    // The answer is lost.
    let lost = office.push(&phone.principal(), &phone.client.push_from(1).unwrap().unwrap());
    mate.sync(&mut office);
    mate.client.note(item, "on top of it").unwrap();
    mate.sync(&mut office);
    phone.pull(&office);
    assert_eq!(phone.client.status().unwrap().pending(), 1);
    assert_eq!(phone.client.compare(&office.caught_up(phone.feed())).unwrap(), Vec::new());
    phone.client.store_acked(lost).unwrap();
    phone.assert_equal_to(&office, "answered");
}
