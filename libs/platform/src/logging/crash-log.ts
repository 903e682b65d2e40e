import type { Logger } from './logger.js';

/**
 * A fault that nobody caught goes into the log as any other. Node would print the error itself: message, detail, the
 * query's parameters.
 */
export function logCrashes(log: Logger): void {
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, 'process.crashed');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
