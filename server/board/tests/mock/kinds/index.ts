/** `GET /v1/kinds` as the mock answers it. */
import type { AttentionKind, Kinds } from "../../../src/api/kinds";
import { PHASE_LABELS } from "./shared";
import { DISCONNECTION, METER_SERVICE, REPAIR } from "./site";
import { NOTICE, ROTATION, SURVEY } from "./visits";
import { label, named } from "./words";

const ATTENTION: AttentionKind[] = [
  { kind: "accepted_twice", rule: 1, label: label("Two people accepted at once", "两人同时接单"), choices: [] },
  { kind: "reassigned_while_working", rule: 3, label: label("Reassigned, but the first crew was already on site", "改派时原班组已到场"), choices: [named("keep_worker", "Keep the crew on site", "由现场班组继续"), named("keep_assignment", "Keep the new assignment", "按改派执行")] },
  { kind: "cancelled_while_working", rule: 4, label: label("Cancelled, but the crew had done work", "取消时班组已到场"), choices: [named("keep_work", "The work counts", "以现场工作为准"), named("keep_cancellation", "The cancellation counts", "以取消为准")] },
  { kind: "completed_and_not_done", rule: 5, label: label("Completed and not done at once", "同时报“完工”和“未完成”"), choices: [named("completed", "It is completed", "认定完工"), named("not_done", "It is not done", "认定未完成")] },
  { kind: "values_differ", rule: 7, label: label("Two values for the same thing", "同一项目录入了两个值"), choices: [] },
  { kind: "meter_claimed_twice", rule: 10, label: label("One meter in two items", "同一只表出现在两个工单"), choices: [named("this_is_right", "This item is right", "本工单正确"), named("other_is_right", "The other item is right", "另一工单正确")] },
  { kind: "late_after_archive", rule: 11, label: label("Offline edits after archiving", "归档后收到离线记录"), choices: [named("reopen", "Reopen the item", "重新打开工单"), named("keep_archived", "Keep it archived", "保持归档")] },
  { kind: "forced_start", rule: 0, label: label("Work was started with safety steps missing", "安全措施未齐即强制开工"), choices: [named("seen", "I have seen it", "已知悉")] },
];

export const KINDS: Kinds = {
  items: [REPAIR, ROTATION, SURVEY, NOTICE, DISCONNECTION, METER_SERVICE],
  attention: ATTENTION,
  phases: PHASE_LABELS,
  forms: [
    { form: "new_connection", version: 1, title: label("New connection", "新装勘查") }, { form: "capacity_change", version: 2, title: label("Capacity change", "增容勘查") },
    { form: "supply_assurance", version: 1, title: label("Supply assurance", "保供电检查") },
  ],
};

export const kindOf = (name: string) => KINDS.items.find(({ kind }) => kind === name);
