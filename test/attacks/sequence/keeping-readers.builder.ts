import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { WholeDocuments } from '../../access-matrix/whole-documents.js';
import { COMMUNITY } from '../../flows/documents.js';
import type { LiveStream } from '../../flows/flow-client.builder.js';
import type { FlowStack } from '../../flows/stack.builder.js';
import { knowledgeOfNode, sharpened, type Knowledge } from './knowledge.js';

const documents = new WholeDocuments();
const RECORDS = `query($after: String) { seizureRecords(first: 50, after: $after) { pageInfo { hasNextPage endCursor }
  edges { node ${documents.everyFieldOf('SeizureRecord')} } } }`;
const ALERTS = `query($after: String) { alerts(first: 50, after: $after) { pageInfo { hasNextPage endCursor }
  edges { node ${documents.everyFieldOf('Alert')} } } }`;

interface Seen extends Record<string, unknown> {
  readonly id: string;
}
interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly node: Seen & { readonly record?: Seen | null } }[];
}

/** How facts are called that nobody has corrected. */
export const FIRST_FACTS = ' as first reported';
/** Which facts a record was about when it was read: its name, and how they are called. */
export type EpochOf = (recordId: string) => string;

/** A sworn reader who forgets nothing: every answer about every record, from lists, inbox and live stream. */
export class KeepingReader {
  /** By record and what happened. */
  readonly kept = new Map<string, Knowledge[]>();
  /** As it was answered last, whole. */
  readonly last = new Map<string, string>();
  readonly #seen = new Set<string>();
  #events = 0;

  private constructor(
    private readonly stack: FlowStack,
    readonly persona: PersonaName,
    private readonly stream: LiveStream,
  ) {}

  /** With a rule that everything meets. */
  static async start(stack: FlowStack, persona: PersonaName): Promise<KeepingReader> {
    await stack.as(persona).rule('everything');
    return new KeepingReader(stack, persona, await stack.live(persona));
  }

  /** Everything that there is to be read now. */
  async readAll(epochOf: EpochOf): Promise<void> {
    this.last.clear();
    for (const { node } of await this.#pages(RECORDS, 'seizureRecords')) {
      this.last.set(node.id, JSON.stringify(node));
      this.#keep(node, epochOf);
    }
    for (const { node } of await this.#pages(ALERTS, 'alerts')) if (node.record) this.#keep(node.record, epochOf);
    const events = this.stream.events.slice(this.#events);
    this.#events += events.length;
    for (const { alert } of events) {
      const record = alert.record as Seen | null;
      // An event may be late: of a record whose facts were corrected nobody knows here which of them it told.
      if (record !== null && epochOf(record.id).endsWith(FIRST_FACTS)) this.#keep(record, epochOf);
    }
  }

  async #pages(document: string, field: string): Promise<Page['edges']> {
    const edges: Page['edges'][number][] = [];
    for (let after: string | null = null; ;) {
      const answer: Record<string, Page> = await this.stack.as(this.persona).run(document, { after });
      const page = answer[field];
      if (page === undefined) throw new Error(`no ${field}`);
      edges.push(...page.edges);
      if (!page.pageInfo.hasNextPage) return edges;
      after = page.pageInfo.endCursor;
    }
  }

  #keep(node: Seen, epochOf: EpochOf): void {
    const name = epochOf(node.id);
    const text = `${name} ${JSON.stringify(node)}`;
    if (this.#seen.has(text)) return;
    this.#seen.add(text);
    this.kept.set(name, [...(this.kept.get(name) ?? []), knowledgeOfNode(node)]);
  }
}

/** What readers who put everything together that they ever saw know more exactly than from the finest single answer. */
export function toldTogether(readers: readonly KeepingReader[]): string[] {
  const names = new Set(readers.flatMap(({ kept }) => [...kept.keys()]));
  return [...names].flatMap((name) =>
    sharpened(readers.flatMap(({ kept }) => kept.get(name) ?? [])).map(
      ({ path }) => `${readers.map(({ persona }) => persona).join(' with ')} learns ${path} of ${name}`,
    ),
  );
}

interface CommunityNode {
  readonly id: string;
  readonly stateFips: string;
  readonly month: string;
  readonly substance: { readonly deaCode: string | null; readonly category: string };
  readonly band: string;
}
interface CommunityPage {
  readonly edition: number | null;
  readonly edges: readonly { readonly cursor: string; readonly node: CommunityNode }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Rows that a community partner saw for the first time in one reading, by class: what can be told apart by keeping. */
export interface NewRows {
  readonly edition: number | null;
  readonly ids: readonly string[];
  readonly byKind: ReadonlyMap<string, number>;
  /** All rows of the list, by id, in its order. */
  readonly list: readonly { readonly id: string; readonly kind: string }[];
}

export async function readCommunity(stack: FlowStack, known: ReadonlySet<string>): Promise<NewRows> {
  const partner = stack.as('community-partner').with({ purpose: 'ANALYSIS; ref=CLINIC-1' });
  const list: { id: string; kind: string }[] = [];
  for (let after: string | null = null; ;) {
    const { communityRecords }: { communityRecords: CommunityPage } = await partner.run(COMMUNITY, {
      after,
      first: 100,
    });
    list.push(...communityRecords.edges.map(({ node }) => ({ id: node.id, kind: kindOf(node) })));
    if (!communityRecords.pageInfo.hasNextPage) return newRows(communityRecords.edition, list, known);
    after = communityRecords.pageInfo.endCursor;
  }
}

function newRows(edition: number | null, list: NewRows['list'], known: ReadonlySet<string>): NewRows {
  const added = list.filter(({ id }) => !known.has(id));
  const byKind = new Map<string, number>();
  for (const { kind } of added) byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  return { edition, ids: added.map(({ id }) => id), byKind, list };
}

const kindOf = ({ stateFips, month, substance, band }: CommunityNode): string =>
  [stateFips, month, substance.deaCode ?? `name:${substance.category}`, band].join('|');
