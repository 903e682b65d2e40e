import type { Fleet } from './fleet.builder.js';
import { RECIPIENTS, type Recipient } from './load-report.js';
import { StreamReader } from './stream-reader.builder.js';

/** A rule that fires on whatever its owner may see, for each; and the live streams of those who are asked to have one. */
export async function openReaders(
  fleet: Fleet,
  recipients: readonly Recipient[] = RECIPIENTS,
  { streams = true }: { readonly streams?: boolean } = {},
): Promise<StreamReader[]> {
  for (const { persona } of recipients) await fleet.as(persona).rule('everything');
  if (!streams) return [];
  return Promise.all(recipients.map(({ persona }) => StreamReader.start(fleet, persona)));
}
