/** The words of the phones in every language. Pure. */
import { enPhones } from "./enPhones";
import type { Language } from "./texts";
import { zhPhones } from "./zhPhones";

export type PhoneKey = keyof typeof enPhones;

export const PHONE_TEXTS: Record<Language, Record<PhoneKey, string>> = { "zh-CN": zhPhones, en: enPhones };
