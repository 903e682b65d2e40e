/** Why PostgreSQL cannot be used at the moment, in a word that operators may see: no host, no message of the driver. */
export type DatabaseTrouble =
  /** Nobody listens there, or the connection was cut. */
  | 'DATABASE_REFUSED'
  /** Bytes vanish, or take too long. */
  | 'DATABASE_SILENT'
  /** It is there, and starting up, recovering or shutting down. */
  | 'DATABASE_NOT_ACCEPTING';

/** PostgreSQL is away, or every connection to it is taken. What was asked may be asked again. */
export class DatabaseUnavailableError extends Error {
  constructor(readonly code: DatabaseTrouble | 'POOL_EXHAUSTED') {
    super(`the database cannot be used: ${code}`);
    this.name = 'DatabaseUnavailableError';
  }
}

/** SQLSTATE classes and conditions, errors of sockets, Prisma's words for both, and ours as Prisma repeats them, that a later attempt may not meet. */
const CODES =
  /^(08...|57P0[1-5]|53[1-3]00|25P0[34]|55P03|58030|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|P10(01|02|08|17)|P20(24|28|37)|DATABASE_(REFUSED|SILENT|NOT_ACCEPTING)|POOL_EXHAUSTED)$/;
/** What node-postgres throws without a code. */
const MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|timeout expired|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end|Query read timeout/;
const CAUSES = 4;

/**
 * Whether an error says that PostgreSQL is away, ends, starts or has no room: nothing is wrong with what was asked, and
 * whether it was done is not known.
 */
export function isOutage(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    if (cause instanceof DatabaseUnavailableError || MESSAGES.test(cause.message)) return true;
    const code: unknown = Reflect.get(cause, 'code');
    return typeof code === 'string' && CODES.test(code);
  });
}

/** Cancelled for taking too long, met another transaction, or a deadlock. */
const BUSY = /^(57014|40001|40P01)$/;

/**
 * Whether an error says that PostgreSQL was too busy for what was asked: nothing is wrong with that, it was not done, and
 * asked again later it may well be.
 */
export function isBusy(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    const code: unknown = Reflect.get(cause, 'code');
    return typeof code === 'string' && BUSY.test(code);
  });
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; causes.length < CAUSES && cause instanceof Error; cause = cause.cause) causes.push(cause);
  return causes;
}

const SERVER_SAID = /^[0-9A-Z]{5}$/;

/** What a failed attempt to reach PostgreSQL says about it; null: it answered, though not as hoped. */
export function troubleOf(error: unknown): DatabaseTrouble | null {
  if (error instanceof DatabaseUnavailableError) return error.code === 'POOL_EXHAUSTED' ? null : error.code;
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof code === 'string' && /^57P0[1-3]$/.test(code)) return 'DATABASE_NOT_ACCEPTING';
  // EPIPE is five letters as well.
  if (typeof code === 'string' && SERVER_SAID.test(code) && code !== 'EPIPE') return null;
  if (error instanceof Error && /timeout|ETIMEDOUT/.test(`${String(code)} ${error.message}`)) return 'DATABASE_SILENT';
  return 'DATABASE_REFUSED';
}
