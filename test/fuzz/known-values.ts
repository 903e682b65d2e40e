import type { Callers, Sender } from './send.js';
import type { KnownValues } from './values.generator.js';

const ASKED = `{ seizureRecords(first: 20) { edges { cursor node { id } } } mySeizureReports(first: 20) { edges { cursor node { id } } }
  alerts(first: 20) { edges { cursor node { id } } } }`;

/** Ids and cursors that a client could have: those that the callers are shown. */
export async function knownValues(sender: Sender, callers: Callers): Promise<KnownValues> {
  const texts: string[] = [];
  for (const [caller, token] of callers.entries()) {
    if (token === null) continue;
    const body = JSON.stringify({ query: ASKED });
    texts.push((await sender.request({ made: 'document', caller, headers: {}, body })).text);
  }
  const all = (pattern: RegExp): string[] => [
    ...new Set([...texts.join('').matchAll(pattern)].map((match) => match[1] ?? '')),
  ];
  return { ids: all(/"id":"([^"]+)"/g), cursors: all(/"cursor":"([^"]+)"/g) };
}
