/** A problem document in the making. */
export interface Refusal {
  status: number;
  code: string;
  detail: string | null;
  state?: string;
}

export function refuse(status: number, code: string, detail: string | null = null, state?: string): never {
  throw { status, code, detail, ...(state && { state }) } satisfies Refusal;
}
