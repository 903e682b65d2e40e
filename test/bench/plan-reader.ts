import type { Queryable } from '@concord/platform/database';
import { Client } from 'pg';

/** A node of EXPLAIN (FORMAT JSON), as far as it is judged here. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface PlanSummary {
  readonly ms: number;
  readonly buffers: number;
  /** Scans, in the plan's order: relation, index, rows and loops. */
  readonly scans: readonly string[];
  /** How the lists are entered. */
  readonly listConditions: readonly string[];
  readonly faults: readonly string[];
}

const LISTS = /^record_key/;
const BIG = /^(record_key|record_key_substance|record_view|record_view_substance|seizure_record)$/;
/** "By the thousand": what a page of 51 may throw away, all loops together. */
const MOST_REMOVED = 1_000;

/**
 * Runs statements as the API does (role concord_api, row-level security) and catches the plan of what they run inside:
 * auto_explain with nested statements, sent to this session as notices.
 */
export class PlanReader {
  readonly #client: Client;
  #caught: string[] = [];
  /** Without names: a statement inside a function is planned and kept by the function, whoever calls it. */
  readonly #unnamed: Queryable = {
    query: (text, values) =>
      this.#client.query({
        text: typeof text === 'string' ? text : text.text,
        values: values ?? (typeof text === 'string' ? [] : (text.values ?? [])),
      }),
  };

  constructor(superuserUrl: string) {
    this.#client = new Client({ connectionString: superuserUrl });
    this.#client.on('notice', (notice) => {
      if (notice.message?.includes('plan:')) this.#caught.push(notice.message);
    });
  }

  async open(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(`
      load 'auto_explain';
      set auto_explain.log_min_duration = -1;
      set auto_explain.log_analyze = on;
      set auto_explain.log_buffers = on;
      set auto_explain.log_nested_statements = on;
      set auto_explain.log_format = json;
      set log_min_messages = panic;
      set client_min_messages = log;`);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  /** The plan of the statement inside the function that took longest, on the `call`th call of a session. */
  async planOf(work: (db: Queryable) => Promise<unknown>, call: number): Promise<PlanSummary> {
    const [worst] = await this.plansOf(work, call, LISTS);
    if (worst === undefined) throw new Error('auto_explain sent no plan that touches a list');
    return worst;
  }

  /** The plans of all statements inside that touch a relation of such a name, the one that took longest first. */
  async plansOf(work: (db: Queryable) => Promise<unknown>, call: number, relation: RegExp): Promise<PlanSummary[]> {
    await this.#client.query('deallocate all; discard plans');
    await this.#client.query('set role concord_api');
    for (let n = 1; n < call; n += 1) await work(this.#unnamed);
    await this.#client.query('reset role');
    await this.#client.query('set auto_explain.log_min_duration = 0');
    await this.#client.query('set role concord_api');
    this.#caught = [];
    await work(this.#unnamed);
    const caught = this.#caught;
    await this.#client.query('reset role');
    await this.#client.query('set auto_explain.log_min_duration = -1');
    const plans = caught.map(parsePlan).filter(({ root }) => nodesOf(root).some((node) => isOf(node, relation)));
    return plans.sort((a, b) => b.ms - a.ms).map(({ root, ms }) => summaryOf(root, ms));
  }

  /** As superuser, without plans. */
  async rowsOf(text: string): Promise<Record<string, unknown>[]> {
    const { rows } = await this.#client.query<Record<string, unknown>>(text);
    return rows;
  }
}

function parsePlan(message: string): { root: PlanNode; ms: number } {
  const { Plan } = JSON.parse(message.slice(message.indexOf('{'))) as { Plan: PlanNode };
  return { root: Plan, ms: Number(/duration: ([\d.]+) ms/.exec(message)?.[1] ?? Number.NaN) };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

const isOf = (node: PlanNode, relation: RegExp): boolean =>
  relation.test(node['Relation Name'] ?? '') || relation.test(node['Index Name'] ?? '');
const isList = (node: PlanNode): boolean => isOf(node, LISTS);

function summaryOf(root: PlanNode, ms: number): PlanSummary {
  const nodes = nodesOf(root);
  const scans = nodes.filter((node) => node['Relation Name'] !== undefined || node['Node Type'] === 'Function Scan');
  return {
    ms,
    buffers: (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0),
    scans: scans.map(tellScan),
    listConditions: nodes.filter(isList).map((node) => node['Index Cond'] ?? '(none)'),
    faults: nodes.flatMap(faultsOf),
  };
}

function tellScan(node: PlanNode): string {
  const {
    'Node Type': type,
    'Relation Name': relation,
    'Index Name': index,
    'Actual Rows': rows,
    'Actual Loops': loops,
  } = node;
  const removed = removedBy(node);
  return `${type} ${relation ?? ''}${index === undefined ? '' : ` by ${index}`}: ${rows ?? 0} rows x ${loops ?? 0}${removed > 0 ? `, ${removed} removed` : ''}`;
}

const removedBy = (node: PlanNode): number =>
  Math.round(
    ((node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) *
      (node['Actual Loops'] ?? 1),
  );

function faultsOf(node: PlanNode): string[] {
  const faults: string[] = [];
  const removed = removedBy(node);
  if (removed >= MOST_REMOVED) faults.push(`${tellScan(node)}`);
  if (node['Node Type'].includes('Seq Scan') && BIG.test(node['Relation Name'] ?? ''))
    faults.push(`sequential: ${tellScan(node)}`);
  if (isList(node)) {
    const condition = node['Index Cond'] ?? '';
    if (!condition.includes('key_id'))
      faults.push(`${node['Index Name'] ?? 'list'} without key_id in its index condition`);
    if (!condition.includes('ROW('))
      faults.push(`${node['Index Name'] ?? 'list'} without the cursor in its index condition`);
  }
  return faults;
}
