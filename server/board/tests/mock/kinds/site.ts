/** Kinds of electrical work that pass the safety gate. */
import type { Kind } from "../../../src/api/kinds";
import { statesOf, stepsOf } from "./shared";
import { label, LONG, may, must, named, state, step } from "./words";

const report = [
  must("cause", "Cause", "故障原因", LONG), must("remedy", "Remedy", "处理措施", LONG),
  may("restored_at", "Power back at", "复电时间", { type: "time" }), may("handler", "Done by", "处理人"),
];

export const REPAIR: Kind = {
  kind: "repair_dispatch", label: label("Repair", "故障抢修"), roles: ["repair_crew"], opening: "reported",
  about: [
    must("fault", "Fault", "故障", {
      type: "group",
      fields: [
        must("category", "What is wrong", "故障类别", {
          type: "choice",
          choices: [
            named("no_power", "No power", "停电"), named("low_voltage", "Low voltage", "低电压"), named("line_down", "Line down", "断线"),
            named("meter_fault", "Meter fault", "电表故障"), named("fire_or_smoke", "Fire or smoke", "起火冒烟"), named("other", "Other", "其他"),
          ],
        }),
        may("description", "Description", "故障描述", LONG),
      ],
    }),
  ],
  states: statesOf(
    state("reported", "new", "Reported", "已受理"), state("work_started", "working", "Working", "抢修中"),
    state("restored", "working", "Restored", "已复电"), state("completed", "done", "Completed", "已完工"),
  ),
  steps: stepsOf(
    step("crew", "work_started", "Start work", "开始抢修", [], { gate: true }),
    step("crew", "restored", "Restore power", "复电", report), step("crew", "completed", "Complete", "完工", report),
  ),
  clocks: [named("arrival", "Arrival", "到场时限")],
};

export const DISCONNECTION: Kind = {
  kind: "disconnection", label: label("Disconnection", "停电执行"), roles: ["repair_crew"], opening: "ordered",
  about: [
    must("reason", "Reason", "停电原因", { type: "choice", choices: [named("arrears", "Arrears", "欠费"), named("theft", "Theft of power", "窃电"), named("request", "Customer's request", "客户申请")] }),
    must("notice", "Notice", "停电通知书", { type: "document" }),
  ],
  states: statesOf(state("ordered", "new", "Ordered", "已下达"), state("work_started", "working", "Working", "执行中"), state("completed", "done", "Cut off", "已停电")),
  steps: stepsOf(
    step("crew", "work_started", "Start work", "开始执行", [], { gate: true }),
    step("crew", "completed", "Cut off", "停电", [must("method", "How", "方式", { type: "choice", choices: [named("meter", "At the meter", "表计"), named("pole", "At the pole", "杆上")] }), may("reading", "Reading", "示数", { type: "number", min: 0 })]),
  ),
  clocks: [],
};

export const METER_SERVICE: Kind = {
  kind: "meter_service", label: label("Meter service", "装表接电"), roles: ["meter_technician"], opening: "ordered",
  about: [
    must("service", "Service", "服务内容", {
      type: "choice",
      choices: [named("meter_test", "Meter test", "校表"), named("removal", "Removal", "拆表"), named("sealing", "Sealing", "加封"), named("restoring", "Restoring", "复电"), named("energising", "Energising", "送电")],
    }),
    may("meter", "Meter", "电能表", { type: "group", fields: [must("serial", "Meter number", "表号")] }),
  ],
  states: statesOf(state("ordered", "new", "Ordered", "已下达"), state("work_started", "working", "Working", "作业中"), state("completed", "done", "Completed", "已完工")),
  steps: stepsOf(step("crew", "work_started", "Start work", "开始作业", [], { gate: true }), step("crew", "completed", "Complete", "完工", [must("result", "Result", "结果", LONG)])),
  clocks: [named("energise", "Energising", "送电时限")],
};
