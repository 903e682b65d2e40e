import { pino, type Logger } from 'pino';

/**
 * Structured log to stderr: an event name and ids, never content. stdout belongs to the ready line and to what a
 * command was asked to print.
 */
export function createLogger(options: { name: string; level: string }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorSummary },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** An error for the log: class, code and place. Its message may quote data (a database's does), so it stays out. */
export function errorSummary(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code: unknown = Reflect.get(error, 'code');
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    at: frames.slice(0, 4).map((line) => line.trim()),
  };
}

export type { Logger };

export { boundedErrors } from './bounded-errors.js';
