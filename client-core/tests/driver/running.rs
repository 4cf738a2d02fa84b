//! A driver that runs, until the test is done with it.

use std::sync::Arc;

use linecrew_client::driver::{LinkState, SyncDriver};
use tokio::task::JoinHandle;

use crate::{
    phone::Phone,
    switchboard::{Line, Switchboard, agree, eventually},
    tokens::options,
};

pub(crate) struct Running<'t> {
    board: &'t Arc<Switchboard>,
    phone: &'t Phone,
    driver: Arc<SyncDriver>,
    runs: JoinHandle<()>,
    /// Ends when a person has to sign in.
    watches: JoinHandle<()>,
}

impl<'t> Running<'t> {
    /// Starts it, and waits until the phone is live and holds what the office does.
    pub(crate) async fn start(board: &'t Arc<Switchboard>, phone: &'t Phone) -> Self {
        let driver = Arc::new(board.driver_of(&phone.client, options()));
        let (running, mut link) = (Arc::clone(&driver), driver.link());
        let runs = tokio::spawn(async move { running.run(std::future::pending()).await });
        let watches = tokio::spawn(async move {
            let _asked = link.wait_for(|link| matches!(link, LinkState::NeedsSignIn)).await;
        });
        let running = Self { board, phone, driver, runs, watches };
        running.is_live().await;
        running
    }

    pub(crate) async fn is_live(&self) {
        eventually("live", || self.driver.link().borrow().is_live() && agree(self.board, self.phone)).await;
    }

    /// Takes the line away.
    pub(crate) async fn is_cut_off(&self) {
        self.board.set(Line::Down);
        eventually("the outage is noticed", || !self.driver.link().borrow().is_live()).await;
    }

    /// There is a line again, and the phone tries it at once.
    pub(crate) fn tries(&self, line: Line) {
        self.board.set(line);
        self.driver.nudge();
    }

    pub(crate) async fn shows(&self, what: &str, is_it: impl Fn(&LinkState) -> bool) {
        eventually(what, || is_it(&self.driver.link().borrow())).await;
    }

    /// Whether a person had to sign in at any moment.
    pub(crate) fn asked_for_a_person(&self) -> bool {
        self.watches.is_finished()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.runs.abort();
        self.watches.abort();
    }
}
