/** What all kinds share: phases, the states that need no name of their own, and the common steps. */
import type { Field, KindState, Named, Step } from "../../../src/api/kinds";
import type { Phase } from "../../../src/api/types";
import { label, LONG, may, must, named, state, step } from "./words";

export const PHASE_LABELS: Named[] = [
  named("new", "New", "待派"), named("assigned", "Assigned", "已派工"), named("accepted", "Accepted", "已接单"), named("departed", "On the way", "已出发"),
  named("arrived", "On site", "已到场"), named("working", "Working", "作业中"), named("suspended", "Suspended", "已挂起"), named("done", "Done", "已完工"),
  named("not_done", "Not done", "未完成"), named("disputed", "Disputed", "有争议"), named("declined", "Declined", "已拒单"), named("cancelled", "Cancelled", "已取消"),
  named("linked", "Linked", "已并单"), named("followed_up", "Followed up", "已回访"), named("archived", "Archived", "已归档"),
];

const OWN_NAMES: ReadonlySet<Phase> = new Set(["new", "working", "done"]);

/** The common states behind a kind's own ones. */
export function statesOf(...own: KindState[]): KindState[] {
  const common = PHASE_LABELS.filter(({ name }) => !OWN_NAMES.has(name as Phase));
  return [...own, ...common.map(({ name, label }) => state(name, name as Phase, label.en, label.zh))];
}

export const SAFETY_STEPS: Named[] = [
  named("work_ticket", "Work ticket", "工作票"), named("hazard_survey", "Hazard survey", "危险点勘察"), named("briefing", "Briefing on site", "现场交底"),
  named("supervisor_confirmed", "Supervisor's confirmation", "监护人确认"), named("de_energised", "De-energised", "停电"), named("verified_dead", "Verified dead", "验电"),
  named("earthed", "Earthed", "接地"), named("warning_boards", "Warning boards in both directions", "两侧警示牌"), named("belt_and_helmet", "Belt and helmet", "安全带、安全帽"),
];

const reason: Field = must("reason", "Reason", "原因", LONG);
const crew: Field = must("crew", "Crew", "班组", { type: "crew" });

const COMMON: Step[] = [
  step("office", "assigned", "Assign", "派工", [crew, may("reason", "Reason", "原因", LONG)]),
  step("both", "booked", "Book", "预约", [must("appointment", "Appointment", "预约时间", { type: "time" }), may("reason", "Reason", "原因", LONG)]),
  step("crew", "accepted", "Accept", "接单"), step("crew", "departed", "Set out", "出发"), step("crew", "arrived", "Arrive", "到场"),
  step("crew", "declined", "Decline", "拒单", [reason]), step("crew", "suspended", "Suspend", "挂起", [reason]), step("crew", "resumed", "Resume", "恢复作业"),
  step("crew", "handed_over", "Hand over", "移交", [crew, reason]), step("crew", "not_done", "Not done", "未完成", [reason]),
  step("crew", "noted", "Add a note", "备注"), step("crew", "material_recorded", "Record material", "登记材料"),
  step("crew", "safety_recorded", "Record safety step", "登记安全措施", [must("step", "Step", "措施", { type: "choice", choices: SAFETY_STEPS }), may("detail", "Detail", "详情")]),
  step("crew", "forced_start", "Force the start", "强制开工", [reason]),
  step("crew", "value_recorded", "Record value", "录入", [must("path", "Path", "项目"), must("value", "Value", "值")]),
  step("crew", "attached", "Attach", "添加附件", [
    must("hash", "File", "文件", { type: "hash" }), must("kind", "Kind", "类别", { type: "choice", choices: [named("photo", "Photo", "照片"), named("document", "Document", "文件"), named("audio", "Recording", "录音")] }),
    may("caption", "Caption", "说明"),
  ]),
  step("crew", "signed", "Sign", "签名", [
    must("role", "Role", "身份", { type: "choice", choices: [named("customer", "Customer", "客户"), named("technician", "Technician", "作业人员"), named("witness", "Witness", "见证人")] }),
    must("name", "Name", "姓名"), must("strokes", "Signature", "签名", { type: "strokes" }),
  ]),
  step("office", "followed_up", "Record follow-up", "登记回访", [must("result", "What the customer said", "回访结果", LONG), may("reporter", "Who was asked", "回访对象", { type: "document" })]),
  step("office", "linked", "Link duplicate", "并单", [must("to", "Stays open", "保留的工单", { type: "document" })]),
  step("office", "cancelled", "Cancel item", "取消工单", [reason]), step("office", "archived", "Archive", "归档"),
  step("both", "resolved", "Decide", "裁决"),
  step("server", "attachment_stored", "File is safe", "附件已入库"), step("server", "report_joined", "Report joined", "并入报修"),
  step("server", "meter_claimed", "Meter named twice", "电能表重复"), step("server", "notice_confirmed", "Notice confirmed", "通知已送达"),
];

/** What has happened then, where that is not what somebody does. */
const DONE: Record<string, [en: string, zh: string]> = {
  assigned: ["Assigned", "已派工"], booked: ["Appointment made", "已预约"], accepted: ["Accepted", "已接单"], departed: ["Set off", "已出发"], arrived: ["Arrived", "已到场"],
  declined: ["Declined", "已拒单"], suspended: ["Suspended", "已挂起"], resumed: ["Resumed", "已恢复"], handed_over: ["Handed over", "已移交"], noted: ["Note added", "已备注"],
  forced_start: ["Forced start", "强制开工"], followed_up: ["Followed up", "已回访"], linked: ["Linked", "已并单"], cancelled: ["Cancelled", "已取消"], archived: ["Archived", "已归档"], resolved: ["Decided", "已裁决"],
};

/** The server sends what has happened for every step; without it the step's own label is told, as for the kinds' own ones here. */
const told = (one: Step): Step => {
  const done = DONE[one.name];
  return { ...one, common: true, ...(done && { done: label(...done) }) };
};

export const stepsOf = (...own: Step[]): Step[] => [...COMMON.map(told), ...own];
