//! What the office does.

use std::time::Duration;

use linecrew_protocol::{
    model::{kinds, work::Phase},
    time::Timestamp,
};
use linecrew_server::{clock::Clock, store::BoardRow};
use serde_json::json;

use super::deed::{Outcome, choose, granted};
use crate::fleet::Fleet;

const REASONS: [&str; 3] = ["距离更近", "原班组忙", "需要绝缘斗臂车"];

impl Fleet {
    pub(super) async fn somebody_reports(&mut self, minutes_ago: u64) -> Outcome {
        let (key, mut report) = self.reports.draw_any();
        report.reported_at = (minutes_ago > 0).then(|| self.minutes_ago(minutes_ago));
        let row = granted(self.hotline.take_report(&key, &report).await)?;
        Some(format!("{} reported: {}", row.row.number, report.order.site.address))
    }

    pub(super) async fn dispatcher_assigns(&mut self, pick: u32, crew: usize) -> Outcome {
        let row = self.choose_row(pick, |row| matches!(row.row.phase, Phase::New | Phase::Declined)).await?;
        let assigned = granted(self.office.assign(row.row.id, self.crew(crew)).await)?;
        Some(format!("{} assigned to {}", assigned.row.number, self.organisation.crews[crew].record.name))
    }

    pub(super) async fn dispatcher_reassigns(&mut self, pick: u32, crew: usize) -> Outcome {
        let row = self.choose_row(pick, |row| row.row.crew.is_some() && row.row.phase.is_open_for_crew()).await?;
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
        let row = self.choose_row(pick, |row| row.row.phase.is_open_for_crew()).await?;
        let cancelled = granted(self.office.cancel(row.row.id, "用户来电：已恢复供电").await)?;
        Some(format!("{} cancelled", cancelled.row.number))
    }

    /// The next of what the office does with work that has ended: approve or return a survey, ask whoever reported, archive.
    pub(super) async fn dispatcher_closes(&mut self, pick: u32) -> Outcome {
        let closing = ["archived", "approved", "followed_up"];
        let ended = |row: &BoardRow| matches!(row.row.phase, Phase::Done | Phase::NotDone | Phase::FollowedUp);
        let row = self.choose_row(pick, ended).await?;
        let step = closing.into_iter().find(|step| row.row.next.office.iter().any(|next| next == step))?;
        let (step, body) = match step {
            "approved" if pick.is_multiple_of(4) => ("returned", json!({"issues": "照片不清晰，请补充"})),
            "followed_up" => {
                let reporters = self.office.detail(row.row.id).await.expect("the office reads its items").view.reporters;
                let unasked = reporters.iter().find(|reporter| !reporter.asked && row.row.phase == Phase::FollowedUp);
                ("followed_up", json!({"result": "用户满意", "reporter": unasked.map(|reporter| reporter.document)}))
            }
            other => (other, json!({})),
        };
        let closed = granted(self.office.step(row.row.id, step, body).await)?;
        Some(format!("{} {step}", closed.row.number))
    }

    /// Two reports of one fault become one item (rule 15).
    pub(super) async fn dispatcher_links(&mut self, pick: u32) -> Outcome {
        let repair = |row: &BoardRow| row.row.kind == kinds::REPAIR && row.row.next.office.iter().any(|next| next == "linked");
        let target = self.choose_row(pick, repair).await?;
        let other = |row: &BoardRow| repair(row) && row.row.id != target.row.id && row.row.district == target.row.district;
        let row = self.choose_row(pick / 7, other).await?;
        let linked = granted(self.office.step(row.row.id, "linked", json!({"to": target.row.id})).await)?;
        Some(format!("{} linked to {}", linked.row.number, target.row.number))
    }

    /// A customer whose notice was served is to be cut off.
    pub(super) async fn dispatcher_cuts_off(&mut self, pick: u32) -> Outcome {
        let served = |row: &BoardRow| row.row.kind == kinds::NOTICE && row.row.state == "served";
        let notice = self.choose_row(pick, served).await?;
        let (key, mut report) = self.reports.order(kinds::DISCONNECTION, json!({"reason": "arrears", "notice": notice.row.id}));
        (report.district, report.order.site) = (notice.row.district, notice.row.site);
        let row = granted(self.hotline.take_report(&key, &report).await)?;
        Some(format!("{} ordered: a disconnection after {}", row.row.number, notice.row.number))
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
