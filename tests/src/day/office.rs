//! What the office does.

use std::time::Duration;

use linecrew_protocol::{model::repair::State, time::Timestamp};
use linecrew_server::{clock::Clock, store::BoardRow};

use super::deed::{Outcome, choose, granted};
use crate::fleet::Fleet;

const REASONS: [&str; 3] = ["距离更近", "原班组忙", "需要绝缘斗臂车"];

impl Fleet {
    pub(super) async fn somebody_reports(&mut self, minutes_ago: u64) -> Outcome {
        let (key, mut report) = self.reports.draw();
        report.reported_at = (minutes_ago > 0).then(|| self.minutes_ago(minutes_ago));
        let row = granted(self.hotline.take_report(&key, &report).await)?;
        Some(format!("{} reported: {}", row.row.number, report.site.address))
    }

    pub(super) async fn dispatcher_assigns(&mut self, pick: u32, crew: usize) -> Outcome {
        let row = self.choose_row(pick, |row| matches!(row.row.state, State::Reported | State::Declined)).await?;
        let assigned = granted(self.office.assign(row.row.id, self.crew(crew)).await)?;
        Some(format!("{} assigned to {}", assigned.row.number, self.organisation.crews[crew].record.name))
    }

    pub(super) async fn dispatcher_reassigns(&mut self, pick: u32, crew: usize) -> Outcome {
        let row = self.choose_row(pick, |row| row.row.crew.is_some() && row.row.state.is_open_for_crew()).await?;
        let crews = self.organisation.crews.len();
        let crew = if row.row.crew == Some(self.crew(crew)) { (crew + 1) % crews } else { crew };
        if crews < 2 {
            return None;
        }
        let reason = REASONS[pick as usize % REASONS.len()];
        let reassigned = granted(self.office.reassign(row.row.id, self.crew(crew), reason).await)?;
        Some(format!("{} reassigned to {}", reassigned.row.number, self.organisation.crews[crew].record.name))
    }

    pub(super) async fn dispatcher_cancels(&mut self, pick: u32) -> Outcome {
        let row = self.choose_row(pick, |row| row.row.state.is_open_for_crew()).await?;
        let cancelled = granted(self.office.cancel(row.row.id, "用户来电：已恢复供电").await)?;
        Some(format!("{} cancelled", cancelled.row.number))
    }

    pub(super) async fn dispatcher_closes(&mut self, pick: u32) -> Outcome {
        let done = |row: &BoardRow| matches!(row.row.state, State::Completed | State::NotDone | State::FollowedUp);
        let row = self.choose_row(pick, done).await?;
        if row.row.state == State::FollowedUp {
            let archived = granted(self.office.archive(row.row.id).await)?;
            return Some(format!("{} archived", archived.row.number));
        }
        let followed_up = granted(self.office.follow_up(row.row.id, "用户满意").await)?;
        Some(format!("{} followed up", followed_up.row.number))
    }

    pub(super) async fn dispatcher_resolves(&mut self, pick: u32, choice: u32) -> Outcome {
        let row = self.choose_row(pick, |row| !row.row.attention.is_empty()).await?;
        let attention = choose(row.row.attention, pick)?;
        let choice = choose(attention.choices, choice)?;
        let resolved = granted(self.office.resolve(row.row.id, &attention.id, &choice).await)?;
        Some(format!("{} resolved (rule {}): {choice}", resolved.row.number, attention.rule))
    }

    pub(super) async fn dispatcher_transfers(&mut self, phone: usize, crew: usize) -> Outcome {
        let (person, crew) = (self.phones.get(phone)?.person.clone(), self.organisation.crews.get(crew)?.record.clone());
        if person.crew == Some(crew.id) {
            return None;
        }
        self.transfer(person.id, crew.id).await;
        Some(format!("{} moves to {}", person.name, crew.name))
    }

    /// One of the rows that the automatic dispatcher may touch.
    async fn choose_row(&self, pick: u32, fits: impl Fn(&BoardRow) -> bool) -> Option<BoardRow> {
        let mut rows = self.office.list().await.expect("the office lists its items");
        rows.retain(|row| fits(row) && !self.left_to_people.contains(&row.row.id));
        // Newest first is the order of ids, which are not the seed's: the number is.
        rows.sort_by(|one, other| one.row.number.cmp(&other.row.number));
        choose(rows, pick)
    }

    fn minutes_ago(&self, minutes: u64) -> Timestamp {
        self.world.now().minus_ms(u64::try_from(Duration::from_secs(minutes * 60).as_millis()).unwrap_or(0))
    }
}
