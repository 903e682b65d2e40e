import type { Logger } from './logger.js';

/**
 * A fault that nobody caught goes into the log as any other. Node would print the error itself: message, detail, the
 * query's parameters.
 * @returns lets go: whoever supervises the process from then on has handlers of its own
 */
export function logCrashes(log: Logger): () => void {
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, 'process.crashed');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  return () => {
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
  };
}
