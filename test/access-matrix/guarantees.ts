import { POLICIES } from '@concord/access';
import { PolicyGuard } from '../../apps/api/src/graphql/policy.guard.js';
import { POLICY_METADATA } from '../../apps/api/src/graphql/policy.decorator.js';
import { SeizureRecordResolver } from '../../apps/api/src/records/seizure-record.resolver.js';
import type { MatrixOptions } from './matrix.builder.js';
import type { StandingWorld } from './world.builder.js';

/**
 * The matrix shown red: a guarantee is taken away from outside and the matrix has to find it. A matrix that agrees with
 * everything proves nothing.
 */
interface Guarantee {
  readonly name: string;
  readonly only: NonNullable<MatrixOptions['only']>;
  /** Who is asked first and alone, for nobody else can tell. */
  readonly who?: NonNullable<MatrixOptions['who']>;
  /** Takes it away, and gives what puts it back. */
  readonly takeAway: (standing: StandingWorld) => Promise<() => Promise<unknown> | void>;
}

type Row = { roles: readonly string[]; levels: readonly string[]; purpose: boolean };

/** A row of the table that the guard asks, with something in it that should not be. */
const loosened = (action: keyof typeof POLICIES, change: (row: Row) => Row) => () => {
  const rows = POLICIES as unknown as Record<string, Row>;
  const kept = rows[action];
  if (kept === undefined) throw new Error(`no policy ${action}`);
  rows[action] = change(kept);
  return Promise.resolve(() => void (rows[action] = kept));
};

/** Policies of row-level security that say less than they should; by default nothing at all. */
const rowPolicies =
  (...policies: readonly (readonly [table: string, policy: string, says?: string])[]) =>
  async ({ stack: { admin } }: StandingWorld) => {
    const back: string[] = [];
    for (const [table, policy, says = 'true'] of policies) {
      const { rows } = await admin.query<{ qual: string }>(
        'select qual from pg_policies where tablename = $1 and policyname = $2',
        [table, policy],
      );
      const [kept] = rows;
      if (kept === undefined) throw new Error(`no policy ${policy} on ${table}`);
      await admin.query(`alter policy ${policy} on ${table} using (${says})`);
      back.push(`alter policy ${policy} on ${table} using (${kept.qual})`);
    }
    return () => admin.query(back.join('; '));
  };

/** Something in the database as it should not be, and how it was. */
const changed =
  (change: string, back: string) =>
  async ({ stack }: StandingWorld) => {
    const { rowCount } = await stack.admin.query(change);
    if (rowCount === 0) throw new Error(`nothing was changed by: ${change}`);
    return () => stack.admin.query(back);
  };

/** Search as it must never be: what a reader asks is compared with what the owner reported. */
const filterOnUnreleasedColumns = async ({ stack: { admin } }: StandingWorld) => {
  const { rows } = await admin.query<{ definition: string }>(
    `select pg_get_functiondef(p.oid) as definition from pg_proc p where p.proname = 'seizure_record_search'`,
  );
  const kept = rows[0]?.definition ?? '';
  const loose = kept
    .replace('v.rank, f.hit is true', 'w.rank, f.hit is true')
    .replace(
      'order by x.rank limit 1) v',
      'order by x.rank limit 1) w cross join lateral reported_view(n.record_id) v',
    );
  if (!loose.includes('w.rank') || !loose.includes('reported_view'))
    throw new Error('seizure_record_search reads otherwise now');
  await admin.query(
    `create function reported_view(p_record uuid) returns setof record_view language sql stable security definer
     as 'select * from record_view where record_id = p_record and rank = 0'`,
  );
  await admin.query(loose);
  return async () => {
    await admin.query(kept);
    await admin.query('drop function reported_view');
  };
};

/** A function of the database that says something else to the same question. */
const functionSays =
  (name: string, body: string) =>
  async ({ stack: { admin } }: StandingWorld) => {
    const { rows } = await admin.query<{ kept: string; signature: string; result: string }>(
      `select pg_get_functiondef(oid) as kept, pg_get_function_arguments(oid) as signature, pg_get_function_result(oid) as result
       from pg_proc where proname = $1`,
      [name],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`no function ${name}`);
    const { kept, signature, result } = row;
    await admin.query(
      `create or replace function ${name}(${signature}) returns ${result} language sql stable as '${body}'`,
    );
    return () => admin.query(kept);
  };

const acceptedByEverybody = async ({ stack: { admin }, world }: StandingWorld) => {
  const late = world.agencies.filter((it) => it.policy === 'OVERDUE').map((it) => it.id);
  const { rowCount } = await admin.query(
    `insert into policy_acceptance (agency_id, version)
     select unnest($1::uuid[]), max(version) from policy_text`,
    [late],
  );
  if (rowCount === 0) throw new Error('every agency has accepted');
  return () =>
    admin.query(
      'delete from policy_acceptance where agency_id = any($1) and version = (select max(version) from policy_text)',
      [late],
    );
};

const guardOff = () => {
  const kept = PolicyGuard.prototype.canActivate;
  PolicyGuard.prototype.canActivate = () => true;
  return Promise.resolve(() => void (PolicyGuard.prototype.canActivate = kept));
};

/** With a declared policy taken off a handler, the guard lets nobody in: refused too much is found as well. */
const undeclared = () => {
  const handler = SeizureRecordResolver.prototype.seizureRecord;
  const kept: unknown = Reflect.getMetadata(POLICY_METADATA, handler);
  Reflect.deleteMetadata(POLICY_METADATA, handler);
  return Promise.resolve(() => Reflect.defineMetadata(POLICY_METADATA, kept, handler));
};

const called =
  (name: RegExp): NonNullable<MatrixOptions['who']> =>
  (actor) =>
    name.test(actor.name);
const isOverdue: NonNullable<MatrixOptions['who']> = ({ agencyId }, { agencies }) =>
  agencies.find((it) => it.id === agencyId)?.policy === 'OVERDUE';

export const GUARANTEES: readonly Guarantee[] = [
  {
    name: 'a policy that lets auditors read records',
    only: ['records', 'roots'],
    who: called(/^AUDITOR|^PRIVACY/),
    takeAway: loosened('record.read', (row) => ({ ...row, roles: [...row.roles, 'AUDITOR', 'PRIVACY_OFFICER'] })),
  },
  {
    name: 'a policy that lets community partners read records',
    only: ['records'],
    who: called(/community/),
    takeAway: loosened('record.read', (row) => ({ ...row, levels: [...row.levels, 'COMMUNITY'] })),
  },
  {
    name: 'a policy that asks for no purpose',
    only: ['roots'],
    takeAway: loosened('record.read', (row) => ({ ...row, purpose: false })),
  },
  {
    name: 'a policy that is narrower than the table',
    only: ['records'],
    who: called(/^WATCH_OFFICER/),
    takeAway: loosened('record.read', (row) => ({
      ...row,
      roles: row.roles.filter((role) => role !== 'WATCH_OFFICER'),
    })),
  },
  { name: 'no guard', only: ['roots'], takeAway: guardOff },
  { name: 'a handler without a declared policy', only: ['ids'], takeAway: undeclared },
  {
    name: 'no row-level policy on views',
    only: ['records', 'ids'],
    takeAway: rowPolicies(['record_view', 'view_opened_by_key']),
  },
  {
    name: 'no row-level policy on reports',
    only: ['actors'],
    // Each of the two holds alone: a report is read together with its record.
    takeAway: rowPolicies(['seizure_report', 'report_of_own_agency'], ['seizure_record', 'record_of_own_agency']),
  },
  { name: 'filters on columns that were not released', only: ['filters'], takeAway: filterOnUnreleasedColumns },
  {
    name: 'an agreement that does not end',
    only: ['records'],
    who: ({ agencyId }, { agreements }) =>
      agreements.some((it) => it.term === 'ENDED' && it.parties.includes(agencyId ?? '')),
    takeAway: changed(
      `update agreement set valid_until = null where name like '%, ended,%'`,
      `update agreement set valid_until = now() - interval '1 second' where name like '%, ended,%'`,
    ),
  },
  {
    name: 'embargoes that are not kept',
    only: ['records'],
    takeAway: rowPolicies(
      ['record_view', 'view_opened_by_key', 'audience && app_keyring()'],
      ['record_key', 'list_of_held_key', 'key_id = any (app_keyring())'],
    ),
  },
  {
    name: 'no row-level policy on approvals',
    only: ['administration'],
    takeAway: rowPolicies(['approval', 'approval_seen']),
  },
  {
    name: 'no row-level policy on openings in imminent danger',
    only: ['administration'],
    takeAway: rowPolicies(['imminent_danger', 'danger_of_party']),
  },
  {
    name: 'row-level policies by which an agency’s keys are everybody’s',
    only: ['acts'],
    who: called(/ADMIN/),
    takeAway: rowPolicies(['api_key', 'key_of_own_agency'], ['api_key', 'key_ended', 'app_manages_keys()']),
  },
  {
    name: 'approvals that anybody may decide',
    only: ['administration'],
    takeAway: functionSays('app_may_decide', 'select true'),
  },
  {
    name: 'agreements that are for every purpose',
    only: ['records'],
    who: ({ purpose }) => purpose !== 'INVESTIGATION',
    takeAway: functionSays('app_purpose', 'select null::text'),
  },
  {
    name: 'a policy text that nobody has to accept',
    only: ['records', 'ids'],
    who: isOverdue,
    takeAway: acceptedByEverybody,
  },
];
