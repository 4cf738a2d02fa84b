/** The conflict catalogue in words, by rule number. A rule that this version does not know still gets a truthful sentence. */
import { t, tCode } from "../i18n";
import { isKey } from "../i18n/texts";
import { crewOfPerson, personName, type Board } from "../store";

export function ruleTitle(rule: number): string {
  const key = `rule.${rule}`;
  return isKey(key) ? t(key) : t("rule.other");
}

export function ruleText(rule: number): string {
  const key = `rule.${rule}.text`;
  return isKey(key) ? t(key) : t("rule.other.text");
}

/** A choice may carry the id of a person or crew after a colon; the name is what a dispatcher can decide by. */
export function choiceText(choice: string, board: Board): string {
  const [code = "", id] = choice.split(":");
  if (id === undefined) return tCode("choice", code);
  const name = personName(board, id) ?? board.crews.get(id)?.name ?? id;
  return `${tCode("choice", code)} ${name}`;
}

/** `林国强 · 鼓楼抢修一班`: two people of the same name work in different crews. */
export function personWithCrew(board: Board, person: { id: string; name: string }): string {
  const crew = crewOfPerson(board, person.id);
  return crew ? `${person.name} · ${crew.name}` : person.name;
}
