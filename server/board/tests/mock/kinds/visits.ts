/** Kinds of work that need no gate: meters, surveys, papers. */
import type { Kind } from "../../../src/api/kinds";
import { statesOf, stepsOf } from "./shared";
import { label, LONG, may, must, named, state, step } from "./words";

const register = label("Register", "示数类型");
const index = must("index", "Index", "示数", { type: "number", min: 0 });
const digits = must("digits", "Digits", "位数", { type: "integer", min: 4, max: 8 });

export const ROTATION: Kind = {
  kind: "meter_rotation", label: label("Meter rotation", "表计轮换"), roles: ["meter_technician"], opening: "planned",
  about: [
    must("meter", "Meter", "电能表", {
      type: "group",
      fields: [
        must("serial", "Meter number", "表号"), must("multiplier", "Multiplier", "倍率", { type: "integer", min: 1, max: 10_000 }),
        must("registers", "Registers", "示数", { type: "map", key: register, fields: [must("last_index", "Last index", "上次示数", { type: "number", min: 0 }), digits] }),
      ],
    }),
    may("due_by", "Rotate by", "轮换期限", { type: "date" }),
  ],
  states: statesOf(
    state("planned", "new", "Planned", "已计划"), state("booked", "new", "Booked", "已预约"), state("exchanged", "working", "Exchanged", "已换表"),
    state("confirmed", "working", "Confirmed", "客户已确认"), state("completed", "done", "Completed", "已完工"),
  ),
  steps: stepsOf(
    step("crew", "exchanged", "Exchange", "换表", [
      must("removed", "Removed meter", "拆除表", { type: "group", fields: [must("serial", "Meter number", "表号"), must("registers", "Registers", "示数", { type: "map", key: register, fields: [index] })] }),
      must("installed", "Installed meter", "安装表", { type: "group", fields: [must("serial", "Meter number", "表号"), must("multiplier", "Multiplier", "倍率", { type: "integer", min: 1 }), must("registers", "Registers", "示数", { type: "map", key: register, fields: [index, digits] })] }),
      may("explanation", "Explanation", "说明", LONG), may("seals", "Seals", "封印号"),
    ]),
    step("crew", "confirmed", "Confirm with the customer", "客户确认示数", [must("by_name", "Confirmed by", "确认人")]),
    step("crew", "confirmation_refused", "Confirmation refused", "客户拒绝确认", [must("reason", "Reason", "原因", LONG)]),
    step("crew", "no_access", "No access", "无法进入", [must("reason", "Reason", "原因", LONG), may("proof", "Proof", "凭证", { type: "hash" })]),
    step("crew", "completed", "Complete", "完工"),
  ),
  clocks: [],
};

export const SURVEY: Kind = {
  kind: "site_survey", label: label("Site survey", "现场勘查"), roles: ["surveyor"], opening: "requested",
  about: [must("form", "Form", "勘查表", { type: "form" }), may("capacity_kva", "Capacity (kVA)", "申请容量（kVA）", { type: "integer", min: 1, max: 100_000 }), may("purpose", "Purpose", "用电用途")],
  states: statesOf(
    state("requested", "new", "Requested", "已申请"), state("returned", "working", "Returned", "已退回"),
    state("submitted", "done", "Submitted", "已提交"), state("approved", "followed_up", "Approved", "已批准"),
  ),
  steps: stepsOf(
    step("crew", "submitted", "Submit", "提交勘查结果"), step("office", "approved", "Approve", "批准"),
    step("office", "returned", "Return", "退回", [must("issues", "What is wrong", "存在问题", LONG)]),
  ),
  clocks: [named("reply", "Supply plan reply", "供电方案答复")],
};

export const NOTICE: Kind = {
  kind: "notice", label: label("Notice", "停电通知"), roles: ["collector", "meter_technician"], opening: "drawn_up",
  about: [
    must("purpose", "Purpose", "事由", { type: "choice", choices: [named("arrears", "Arrears", "欠费停电"), named("planned_outage", "Planned outage", "计划停电")] }),
    may("amount_fen", "Amount due (fen)", "欠费金额（分）", { type: "integer", min: 0 }), may("outage_at", "Outage begins", "停电时间", { type: "time" }),
  ],
  states: statesOf(state("drawn_up", "new", "Drawn up", "已拟制"), state("served", "done", "Served", "已送达"), state("not_served", "not_done", "Not served", "未送达")),
  steps: stepsOf(
    step("crew", "served", "Serve", "送达", [must("how", "How", "方式", { type: "choice", choices: [named("handed_over", "Handed over", "当面送交"), named("posted", "Posted at the door", "张贴"), named("registered_mail", "Registered mail", "挂号信")] }), may("recipient", "Recipient", "签收人")]),
    step("crew", "not_served", "Not served", "未送达", [must("reason", "Reason", "原因", LONG)]),
  ),
  clocks: [],
};
