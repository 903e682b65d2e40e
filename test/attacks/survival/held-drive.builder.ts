import { createLogger, type Logger } from '@concord/platform/logging';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { WholeDocuments } from '../../access-matrix/whole-documents.js';
import { concord } from '../../faults/concord-command.builder.js';
import { COMMUNITY, LABORATORY } from '../../flows/documents.js';
import type { LiveStream } from '../../flows/flow-client.builder.js';
import { FlowStack } from '../../flows/stack.builder.js';
import { plain } from './survival.js';

const documents = new WholeDocuments();
const whole = (field: string, type: string): string =>
  `query($after: String) { ${field}(first: 50, after: $after) { pageInfo { hasNextPage endCursor } edges { node ${documents.everyFieldOf(type)} } } }`;
const RECORDS = whole('seizureRecords', 'SeizureRecord');
const ALERTS = whole('alerts', 'Alert');
const PREVIEW = `mutation($input: SubmitSeizureReportInput!) { previewSeizureReport(input: $input) ${documents.everyFieldOf('PreviewSeizureReportPayload')} }`;
/** What somebody tries with a report that is not theirs. */
const TRIES: readonly string[] = [
  'query($id: ID!) { seizureRecord(id: $id) { remarks packaging } }',
  'query($id: ID!) { seizureReport(id: $id) { remarks packaging holdReasons { path message } } }',
  'mutation($id: ID!) { releaseSeizureReport(id: $id, version: 1) { __typename } }',
  'mutation($id: ID!) { returnSeizureReport(id: $id, version: 1, note: "x") { __typename } }',
  'mutation($id: ID!) { recallSeizureReport(id: $id, version: 1, reason: "x") { __typename } }',
  '{ heldSeizureReports(first: 50) { edges { node { id texts { text } } } } }',
];

export const OTHERS: readonly PersonaName[] = [
  ...(['state-analyst', 'federal-analyst', 'neighbour-analyst', 'taskforce-analyst'] as const),
];
const NEIGHBOUR = 'CA037SYN2';

/** Everything that anybody but the owner can get of a service, in one text for each place. */
export class HeldDrive {
  readonly #said: string[] = [];
  readonly #streams = new Map<PersonaName, LiveStream>();
  #exports = 0;

  private constructor(
    readonly stack: FlowStack,
    private readonly log: string[],
    private readonly folder: string,
  ) {}

  static async start(): Promise<HeldDrive> {
    const log: string[] = [];
    const destination = { write: (line: string): void => void log.push(line) };
    const own = (name: string): Logger => createLogger({ name, level: 'debug', destination });
    const stack = await FlowStack.start(undefined, {
      ...{ rates: { factor: 100, windowSeconds: 10 }, operations: true },
      ...{ log: own('api'), observed: { log: own('worker') } },
    });
    const folder = await mkdtemp(join(tmpdir(), 'concord-held-'));
    await writeFile(join(folder, 'root.key'), `${stack.rootKey.toString('hex')}\n`);
    const drive = new HeldDrive(stack, log, folder);
    for (const persona of OTHERS) {
      await stack.as(persona).rule('everything');
      drive.#streams.set(persona, await stack.live(persona));
    }
    return drive;
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A document by raw HTTP; what it was answered, whole. */
  async send(persona: PersonaName, query: string, variables: Record<string, unknown>): Promise<string> {
    const purpose = persona === 'community-partner' ? 'ANALYSIS; ref=HELD-1' : 'INVESTIGATION; ref=HELD-1';
    const response = await fetch(`${this.stack.origin}/graphql`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${this.stack.as(persona).token}`, 'content-type': 'application/json' },
        'concord-purpose': purpose,
      },
      body: JSON.stringify({ query, variables }),
    });
    return response.text();
  }

  /** A laboratory's answer to a report of one's own; what is refused says so without it. */
  laboratory(id: string, version: number, result: object): Promise<string> {
    const results = [{ substance: 0, laboratoryStatus: 'CONFIRMED', ...result }];
    return this.send('local-submitter', LABORATORY, { id, version, results });
  }

  /** What others are answered who try a report that is held. */
  async tryAt(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      for (const persona of ['state-analyst', 'neighbour-analyst'] as const)
        for (const query of TRIES) this.#said.push(await this.send(persona, query, { id }));
  }

  /** By the place where it was found. */
  async gather(like: Record<string, unknown>): Promise<ReadonlyMap<string, string>> {
    await this.stack.drain();
    const places = new Map<string, string>();
    for (const persona of OTHERS) {
      places.set(`records of ${persona}`, await this.records(persona));
      places.set(`inbox of ${persona}`, await this.#all(persona, ALERTS, 'alerts'));
      places.set(`stream of ${persona}`, JSON.stringify(this.#streams.get(persona)?.events));
    }
    places.set('preview of another', await this.send('neighbour-analyst', PREVIEW, { input: like }));
    const overview = `{ nationOverview ${documents.everyFieldOf('NationOverview')} }`;
    places.set('overview', await this.send('federal-analyst', overview, {}));
    await this.stack.admin.query("select make_community_batch_at(now() + interval '1 year')").catch(() => undefined);
    places.set('COMMUNITY', await this.send('community-partner', COMMUNITY, { first: 200 }));
    places.set('errors', this.#said.join('\n'));
    places.set('log', this.log.join(''));
    places.set('metrics', await this.#metrics());
    places.set('outbox and dead letters', await this.#queues());
    places.set('export of another agency', await this.#exportOf(NEIGHBOUR));
    return places;
  }

  /** Every field of every record that somebody reads. */
  records = (persona: PersonaName): Promise<string> => this.#all(persona, RECORDS, 'seizureRecords');

  async #all(persona: PersonaName, document: string, field: string): Promise<string> {
    const pages: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await this.send(persona, document, { after });
      pages.push(page);
      const { data } = JSON.parse(page) as {
        data: Record<string, { pageInfo: { hasNextPage: boolean; endCursor: string | null } }>;
      };
      if (data[field]?.pageInfo.hasNextPage !== true) return pages.join('\n');
      after = data[field].pageInfo.endCursor;
    }
  }

  async #metrics(): Promise<string> {
    const ports = [this.stack.api.operationsPort, this.stack.worker.operationsPort];
    const texts = ports.map(async (port) => (await fetch(`http://127.0.0.1:${port ?? 0}/metrics`)).text());
    return (await Promise.all(texts)).join('\n');
  }

  /** Every row that waits, is done, or was given up: as it lies there. */
  async #queues(): Promise<string> {
    const { rows } = await this.stack.admin.query<{ row: string }>(
      `select o::text as row from outbox o union all select d::text from audit_entry d where d.action like 'dead-letter%'`,
    );
    return rows.map(({ row }) => row).join('\n');
  }

  async #exportOf(ori: string): Promise<string> {
    const out = join(this.folder, `export-${(this.#exports += 1)}`);
    const args = ['export', 'agency', '--ori', ori, '--out', out, '--key-file', join(this.folder, 'root.key')];
    await concord([...args, '--database-url', this.stack.database.superuserUrl, '--json']);
    const files = await readdir(out);
    return (await Promise.all(files.map((file) => readFile(join(out, file), 'utf8')))).join('\n');
  }
}

/** Where which of the texts stands, in whatever letters; a place that holds nothing proves nothing. */
export function sightings(places: ReadonlyMap<string, string>, texts: readonly string[]): string[] {
  return [...places].flatMap(([place, content]) => {
    const held = plain(content);
    return texts
      .filter((text) => held.includes(JSON.stringify(plain(text)).slice(1, -1)))
      .map((text) => `${place}: ${text}`);
  });
}
