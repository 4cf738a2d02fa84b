//! The natural next step of every kind of work, and now and then another one.

use linecrew_client::ItemRow;
use linecrew_protocol::model::{
    form::{AnswerType, Form},
    kinds,
    work::{
        Phase, WorkCommand, WorkEvent, WorkView,
        files::{Signature, SignerRole, Strokes},
    },
};
use serde_json::{Value, json};

use super::field::signature;
use crate::phone::Phone;

const CAUSES: [(&str, &str); 4] =
    [("熔丝熔断", "更换熔丝"), ("接线端子烧毁", "重新压接端子"), ("树枝碰线", "清理树障，恢复送电"), ("表后开关故障", "更换空气开关")];
/// New meters come from a small box, so that one serial is now and then installed twice (rule 10).
const BOX: u32 = 40;

/// What somebody who holds this item does next.
pub(super) fn next(phone: &Phone, item: &ItemRow, turn: u32) -> Option<WorkCommand> {
    let often = !turn.is_multiple_of(12);
    let event = match item.row.phase {
        Phase::Assigned if often => WorkEvent::Accepted,
        Phase::Assigned => WorkEvent::Declined { reason: "车辆故障".to_owned() },
        Phase::Accepted => WorkEvent::Departed,
        Phase::Departed => WorkEvent::Arrived,
        Phase::Suspended => WorkEvent::Resumed,
        Phase::Arrived | Phase::Working => on_site(phone, item, turn)?,
        _ => return None,
    };
    Some(WorkCommand::Record(event))
}

fn on_site(phone: &Phone, item: &ItemRow, turn: u32) -> Option<WorkEvent> {
    let view = phone.view(item.row.id)?;
    if let (Some(step), Phase::Arrived) = (view.safety.missing.first(), item.row.phase) {
        return Some(match turn.is_multiple_of(60) {
            true => WorkEvent::ForcedStart { reason: "被困人员需立即施救".to_owned() },
            false => WorkEvent::SafetyRecorded { step: *step, detail: "GZP-118".to_owned() },
        });
    }
    let often = !turn.is_multiple_of(12);
    Some(match (item.row.kind.as_str(), item.row.state.as_str()) {
        (kinds::REPAIR, "work_started") if often => WorkEvent::own("restored", report(turn)),
        (kinds::REPAIR, "work_started") if turn.is_multiple_of(24) => WorkEvent::NotDone { reason: "需停电检修".to_owned() },
        (kinds::REPAIR, "work_started") => WorkEvent::Suspended { reason: "等待备件".to_owned() },
        (kinds::REPAIR, "restored") => WorkEvent::own("completed", report(turn)),
        (kinds::ROTATION, "arrived") if often => WorkEvent::own("exchanged", exchange(item, turn)),
        (kinds::ROTATION, "arrived") => WorkEvent::NotDone { reason: "表箱锁死".to_owned() },
        (kinds::ROTATION, "exchanged") => confirm(&view, turn),
        (kinds::ROTATION, _) => WorkEvent::own("completed", json!({})),
        (kinds::SURVEY, _) => survey(phone, item, &view, turn)?,
        (kinds::NOTICE, _) if often => WorkEvent::own("served", json!({"how": "handed_over", "recipient": item.row.customer.name})),
        (kinds::NOTICE, _) => WorkEvent::own("not_served", json!({"reason": "无人在家"})),
        (_, "arrived") => WorkEvent::own("work_started", json!({})),
        (kinds::DISCONNECTION, _) => WorkEvent::own("completed", json!({"cut_at": item.row.reported_at})),
        (kinds::METER_SERVICE, _) => WorkEvent::own("completed", json!({"result": "正常", "removed": removed(item, turn)})),
        _ => return None,
    })
}

/// Whether two people could say different things about it now.
pub(super) fn has_two_sides(item: &ItemRow) -> bool {
    let state = item.row.state.as_str();
    let reading = item.row.kind == kinds::ROTATION && state == "arrived";
    reading || (item.row.kind == kinds::REPAIR && state == "work_started")
}

/// Two different things to say about it.
pub(super) fn two_sides(item: &ItemRow, turn: u32) -> Option<(WorkCommand, WorkCommand)> {
    let own = |step: &str, body: Value| WorkCommand::Record(WorkEvent::own(step, body));
    if item.row.kind == kinds::ROTATION {
        return Some((own("exchanged", exchange(item, turn)), own("exchanged", exchange(item, turn.wrapping_add(1)))));
    }
    let done = own("completed", report(turn));
    let against = match turn.is_multiple_of(2) {
        true => WorkCommand::Record(WorkEvent::NotDone { reason: "缺少备件".to_owned() }),
        false => own("completed", report(turn.wrapping_add(1))),
    };
    Some((done, against))
}

fn report(turn: u32) -> Value {
    let (cause, remedy) = CAUSES[turn as usize % CAUSES.len()];
    json!({"cause": cause, "remedy": remedy})
}

fn exchange(item: &ItemRow, turn: u32) -> Value {
    let meter = item.row.about.get("meter").cloned().unwrap_or_default();
    let last = meter.pointer("/registers/1/last_index").and_then(Value::as_u64).unwrap_or_default();
    json!({
        "removed": {"serial": meter["serial"], "registers": {"1": {"index": last + u64::from(turn % 900)}}},
        "installed": {"serial": format!("NEW{:04}", turn % BOX), "multiplier": 1, "registers": {"1": {"index": turn % 9, "digits": 8}}},
        "no_photo": "镜头进水",
    })
}

fn removed(item: &ItemRow, turn: u32) -> Value {
    json!({"serial": format!("OLD-{}", item.row.number), "registers": {"1": {"index": turn % 90_000}}})
}

fn confirm(view: &WorkView, turn: u32) -> WorkEvent {
    if turn.is_multiple_of(9) {
        return WorkEvent::own("confirmation_refused", json!({"reason": "客户不在现场"}));
    }
    if view.signatures.is_empty() {
        let strokes = Strokes::read(&signature(turn)).expect("a signature");
        return WorkEvent::Signed(Signature { role: SignerRole::Customer, name: view.row.customer.name.clone(), strokes });
    }
    WorkEvent::own("confirmed", json!({}))
}

/// The next answer that the form wants, or the submission.
fn survey(phone: &Phone, item: &ItemRow, view: &WorkView, turn: u32) -> Option<WorkEvent> {
    let named = item.row.about.get("form")?;
    let version = u32::try_from(named.get("version")?.as_u64()?).ok()?;
    let form = phone.client().form(named.get("form")?.as_str()?, version).expect("the phone reads its forms")?;
    let answers = view.values.iter().map(|value| (value.path.clone(), value.shown.value.clone())).collect();
    let Some(path) = form.missing(&answers).into_iter().next() else { return Some(WorkEvent::own("submitted", json!({}))) };
    // A group that wants an instance gets one through its first question.
    let path = if form.question(&path).is_some() { path } else { format!("{path}/{}", first_of(&form, &path, turn)?) };
    let value = answer(&form.question(&path)?.answer, turn);
    Some(WorkEvent::ValueRecorded { path, value })
}

fn first_of(form: &Form, group: &str, turn: u32) -> Option<String> {
    use linecrew_protocol::model::form::Item;
    let mut items = &form.items;
    for name in group.split('/') {
        match items.iter().find(|item| item.name() == name)? {
            Item::Group(group) => items = &group.items,
            Item::Question(_) => return None,
        }
    }
    Some(format!("r{}/{}", turn % 1_000, items.first()?.name()))
}

fn answer(kind: &AnswerType, turn: u32) -> Value {
    match kind {
        AnswerType::Text | AnswerType::LongText => json!(format!("情况 {}", turn % 100)),
        AnswerType::Serial => json!(format!("SN{}", turn % 10_000)),
        AnswerType::Integer { min, max } => json!(min.or(*max).unwrap_or_default()),
        AnswerType::Number { min, max, .. } => json!(min.or(*max).unwrap_or_default()),
        AnswerType::Flag => json!(turn.is_multiple_of(2)),
        AnswerType::Date => json!("2026-11-28"),
        AnswerType::Time => json!(1_790_000_000_000_i64),
        AnswerType::Choice { choices } => json!(choices[turn as usize % choices.len()].name),
        AnswerType::Choices { choices } => json!([choices[turn as usize % choices.len()].name]),
        AnswerType::Photo => json!("a".repeat(64)),
        AnswerType::Signature => json!("01931c6e-7d00-7000-8000-000000000000"),
    }
}
