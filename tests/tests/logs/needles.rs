//! What must stand in no log, taken from the data of the day itself.
//!
//! Customers' data is what docs/domain.md (*Privacy*) and docs/security.md protect: names, addresses with their streets, telephone and account
//! numbers, what is due and was paid, meters (a serial leads to a customer), and every word that a person wrote, since nobody knows what is in
//! it. Linecrew has no field for a position: one can stand in a person's words, so the day's notes hold some.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use linecrew_tests::{fleet::Fleet, key, phone::Phone};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// A shorter one would be found by chance: two Chinese characters have six bytes.
const SHORTEST: usize = 5;

/// By class, the bytes to look for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Needles(BTreeMap<&'static str, BTreeSet<Vec<u8>>>);

/// Every class, with how many of it the day must have left for a search to mean something.
pub(crate) const CLASSES: &[(&str, usize)] = &[
    ("customer", 5),
    ("address", 10),
    ("telephone", 10),
    ("account", 8),
    ("amount", 8),
    ("meter", 1),
    ("words", 10),
    ("position", 4),
    ("password", 3),
    ("invitation", 2),
    ("access token", 6),
    ("refresh token", 4),
    ("key", 10),
];

impl Needles {
    pub(crate) fn add(&mut self, class: &'static str, needle: impl AsRef<[u8]>) {
        let needle = needle.as_ref();
        if needle.len() >= SHORTEST {
            self.0.entry(class).or_default().insert(needle.to_vec());
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.0.iter().flat_map(|(class, needles)| needles.iter().map(|needle| (*class, needle.as_slice())))
    }

    pub(crate) fn count(&self, class: &str) -> usize {
        self.0.get(class).map_or(0, BTreeSet::len)
    }

    /// One of a class.
    pub(crate) fn one(&self, class: &str) -> &[u8] {
        self.0.get(class).and_then(BTreeSet::first).expect("a class that the day has filled")
    }

    /// Those of one class alone.
    pub(crate) fn of(&self, class: &'static str) -> Self {
        Self(self.0.get_key_value(class).map(|(class, needles)| (*class, needles.clone())).into_iter().collect())
    }

    /// Adds what the office can read of customers and of people's work.
    pub(crate) async fn of_office(&mut self, fleet: &Fleet) {
        let own = own_words(fleet);
        for row in fleet.office.list().await.unwrap() {
            let detail = fleet.office.detail(row.row.id).await.unwrap();
            self.of_value(&serde_json::to_value(&detail).unwrap(), "", &own);
        }
        for due in fleet.cashier.receivables().await.unwrap() {
            self.add("customer", &due.due.customer);
            self.add_address(&due.due.address);
            self.add("account", &due.due.account);
            for amount in [due.due.amount, due.paid, due.prepaid] {
                self.add_amount(amount.0);
            }
        }
    }

    fn of_value(&mut self, value: &Value, name: &str, own: &BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if name == "customer" {
                    fields["name"].as_str().into_iter().for_each(|name| self.add("customer", name));
                }
                fields.iter().for_each(|(name, value)| self.of_value(value, name, own));
            }
            Value::Array(items) => items.iter().for_each(|item| self.of_value(item, name, own)),
            Value::String(text) => self.of_text(text, name, own),
            _ => {}
        }
    }

    fn of_text(&mut self, text: &str, name: &str, own: &BTreeSet<String>) {
        match name {
            "address" => self.add_address(text),
            "street_code" => self.add("address", text),
            "phone" => self.add_telephone(text),
            "account" => self.add("account", text),
            "serial" => self.add("meter", text),
            // Names of staff and crews are no customers'; everything else that is not ASCII is somebody's words.
            _ => {
                let words = text.lines().map(str::trim).filter(|line| !line.is_ascii() && !own.contains(*line));
                words.for_each(|words| self.add("words", words));
            }
        }
    }

    /// Also its end alone: road and number are enough to find a door.
    pub(crate) fn add_address(&mut self, address: &str) {
        self.add("address", address);
        let tail = address.char_indices().rev().nth(5).map_or(address, |(at, _)| &address[at..]);
        self.add("address", tail);
    }

    pub(crate) fn add_telephone(&mut self, number: &str) {
        self.add("telephone", number);
        self.add("telephone", number.replace('-', ""));
        self.add("telephone", number.rsplit('-').next().unwrap_or(number));
    }

    fn add_amount(&mut self, fen: i64) {
        if fen > 0 {
            self.add("amount", format!("{}.{:02}", fen / 100, fen % 100));
        }
    }

    /// In every way in which people and programs write a position.
    pub(crate) fn add_position(&mut self, degrees: f64) {
        for digits in [3, 4, 5, 6] {
            self.add("position", format!("{degrees:.digits$}"));
        }
        self.add("position", format!("{:.0}", degrees * 1e6));
        self.add("position", format!("{:.0}", degrees * 1e7));
        self.add("position", format!("{degrees:e}"));
        let minutes = degrees.fract() * 60.0;
        self.add("position", format!("{}°{:02}'{:02.0}", degrees.trunc(), minutes.trunc(), minutes.fract() * 60.0));
    }

    /// What only this phone has: its keys, and its tokens of this moment.
    pub(crate) fn of_phone(&mut self, phone: &Phone) {
        for extension in ["key", "dbkey"] {
            self.add("key", fs::read(phone.store().with_extension(extension)).unwrap());
        }
        let store = key::opened(&phone.store(), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let tokens = store.query_row("SELECT token, refresh_token FROM account", [], |row| Ok((row.get(0)?, row.get(1)?)));
        let (access, refresh): (Option<String>, Option<String>) = tokens.unwrap();
        access.into_iter().for_each(|token| self.add_token(&token));
        refresh.into_iter().for_each(|token| self.add("refresh token", token));
    }

    /// A token and its signature: without that it is worth nothing.
    pub(crate) fn add_token(&mut self, token: &str) {
        self.add("access token", token);
        self.add("access token", token.rsplit('.').next().unwrap());
        // How every JWT begins, whoever made it.
        self.add("access token", "eyJhb");
    }

    /// What only the server has. It must not run.
    pub(crate) fn of_server(&mut self, fleet: &Fleet) {
        self.add("key", fs::read(fleet.server.data().join("signing-key.p8")).unwrap());
        let store = Connection::open_with_flags(fleet.server.data().join("linecrew.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut secrets = store.prepare("SELECT secret FROM families").unwrap();
        let secrets = secrets.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        secrets.for_each(|secret| self.add("key", secret.unwrap()));
        let mut hashes = store.prepare("SELECT DISTINCT password_hash FROM people WHERE password_hash <> ''").unwrap();
        let hashes = hashes.query_map([], |row| row.get::<_, String>(0)).unwrap();
        hashes.for_each(|hash| self.add("password", hash.unwrap()));
    }
}

/// Names of the house's own people, crews and places.
fn own_words(fleet: &Fleet) -> BTreeSet<String> {
    let people = fleet.organisation.people().map(|person| person.name.clone());
    let crews = fleet.organisation.crews.iter().map(|crew| crew.record.name.clone());
    let districts = fleet.organisation.districts.iter().map(|district| district.record.name.clone());
    let phones = fleet.phones.iter().map(|phone| format!("{}的手机", phone.person.name));
    people.chain(crews).chain(districts).chain(phones).collect()
}
