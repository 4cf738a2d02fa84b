//! The trade's words in both languages.

use linecrew_client::{
    EditStatus,
    protocol::{
        Reason, Refusal,
        model::repair::{AreaClass, AttentionKind, FaultCategory, Priority, State},
        wire::{LeaveReason, Withdrawal},
    },
};

use crate::{
    lang::Lang,
    page::{Ink, Page},
};

pub(crate) fn state(lang: Lang, state: State) -> &'static str {
    let (english, chinese) = match state {
        State::Reported => ("reported", "已受理"),
        State::Assigned => ("assigned", "已派工"),
        State::Accepted => ("accepted", "已接单"),
        State::Departed => ("on the way", "已出发"),
        State::Arrived => ("arrived", "已到达"),
        State::WorkStarted => ("working", "抢修中"),
        State::Suspended => ("suspended", "已暂停"),
        State::Restored => ("restored", "已复电"),
        State::Completed => ("completed", "已完成"),
        State::NotDone => ("not done", "未完成"),
        State::Disputed => ("disputed", "有争议"),
        State::Declined => ("declined", "已退单"),
        State::Cancelled => ("cancelled", "已撤销"),
        State::Linked => ("linked", "已关联"),
        State::FollowedUp => ("followed up", "已回访"),
        State::Archived => ("archived", "已归档"),
    };
    lang.of(english, chinese)
}

/// An event's kind. One that this build does not know shows as it is.
pub(crate) fn event(lang: Lang, kind: &str) -> &str {
    let (english, chinese) = match kind {
        "reported" => ("reported", "受理"),
        "assigned" => ("assigned", "派工"),
        "accepted" => ("accepted", "接单"),
        "departed" => ("on the way", "出发"),
        "arrived" => ("arrived", "到达"),
        "work_started" => ("work started", "开始抢修"),
        "restored" => ("power restored", "复电"),
        "completed" => ("completed", "完成"),
        "followed_up" => ("followed up", "回访"),
        "archived" => ("archived", "归档"),
        "declined" => ("declined", "退单"),
        "suspended" => ("suspended", "暂停"),
        "resumed" => ("resumed", "恢复"),
        "handed_over" => ("handed over", "移交"),
        "not_done" => ("not done", "未完成"),
        "cancelled" => ("cancelled", "撤销"),
        "linked" => ("linked", "关联"),
        "noted" => ("note", "备注"),
        "material_recorded" => ("material", "材料"),
        "resolved" => ("decision", "裁定"),
        other => return other,
    };
    lang.of(english, chinese)
}

pub(crate) fn fault(lang: Lang, category: FaultCategory) -> &'static str {
    let (english, chinese) = match category {
        FaultCategory::NoPower => ("no power", "停电"),
        FaultCategory::LowVoltage => ("low voltage", "低电压"),
        FaultCategory::LineDown => ("line down", "断线"),
        FaultCategory::MeterFault => ("meter fault", "电表故障"),
        FaultCategory::FireOrSmoke => ("fire or smoke", "起火冒烟"),
        FaultCategory::Other => ("other", "其他"),
    };
    lang.of(english, chinese)
}

pub(crate) fn priority(lang: Lang, priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => lang.of("urgent", "紧急"),
        Priority::Normal => lang.of("normal", "普通"),
    }
}

pub(crate) fn area(lang: Lang, area: AreaClass) -> &'static str {
    match area {
        AreaClass::Urban => lang.of("urban", "城区"),
        AreaClass::Rural => lang.of("rural", "农村"),
        AreaClass::Remote => lang.of("remote", "特殊边远"),
    }
}

pub(crate) fn attention(lang: Lang, kind: AttentionKind) -> &'static str {
    let (english, chinese) = match kind {
        AttentionKind::AcceptedTwice => ("two of the crew accepted; who leads is open", "同班两人接单，负责人待定"),
        AttentionKind::ReassignedWhileWorking => ("given to another crew while work was under way", "抢修期间被改派"),
        AttentionKind::CancelledWhileWorking => ("cancelled while work was under way", "抢修期间被撤销"),
        AttentionKind::CompletedAndNotDone => ("reported both completed and not done", "同时报完成与未完成"),
        AttentionKind::LateAfterArchive => ("edits came after it was archived", "归档后收到迟到的修改"),
    };
    lang.of(english, chinese)
}

/// Why an edit was refused: the code in the person's language, the server's own words in its.
pub(crate) fn refusal(lang: Lang, refusal: &Refusal) -> String {
    let Lang::Zh = lang else { return refusal.detail.clone() };
    let chinese = match refusal.reason {
        Reason::RoleNotPermitted => "角色不允许",
        Reason::NotYourItem => "不是本班工单",
        Reason::StateNotPermitted => "工单状态不允许",
        Reason::SectionNotPermitted => "无权修改此部分",
        Reason::InvalidValue => "填写内容有误",
        Reason::DependsOnRefused => "依赖的修改被退回",
        Reason::Revoked => "设备或人员已停用",
        Reason::RuleViolated => "违反规则",
        Reason::DocumentLimit => "工单内容超限",
        Reason::UnknownDocument => "服务器没有此工单",
        _ => "未被接受",
    };
    format!("{chinese}（{}）", refusal.detail)
}

/// Why an item is no longer this phone's, by whom and when.
pub(crate) fn withdrawal(page: &Page, gone: &Withdrawal) -> String {
    let (english, chinese) = match gone.reason {
        LeaveReason::Reassigned => ("given to another crew", "已改派"),
        LeaveReason::Cancelled => ("cancelled", "已撤销"),
        LeaveReason::Linked => ("linked to another item", "已关联到其他工单"),
        LeaveReason::Archived => ("archived", "已归档"),
        LeaveReason::WorkStandsElsewhere => ("another crew was already on site", "另一班组已在现场"),
        LeaveReason::AccessEnded => ("no longer this phone's to hold", "本机无权持有"),
        _ => ("no longer on the crew's list", "已不在本班列表"),
    };
    let mut text = page.of(english, chinese).to_owned();
    if let Some(to) = &gone.to {
        text.push_str(&page.of(format!(" → {to}"), format!(" → {to}")));
    }
    let when = page.clock.moment(gone.at);
    let by = gone.by.as_deref().map(|by| page.of(format!(" by {by}"), format!("，{by}"))).unwrap_or_default();
    text + &by + &page.of(format!(", {when}"), format!("，{when}"))
}

/// Where an edit is, with its colour.
pub(crate) fn whereabouts(page: &Page, status: &EditStatus) -> (Ink, String) {
    match status {
        EditStatus::SavedHere => (Ink::Warn, page.of("saved on this phone", "已存本机").to_owned()),
        EditStatus::Sent => (Ink::Warn, page.of("sent, no answer yet", "已发送，未确认").to_owned()),
        EditStatus::Safe { received_at } => {
            let when = page.clock.moment(*received_at);
            (Ink::Good, page.of(format!("safe {when}"), format!("已安全 {when}")))
        }
        EditStatus::NeedsAttention { refusal: why } => {
            let why = refusal(page.lang, why);
            (Ink::Bad, page.of(format!("not taken: {why}"), format!("未被接受：{why}")))
        }
        EditStatus::Withdrawn { refusal: why } => {
            let why = refusal(page.lang, why);
            (Ink::Dim, page.of(format!("given up: {why}"), format!("已放弃：{why}")))
        }
    }
}
