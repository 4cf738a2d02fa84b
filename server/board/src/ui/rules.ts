/** Events and conflicts in words. What this version does not know still gets a truthful sentence. */
import type { Author, Detail, HistoryEvent } from "../api/detail";
import type { Attention } from "../api/types";
import { placeOf, stepOf } from "../catalogue";
import { isReassigned, recordsOf, type Recorded } from "../history";
import { t, tCode } from "../i18n";
import { attentionChoice, eventWord, pathWord } from "../i18n/domain";
import { isKey } from "../i18n/texts";
import { kinds } from "../kinds.svelte";
import { live } from "../live.svelte";
import { names } from "../names";
import { crewOfPerson, personName, type Board } from "../store";
import { tell, textOf, type Names, type Told } from "../told";

export function conflictText(attention: Attention): string {
  const key = `conflict.${attention.kind}`;
  return isKey(key) ? t(key) : t("conflict.other");
}

/** An exception that no rule of the catalogue numbers is called what it is. */
export function ruleTag(rule: number): string {
  return rule === 0 ? t("inbox.exception") : t("inbox.rule", { rule });
}

export function eventText(kind: string | null, event: Pick<HistoryEvent, "kind" | "body">): string {
  return isReassigned(event) ? t("event.reassigned") : eventWord(kind, event.kind);
}

/** A name's code in a body that no kind describes, such as the server's own events. */
const bodyNames: Names = { ...names, readable: (code) => tCode("body", code) };

/** What an event's body says, in the words of its step. */
export function factsOf(kind: string | null, event: Pick<HistoryEvent, "kind" | "body">, detail: Detail | null = null): Told[] {
  const fields = stepOf(kinds.catalogue, kind, event.kind)?.fields ?? [];
  const { body } = event;
  if (event.kind === "value_recorded" && body && typeof body.path === "string" && kind !== null) {
    const value = { path: body.path, value: body.value };
    return [{ name: "value", label: pathWord(kind, body.path), text: valueText(kind, value), parts: [], document: null, field: null }];
  }
  const told = tell(fields, body, bodyNames);
  if (event.kind !== "resolved") return told;
  return told.filter(({ name }) => name !== "attention").map((fact) => (fact.name === "choice" ? { ...fact, text: anyChoice(`${body?.choice}`, detail) } : fact));
}

export function valueText(kind: string, { path, value }: Pick<Recorded, "path" | "value">): string {
  return textOf(placeOf(kinds.catalogue.kinds.get(kind), path)?.field ?? null, value, bodyNames);
}

/** Who shall lead (rule 1) is chosen by the person's id, which value holds (rule 7) by its event's; every other choice has a label. */
export function choiceText(attention: Attention, choice: string, detail: Detail | null): string {
  return attentionChoice(attention.kind, choice) ?? idChoice(choice, detail, attention.events.indexOf(choice));
}

/** A decision in the history names its question only by an id, so the choice is looked for in all of them. */
function anyChoice(choice: string, detail: Detail | null): string {
  for (const kind of kinds.catalogue.attention.keys()) {
    const label = attentionChoice(kind, choice);
    if (label !== null) return label;
  }
  return idChoice(choice, detail, -1);
}

function idChoice(choice: string, detail: Detail | null, side: number): string {
  const recorded = detail ? recordsOf(detail, choice) : [];
  if (detail && recorded.length > 0) {
    const value = recorded.map((one) => valueText(detail.kind, one)).join(t("common.list_separator"));
    return side === -1 ? value : t("choice.value", { letter: letterOf(side), value });
  }
  const name = personName(live.board, choice) ?? detail?.history.find(({ by }) => by.id === choice)?.by.name ?? live.board.crews.get(choice)?.name;
  if (name != null) return t("choice.lead", { name });
  return side === -1 ? names.readable(choice) : t("inbox.side", { letter: letterOf(side) });
}

export const letterOf = (side: number): string => String.fromCharCode(65 + side);

export function authorName(board: Board, author: Author): string {
  return author.name ?? personName(board, author.id) ?? t("common.unknown");
}

/** `林国强 · 鼓楼抢修一班`: two people of the same name work in different crews. */
export function personWithCrew(board: Board, author: Author): string {
  const crew = crewOfPerson(board, author.id);
  const name = authorName(board, author);
  return crew ? `${name} · ${crew.name}` : name;
}
