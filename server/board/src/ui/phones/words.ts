/** The words of this part, which are loaded with it. */
import { say } from "../../i18n";
import { PHONE_TEXTS, type PhoneKey } from "../../i18n/phones";
import type { Params } from "../../i18n/texts";

export const tp = (key: PhoneKey, params?: Params): string => say(PHONE_TEXTS, key, params);
