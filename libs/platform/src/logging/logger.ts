import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { type EventAt, type LogEventName, type LogLevel } from './log-events.js';
import { writable, type LogFields } from './log-fields.js';

/** Writes events of the closed list, each by the method of its level, with fields of the closed list. */
export interface Logger {
  debug(fields: LogFields, event: EventAt<'debug'>): void;
  info(fields: LogFields, event: EventAt<'info'>): void;
  warn(fields: LogFields, event: EventAt<'warn'>): void;
  error(fields: LogFields, event: EventAt<'error'>): void;
  fatal(fields: LogFields, event: EventAt<'fatal'>): void;
  /** The same log with fields that every line has. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** Which process this is. */
  readonly name: string;
  /** debug, info, warn, error, silent. */
  readonly level: string;
  /** Told of every event, also of those below `level`: for counting. */
  readonly onEvent?: (event: LogEventName, level: LogLevel) => void;
  /** In place of stderr. */
  readonly destination?: DestinationStream;
}

/**
 * Structured log to stderr, a JSON object a line: an event name, ids, codes and numbers, never content. stdout belongs
 * to the ready line and to what a command was asked to print.
 */
export function createLogger(options: LoggerOptions): Logger {
  const target = pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // The fields are made writable here; pino's own serializer of errors would take the message.
      serializers: { err: (summary: unknown) => summary },
    },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
  return over(target, options.onEvent ?? (() => undefined));
}

function over(target: Pino, onEvent: (event: LogEventName, level: LogLevel) => void): Logger {
  const at =
    <L extends LogLevel>(level: L) =>
    (fields: LogFields, event: EventAt<L>): void => {
      const name: LogEventName = event;
      onEvent(name, level);
      if (target.isLevelEnabled(level)) target[level](writable(fields), name);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => over(target.child(writable(fields)), onEvent),
  };
}
