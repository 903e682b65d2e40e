import { createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import { RELEASE_POLICY_1, type ReleasePolicy } from '@concord/deidentification';
import { openPool } from '@concord/platform/database';
import { applyReleasePolicy, findReleasePolicies, policyDigest, ReportChangedError } from '@concord/records';
import { rereleaseReports } from '@concord/submission';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personId } from '../../apps/embedded/src/personas.js';
import { checkInvariants } from '../../apps/cli/src/verify/invariants.check.js';
import { concord } from '../faults/concord-command.builder.js';
import { plainReport, sanDiegoReport, SECRETS } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const RELEASE = `query Release($id: ID!) { seizureRecord(id: $id) { id version precision place { stateFips countyFips }
  concealment signature: substances { signature } release { policyVersion transformations { field from to } } } }`;

interface Shown {
  readonly version: number;
  readonly precision: string;
  readonly place: { readonly countyFips: string | null };
  readonly concealment: readonly string[] | null;
  readonly release: {
    readonly policyVersion: number;
    readonly transformations: readonly { field: string; to: string }[];
  };
}

type Tiers = Record<string, Record<string, unknown>>;

describe('a release policy is changed', () => {
  let stack: FlowStack;
  let folder: string;
  beforeAll(async () => {
    stack = await FlowStack.start();
    folder = await mkdtemp(join(tmpdir(), 'concord-policy-'));
    await writeFile(join(folder, 'root.key'), `${stack.rootKey.toString('hex')}\n`);
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (
    what: string[],
    ...more: string[]
  ): Promise<{ outcome: string; said: Record<string, unknown> }> => {
    const args = ['release-policy', ...what, '--database-url', stack.database.ownerUrl, '--json', ...more];
    const { outcome, printed } = await concord(args);
    return { outcome, said: JSON.parse(printed === '' ? '{}' : printed) as Record<string, unknown> };
  };
  const failure = (what: string[]): Promise<string> =>
    concord(['release-policy', ...what, '--database-url', stack.database.ownerUrl]).then(
      ({ printed }) => printed,
      (error: unknown) => String(error),
    );
  const apply = (...more: string[]) => run(['apply'], '--key-file', join(folder, 'root.key'), ...more);
  const fileOf = async (name: string, change: (tiers: Tiers) => void, version = 2): Promise<string> => {
    const document = structuredClone({ ...RELEASE_POLICY_1, version }) as unknown as { tiers: Tiers };
    change(document.tiers);
    const file = join(folder, `${name}.json`);
    await writeFile(file, JSON.stringify(document));
    return file;
  };
  const seen = async (as: 'state-analyst' | 'local-analyst', id: string): Promise<Shown> =>
    (await stack.as(as).run<{ seizureRecord: Shown }>(RELEASE, { id })).seizureRecord;
  const stateOnly = (tiers: Tiers): void => {
    tiers['PARTNER']!['place'] = { level: 'STATE' };
    tiers['PARTNER']!['concealment'] = { level: 'ABSENT' };
  };

  test('the database has version 1 as the code has it', async () => {
    const pool = openPool({
      url: stack.database.ownerUrl,
      role: 'concord_publisher',
      max: 1,
      statementTimeoutMs: 10_000,
    });
    const [first] = await findReleasePolicies(pool).finally(() => pool.end());
    expect(first).toMatchObject({ policy: RELEASE_POLICY_1, digest: policyDigest(RELEASE_POLICY_1) });
    expect((await run(['show'])).said).toMatchObject({ policy: { version: 1 } });
  });

  test('a document is told all its faults, and is not published before a dry run', async () => {
    const bad = await fileOf('bad', (tiers) => {
      tiers['PARTNER']!['occurred'] = { level: 'MONTH' };
      tiers['PARTNER']!['narrative'] = { level: 'AS_REPORTED' };
    });
    const { outcome, said } = await run(['check', bad]);
    expect(outcome).toBe('failed');
    expect((said['issues'] as { code: string }[]).map(({ code }) => code).sort()).toEqual([
      'NEVER_SHARED',
      'NOT_NESTED',
    ]);
    const good = await fileOf('good', stateOnly);
    expect(await failure(['publish', good, '--note', 'Counties tell too much.'])).toContain('dry-run');
    expect(await stack.count('from release_policy')).toBe(1);
  });

  test('dry run, publication and application: readers see less and are told once, and nothing else moves', async () => {
    await stack.as('state-analyst').rule('fentanyl', { substance: { deaCodes: ['9801'] } });
    await stack.as('local-analyst').rule('fentanyl', { substance: { deaCodes: ['9801'] } });
    await stack.drain();
    const live = await stack.live('state-analyst');
    const { recordId, reportId } = await stack.as('local-submitter').report(sanDiegoReport());
    const byHand = await stack.as('local-submitter').report({ ...plainReport(), holdUntilReleased: true });
    expect((await live.next()).alert).toMatchObject({ revision: 1, record: { id: recordId } });
    await stack.drain();
    const before = await seen('state-analyst', recordId);
    expect(before).toMatchObject({ release: { policyVersion: 1 }, place: { countyFips: '06073' } });

    const file = await fileOf('good', stateOnly);
    const { said: findings } = await run(['dry-run', file, '--all']);
    expect(findings).toMatchObject({ whole: true, fromVersion: 1, toVersion: 2 });
    expect(findings['changes']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          tier: 'PARTNER',
          rule: 'place',
          to: 'COARSER',
          examples: expect.arrayContaining([recordId]),
        }),
        expect.objectContaining({ tier: 'PARTNER', rule: 'concealment', to: 'COARSER' }),
      ]),
    );
    expect(findings['readers']).toEqual([expect.objectContaining({ tier: 'PARTNER' })]);
    expect(JSON.stringify(findings)).not.toMatch(
      new RegExp(
        Object.values(SECRETS)
          .map((secret) => secret.replace('+', '\\+'))
          .join('|'),
      ),
    );
    expect(await run(['publish', file, '--note', 'Counties tell too much.'])).toMatchObject({ said: { version: 2 } });
    expect(await failure(['publish', file, '--note', 'Again.'])).toContain('VERSION_NOT_NEXT');

    // What was released is as it was; what is released from now on follows.
    expect(await seen('state-analyst', recordId)).toEqual(before);
    const later = await stack.as('local-submitter').report(plainReport());
    expect(await seen('state-analyst', later.recordId)).toMatchObject({
      place: { countyFips: null },
      release: { policyVersion: 2 },
    });
    expect((await live.next()).alert).toMatchObject({ revision: 1, record: { id: later.recordId } });
    await stack.drain();

    // A rule that is made after all of it: to its owner none of it is news, and applying a policy makes none of it.
    await stack.as('federal-analyst').rule('fentanyl', { substance: { deaCodes: ['9801'] } });
    await stack.drain();

    const versions = await stack.count('from seizure_report_version');
    expect((await apply('--batch', '1')).outcome).toBe('done');
    const after = await seen('state-analyst', recordId);
    expect(after).toMatchObject({ version: 2, precision: 'PARTNER', place: { countyFips: null }, concealment: null });
    expect(after.release.policyVersion).toBe(2);
    expect(after.release.transformations).toContainEqual({ field: 'place', from: 'point', to: 'state' });
    expect(await seen('local-analyst', recordId)).toMatchObject({
      ...{ version: 1, precision: 'OWNER', place: { countyFips: '06073' } },
      release: { policyVersion: 2, transformations: [] },
    });
    expect(await stack.count('from record_view where policy_version < 2')).toBe(0);
    expect(
      await stack.count(`from record_view where record_id = $1 and released_at > '9999-01-01'`, [byHand.recordId]),
    ).toBe(3);
    expect(await stack.count('from seizure_report_version')).toBe(versions);
    expect(await stack.count('from seizure_report where id = $1 and version = 1', [reportId])).toBe(1);
    expect(
      await stack.count(`from audit_entry where action = 'release-policy.apply' and person_id is null`),
    ).toBeGreaterThan(0);
    expect(
      await stack.count(`from audit_entry where action = 'report.reopen' and canonical like $1`, [`%${reportId}%`]),
    ).toBe(1);

    // Who sees something else is told, once; who sees what was seen before is not.
    expect((await live.next()).alert).toMatchObject({ change: 'CORRECTED', revision: 2, record: { id: recordId } });
    await stack.drain();
    expect(await revisions('local-analyst', recordId)).toBe(1);
    expect(await revisions('federal-analyst', recordId)).toBe(0);
    expect((await apply()).said).toMatchObject({ records: 0, changedViews: 0, applied: true });
    await stack.drain();
    expect(await revisions('state-analyst', recordId)).toBe(2);
    expect((await run(['show'])).said).toMatchObject({ appliedAt: expect.any(String) as string });
  });

  const revisions = async (
    as: 'state-analyst' | 'local-analyst' | 'federal-analyst',
    recordId: string,
  ): Promise<number> => {
    const { rows } = await stack.admin.query<{ revision: number }>(
      'select revision from alert where owner_person_id = $1 and record_id = $2',
      [personId(as), recordId],
    );
    return rows[0]?.revision ?? 0;
  };

  test('an application that was broken off goes on where it was', async () => {
    const reports = [await stack.as('local-submitter').report(sanDiegoReport({ remarks: 'Two lots, one stamp.' }))];
    reports.push(await stack.as('local-submitter').report(plainReport({ remarks: 'The other one.' })));
    await stack.drain();
    const file = await fileOf(
      'silent',
      (tiers) => (stateOnly(tiers), (tiers['PARTNER']!['remarks'] = { level: 'ABSENT' })),
      3,
    );
    expect((await run(['dry-run', file, '--sample', '50'])).said).toMatchObject({
      ...{ whole: false, changedRecords: 2 },
      changes: [expect.objectContaining({ tier: 'PARTNER', rule: 'remarks', to: 'COARSER', records: 2 })],
    });
    await run(['publish', file, '--note', 'No remarks.']);
    const pool = openPool({
      url: stack.database.ownerUrl,
      role: 'concord_publisher',
      max: 2,
      statementTimeoutMs: 10_000,
    });
    try {
      // Its first batch is committed, and then it was killed.
      const kek = { id: 'root', key: deriveKey(stack.rootKey, 'concord/kek') };
      const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(pool) });
      const { policy } = (await findReleasePolicies(pool)).at(-1)!;
      const services = { db: pool, keyHolder, clock: pool.clock };
      const first = await rereleaseReports(services, policy, [reports[0]!.reportId]);
      expect(first).toEqual({ records: 1, changedViews: 1, unopened: [] });
      // The same batch again, as by whoever begins with the same list: nothing.
      expect(await rereleaseReports(services, policy, [reports[0]!.reportId])).toMatchObject({ changedViews: 0 });
    } finally {
      await pool.end();
    }
    const standing = await stack.count('from record_view where rank = 0 and policy_version < 3');
    expect((await apply()).said).toMatchObject({ records: standing, changedViews: 1, applied: true });
    expect(await stack.count('from record_view where policy_version < 3')).toBe(0);
    await stack.drain();
    expect(await revisions('state-analyst', reports[0]!.recordId)).toBe(2);
    expect(await revisions('state-analyst', reports[1]!.recordId)).toBe(2);
  });

  test('who corrects a report goes first: what was computed before is not stored', async () => {
    const { recordId } = await stack.as('local-submitter').report(plainReport());
    const pool = openPool({
      url: stack.database.ownerUrl,
      role: 'concord_publisher',
      max: 1,
      statementTimeoutMs: 10_000,
    });
    try {
      await expect(applyReleasePolicy(pool, 3, [{ recordId, version: 2, views: [], community: [] }])).rejects.toThrow(
        ReportChangedError,
      );
    } finally {
      await pool.end();
    }
  });

  test('what records of before 0.5 lack is filled in as a submission would have done it, and nothing is opened for it', async () => {
    const substances = (status: string): unknown =>
      (sanDiegoReport()['substances'] as object[]).map((one) => ({ ...one, laboratoryStatus: status }));
    for (const change of [
      { withhold: ['CONTRIBUTOR'] },
      { withhold: ['CONTRIBUTOR'], sharing: 'NATION' },
      { tlp: 'AMBER_STRICT' },
      { substances: substances('REFUTED') },
      { substances: [...(substances('CONFIRMED') as object[]), ...(substances('REFUTED') as object[])] },
    ])
      await stack.as('local-submitter').report(sanDiegoReport(change));
    await stack.drain();
    expect((await apply()).said).toMatchObject({ records: 0, applied: true });
    const filled = async (): Promise<unknown> => ({
      candidates: (
        await stack.admin.query(
          `select to_jsonb(c) - 'policy_version' as candidate from community_candidate c order by record_id, ordinal`,
        )
      ).rows,
      handles: (await stack.admin.query('select record_id from contributor_handle order by 1')).rows,
    });
    const before = await filled();
    const opened = await stack.count(`from audit_entry where action = 'report.reopen'`);
    const lacking = await stack.count(
      `from seizure_record q where exists (select from community_candidate c where c.record_id = q.id)
         or exists (select from contributor_handle h where h.record_id = q.id)`,
    );
    expect(lacking).toBeGreaterThan(3);
    await stack.admin.query('delete from community_candidate; delete from contributor_handle');

    expect((await apply('--batch', '2')).said).toMatchObject({ records: lacking, changedViews: 0, applied: true });
    expect(await filled()).toEqual(before);
    expect(await stack.count(`from audit_entry where action = 'report.reopen'`)).toBe(opened);
    expect((await apply()).said).toMatchObject({ records: 0 });
    // A batch counts them like the others, and nothing of it is against the rules.
    await stack.admin.query(`select from make_community_batch_at(now() + interval '8 days')`);
    expect((await checkInvariants(stack.admin)).faults).toEqual([]);
  });

  test('a published version is never changed', async () => {
    for (const change of ["note = 'other'", 'version = 9', "document = '{}'"])
      await expect(stack.admin.query(`update release_policy set ${change} where version = 1`)).rejects.toThrow(
        'publish the next version',
      );
    await expect(stack.admin.query('delete from release_policy')).rejects.toThrow('publish the next version');
    const kept: ReleasePolicy = RELEASE_POLICY_1;
    expect(kept.version).toBe(1);
  });
});
