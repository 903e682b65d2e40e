import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { PERSONA_AUDIENCE } from '../../apps/embedded/src/persona-tokens.js';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import {
  ACKNOWLEDGE,
  AGENCY_SETTINGS,
  ALERTS,
  ME,
  MY_REPORTS,
  NATION_OVERVIEW,
  RECORD,
  RECORDS,
  REPORT,
  STATE_OVERVIEW,
} from '../flows/documents.js';
import { eventually, type FlowClient } from '../flows/flow-client.builder.js';
import { plainReport, riversideReport, sanDiegoReport, SECRETS, TASK_FORCE_ID } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { concord, type Said } from './concord-command.builder.js';
import { OwnPostgres, RestoredStack } from './own-postgres.builder.js';

const WRITTEN_MEANWHILE = 200;
const AT_ONCE = 6;
const READERS: readonly PersonaName[] = [
  'local-submitter',
  'local-analyst',
  'state-analyst',
  'federal-analyst',
  'taskforce-analyst',
  'far-local-analyst',
];
const HEROIN = [{ deaCode: '9200', form: 'POWDER', quantity: 3, unit: 'KG', laboratoryStatus: 'CONFIRMED' }];

describe('the restore drill', () => {
  let stack: FlowStack;
  let folder: string;
  let keyFile: string;
  let backupKey: string;
  const made: { drop(): Promise<void> }[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'concord-drill-'));
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    keyFile = join(folder, 'root.key');
    backupKey = join(folder, 'backup.key');
    await writeFile(keyFile, stack.rootKey.toString('hex'));
    await writeFile(backupKey, randomBytes(32).toString('hex'));
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    await Promise.all(made.map((database) => database.drop()));
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const backUp = (name: string): Promise<unknown> =>
    concord(['backup', '--to', join(folder, name), '--backup-key', backupKey], {
      DATABASE_URL: stack.database.superuserUrl,
    });
  const restore = (name: string, url: string): Promise<unknown> =>
    concord(['restore', '--from', join(folder, name), '--backup-key', backupKey, '--key-file', keyFile], {
      DATABASE_URL: url,
    });
  const verify = async (url: string): Promise<Record<string, unknown>> => {
    const { printed } = await concord(['verify', '--json', '--key-file', keyFile], { DATABASE_URL: url });
    return JSON.parse(printed) as Record<string, unknown>;
  };
  const issuer = () => ({
    issuer: stack.trusted.issuer,
    audience: PERSONA_AUDIENCE,
    algorithm: 'ES256' as const,
    key: stack.trusted.key,
    session: null,
  });

  test(`a backup in the middle of ${WRITTEN_MEANWHILE} submissions is one moment: nothing acknowledged before it is missing, and what was under way is finished`, async () => {
    await stack.as('state-analyst').rule('everything');
    const acknowledged: string[] = [];
    let next = 0;
    const submitters = Array.from({ length: AT_ONCE }, async () => {
      for (let number = next++; number < WRITTEN_MEANWHILE; number = next++)
        acknowledged.push((await stack.as('local-submitter').report(plainReport())).recordId);
    });
    await eventually('submissions are under way', () => acknowledged.length >= WRITTEN_MEANWHILE / 4, 60_000);
    const before = [...acknowledged];
    await backUp('meanwhile');
    const during = acknowledged.length - before.length;
    await Promise.all(submitters);

    const into: TestDatabase = await createTestDatabase();
    made.push(into);
    await restore('meanwhile', into.ownerUrl);
    const admin = new Client({ connectionString: into.superuserUrl });
    await admin.connect();
    const idsOf = async (sql: string): Promise<string[]> =>
      (await admin.query<{ id: string }>(sql)).rows.map(({ id }) => id).sort();
    const stored = await idsOf('select id::text as id from seizure_record');
    expect(before.filter((id) => !stored.includes(id))).toEqual([]);
    expect(stored.filter((id) => !acknowledged.includes(id))).toEqual([]);
    expect(stored.length).toBeLessThan(WRITTEN_MEANWHILE);
    expect(await verify(into.superuserUrl)).toMatchObject({ ok: true, faults: [], records: stored.length });

    // Rows of the outbox that were not done are worked now; those that were done are not worked again.
    const [undone] = await idsOf('select count(*)::text as id from outbox where done_at is null');
    const alerted = await idsOf('select record_id::text as id from alert');
    const restored = await RestoredStack.start({ databaseUrl: into.appUrl, rootKey: stack.rootKey, issuer: issuer() });
    try {
      await eventually(
        'the outbox is empty',
        async () => (await idsOf('select id::text as id from outbox where done_at is null')).length === 0,
        60_000,
      );
      expect(await idsOf('select record_id::text as id from alert')).toEqual(stored);
      expect(await idsOf('select count(*)::text as id from inbox_entry')).toEqual([String(stored.length)]);
    } finally {
      await restored.stop();
    }
    expect(await verify(into.superuserUrl)).toMatchObject({ ok: true, alerts: stored.length });
    await admin.end();
    process.stderr.write(
      `restore-drill: ${JSON.stringify({ before: before.length, during, stored: stored.length, undone, alerted: alerted.length })}\n`,
    );
  }, 240_000);

  test('on another PostgreSQL everybody reads what they read before, streams go on, references are known, and the key opens what is sealed', async () => {
    const submitter = stack.as('local-submitter');
    const drilled = sanDiegoReport({ submitterReference: 'DRILL-1' });
    const whole = await submitter.report(drilled);
    await submitter.report(sanDiegoReport({ sharing: 'AGENCY' }));
    await submitter.report(plainReport({ sharing: 'STATE', substances: HEROIN }));
    const later = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const embargoed = await submitter.report(plainReport({ releaseAfter: later }));
    await stack
      .as('taskforce-analyst')
      .report(riversideReport({ sharing: 'TASK_FORCES', taskForceIds: [TASK_FORCE_ID] }));
    await stack.as('federal-analyst').rule('everything');
    await stack.drain();
    const first = await stack.live('federal-analyst');
    await submitter.report(plainReport());
    await submitter.report(plainReport());
    await first.next();
    await first.next();
    const [seen, missed] = first.events;
    if (seen === undefined || missed === undefined) throw new Error('two events came');
    await first.close();
    await stack.drain();
    const [alert] = await stack.as('state-analyst').alerts(['DELIVERED']);
    await stack.as('state-analyst').run(ACKNOWLEDGE, { id: alert?.id ?? '', note: 'looked into' });

    const before = await Promise.all(
      READERS.map((persona) => everythingRead(stack.as(persona), [whole.recordId, embargoed.recordId])),
    );
    expect(JSON.stringify(before)).toContain(whole.recordId);
    await backUp('quiet');
    expect(
      await concord(['verify', '--from', join(folder, 'quiet'), '--backup-key', backupKey, '--key-file', keyFile]),
    ).toMatchObject({ outcome: 'done' });

    const own = await OwnPostgres.start();
    try {
      // Row by row, what policies hide from the owner included.
      await restore('quiet', own.ownerUrl);
      await own.admitApplication();
      expect(await verify(own.superuserUrl)).toMatchObject({ ok: true, faults: [] });
      const restored = await RestoredStack.start({ databaseUrl: own.appUrl, rootKey: stack.rootKey, issuer: issuer() });
      try {
        const as = (persona: PersonaName): FlowClient => restored.as(stack.as(persona).token);
        const after = await Promise.all(
          READERS.map((persona) => everythingRead(as(persona), [whole.recordId, embargoed.recordId])),
        );
        expect(after).toEqual(before);

        // Resumes after the first of the two: the second comes once, then what is new.
        const live = as('federal-analyst').live(seen.cursor);
        expect((await live.next()).alert.id).toBe(missed.alert.id);
        const fresh = await as('local-submitter').report(plainReport());
        expect((await live.next()).alert.record?.id).toBe(fresh.recordId);
        expect(live.events.map((event) => event.cursor)).toHaveLength(2);

        // A rule that was made before it all still fires, one that is made now does too.
        await as('state-analyst').rule('heroin', { substance: { deaCodes: ['9200'] } });
        const heroin = await as('local-submitter').report(plainReport({ substances: HEROIN }));
        const rules = await eventually('the alert of both rules', async () => {
          const found = (await as('state-analyst').alerts()).find(({ record }) => record?.id === heroin.recordId);
          return found?.rules.map(({ name }) => name).sort() ?? null;
        });
        expect(rules).toEqual(['everything', 'heroin']);

        const again = await as('local-submitter').submit(drilled);
        expect(again).toMatchObject({
          duplicate: true,
          report: { id: whole.reportId },
          record: { id: whole.recordId },
        });
        const other = await as('local-submitter').submit({ ...drilled, narrative: 'another story' });
        expect(other.issues?.map(({ code }) => code)).toEqual(['REFERENCE_REUSED']);
        const { seizureReport } = await as('local-submitter').run<{ seizureReport: { narrative: string } }>(REPORT, {
          id: whole.reportId,
        });
        expect(seizureReport.narrative).toBe(SECRETS.narrative);
      } finally {
        await restored.stop();
      }
      await expect(
        RestoredStack.start({ databaseUrl: own.appUrl, rootKey: randomBytes(32), issuer: issuer() }),
      ).rejects.toThrow('root key');
    } finally {
      await own.remove();
    }
  }, 240_000);

  test('verify finds what no constraint does; a backup of it is restored when that is asked for, and not by accident', async () => {
    const broken: TestDatabase = await createTestDatabase();
    const into: TestDatabase = await createTestDatabase();
    made.push(broken, into);
    await restore('quiet', broken.ownerUrl);
    const admin = new Client({ connectionString: broken.superuserUrl });
    await admin.connect();
    await admin.query('set session_replication_role = replica');
    await admin.query('delete from record_key where record_id = (select record_id from record_key limit 1)');
    await admin.query("insert into record_key_substance values (1, '9801', now(), gen_random_uuid(), 0)");
    await admin.query('update inbox set last_position = last_position + 1');
    await admin.query("update audit_entry set action = 'nothing.much' where id = (select id from audit_entry limit 1)");
    await admin.query(
      `update seizure_report set sealed_narrative = set_byte(sealed_narrative, 60, 255 - get_byte(sealed_narrative, 60))
       where id = (select id from seizure_report where sealed_narrative is not null limit 1)`,
    );
    await admin.query(
      'delete from inbox_entry where (inbox_id, position) = (select inbox_id, position from inbox_entry limit 1)',
    );
    await admin.end();
    const { ok, faults } = await verify(broken.superuserUrl);
    expect(ok).toBe(false);
    expect((faults as { subject: string }[]).map(({ subject }) => subject).sort()).toEqual([
      'audit_entry',
      'delivery',
      'inbox',
      'record_key',
      'record_key_substance',
      'seizure_report.sealed_narrative',
    ]);
    await concord(['backup', '--to', join(folder, 'broken')], { DATABASE_URL: broken.superuserUrl });
    const again = (...more: string[]): Promise<Said> =>
      concord(['restore', '--from', join(folder, 'broken'), '--key-file', keyFile, ...more], {
        DATABASE_URL: into.ownerUrl,
      });
    await expect(again()).rejects.toThrow('inboxes have gaps');
    const forced = await again('--force');
    expect(forced.told).toContain('in spite of: inbox');
    expect((await verify(into.superuserUrl))['faults']).toEqual(faults);
  }, 120_000);

  test('a wrong root key is refused before anything is written', async () => {
    const into: TestDatabase = await createTestDatabase();
    made.push(into);
    await backUp('for-nobody');
    const wrong = join(folder, 'wrong.key');
    await writeFile(wrong, randomBytes(32).toString('hex'));
    await expect(
      concord(['restore', '--from', join(folder, 'for-nobody'), '--backup-key', backupKey, '--key-file', wrong], {
        DATABASE_URL: into.ownerUrl,
      }),
    ).rejects.toThrow('Nothing was restored');
    const admin = new Client({ connectionString: into.superuserUrl });
    await admin.connect();
    expect((await admin.query('select from agency')).rowCount).toBe(0);
    await admin.end();
    const found = await concord([
      'verify',
      '--from',
      join(folder, 'for-nobody'),
      '--backup-key',
      backupKey,
      '--key-file',
      wrong,
      '--json',
    ]);
    expect(found.outcome).toBe('failed');
    expect(found.printed).toContain('KEY_WRONG');
  }, 60_000);
});

/** All that one reader gets to see, page by page, as the bytes that came. */
async function everythingRead(client: FlowClient, records: readonly string[]): Promise<string[]> {
  const answers: string[] = [];
  const ask = async (document: string, variables: Record<string, unknown> = {}): Promise<void> => {
    const refused = await client.refusal(document, variables);
    answers.push(JSON.stringify(refused ?? (await client.run(document, variables))));
  };
  await ask(ME);
  await ask(MY_REPORTS, { first: 50 });
  await ask(AGENCY_SETTINGS);
  await ask(STATE_OVERVIEW);
  await ask(NATION_OVERVIEW);
  for (const id of records) await ask(RECORD, { id });
  for (const filter of [null, { substance: { deaCodes: ['9200'] } }, { place: { countyFips: ['06065'] } }]) {
    await ask(RECORDS, { filter, first: 50 });
  }
  await ask(ALERTS, { state: null, first: 100 });
  return answers;
}
