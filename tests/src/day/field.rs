//! What people in the field do.

use linecrew_client::ItemRow;
use linecrew_protocol::model::repair::{RepairCommand, RepairEvent, Report, State};

use super::deed::{Outcome, allowed, choose};
use crate::{fleet::Fleet, phone::Phone};

const NOTES: [&str; 5] = ["用户在家等候", "需要更换跌落式熔断器", "现场积水，注意安全", "已联系物业", "变压器下有车辆"];
const MATERIALS: [(&str, &str); 4] = [("绝缘导线 35mm²", "m"), ("熔丝 10A", "只"), ("空气开关 63A", "只"), ("接线端子", "个")];
const CAUSES: [(&str, &str); 4] =
    [("熔丝熔断", "更换熔丝"), ("接线端子烧毁", "重新压接端子"), ("树枝碰线", "清理树障，恢复送电"), ("表后开关故障", "更换空气开关")];

impl Fleet {
    pub(super) fn somebody_works(&mut self, phone: usize, pick: u32, turn: u32) -> Outcome {
        let phone = self.phones.get_mut(phone)?;
        let item = open_item(phone, pick)?;
        let event = next_step(item.row.state, turn)?;
        let saved = allowed(phone.record(item.row.id, event), item.row.id)?;
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
        let held: Vec<_> = one.items().into_iter().filter(|item| item.row.state == State::Assigned && other.holds(item.row.id)).collect();
        let item = choose(held, pick)?;
        one.go_offline();
        other.go_offline();
        for phone in [one, other] {
            allowed(phone.execute(item.row.id, RepairCommand::Record(RepairEvent::Accepted)), item.row.id)?;
        }
        Some(format!("{} accepted by two who are offline", item.row.number))
    }
}

fn open_item(phone: &Phone, pick: u32) -> Option<ItemRow> {
    let open = |item: &ItemRow| item.row.state.is_open_for_crew() && item.withdrawn.is_none();
    choose(phone.items().into_iter().filter(open).collect(), pick)
}

/// The natural next step, and now and then another one.
fn next_step(state: State, turn: u32) -> Option<RepairEvent> {
    let (cause, remedy) = CAUSES[turn as usize % CAUSES.len()];
    let report = || Report { cause: cause.to_owned(), remedy: remedy.to_owned(), restored_at: None, handler: None };
    let often = !turn.is_multiple_of(12);
    Some(match state {
        State::Assigned if often => RepairEvent::Accepted,
        State::Assigned => RepairEvent::Declined { reason: "车辆故障".to_owned() },
        State::Accepted => RepairEvent::Departed,
        State::Departed => RepairEvent::Arrived,
        State::Arrived => RepairEvent::WorkStarted,
        State::WorkStarted if often => RepairEvent::Restored(report()),
        State::WorkStarted if turn.is_multiple_of(24) => RepairEvent::NotDone { reason: "需停电检修".to_owned() },
        State::WorkStarted => RepairEvent::Suspended { reason: "等待备件".to_owned() },
        State::Suspended => RepairEvent::Resumed,
        State::Restored => RepairEvent::Completed(report()),
        _ => return None,
    })
}
