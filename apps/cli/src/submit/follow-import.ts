import type { ConcordClient } from '@concord/client';
import cliProgress from 'cli-progress';
import { setTimeout as sleep } from 'node:timers/promises';
import { findImport, type Import } from './import-api.js';

const LOOK_MS = 500;

/**
 * Follows an import until it ends or stands still, or until the signal; a bar with rate and time left on a terminal.
 * Whoever stops following does not stop the import.
 */
export async function followImport(
  client: ConcordClient,
  started: Import,
  { onTerminal, signal }: { readonly onTerminal: boolean; readonly signal: AbortSignal },
): Promise<Import> {
  const bar = onTerminal
    ? new cliProgress.SingleBar({
        format: '{bar} {value} of about {total} rows, {rate} a second, {left}',
        stream: process.stderr,
        hideCursor: true,
        gracefulExit: false,
      })
    : null;
  const began = performance.now();
  const first = started.entriesDone;
  let now = started;
  const told = () => {
    const seconds = (performance.now() - began) / 1_000;
    const rate = (now.entriesDone - first) / Math.max(seconds, 1);
    const left = Math.max(0, (now.lines ?? 0) - now.entriesDone);
    return { rate: Math.round(rate), left: rate > 0 ? `${Math.ceil(left / rate)} s left` : 'beginning' };
  };
  bar?.start(Math.max(now.lines ?? 0, 1), now.entriesDone, told());
  try {
    while (now.state === 'RUNNING') {
      await sleep(LOOK_MS, undefined, { signal });
      now = await findImport(client, started.id, signal);
      bar?.update(now.entriesDone, told());
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    bar?.stop();
  }
  return now;
}
