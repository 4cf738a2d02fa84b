//! The kill exactly between commit and acknowledgement.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use linecrew_protocol::ids::DocumentId;
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
    server::{Place, program},
};
use tempfile::TempDir;
use tokio::time::{Duration, sleep, timeout};

use crate::ledger::Ledger;

const PATIENCE: Duration = Duration::from_secs(30);

/// A server program that stops at the fail point when it finds its trap armed, once.
struct Trap {
    folder: TempDir,
}

impl Trap {
    fn lay() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (armed, server) = (folder.path().join("armed"), program());
        let script = format!(
            "#!/bin/sh\nif rm '{}' 2>/dev/null; then export LINECREW_FAIL_POINT=after_commit_before_ack; fi\nexec '{}' \"$@\"\n",
            armed.display(),
            server.display()
        );
        let trap = Self { folder };
        fs::write(trap.program(), script).expect("a script");
        fs::set_permissions(trap.program(), fs::Permissions::from_mode(0o755)).expect("a script that runs");
        trap
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("linecrew")
    }

    /// The next start of the program falls into it.
    fn arm(&self) {
        fs::write(self.folder.path().join("armed"), "").expect("a file");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_commit_and_acknowledgement_loses_nothing_and_doubles_nothing() {
    for seed in Seed::chosen(1, 10) {
        println!("seed {seed}");
        let trap = Trap::lay();
        let options = FleetOptions { place: Place::Child(trap.program()), ..FleetOptions::small(1, 2) };
        let mut fleet = Fleet::assemble(seed, options).await;
        let item = fleet.dispatch(0).await;
        for live in [true, false] {
            fleet.server.kill().await;
            trap.arm();
            fleet.server.start().await;
            kill_when_committed(&mut fleet, item, live).await;
            fleet.server.start().await;
            let tally = fleet.must_settle().await;
            assert_eq!((tally.edits, tally.quarantined), (if live { 3 } else { 6 }, 0));
            let ledger = Ledger::open(fleet.server.data());
            ledger.check_each_once();
            assert_eq!(ledger.changes(fleet.phones[0].installation()) as u64, tally.edits);
        }
    }
}

/// The phone saves three edits and sends them; the server dies when they are committed and nobody knows.
async fn kill_when_committed(fleet: &mut Fleet, item: DocumentId, live: bool) {
    let before = fleet.office.detail(item).await.expect("the item").view.history.len();
    let [phone, mate] = &mut fleet.phones[..] else { panic!("two phones") };
    phone.rest().await;
    mate.rest().await;
    for line in ["一", "二", "三"] {
        phone.note(item, line).expect("a note is saved");
    }
    if live {
        phone.wake();
    }
    let committed = async {
        while fleet.office.detail(item).await.expect("the item").view.history.len() < before + 3 {
            // A commit that nobody is told of can only be looked for.
            sleep(Duration::from_millis(5)).await;
        }
    };
    if live {
        timeout(PATIENCE, committed).await.expect("the push is committed");
    } else {
        tokio::select! {
            report = phone.sync() => panic!("the server answered: {report:?}"),
            waited = timeout(PATIENCE, committed) => waited.expect("the push is committed"),
        }
    }
    assert_eq!(phone.pending(), 3, "the acknowledgement came through");
    fleet.server.kill().await;
}
