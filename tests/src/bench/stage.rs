//! A server with as many people and items as a measurement needs.

use std::sync::Arc;

use linecrew_protocol::{
    ids::{CrewId, InstallationId},
    model::person::{Grant, Principal},
    time::Timestamp,
};
use linecrew_server::{
    UtcOffset,
    clock::{Clock, SystemClock},
    open_store,
    store::{Binding, OfficeCommand, OfficeOrder, Ordered, Store, TakeOrder, Taken},
};
use tokio::task::JoinSet;

use crate::{
    clock::World,
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

    /// Binds so many installations to the person of the first crew. The server must not run.
    pub(super) async fn bind(&self, count: usize) -> Vec<InstallationId> {
        let store: Arc<dyn Store> = open_store(self.server.data(), UtcOffset::CHINA).expect("the store opens");
        let (now, person) = (SystemClock.now(), self.person(0).id);
        let installations: Vec<_> = (0..count).map(|number| InstallationId::new(now, ten_bytes(number))).collect();
        let bound = installations.iter().map(|id| store.bind_installation(*id, person, "phone".to_owned(), now));
        for bound in futures_util::future::join_all(bound).await {
            assert_eq!(bound.expect("an installation is bound"), Binding::Bound);
        }
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
