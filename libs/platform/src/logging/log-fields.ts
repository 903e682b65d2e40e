import { errorSummary } from './error-summary.js';

/** Kinds of value that the log takes. None of them has room for what people wrote. */
interface Kinds {
  /** Of a row or a request: UUID or number. */
  readonly id: string;
  /** A word of ours or of the schema; several are joined by commas. */
  readonly word: string;
  readonly number: number;
  readonly error: unknown;
  /** A line of the embedded PostgreSQL's start, which runs before there is any content. */
  readonly line: string;
}

/**
 * Every field that a line may have. Like the events, the list is closed: another name does not compile, and what gets
 * past the compiler (a spread object) is left out. Values are looked at too: what does not look like its kind is not
 * written. Names of people, e-mail addresses, URLs, header values and operation names have no field.
 */
const LOG_FIELDS = {
  requestId: 'id',
  socketId: 'id',
  personId: 'id',
  agencyId: 'id',
  ruleId: 'id',
  logId: 'id',
  outboxId: 'id',
  importId: 'id',
  /** Of an API key; never its text, prefix or digest. */
  keyId: 'id',
  /** The route's pattern, never the URL. */
  route: 'word',
  method: 'word',
  /** Root fields of the operation, as the schema names them; never `operationName`, which is the client's own text. */
  operation: 'word',
  kind: 'word',
  code: 'word',
  reason: 'word',
  queue: 'word',
  collector: 'word',
  budget: 'word',
  /** Over what somebody came, and from what kind of address; never the address. */
  via: 'word',
  from: 'word',
  /** One of the issuers of the configuration. */
  issuer: 'word',
  /** Digest of issuer and `jti`; never a token. */
  token: 'word',
  status: 'number',
  durationMs: 'number',
  /** What the operation costs by the schedule of limits. */
  cost: 'number',
  rows: 'number',
  batch: 'number',
  rules: 'number',
  sockets: 'number',
  swallowed: 'number',
  /** How often the same was not said. */
  repeated: 'number',
  pauseMs: 'number',
  graceMs: 'number',
  seconds: 'number',
  port: 'number',
  err: 'error',
  line: 'line',
} as const satisfies Record<string, keyof Kinds>;

type FieldKinds = typeof LOG_FIELDS;
export type LogFields = { readonly [F in keyof FieldKinds]?: Kinds[FieldKinds[F]] | undefined };

const WITHHELD = '[withheld]';
const ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,20})$/i;
const WORD = /^[\w./:*,-]{1,200}$/;
const LONGEST_LINE = 300;

/** The fields as they may be written. */
export function writable(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || !isField(name)) continue;
    out[name] = fit(LOG_FIELDS[name], value);
  }
  return out;
}

const isField = (name: string): name is keyof FieldKinds => Object.hasOwn(LOG_FIELDS, name);

function fit(kind: keyof Kinds, value: unknown): unknown {
  switch (kind) {
    case 'error':
      return errorSummary(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 1_000) / 1_000 : WITHHELD;
    case 'id':
      return typeof value === 'string' && ID.test(value) ? value : WITHHELD;
    case 'word':
      return typeof value === 'string' && WORD.test(value) ? value : WITHHELD;
    case 'line':
      return typeof value === 'string' ? value.slice(0, LONGEST_LINE) : WITHHELD;
  }
}
