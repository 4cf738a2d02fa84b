//! The steps that all kinds share, described like the kinds' own.

use serde::Serialize;

use super::{
    field::{Choice, Field, Shape, choice, optional, required},
    kind::{By, Description},
    label::{Label, label},
    state::Phase,
};

/// A common step for those who draw forms.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CommonStep {
    /// The event's name.
    pub name: &'static str,
    /// What somebody does.
    pub label: Label,
    /// What has happened then.
    pub done: Label,
    /// Who records it.
    pub by: By,
    /// What it holds.
    pub fields: &'static [Field],
}

const fn step(name: &'static str, by: By, label: Label, done: Label, fields: &'static [Field]) -> CommonStep {
    CommonStep { name, label, done, by, fields }
}

const REASON: Field = required("reason", label("Reason", "原因"), Shape::LongText);
const WHY_MOVED: Field = optional("reason", label("Reason, when it changes hands", "改派原因"), Shape::LongText);
const CREW: Field = required("crew", label("Crew", "班组"), Shape::Crew);

const SAFETY_CHOICES: &[Choice] = {
    use super::safety::SafetyStep as S;
    const { assert!(S::ALL.len() == 9, "a new step of the gate needs a choice") };
    &[
        choice("work_ticket", label("Work ticket", "工作票")),
        choice("hazard_survey", label("Hazard survey", "危险点勘察")),
        choice("briefing", label("Briefing on site", "现场交底")),
        choice("supervisor_confirmed", label("Supervisor's confirmation", "监护人确认")),
        choice("de_energised", label("De-energised", "停电")),
        choice("verified_dead", label("Verified dead", "验电")),
        choice("earthed", label("Earthed", "接地")),
        choice("warning_boards", label("Warning boards in both directions", "两侧警示牌")),
        choice("belt_and_helmet", label("Belt and helmet", "安全带、安全帽")),
    ]
};

const SIGNERS: &[Choice] = &[
    Choice { name: "customer", label: label("Customer", "客户") },
    Choice { name: "technician", label: label("Technician", "作业人员") },
    Choice { name: "witness", label: label("Witness", "见证人") },
];

const FILE_KINDS: &[Choice] = &[
    Choice { name: "photo", label: label("Photo", "照片") },
    Choice { name: "document", label: label("Document", "文件") },
    Choice { name: "audio", label: label("Recording", "录音") },
];

/// The common steps, in the order in which people meet them.
pub const STEPS: &[CommonStep] = &[
    step("assigned", By::Office, label("Assign", "派工"), label("Assigned", "已派工"), &[CREW, WHY_MOVED]),
    step(
        "booked",
        By::Both,
        label("Make an appointment", "预约"),
        label("Appointment made", "已预约"),
        &[
            required("appointment", label("Appointment", "预约时间"), Shape::Time),
            optional("reason", label("Reason, when it moves", "改约原因"), Shape::LongText),
        ],
    ),
    step("accepted", By::Crew, label("Accept", "接单"), label("Accepted", "已接单"), &[]),
    step("departed", By::Crew, label("Set off", "出发"), label("Set off", "已出发"), &[]),
    step("arrived", By::Crew, label("Arrive", "到场"), label("Arrived", "已到场"), &[]),
    step(
        "safety_recorded",
        By::Crew,
        label("Record a safety step", "登记安全措施"),
        label("Safety step", "安全措施"),
        &[
            required("step", label("Step", "措施"), Shape::Choice { choices: SAFETY_CHOICES }),
            optional("detail", label("Ticket number, host, place", "票号、交底人、地点"), Shape::Text),
        ],
    ),
    step("forced_start", By::Crew, label("Start without the gate", "强行开工"), label("Forced start", "强行开工"), &[REASON]),
    step(
        "value_recorded",
        By::Crew,
        label("Record a value", "登记数据"),
        label("Value recorded", "已登记数据"),
        &[required("path", label("Which", "项目"), Shape::Text), required("value", label("Value", "值"), Shape::Text)],
    ),
    step(
        "attached",
        By::Crew,
        label("Attach a file", "添加附件"),
        label("File attached", "已添加附件"),
        &[
            required("hash", label("File", "文件"), Shape::Hash),
            required("kind", label("Kind", "类型"), Shape::Choice { choices: FILE_KINDS }),
            required("mime", label("Media type", "格式"), Shape::Text),
            required("bytes", label("Bytes", "字节数"), Shape::Integer { min: 1, max: i64::MAX }),
            required("taken_at", label("Taken at", "拍摄时间"), Shape::Time),
            optional("caption", label("Caption", "说明"), Shape::Text),
        ],
    ),
    step(
        "signed",
        By::Crew,
        label("Sign", "签名"),
        label("Signed", "已签名"),
        &[
            required("role", label("Who signs", "签名人"), Shape::Choice { choices: SIGNERS }),
            required("name", label("Name", "姓名"), Shape::Text),
            required("strokes", label("Signature", "签名"), Shape::Strokes),
        ],
    ),
    step("suspended", By::Crew, label("Suspend", "暂停"), label("Suspended", "已暂停"), &[REASON]),
    step("resumed", By::Crew, label("Resume", "恢复作业"), label("Resumed", "已恢复"), &[]),
    step("declined", By::Crew, label("Decline", "退单"), label("Declined", "已退单"), &[REASON]),
    step("handed_over", By::Crew, label("Hand over", "移交"), label("Handed over", "已移交"), &[CREW, REASON]),
    step("not_done", By::Crew, label("Report as not done", "未完成"), label("Not done", "未完成"), &[REASON]),
    step("noted", By::Crew, label("Add a note", "备注"), label("Note added", "已备注"), &[]),
    step("material_recorded", By::Crew, label("Record material", "登记材料"), label("Material recorded", "已登记材料"), &[]),
    step(
        "followed_up",
        By::Office,
        label("Follow up", "回访"),
        label("Followed up", "已回访"),
        &[
            required("result", label("What the customer said", "回访结果"), Shape::LongText),
            optional("reporter", label("Reporter of", "回访对象工单"), Shape::Document),
        ],
    ),
    step("archived", By::Office, label("Archive", "归档"), label("Archived", "已归档"), &[]),
    step("cancelled", By::Office, label("Cancel", "取消"), label("Cancelled", "已取消"), &[REASON]),
    step(
        "linked",
        By::Office,
        label("Link to another item", "并单"),
        label("Linked", "已并单"),
        &[required("to", label("The item that goes on", "并入工单"), Shape::Document)],
    ),
    step("resolved", By::Both, label("Decide", "裁定"), label("Decided", "已裁定"), &[]),
    step("attachment_stored", By::Server, label("File is safe", "附件已入库"), label("File is safe", "附件已入库"), &[]),
    step("report_joined", By::Server, label("Report joined", "并入报修"), label("Report joined", "并入报修"), &[]),
    step("meter_claimed", By::Server, label("Meter named twice", "电能表重复"), label("Meter named twice", "电能表重复"), &[]),
    step("notice_confirmed", By::Server, label("Notice confirmed", "通知已送达"), label("Notice confirmed", "通知已送达"), &[]),
];

/// Whether an item of this kind in this phase has room for a common step (domain 3).
#[must_use]
pub fn fits(kind: &Description, step: &str, phase: Phase) -> bool {
    use Phase as P;
    let under_way = phase.is_under_way();
    let held = under_way || matches!(phase, P::Assigned | P::Suspended);
    match step {
        "assigned" => !phase.is_closed() && !matches!(phase, P::Done | P::FollowedUp),
        "booked" if kind.booked.is_none() => false,
        "booked" => phase < P::Done || phase == P::Declined,
        "accepted" => phase == P::Assigned || under_way,
        "departed" => matches!(phase, P::Accepted | P::Departed),
        "arrived" => matches!(phase, P::Accepted | P::Departed | P::Arrived),
        "declined" => matches!(phase, P::Assigned | P::Accepted | P::Departed),
        "suspended" => under_way,
        "resumed" => phase == P::Suspended,
        "handed_over" => held,
        "not_done" => under_way || phase == P::Suspended,
        "safety_recorded" | "forced_start" => matches!(phase, P::Arrived | P::Working),
        "attached" | "signed" | "value_recorded" => under_way || matches!(phase, P::Suspended | P::Done | P::NotDone | P::Disputed),
        "cancelled" | "linked" => phase < P::Done || matches!(phase, P::Declined | P::NotDone | P::Disputed),
        "followed_up" => phase == P::NotDone || (kind.follow_up && phase == P::Done),
        "archived" => phase == P::FollowedUp || (!kind.follow_up && !kind.is_checked() && matches!(phase, P::Done | P::NotDone)),
        "noted" | "material_recorded" => !phase.is_closed() && phase != P::New,
        "attachment_stored" | "report_joined" | "meter_claimed" => true,
        "notice_confirmed" => !phase.is_closed(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::work::safety::SafetyStep;

    #[test]
    fn the_choices_of_the_gate_are_its_steps() {
        let named: Vec<(&str, Label)> = SAFETY_CHOICES.iter().map(|choice| (choice.name, choice.label)).collect();
        let steps: Vec<(&str, Label)> = SafetyStep::ALL.iter().map(|step| (step.name(), step.label())).collect();
        assert_eq!(named, steps);
    }
}
