//! A collector's round: books, and bills at the doors of a district.

use linecrew_protocol::model::collection::Fen;
use rand::{Rng, seq::IndexedRandom};

use crate::{fleet::Fleet, office::Bill, organisation::Person, phone::Phone};

const CUSTOMERS: [&str; 8] = ["陈秀英", "林国栋", "黄丽萍", "郑成文", "吴美珠", "王德福", "刘淑贞", "张家辉"];

impl Fleet {
    /// The counter leases a book of so many tickets to a phone, and the phone has it.
    ///
    /// # Panics
    /// The server does not lease it, or the phone does not hear of it.
    pub async fn lease(&self, phone: &Phone, tickets: u32) {
        let before = phone.ledger().books.len();
        self.cashier.lease(phone.person.id, phone.installation(), tickets).await.expect("a book is leased");
        phone.until("holding the book", |phone| phone.ledger().books.len() > before).await;
    }

    /// So many bills in a person's round; `name` tells one batch from another.
    ///
    /// # Panics
    /// The server does not take them.
    pub async fn bill(&self, person: &Person, name: &str, bills: usize) {
        let crew = self.organisation.crews.iter().find(|crew| Some(crew.record.id) == person.crew).expect("a crew");
        let district = self.organisation.districts.iter().find(|district| district.record.id == crew.record.district).expect("a district");
        let mut random = self.seed.child(name).random(&person.username);
        let bills: Vec<Bill> = (0..bills)
            .map(|number| {
                let street = district.area.streets.choose(&mut random).expect("a street");
                Bill {
                    reference: format!("{name}-{}-{number}", person.username),
                    account: format!("35010{:08}", random.random_range(10_000_000..99_999_999_u32)),
                    customer: (*CUSTOMERS.choose(&mut random).expect("a customer")).to_owned(),
                    address: format!("福州市{}{}{}号", district.area.name, street.name, random.random_range(1..300_u32)),
                    amount: Fen(random.random_range(1_000..60_000)),
                    collector: person.username.clone(),
                }
            })
            .collect();
        self.cashier.bill(district.record.id, &bills).await.expect("the bills are taken");
    }
}
