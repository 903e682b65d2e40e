import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { eventually, type AlertEvent } from '../flows/flow-client.builder.js';
import type { Known } from './deploy-traffic.builder.js';
import type { Deployment } from './deploy.builder.js';
import type { ResumingReader } from './resuming-reader.builder.js';

interface Counting {
  readonly deployment: Deployment;
  readonly readers: ReadonlyMap<PersonaName, ResumingReader>;
  readonly known: readonly Known[];
  /** Records that were told of and not counted. */
  readonly warmUps: ReadonlySet<string>;
  /** Who must have been alerted of what, and had no stream. */
  readonly late: Partial<Record<PersonaName, readonly Known[]>>;
}

/** For each recipient and report, after everything has come to rest. */
interface Counted {
  readonly reports: number;
  readonly corrected: number;
  readonly recalled: number;
  lost: number;
  duplicated: number;
  unexpected: number;
  /** What was lost, by whom. */
  readonly losses: string[];
}

/** Reads everything back and holds it against what the client was answered. */
export async function countDeploy({ deployment, readers, known, warmUps, late }: Counting): Promise<Counted> {
  await deployment.settled();
  const recordOf = new Map(
    (await deployment.rows<{ id: string; record: string }>('select id, record_id as record from alert')).map(
      ({ id, record }) => [id, record],
    ),
  );
  const counted: Counted = {
    reports: known.length,
    corrected: known.filter(({ version }) => version > 1).length,
    recalled: known.filter(({ recalled }) => recalled).length,
    ...{ lost: 0, duplicated: 0, unexpected: 0, losses: [] },
  };
  const lose = (persona: string, what: readonly string[]): void => {
    counted.lost += what.length;
    counted.losses.push(...what.map((one) => `${persona}: ${one}`));
  };
  for (const [persona, reader] of readers) {
    const inbox = await inboxOf(deployment, persona, reader.first);
    await eventually('the reader has read it all', () => reader.told.length >= inbox.length, 20_000).catch(() => null);
    const told = reader.told;
    lose(
      persona,
      inbox.filter((entry) => !told.includes(entry)).map((entry) => `entry ${entry}`),
    );
    counted.duplicated += told.length - new Set(told).size;
    const events = new Map<string, AlertEvent[]>();
    for (const event of reader.got) {
      const record = recordOf.get(event.alert.id) ?? '';
      events.set(record, [...(events.get(record) ?? []), event]);
    }
    lose(
      persona,
      known
        .filter((report) => !isTold(report, events.get(report.recordId) ?? []))
        .map((report) => `${JSON.stringify(report)} after ${JSON.stringify(events.get(report.recordId) ?? [])}`),
    );
    const expected = new Set([...warmUps, ...known.map(({ recordId }) => recordId)]);
    counted.unexpected += [...events.keys()].filter((record) => !expected.has(record)).length;
  }
  for (const [persona, reports] of Object.entries(late)) {
    const alerts = await deployment.as(persona as PersonaName).alerts();
    const times = (id: string): number => alerts.filter((alert) => recordOf.get(alert.id) === id).length;
    lose(
      persona,
      reports
        .filter(({ recordId, recalled }) => !recalled && times(recordId) === 0)
        .map((report) => `never alerted of ${JSON.stringify(report)}`),
    );
    counted.duplicated += reports.filter(({ recordId }) => times(recordId) > 1).length;
  }
  return counted;
}

/** The last that came about it says what the client was answered last. A recall may come before anybody was told. */
function isTold({ version, recalled }: Known, events: readonly AlertEvent[]): boolean {
  const last = events.at(-1)?.alert;
  if (recalled) return last === undefined || last.change === 'RECALLED';
  return (last?.record?.version ?? 0) >= version;
}

/** `alert revision` after a cursor's event, in order. */
async function inboxOf(deployment: Deployment, persona: PersonaName, first: string): Promise<string[]> {
  const rows = await deployment.rows<{ entry: string }>(
    `select e.alert_id || ' ' || e.revision as entry from inbox_entry e join inbox i on i.id = e.inbox_id
     where i.person_id = $1 and e.position > $2 order by e.position`,
    [personId(persona), positionOf(first)],
  );
  return rows.map(({ entry }) => entry);
}

/** What this version writes into a cursor; clients do not look. */
const positionOf = (cursor: string): string => Buffer.from(cursor, 'base64url').toString().split(':').at(-1) ?? '';
