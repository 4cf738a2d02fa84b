//! A server with as many people and items as a measurement needs.

use std::sync::Arc;

use linecrew_protocol::{
    ids::{CrewId, InstallationId, PersonId},
    key::PublicKey,
    model::person::{Grant, Principal},
    time::Timestamp,
};
use linecrew_server::{
    UtcOffset,
    clock::{Clock, SystemClock},
    open_store,
    store::{
        OfficeCommand, OfficeOrder, Ordered, Store, TakeOrder, Taken,
        register::{Enrolled, Enrolling, NewInvite},
    },
};
use tokio::task::JoinSet;

use crate::{
    clock::World,
    office::Office,
    organisation::{Organisation, Person, Shape},
    reports::Reports,
    seed::Seed,
    server::{Place, Server, program},
};

/// Everybody's password.
pub(super) const PASSWORD: &str = "correct horse battery";
/// Orders that are given at a time: they share commits.
const AT_A_TIME: usize = 64;

/// The server's program, with its people and items.
pub(super) struct Stage {
    pub(super) server: Server,
    pub(super) organisation: Organisation,
    reports: Reports,
}

impl Stage {
    /// So many crews of one person each.
    pub(super) async fn set(crews: usize) -> Self {
        let organisation = Organisation::new(Shape { districts: 1, crews, people_per_crew: 1 }, PASSWORD, Seed(1));
        let mut server = Server::found(Place::Child(program()), &organisation, &World::begin()).await;
        server.stop().await;
        let reports = Reports::new(&organisation, Seed(1));
        Self { server, organisation, reports }
    }

    /// The dispatcher. The server must run.
    pub(super) async fn office(&self) -> Office {
        Office::sign_in(self.server.address(), &self.organisation.dispatcher.username, PASSWORD).await.expect("the office signs in")
    }

    /// The person of a crew.
    pub(super) fn person(&self, crew: usize) -> &Person {
        &self.organisation.crews[crew].people[0]
    }

    /// Gives each crew so many items. The server must not run.
    pub(super) async fn give(&mut self, items: &[usize]) {
        let store: Arc<dyn Store> = open_store(self.server.data(), UtcOffset::CHINA).expect("the store opens");
        let mut orders = JoinSet::new();
        for (crew, count) in items.iter().enumerate() {
            for _ in 0..*count {
                if orders.len() >= AT_A_TIME {
                    orders.join_next().await.expect("an order").expect("an order is carried out");
                }
                orders.spawn(give(Arc::clone(&store), self.order(), self.organisation.crews[crew].record.id));
            }
        }
        orders.join_all().await;
    }

    /// Enrols so many phones of the person of the first crew, all with this key. The server must not run.
    pub(super) async fn enrol(&self, count: usize, key: PublicKey) -> Vec<InstallationId> {
        let store: Arc<dyn Store> = open_store(self.server.data(), UtcOffset::CHINA).expect("the store opens");
        let (now, person) = (SystemClock.now(), self.person(0).id);
        let installations: Vec<_> = (0..count).map(|number| InstallationId::new(now, ten_bytes(number))).collect();
        let enrolled = installations.iter().map(|installation| enrol(&*store, *installation, person, key, now));
        futures_util::future::join_all(enrolled).await;
        installations
    }

    /// The process of the running server.
    pub(super) fn process(&self) -> u32 {
        self.server.process().expect("the server runs in a process of its own")
    }

    fn order(&mut self) -> TakeOrder {
        let (key, report) = self.reports.draw();
        let hotline = &self.organisation.dispatcher;
        let now = SystemClock.now();
        TakeOrder {
            by: principal(hotline, now),
            by_name: hotline.name.clone(),
            idempotency_key: key,
            body_hash: [0; 32],
            district: report.district,
            order: report.order,
            reported_at: now,
            appointment: None,
            now,
        }
    }
}

async fn enrol(store: &dyn Store, installation: InstallationId, person: PersonId, key: PublicKey, now: Timestamp) {
    let (code, expires_at) = (rand::random(), now.plus_ms(900_000));
    assert!(store.invite(NewInvite { code, person, by: person, now, expires_at }).await.expect("the invitation is stored"));
    let family = (rand::random(), rand::random());
    let enrolling = Enrolling { installation, name: "phone".to_owned(), key, code, family, now, family_expires_at: expires_at };
    assert_eq!(store.enrol(enrolling).await.expect("the enrolment is stored"), Enrolled::Done(person));
}

async fn give(store: Arc<dyn Store>, order: TakeOrder, crew: CrewId) {
    let (by, by_name) = (order.by.clone(), order.by_name.clone());
    let taken = store.take_order(order).await.expect("the order is stored");
    let Taken::Created(row, _) = taken else { panic!("the report is refused: {taken:?}") };
    let command = OfficeCommand::Assign { crew, reason: None };
    let order = OfficeOrder { by, by_name, document: row.row.id, command, now: SystemClock.now() };
    let ordered = store.order(order).await.expect("the assignment is stored");
    assert!(matches!(ordered, Ordered::Done(..)), "the assignment is refused: {ordered:?}");
}

fn principal(person: &Person, now: Timestamp) -> Principal {
    let grants = person.roles.iter().map(|role| Grant { role: *role, district: None }).collect();
    Principal { person: person.id, installation: InstallationId::new(now, [0; 10]), grants, crew: None }
}

fn ten_bytes(number: usize) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&(number as u64).to_be_bytes());
    bytes
}
