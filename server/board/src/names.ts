/** How ids, times and flags are called at this desk; reads the board, the catalogue and the language of the moment. */
import { shortTime } from "./clock";
import { t } from "./i18n";
import { word } from "./i18n/domain";
import { readable } from "./i18n/texts";
import { kinds } from "./kinds.svelte";
import { live } from "./live.svelte";
import type { Names } from "./told";

export const names: Names = {
  label: word,
  readable,
  time: (at) => shortTime(at, live.now),
  flag: (yes) => t(yes ? "common.yes" : "common.no"),
  crew: (id) => live.board.crews.get(id)?.name ?? null,
  document: (id) => live.board.items.get(id)?.number ?? null,
  form: (name, version) => {
    const form = kinds.catalogue.forms.find((one) => one.form === name && one.version === version);
    return form ? `${word(form.title)} v${version}` : null;
  },
  signed: () => t("common.signed"),
  listed: (parts) => parts.join(t("common.list_separator")),
};
