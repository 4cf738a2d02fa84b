//! The day: deeds of the plan, waves of phones without network, and scenes.

use std::time::Duration;

use linecrew_protocol::model::work::Phase;
use linecrew_tests::{
    day::{Deed, LIVELY, Plan, Step},
    fleet::Fleet,
};
use tokio::time::{Instant, sleep};

use super::{
    questions, round, scenes,
    teller::{tell, tell_how_it_stands},
};

/// The longest pause between two deeds at speed 1. About half of them do nothing, so that something happens every second or two.
const PACE: Duration = Duration::from_millis(1_600);
/// From the end of one wave to the next, at speed 1.
const CALM: Duration = Duration::from_secs(25);
/// How long a crew stays without network, at speed 1.
const WAVE: Duration = Duration::from_secs(15);
/// How often somebody says how things stand.
const NEWS_EVERY: Duration = Duration::from_secs(10);
/// Open items beyond which nobody reports: a board that fills up shows nothing.
const ENOUGH_OPEN: usize = 24;
/// Items that nobody has and that wait for the visitor, at most.
const LEFT_TO_PEOPLE: usize = 4;
/// Every so many reports one is left to the visitor.
const LEAVE_EVERY: usize = 3;

/// What is due when.
struct Agenda {
    speed: f64,
    /// A crew without network comes back; none: a crew loses it.
    wave: (Instant, Option<usize>),
    next_crew: usize,
    news: Instant,
    /// The phone of the reboot scene comes back.
    reboot: Option<Instant>,
}

/// Lives for so long, or for ever.
pub(crate) async fn live(fleet: &mut Fleet, speed: f64, length: Option<Duration>) {
    let began = Instant::now();
    let end = length.and_then(|length| began.checked_add(length));
    scenes::morning(fleet).await;
    tell(&fleet.world, "everybody is out of everybody's sight for a moment: the board's inbox shows what came of it");
    questions::ask(fleet).await;
    tell(&fleet.world, "two collectors come back from their rounds: see the board's pages about money");
    round::walk(fleet).await;
    scenes::arrives_after_a_reboot(fleet).await;
    let wave = (began + (CALM / 3).div_f64(speed), None);
    let reboot = Some(Instant::now() + scenes::RETURN_AFTER);
    let mut agenda = Agenda { speed, wave, next_crew: 0, news: began + NEWS_EVERY, reboot };
    let (crews, phones) = (fleet.organisation.crews.len(), fleet.phones.len());
    // The last phone belongs to its scene until that is over.
    let mut early = Plan::new(fleet.seed, LIVELY, crews, phones - 1);
    let mut later = Plan::new(fleet.seed.child("later"), LIVELY, crews, phones);
    let mut reports = 0;
    while end.is_none_or(|end| Instant::now() < end) {
        let plan = if agenda.reboot.is_some() { &mut early } else { &mut later };
        let Some(Step { pause, deed }) = plan.next() else { return };
        let pause = PACE.mul_f64(pause).div_f64(speed);
        sleep(end.map_or(pause, |end| pause.min(end.saturating_duration_since(Instant::now())))).await;
        agenda.attend(fleet);
        if matches!(deed, Deed::Report { .. }) {
            somebody_reports(fleet, &deed, &mut reports).await;
        } else {
            fleet.perform(&deed).await;
        }
    }
}

/// A report, unless there are enough; some are left to the visitor.
async fn somebody_reports(fleet: &mut Fleet, deed: &Deed, reports: &mut usize) {
    let rows = fleet.office.list().await.expect("the office lists its items");
    if rows.iter().filter(|row| row.row.phase < Phase::Done).count() >= ENOUGH_OPEN {
        return;
    }
    let known: Vec<_> = rows.iter().map(|row| row.row.id).collect();
    let waiting = rows.iter().filter(|row| row.row.phase == Phase::New && fleet.left_to_people.contains(&row.row.id)).count();
    *reports += 1;
    fleet.perform(deed).await;
    if reports.is_multiple_of(LEAVE_EVERY) && waiting < LEFT_TO_PEOPLE {
        let rows = fleet.office.list().await.expect("the office lists its items");
        fleet.left_to_people.extend(rows.iter().map(|row| row.row.id).filter(|id| !known.contains(id)));
    }
}

impl Agenda {
    fn attend(&mut self, fleet: &Fleet) {
        let now = Instant::now();
        if self.reboot.is_some_and(|due| now >= due) {
            self.reboot = None;
            if let Some(phone) = fleet.phones.last() {
                phone.come_back();
                tell(&fleet.world, &format!("{} comes back after a reboot: nothing proves when they arrived", phone.person.name));
            }
        }
        if now >= self.wave.0 {
            self.wave(fleet, now);
        }
        if now >= self.news {
            self.news = now + NEWS_EVERY;
            tell_how_it_stands(fleet);
        }
    }

    fn wave(&mut self, fleet: &Fleet, now: Instant) {
        if let (_, Some(crew)) = self.wave {
            let phones = &fleet.phones[fleet.phones_of(crew)];
            let edits: u64 = phones.iter().map(linecrew_tests::phone::Phone::pending).sum();
            phones.iter().for_each(linecrew_tests::phone::Phone::come_back);
            tell(&fleet.world, &format!("{} has network again and brings {edits} edits", fleet.organisation.crews[crew].record.name));
            self.wave = (now + CALM.div_f64(self.speed), None);
            return;
        }
        // The last crew has its own scene at the beginning.
        let crews = fleet.organisation.crews.len() - usize::from(self.reboot.is_some());
        let crew = self.next_crew % crews;
        self.next_crew += 1;
        fleet.phones[fleet.phones_of(crew)].iter().for_each(linecrew_tests::phone::Phone::go_offline);
        tell(&fleet.world, &format!("{} loses the network", fleet.organisation.crews[crew].record.name));
        self.wave = (now + WAVE.div_f64(self.speed), Some(crew));
    }
}
