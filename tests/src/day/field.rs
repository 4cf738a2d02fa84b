//! What people in the field do.

use linecrew_client::ItemRow;
use linecrew_protocol::model::work::{Phase, WorkCommand, WorkEvent};
use serde_json::json;

use super::{
    deed::{Outcome, allowed, choose},
    steps,
};
use crate::{fleet::Fleet, phone::Phone};

const NOTES: [&str; 5] = ["用户在家等候", "需要更换跌落式熔断器", "现场积水，注意安全", "已联系物业", "变压器下有车辆"];
const MATERIALS: [(&str, &str); 4] = [("绝缘导线 35mm²", "m"), ("熔丝 10A", "只"), ("空气开关 63A", "只"), ("接线端子", "个")];

impl Fleet {
    pub(super) fn somebody_works(&mut self, phone: usize, pick: u32, turn: u32) -> Outcome {
        let phone = self.phones.get_mut(phone)?;
        let item = open_item(phone, pick)?;
        let command = steps::next(phone, &item, turn)?;
        let saved = allowed(phone.execute(item.row.id, command), item.row.id)?;
        Some(format!("{}: {} {}", phone.person.name, item.row.number, saved.kind))
    }

    pub(super) fn somebody_remarks(&mut self, phone: usize, pick: u32, turn: u32) -> Outcome {
        let phone = self.phones.get_mut(phone)?;
        let item = open_item(phone, pick)?;
        let choice = turn as usize / 2;
        let saved = if turn.is_multiple_of(2) {
            phone.note(item.row.id, NOTES[choice % NOTES.len()])
        } else {
            let (name, unit) = MATERIALS[choice % MATERIALS.len()];
            phone.use_material(item.row.id, name, f64::from(turn % 30), unit)
        };
        let saved = allowed(saved, item.row.id)?;
        Some(format!("{}: {} {}", phone.person.name, item.row.number, saved.kind))
    }

    /// Both are offline before the first accepts, so neither sees the other.
    pub(super) fn two_accept(&mut self, crew: usize, pick: u32) -> Outcome {
        let places = self.phones_of(crew);
        let [one, other] = self.phones.get_mut(places)?.first_chunk_mut::<2>()?;
        let held: Vec<_> = one.items().into_iter().filter(|item| item.row.phase == Phase::Assigned && other.holds(item.row.id)).collect();
        let item = choose(held, pick)?;
        one.go_offline();
        other.go_offline();
        for phone in [one, other] {
            allowed(phone.execute(item.row.id, WorkCommand::Record(WorkEvent::Accepted)), item.row.id)?;
        }
        Some(format!("{} accepted by two who are offline", item.row.number))
    }

    /// Both are offline before the first says anything, so both sides are kept (rules 5, 6 and 7).
    pub(super) fn two_disagree(&mut self, crew: usize, pick: u32, turn: u32) -> Outcome {
        let places = self.phones_of(crew);
        let [one, other] = self.phones.get_mut(places)?.first_chunk_mut::<2>()?;
        let held: Vec<_> = one.items().into_iter().filter(|item| steps::has_two_sides(item) && other.holds(item.row.id)).collect();
        let item = choose(held, pick)?;
        let (first, second) = steps::two_sides(&item, turn)?;
        one.go_offline();
        other.go_offline();
        let said = allowed(one.execute(item.row.id, first), item.row.id)?;
        let against = allowed(other.execute(item.row.id, second), item.row.id)?;
        Some(format!("{}: {} against {}, both offline", item.row.number, said.kind, against.kind))
    }
}

fn open_item(phone: &Phone, pick: u32) -> Option<ItemRow> {
    let open = |item: &ItemRow| item.row.phase.is_open_for_crew() && item.withdrawn.is_none();
    choose(phone.items().into_iter().filter(open).collect(), pick)
}

/// Two lines of the pen.
pub(super) fn signature(turn: u32) -> serde_json::Value {
    json!([[[20, 80], [60, 40 + turn % 60], [110, 90]], [[130, 60], [180, 100 - turn % 40], [240, 70]]])
}
