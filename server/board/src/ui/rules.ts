/** The conflict catalogue in words, by rule number. A rule that this version does not know still gets a truthful sentence. */
import type { Author } from "../api/types";
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

/** Who shall lead (rule 1) is chosen by the person's id; every other choice is a code. The name is what a dispatcher decides by. */
export function choiceText(choice: string, board: Board): string {
  const name = personName(board, choice) ?? board.crews.get(choice)?.name;
  return name === undefined ? tCode("choice", choice) : t("choice.lead", { name });
}

export function authorName(board: Board, author: Author): string {
  return author.name ?? personName(board, author.id) ?? t("common.unknown");
}

/** `林国强 · 鼓楼抢修一班`: two people of the same name work in different crews. */
export function personWithCrew(board: Board, author: Author): string {
  const crew = crewOfPerson(board, author.id);
  const name = authorName(board, author);
  return crew ? `${name} · ${crew.name}` : name;
}
