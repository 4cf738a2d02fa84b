//! What can happen in a day, and who does it.

use std::time::Duration;

use linecrew_client::CommandError;
use linecrew_protocol::ids::DocumentId;

use crate::{
    fleet::Fleet,
    link::{Quality, Way},
    office::{CallError, Problem, Said},
};

/// One deed. `pick` chooses among what there is when its turn comes; crews and phones are places in the fleet.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The hotline takes a report; it came so many minutes ago.
    Report {
        /// How long ago.
        minutes_ago: u64,
    },
    /// The dispatcher gives an item that nobody has to a crew.
    Assign {
        /// Which.
        pick: u32,
        /// To whom.
        crew: usize,
    },
    /// The dispatcher gives an item that a crew has to another one.
    Reassign {
        /// Which.
        pick: u32,
        /// To whom; the next one when it is theirs.
        crew: usize,
    },
    /// The dispatcher withdraws an item.
    Cancel {
        /// Which.
        pick: u32,
    },
    /// The dispatcher links a repair to another one of the same fault.
    Link {
        /// Which.
        pick: u32,
    },
    /// Somebody orders a disconnection after a notice that was served.
    CutOff {
        /// After which.
        pick: u32,
    },
    /// The dispatcher approves, returns, follows up or archives what is done.
    Close {
        /// Which.
        pick: u32,
    },
    /// The dispatcher decides about an attention item.
    Resolve {
        /// Which.
        pick: u32,
        /// How.
        choice: u32,
    },
    /// A person takes the next step on one of their items.
    Work {
        /// Whose phone.
        phone: usize,
        /// Which item.
        pick: u32,
        /// Which step, where there are several.
        turn: u32,
    },
    /// A person writes a note or a line of material.
    Remark {
        /// Whose phone.
        phone: usize,
        /// Which item.
        pick: u32,
        /// Which of both, and what.
        turn: u32,
    },
    /// Two people of a crew are offline and accept the same item.
    AcceptTwice {
        /// Which crew.
        crew: usize,
        /// Which item.
        pick: u32,
    },
    /// Two people of a crew are offline and say different things about the same item: two readings, done and not done, done twice.
    Disagree {
        /// Which crew.
        crew: usize,
        /// Which item.
        pick: u32,
        /// About what, where there is a choice.
        turn: u32,
    },
    /// A collector does the next thing with money.
    Collect {
        /// Whose phone.
        phone: usize,
        /// Which bill or receipt.
        pick: u32,
        /// What, and how.
        turn: u32,
    },
    /// The counter confirms a deposit or settles a session.
    Counter {
        /// Which session.
        pick: u32,
    },
    /// Billing has more for a collector's round.
    Bill {
        /// Whose phone.
        phone: usize,
        /// The batch.
        pick: u32,
    },
    /// A phone loses the network.
    Offline {
        /// Which.
        phone: usize,
    },
    /// A phone has the network again.
    Back {
        /// Which.
        phone: usize,
    },
    /// A phone's link is cut after so many bytes.
    Cut {
        /// Which.
        phone: usize,
        /// In which direction.
        way: Way,
        /// After how many.
        bytes: u64,
    },
    /// A phone's link swallows everything.
    BlackHole {
        /// Which.
        phone: usize,
    },
    /// A phone's link becomes better or worse.
    Quality {
        /// Which.
        phone: usize,
        /// How good.
        quality: Quality,
    },
    /// The app dies and is opened again.
    RestartPhone {
        /// Which.
        phone: usize,
    },
    /// The phone is switched off and on.
    RebootPhone {
        /// Which.
        phone: usize,
    },
    /// Somebody sets a phone's wall clock.
    WrongClock {
        /// Which.
        phone: usize,
        /// So far ahead of the right time.
        ahead_ms: i64,
    },
    /// Time passes for everybody. Only with a server that keeps the world's time.
    TimePasses {
        /// How much.
        time: Duration,
    },
    /// A person moves to another crew. Their phone may be offline with edits on what was theirs.
    Transfer {
        /// Whose phone.
        phone: usize,
        /// To which crew.
        crew: usize,
    },
    /// The server is stopped or killed, and started again.
    RestartServer {
        /// Killed.
        killed: bool,
    },
}

/// What came of a deed: a line for whoever watches; nothing when it was not possible now.
pub type Outcome = Option<String>;

impl Fleet {
    /// Carries out a deed.
    ///
    /// # Panics
    /// Something fails that may not fail in any day: a store, or the server's answer to an honest question.
    pub async fn perform(&mut self, deed: &Deed) -> Outcome {
        match *deed {
            Deed::Report { minutes_ago } => self.somebody_reports(minutes_ago).await,
            Deed::Assign { pick, crew } => self.dispatcher_assigns(pick, crew).await,
            Deed::Reassign { pick, crew } => self.dispatcher_reassigns(pick, crew).await,
            Deed::Cancel { pick } => self.dispatcher_cancels(pick).await,
            Deed::Link { pick } => self.dispatcher_links(pick).await,
            Deed::CutOff { pick } => self.dispatcher_cuts_off(pick).await,
            Deed::Close { pick } => self.dispatcher_closes(pick).await,
            Deed::Resolve { pick, choice } => self.dispatcher_resolves(pick, choice).await,
            Deed::Work { phone, pick, turn } => self.somebody_works(phone, pick, turn),
            Deed::Remark { phone, pick, turn } => self.somebody_remarks(phone, pick, turn),
            Deed::AcceptTwice { crew, pick } => self.two_accept(crew, pick),
            Deed::Disagree { crew, pick, turn } => self.two_disagree(crew, pick, turn),
            Deed::Collect { phone, pick, turn } => self.somebody_collects(phone, pick, turn),
            Deed::Counter { pick } => self.counter_works(pick).await,
            Deed::Bill { phone, pick } => self.billing_bills(phone, pick).await,
            Deed::Offline { phone } => self.loses_network(phone),
            Deed::Back { phone } => self.has_network(phone),
            Deed::Cut { phone, way, bytes } => self.cut(phone, way, bytes),
            Deed::BlackHole { phone } => self.black_hole(phone),
            Deed::Quality { phone, quality } => self.link_changes(phone, quality),
            Deed::RestartPhone { phone } => self.phone_restarts(phone).await,
            Deed::RebootPhone { phone } => self.phone_reboots(phone).await,
            Deed::WrongClock { phone, ahead_ms } => self.clock_is_set(phone, ahead_ms),
            Deed::TimePasses { time } => self.time_passes(time),
            Deed::Transfer { phone, crew } => self.dispatcher_transfers(phone, crew).await,
            Deed::RestartServer { killed } => self.server_restarts(killed).await,
        }
    }
}

/// Chooses among what there is.
pub(super) fn choose<T>(mut from: Vec<T>, pick: u32) -> Option<T> {
    if from.is_empty() {
        return None;
    }
    let at = pick as usize % from.len();
    Some(from.swap_remove(at))
}

/// A command that the rules do not allow now is no failure.
pub(super) fn allowed<T>(saved: Result<T, CommandError>, item: DocumentId) -> Option<T> {
    match saved {
        Ok(saved) => Some(saved),
        Err(CommandError::Refused(_) | CommandError::Withdrawn { .. } | CommandError::UnknownItem { .. }) => None,
        Err(error) => panic!("a phone failed on {item}: {error:?}"),
    }
}

/// A crew took over an item between the dispatcher's look and the assignment, which then lacks a reason.
fn is_overtaken(problem: &Problem) -> bool {
    problem.code == "invalid_field" && problem.detail.as_deref().is_some_and(|detail| detail.contains("another crew holds the item"))
}

/// A call that came too late is no failure.
pub(super) fn granted<T>(said: Said<T>) -> Option<T> {
    match said {
        Ok(said) => Some(said),
        Err(CallError::Refused(problem)) if problem.code == "state_conflict" || is_overtaken(&problem) => None,
        Err(error) => panic!("the server refused an honest dispatcher: {error}"),
    }
}
