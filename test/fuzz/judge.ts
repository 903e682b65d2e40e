/** What came back for one request. */
export interface FuzzAnswer {
  readonly status: number;
  readonly text: string;
}

/** What an answer says of itself, and what is wrong with it: null where nothing is. */
export interface Verdict {
  /** `OK`, what became of a report, the code of the first error, or `HTTP <status>` where there is none. */
  readonly outcome: string;
  readonly fault: string | null;
}

const OUR_FAULT = new Set(['INTERNAL', 'UNAVAILABLE']);
const CODES = new Set([
  ...['UNAUTHENTICATED', 'NOT_FOUND', 'FORBIDDEN', 'PURPOSE_REQUIRED', 'BAD_USER_INPUT', 'CONFLICT', 'LIMIT_EXCEEDED'],
  ...OUR_FAULT,
]);
/** Of stacks, of the database, of this repository. */
const INSIDES = /node_modules|\bat .+\.[jt]s:\d+|node:internal|PrismaClient|relation "|syntax error at or near|"stack"/;

/**
 * The promise, asked of every answer: no 5xx, no fault of ours, a known code for every refusal, JSON, and nothing of the
 * inside in it.
 */
export function judge({ status, text }: FuzzAnswer): Verdict {
  const codes = codesIn(text);
  const submitted = /"submitSeizureReport":\{"__typename":"(\w+)"/.exec(text)?.[1];
  const outcome = codes?.[0] ?? (status < 300 ? (submitted ?? 'OK') : `HTTP ${status}`);
  return { outcome, fault: faultOf(status, text, codes) };
}

function faultOf(status: number, text: string, codes: readonly string[] | null): string | null {
  if (status >= 500) return `answered ${status}`;
  if (codes === null) return 'answered no JSON';
  if (status >= 400 && codes.length === 0) return `refused with ${status} and no code`;
  const ours = codes.find((code) => OUR_FAULT.has(code));
  if (ours !== undefined) return `answered ${ours}`;
  const unknown = codes.find((code) => !CODES.has(code));
  if (unknown !== undefined) return `answered an unknown code`;
  return INSIDES.test(text) ? 'told something of the inside' : null;
}

/** The codes of the errors of an answer or of a message on a socket; null where it is no JSON. */
export function codesIn(text: string): readonly string[] | null {
  try {
    const body: unknown = JSON.parse(text);
    const errors: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'errors') : undefined;
    return Array.isArray(errors) ? errors.map(codeOf) : [];
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  const extensions: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'extensions') : undefined;
  const code: unknown =
    typeof extensions === 'object' && extensions !== null ? Reflect.get(extensions, 'code') : undefined;
  return typeof code === 'string' ? code : 'none';
}
