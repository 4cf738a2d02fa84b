//! The fleet: a server, its office, and the phones of some crews, all made from one seed.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use linecrew_protocol::ids::{CrewId, DocumentId, PersonId};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{
    check::{self, Findings, Tally},
    clock::World,
    link::Quality,
    office::{NewReport, Office},
    organisation::{Organisation, Person, Shape},
    phone::{PATIENCE, Phone},
    reports::Reports,
    seed::Seed,
    server::{Place, Server},
};

/// Everybody's password in tests.
pub const PASSWORD: &str = "electricity for all";

/// How large a fleet is.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    /// The organisation.
    pub shape: Shape,
    /// How many of each crew's people have a phone.
    pub phones_per_crew: usize,
    /// Where the server runs.
    pub place: Place,
}

impl FleetOptions {
    /// One district, so many crews, so many phones in each, and the server in this process.
    #[must_use]
    pub fn small(crews: usize, phones_per_crew: usize) -> Self {
        let shape = Shape { districts: 1, crews, people_per_crew: phones_per_crew };
        Self { shape, phones_per_crew, place: Place::Inside }
    }
}

/// A server, its office and its phones.
#[derive(Debug)]
pub struct Fleet {
    /// What decides everything that is drawn at random.
    pub seed: Seed,
    /// The time.
    pub world: Arc<World>,
    /// The server.
    pub server: Server,
    /// Who works here.
    pub organisation: Organisation,
    /// The dispatcher.
    pub office: Office,
    /// The hotline's machine.
    pub hotline: Office,
    /// The cashier.
    pub cashier: Office,
    /// The phones, crew by crew.
    pub phones: Vec<Phone>,
    /// Reports to take.
    pub reports: Reports,
    /// Items that the day's own dispatcher keeps its hands off.
    pub left_to_people: BTreeSet<DocumentId>,
    options: FleetOptions,
    folder: TempDir,
}

impl Fleet {
    /// Starts the server and signs everybody in; every phone is connected.
    ///
    /// # Panics
    /// Something of it does not work on a clear link.
    pub async fn assemble(seed: Seed, options: FleetOptions) -> Self {
        let world = World::begin();
        let organisation = Organisation::new(options.shape, PASSWORD, seed);
        let server = Server::found(options.place.clone(), &organisation, &world).await;
        Self::around(seed, options, world, organisation, server).await
    }

    /// The same around a server that runs already.
    ///
    /// # Panics
    /// As [`assemble`](Self::assemble).
    pub async fn around(seed: Seed, options: FleetOptions, world: Arc<World>, organisation: Organisation, server: Server) -> Self {
        let office = sign_in(&server, &organisation.dispatcher.username, &organisation.password).await;
        let hotline = sign_in(&server, &organisation.hotline.username, &organisation.password).await;
        let cashier = sign_in(&server, &organisation.cashier.username, &organisation.password).await;
        let reports = Reports::new(&organisation, seed);
        let folder = tempfile::Builder::new().prefix("linecrew-").tempdir().expect("a temporary folder");
        let mut fleet = Self {
            seed,
            world,
            server,
            organisation,
            office,
            hotline,
            cashier,
            phones: Vec::new(),
            reports,
            left_to_people: BTreeSet::new(),
            options,
            folder,
        };
        fleet.hand_out_phones().await;
        fleet
    }

    async fn hand_out_phones(&mut self) {
        let crews = self.organisation.crews.clone();
        for person in crews.iter().flat_map(|crew| crew.people.iter().take(self.options.phones_per_crew)) {
            let phone = self.hand_phone_to(person).await;
            self.phones.push(phone);
        }
    }

    /// One phone more, which the fleet does not move by itself, for a person of this crew who has none.
    ///
    /// # Panics
    /// Everybody of the crew has a phone already, or the enrolment fails.
    pub async fn another_phone(&self, crew: usize) -> Phone {
        let person = self.organisation.crews[crew].people.get(self.options.phones_per_crew);
        self.hand_phone_to(person.expect("somebody without a phone")).await
    }

    /// A second phone of somebody who has one, which the fleet does not move by itself.
    ///
    /// # Panics
    /// The enrolment fails.
    pub async fn second_phone_of(&self, person: &Person) -> Phone {
        self.hand_phone(person, &format!("{}-2", person.username)).await
    }

    async fn hand_phone_to(&self, person: &Person) -> Phone {
        self.hand_phone(person, &person.username).await
    }

    async fn hand_phone(&self, person: &Person, name: &str) -> Phone {
        let (folder, seed) = (self.folder.path().join(name), self.seed.child(name));
        let mut phone = Phone::new(person, self.server.address(), &folder, &self.world, seed);
        phone.enrol(&self.office).await.expect("an enrolment on a clear link");
        phone
    }

    /// The folder of everything that is kept on phones; gone with the fleet.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The crew at this place.
    #[must_use]
    pub fn crew(&self, at: usize) -> CrewId {
        self.organisation.crews[at].record.id
    }

    /// Where in [`phones`](Self::phones) the phones of a crew are.
    #[must_use]
    pub fn phones_of(&self, crew: usize) -> std::ops::Range<usize> {
        let each = self.options.phones_per_crew;
        crew * each..(crew + 1) * each
    }

    /// The hotline takes a report.
    ///
    /// # Panics
    /// The server refuses it.
    pub async fn take_report(&mut self) -> DocumentId {
        let (key, report) = self.reports.draw();
        self.take(&key, &report).await
    }

    /// The hotline takes this report.
    ///
    /// # Panics
    /// The server refuses it.
    pub async fn take(&self, key: &str, report: &NewReport) -> DocumentId {
        self.hotline.take_report(key, report).await.expect("the server takes the report").row.id
    }

    /// The hotline takes a report, the dispatcher gives it to a crew, and every phone of the crew receives it.
    ///
    /// # Panics
    /// A phone of the crew is offline, or something does not work.
    pub async fn dispatch(&mut self, crew: usize) -> DocumentId {
        let item = self.take_report().await;
        self.office.assign(item, self.crew(crew)).await.expect("the item is assigned");
        for phone in &self.phones[self.phones_of(crew)] {
            phone.receives(item).await;
        }
        item
    }

    /// A person moves to another crew: the server knows it at once, their phone when it hears of it.
    ///
    /// # Panics
    /// The server does not take it.
    pub async fn transfer(&mut self, person: PersonId, crew: CrewId) {
        let mut people = self.organisation.crews.iter_mut().flat_map(|crew| &mut crew.people);
        people.find(|known| known.id == person).expect("somebody of a crew").crew = Some(crew);
        self.server.reorganise(&self.organisation).await;
        self.phones.iter_mut().filter(|phone| phone.person.id == person).for_each(|phone| phone.person.crew = Some(crew));
    }

    /// All that was broken works again: links, server, and nobody waits for a back-off.
    pub async fn heal(&mut self) {
        for phone in &mut self.phones {
            phone.link.set_quality(Quality::CLEAR);
            phone.come_back();
            phone.wake();
        }
    }

    /// Heals, and waits until everybody holds the same and every edit is accounted for, for [`PATIENCE`] at most.
    pub async fn settle(&mut self) -> Findings {
        self.heal().await;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (answered, late) = (self.phones.iter().all(|phone| phone.pending() == 0), Instant::now() >= deadline);
            if answered || late {
                let findings = check::everything(self).await;
                if findings.is_well() || late {
                    return findings;
                }
            }
            for phone in &self.phones {
                phone.nudge();
            }
            // The end of a sync is no event of any one part: look again soon, for a bounded time.
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Settles and says what differs.
    ///
    /// # Panics
    /// Something differs; the message names the seed and lists every difference.
    pub async fn must_settle(&mut self) -> Tally {
        let Findings { tally, differences } = self.settle().await;
        let list: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert!(differences.is_empty(), "seed {}: {} differences\n{}", self.seed, list.len(), list.join("\n"));
        tally
    }
}

async fn sign_in(server: &Server, username: &str, password: &str) -> Office {
    Office::sign_in(server.address(), username, password).await.expect("the office signs in")
}
