import type { Logger } from '@concord/platform/logging';

export interface ServiceProcess {
  readonly log: Logger;
  /** Finishes what is under way. */
  readonly stop: () => Promise<void>;
  /** A stop that takes longer is cut short; less than what a supervisor waits before SIGKILL (Kubernetes: 30 s). */
  readonly graceMs?: number;
}

const GRACE_MS = 25_000;

/**
 * Ends the process when it is told to (SIGTERM, SIGINT: exit code 0) and when something went wrong that nobody caught
 * (1): what state it is in is not known then, and whoever supervises it starts another. Either way it stops in order,
 * within the grace, and a second signal ends it at once.
 */
export function superviseProcess({ log, stop, graceMs = GRACE_MS }: ServiceProcess): void {
  let ending = false;
  const end = (code: number): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => {
      log.error({ graceMs }, 'stop.cut-short');
      process.exit(1);
    }, graceMs).unref();
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        log.error({ err: error }, 'stop.failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (ending) process.exit(1);
      end(0);
    });
  const fault = (error: unknown): void => {
    log.fatal({ err: error }, 'process.crashed');
    end(1);
  };
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);
}
