/** What the log may say of an error. */
export interface ErrorSummary {
  readonly type: string;
  readonly [fact: string]: unknown;
}

/** Of a database's error: names of ours. Not among them: detail, where, hint, query, parameters, and the message. */
const FACTS = ['code', 'constraint', 'table', 'column', 'routine', 'severity', 'syscall'] as const;
const NAME = /^[\w.$-]{1,80}$/;

/** Messages that say something to an operator, told by a word of ours in place of what they say. */
const MESSAGE_CLASSES: readonly (readonly [RegExp, string])[] = [
  [/timeout exceeded when trying to connect/, 'no-connection-in-time'],
  [/Connection terminated/, 'connection-terminated'],
  [/statement timeout/, 'statement-timeout'],
  [/Cannot use a pool after calling end/, 'pool-ended'],
  [/stalled more than allowable limit/, 'job-stalled'],
  [/Missing (lock|key) for job/, 'job-gone'],
];

const MOST_FRAMES = 5;
const MOST_CAUSES = 3;
/** `at name (file:line:column)`, and nothing that could be a line of somebody's text. */
const FRAME =
  /^\s+at (?:(?:async |new )?[\w.$<>[\] #]{1,80} )?\(?((?:file:\/\/|node:|\/)[\w./@+-]{1,200}:\d{1,6}:\d{1,6})\)?$/;

/**
 * An error for the log, by allow-list: class, code, names of database objects, a class of message and where it was
 * thrown. Its message may quote what was submitted (a database's does), so it stays out, and so do its lines of the
 * stack.
 */
export function errorSummary(error: unknown, causes = 0): ErrorSummary {
  if (!(error instanceof Error)) return { type: typeof error };
  const facts = FACTS.flatMap((name) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' && NAME.test(value) ? [[name, value] as const] : [];
  });
  const message = MESSAGE_CLASSES.find(([pattern]) => pattern.test(error.message))?.[1];
  const cause: unknown = error.cause;
  return {
    type: NAME.test(error.name) ? error.name : 'Error',
    ...Object.fromEntries(facts),
    ...(message === undefined ? {} : { message }),
    at: framesOf(error),
    ...(cause === undefined || causes >= MOST_CAUSES ? {} : { cause: errorSummary(cause, causes + 1) }),
  };
}

/** Frames come after the message; where it is not found in the stack, nobody knows which lines are frames. */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? '';
  const start = stack.indexOf(error.message);
  if (start < 0) return [];
  return stack
    .slice(start + error.message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => line.trim());
}
