import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { MY_REPORTS, RECORDS } from '../../flows/documents.js';
import { eventually, type FlowClient } from '../../flows/flow-client.builder.js';
import type { Fleet } from './fleet.builder.js';
import type { Journal } from './journal.js';
import { RECIPIENTS, SUBMITTERS, type LoadReport, type Recipient } from './load-report.js';
import type { Counted } from './results.js';
import type { StreamReader } from './stream-reader.builder.js';
import { tally } from './tally.js';

const PAGE = 200;

/** What the store says that ids are of: only to name what readers saw, never to say what they see. */
export class StoreIndex {
  private constructor(
    private readonly referenceOfRecord: ReadonlyMap<string, string>,
    private readonly recordOfAlert: ReadonlyMap<string, string>,
    /** The reference of every stored report; one that is stored twice comes twice. */
    readonly references: readonly string[],
  ) {}

  static async read(fleet: Fleet): Promise<StoreIndex> {
    const records = await fleet.sql<{ reference: string; record: string }>(
      `select s.submitter_reference as reference, r.id as record
       from seizure_report s left join seizure_record r on r.report_id = s.id`,
    );
    const alerts = await fleet.sql<{ id: string; record: string }>('select id, record_id as record from alert');
    return new StoreIndex(
      new Map(records.map(({ reference, record }) => [record, reference])),
      new Map(alerts.map(({ id, record }) => [id, record])),
      records.map(({ reference }) => reference),
    );
  }

  /** Never a key of the journal where there is no such record: it then counts as unexpected. */
  keyOfRecord(recordId: string): string {
    return this.referenceOfRecord.get(recordId) ?? `record ${recordId}`;
  }

  keyOfAlert(alertId: string): string {
    const record = this.recordOfAlert.get(alertId);
    return record === undefined ? `alert ${alertId}` : this.keyOfRecord(record);
  }
}

/** Waits until nothing is left to be done, or the time is over: then what is left will be counted as lost. */
export async function quiesce(
  fleet: Fleet,
  patienceMs: number,
): Promise<{ readonly quiet: boolean; readonly seconds: number }> {
  const began = performance.now();
  const quiet = await eventually(
    'nothing is left to be done',
    async () => {
      const left = await fleet.sql('select from outbox where done_at is null and available_at <= now() limit 1');
      if (left.length === 0) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return false;
    },
    patienceMs,
  ).catch(() => false);
  return { quiet, seconds: Math.round((performance.now() - began) / 100) / 10 };
}

export interface ReadBackOptions {
  readonly recipients?: readonly Recipient[];
  readonly submitters?: readonly PersonaName[];
  /** Streams that were open all along. */
  readonly streams?: readonly StreamReader[];
  /** How long a stream may tell nothing new before it counts as stuck. */
  readonly catchUpMs?: number;
}

/**
 * Reads everything back as each reader can, once it is quiet, and counts it: inbox, live stream and search of the
 * recipients, the own list of the submitters, and the store itself. Streams are stopped.
 */
export async function readBack(
  fleet: Fleet,
  journal: Journal<LoadReport>,
  options: ReadBackOptions = {},
): Promise<Counted[]> {
  const { recipients = RECIPIENTS, submitters = SUBMITTERS, streams = [], catchUpMs = 20_000 } = options;
  const { operations } = journal;
  const index = await StoreIndex.read(fleet);
  const counted: Counted[] = [];
  const count = (reader: string, channel: string, mayRead: (report: LoadReport) => boolean, seen: string[]): void =>
    void counted.push({ reader, channel, tally: tally({ operations, entitled: ({ facts }) => mayRead(facts), seen }) });

  for (const { persona, mayRead } of recipients) {
    const client = fleet.as(persona);
    // Told to come back, as clients are while connections that died with a server are found out, it comes back.
    const inbox = await eventually(`${persona} reads its inbox`, () =>
      client.alerts().then(
        (alerts) => alerts.map(({ id }) => id),
        (error: unknown) => {
          if (!String(error).includes('UNAVAILABLE')) throw error;
          return null;
        },
      ),
    );
    count(
      persona,
      'inbox',
      mayRead,
      inbox.map((id) => index.keyOfAlert(id)),
    );
    const stream = streams.find((one) => one.persona === persona);
    if (stream !== undefined) {
      const streamed = await endOf(stream, inbox.length, catchUpMs);
      count(
        persona,
        'stream',
        mayRead,
        streamed.map((id) => index.keyOfAlert(id)),
      );
    }
    count(
      persona,
      'search',
      mayRead,
      (await searchAll(client)).map((id) => index.keyOfRecord(id)),
    );
  }
  for (const submitter of submitters)
    count(submitter, 'own list', (report) => report.submitter === submitter, await ownReferences(fleet.as(submitter)));
  count('store', 'rows', () => true, [...index.references]);
  return counted;
}

/** As many as the inbox has, or what has come when nothing more comes: both are counted. */
async function endOf(stream: StreamReader, atLeast: number, patienceMs: number): Promise<readonly string[]> {
  for (let before = -1; stream.seen < atLeast && stream.seen > before;) {
    before = stream.seen;
    await eventually('the stream has caught up', () => stream.seen >= atLeast, patienceMs).catch(() => undefined);
  }
  await stream.stop();
  return stream.alertIds;
}

async function searchAll(client: FlowClient): Promise<string[]> {
  type Found = {
    seizureRecords: {
      edges: { node: { id: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
  return pages(async (after) => {
    const { seizureRecords } = await client.run<Found>(RECORDS, { filter: null, first: PAGE, after });
    return { ids: seizureRecords.edges.map(({ node }) => node.id), next: seizureRecords.pageInfo };
  });
}

async function ownReferences(client: FlowClient): Promise<string[]> {
  type Page = {
    mySeizureReports: {
      edges: { node: { submitterReference: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
  return pages(async (after) => {
    const { mySeizureReports } = await client.run<Page>(MY_REPORTS, { first: PAGE, after });
    return {
      ids: mySeizureReports.edges.map(({ node }) => node.submitterReference),
      next: mySeizureReports.pageInfo,
    };
  });
}

interface PageOf {
  readonly ids: readonly string[];
  readonly next: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function pages(read: (after: string | null) => Promise<PageOf>): Promise<string[]> {
  const all: string[] = [];
  for (let after: string | null = null; ;) {
    const { ids, next }: PageOf = await read(after);
    all.push(...ids);
    if (!next.hasNextPage) return all;
    after = next.endCursor;
  }
}
