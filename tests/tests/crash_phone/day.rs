//! A day around the phone: the server, the office, a crew mate.

use std::path::PathBuf;

use linecrew_protocol::model::{
    kinds,
    work::{AreaClass, Customer, NewOrder, Priority, Site},
};
use linecrew_server::store::BoardRow;
use linecrew_tests::{
    clock::World,
    office::{NewReport, Office},
    organisation::{DISPATCHER, Organisation, Shape},
    seed::Seed,
    server::{Place, Server},
};
use rand::{Rng, rngs::StdRng};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    check::{self, Memory},
    mate::Phone,
    round::Round,
};

/// Open items that the crew has at a time.
const OPEN_ITEMS: usize = 6;
const SHAPE: Shape = Shape { districts: 1, crews: 2, people_per_crew: 2 };
const PASSWORD: &str = "correct horse battery";

pub(crate) struct Day {
    server: Server,
    organisation: Organisation,
    office: Office,
    mate: Phone,
    folder: TempDir,
    memory: Memory,
    random: StdRng,
    reports: u32,
}

impl Day {
    /// A server with items, and a phone that has them.
    pub(crate) async fn begin(seed: Seed) -> Self {
        let organisation = Organisation::new(SHAPE, PASSWORD, seed);
        let server = Server::found(Place::Inside, &organisation, &World::begin()).await;
        let office = Office::sign_in(server.address(), DISPATCHER, PASSWORD).await.expect("the office signs in");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (phone, mate) = (Phone::open(&folder.path().join("phone.db")), Phone::open(&folder.path().join("mate.db")));
        for (phone, person) in [&phone, &mate].into_iter().zip(&organisation.crews[0].people) {
            phone.enrol(server.address(), &office, &person.username).await;
        }
        let random = seed.random("day");
        let mut day = Self { server, organisation, office, mate, folder, memory: Memory::default(), random, reports: 0 };
        day.give_work(&[]).await;
        assert!(phone.sync(day.server.address()).await.is_complete());
        phone.close();
        day
    }

    /// Something happens elsewhere; then the phone lives and is killed.
    pub(crate) async fn round(&mut self) {
        self.elsewhere().await;
        let round = Round::draw(&mut self.random);
        let store = self.store();
        let lived = tokio::task::spawn_blocking(move || round.live(&store)).await;
        self.memory.promised(lived.expect("the round ends"));
    }

    /// Opens the phone's store and looks for everything.
    pub(crate) fn check(&mut self, thorough: bool) {
        check::store(&self.store(), &mut self.memory, thorough);
    }

    /// The phone comes home: everything has to be on the server. Answers how many edits that were.
    pub(crate) async fn end(mut self) -> u64 {
        let phone = Phone::open(&self.store());
        let report = phone.sync(self.server.address()).await;
        assert!(report.is_complete() && report.equal == Some(true), "{report:?}");
        phone.close();
        self.check(true);
        check::server(&self.store(), &self.memory, &self.office).await;
        self.mate.close();
        self.server.stop().await;
        self.memory.count()
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("phone.db")
    }

    async fn elsewhere(&mut self) {
        let rows = self.office.list().await.expect("the office lists its items");
        self.give_work(&rows).await;
        let done = rows.iter().find(|row| row.row.state == "completed");
        if let Some(done) = done {
            // Another row may have it archived already; the office only tries.
            self.office.follow_up(done.row.id, "已复电").await.ok();
            self.office.archive(done.row.id).await.ok();
        }
        if self.random.random_bool(0.1) {
            self.move_something(&rows).await;
        }
        if self.random.random_bool(0.3) {
            self.mate.note(&mut self.random);
            self.mate.sync(self.server.address()).await;
        }
    }

    /// The item goes to the other crew, comes back from it, or is cancelled, whatever the phone is doing with it.
    async fn move_something(&mut self, rows: &[BoardRow]) {
        let open: Vec<_> = rows.iter().filter(|row| row.row.phase.is_open_for_crew()).collect();
        if open.is_empty() {
            return;
        }
        let row = &open[self.random.random_range(0..open.len())].row;
        let [ours, theirs] = [0, 1].map(|at| self.organisation.crews[at].record.id);
        let to = if row.crew == Some(ours) { theirs } else { ours };
        let moved = match self.random.random_range(0..4) {
            0 => self.office.cancel(row.id, "客户撤销").await,
            _ => self.office.reassign(row.id, to, "就近调整").await,
        };
        // The rules may refuse it; that is the office's matter.
        moved.ok();
    }

    async fn give_work(&mut self, rows: &[BoardRow]) {
        let crew = self.organisation.crews[0].record.id;
        let open = rows.iter().filter(|row| row.row.phase.is_open_for_crew() && row.row.crew == Some(crew)).count();
        for _ in open..OPEN_ITEMS {
            self.reports += 1;
            let report = report(&self.organisation, self.reports);
            let row = self.office.take_report(&format!("report-{}", self.reports), &report).await.expect("a report is taken");
            self.office.assign(row.row.id, crew).await.expect("an item is assigned");
        }
    }
}

fn report(organisation: &Organisation, number: u32) -> NewReport {
    NewReport {
        district: organisation.districts[0].record.id,
        order: NewOrder {
            kind: kinds::REPAIR.to_owned(),
            customer: Customer { name: format!("客户{number}"), phone: None, account: None, arrears_fen: None },
            site: Site { address: format!("温泉街道{number}号"), street_code: None },
            area_class: AreaClass::Urban,
            priority: Priority::Normal,
            on_road: false,
            at_height: false,
            about: json!({"fault": {"category": "no_power", "description": "停电"}}).as_object().cloned().unwrap_or_default(),
        },
        reported_at: None,
    }
}
