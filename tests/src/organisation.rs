//! Who works: districts with real names, crews, and people who can sign in. The same seed makes the same people with the same ids.

use linecrew_protocol::{
    ids::{CrewId, DistrictId, PersonId},
    model::person::{Grant, Role},
    time::Timestamp,
};
use linecrew_server::store::{CrewRecord, DistrictRecord, NewPerson};
use rand::{RngCore, rngs::StdRng, seq::SliceRandom};
use serde_json::json;

use crate::{
    divisions::{Area, area},
    seed::Seed,
};

mod names;

/// The areas that get a district, in this order.
const AREAS: [&str; 4] = ["鼓楼区", "闽侯县", "晋安区", "福清市"];
/// The user name of the person in the office.
pub const DISPATCHER: &str = "dispatcher";
/// The user name of the hotline's machine.
pub const HOTLINE: &str = "hotline";

/// The user name of the person at the counter.
pub const CASHIER: &str = "cashier";

/// What the people of every crew may do: a small station does everything.
const FIELD_ROLES: &[Role] = &[Role::RepairCrew, Role::MeterTechnician, Role::Surveyor, Role::Collector];

/// How large an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Districts: at most four.
    pub districts: usize,
    /// Crews in all, dealt to the districts in turn.
    pub crews: usize,
    /// People in each crew.
    pub people_per_crew: usize,
}

/// Districts, crews and people, with one password for all of them.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The districts and where they are.
    pub districts: Vec<District>,
    /// The crews.
    pub crews: Vec<Crew>,
    /// The office.
    pub dispatcher: Person,
    /// The machine that takes reports.
    pub hotline: Person,
    /// The counter where money is handed in.
    pub cashier: Person,
    /// Everybody's password.
    pub password: String,
}

/// A district and the area that it serves.
#[derive(Debug, Clone)]
pub struct District {
    /// As the server knows it.
    pub record: DistrictRecord,
    /// Its area.
    pub area: &'static Area,
}

/// A crew and its people.
#[derive(Debug, Clone)]
pub struct Crew {
    /// As the server knows it.
    pub record: CrewRecord,
    /// Its people.
    pub people: Vec<Person>,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// What they type.
    pub username: String,
    /// Their roles, everywhere.
    pub roles: Vec<Role>,
    /// Their crew.
    pub crew: Option<CrewId>,
}

impl Organisation {
    /// An organisation of this shape.
    #[must_use]
    pub fn new(shape: Shape, password: &str, seed: Seed) -> Self {
        let mut making = Making { random: seed.random("organisation"), names: names::all() };
        making.names.shuffle(&mut making.random);
        let districts: Vec<District> = AREAS.iter().take(shape.districts).map(|name| making.district(area(name))).collect();
        let crews = (0..shape.crews).map(|at| making.crew(at, &districts[at % districts.len()], shape.people_per_crew)).collect();
        let dispatcher = making.person("调度值班员".to_owned(), DISPATCHER.to_owned(), &[Role::Dispatcher], None);
        let hotline = making.person("95598".to_owned(), HOTLINE.to_owned(), &[Role::Integrator], None);
        let cashier = making.person("收费复核".to_owned(), CASHIER.to_owned(), &[Role::Cashier], None);
        Self { districts, crews, dispatcher, hotline, cashier, password: password.to_owned() }
    }

    /// Everybody.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.crews.iter().flat_map(|crew| &crew.people).chain([&self.dispatcher, &self.hotline, &self.cashier])
    }

    /// The crew with this id.
    #[must_use]
    pub fn crew(&self, id: CrewId) -> Option<&Crew> {
        self.crews.iter().find(|crew| crew.record.id == id)
    }

    /// What `linecrew admin import` reads.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let people = self.people().map(|person| {
            let Person { id, name, username, crew, .. } = person;
            json!({"id": id, "name": name, "username": username, "password": self.password, "roles": person.grants(), "crew": crew})
        });
        let crews: Vec<&CrewRecord> = self.crews.iter().map(|crew| &crew.record).collect();
        let districts: Vec<&DistrictRecord> = self.districts.iter().map(|district| &district.record).collect();
        json!({"districts": districts, "crews": crews, "people": people.collect::<Vec<_>>()})
    }

    /// What a store imports; `password_hash` is the hash of the password.
    #[must_use]
    pub fn to_import(&self, password_hash: &str) -> linecrew_server::store::Organisation {
        let people = self.people().map(|person| NewPerson {
            id: person.id,
            name: person.name.clone(),
            username: person.username.clone(),
            password_hash: password_hash.to_owned(),
            roles: person.grants(),
            crew: person.crew,
            qualifications: Vec::new(),
        });
        linecrew_server::store::Organisation {
            districts: self.districts.iter().map(|district| district.record.clone()).collect(),
            crews: self.crews.iter().map(|crew| crew.record.clone()).collect(),
            people: people.collect(),
        }
    }
}

impl Person {
    fn grants(&self) -> Vec<Grant> {
        self.roles.iter().map(|role| Grant { role: *role, district: None }).collect()
    }
}

/// The moment in which every organisation is founded: ids hold a time, and equal seeds have equal ids.
const FOUNDED: Timestamp = Timestamp::from_unix_millis(1_767_225_600_000);

struct Making {
    random: StdRng,
    names: Vec<(String, String)>,
}

impl Making {
    fn ten_bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    fn district(&mut self, area: &'static Area) -> District {
        let record = DistrictRecord { id: DistrictId::new(FOUNDED, self.ten_bytes()), name: area.station() };
        District { record, area }
    }

    fn crew(&mut self, at: usize, district: &District, size: usize) -> Crew {
        let numbers = ["一", "二", "三", "四", "五", "六", "七", "八"];
        let name = format!("抢修{}班", numbers[at % numbers.len()]);
        let record = CrewRecord { id: CrewId::new(FOUNDED, self.ten_bytes()), name, district: district.record.id };
        let people = (0..size).map(|_| {
            let (name, username) = self.names.pop().expect("more names than people");
            self.person(name, username, FIELD_ROLES, Some(record.id))
        });
        let people = people.collect();
        Crew { record, people }
    }

    fn person(&mut self, name: String, username: String, roles: &[Role], crew: Option<CrewId>) -> Person {
        Person { id: PersonId::new(FOUNDED, self.ten_bytes()), name, username, roles: roles.to_vec(), crew }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_makes_the_same_organisation() {
        let shape = Shape { districts: 2, crews: 4, people_per_crew: 4 };
        let made = Organisation::new(shape, "secret", Seed(3));
        assert_eq!(made.to_json(), Organisation::new(shape, "secret", Seed(3)).to_json());
        assert_ne!(made.to_json(), Organisation::new(shape, "secret", Seed(4)).to_json());
        let usernames: BTreeSet<_> = made.people().map(|person| &person.username).collect();
        assert_eq!(usernames.len(), 19);
        assert_eq!(made.districts[0].record.name, "鼓楼供电所");
        assert_eq!(made.crews[3].record.district, made.districts[1].record.id);
    }
}
