import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { appointCommand } from './appoint.command.js';
import { UsageError } from './command.js';

describe('concord appoint', () => {
  let database: TestDatabase;
  let admin: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  const appoint = async (subject: string): Promise<string> => {
    let said = '';
    const args = ['--issuer', 'https://issuer.test', '--subject', subject, '--name', 'Synthetic admin'];
    await appointCommand.run(args, {
      env: { DATABASE_URL: database.ownerUrl },
      print: (text) => (said += text),
      tell: () => undefined,
    });
    return said;
  };

  it('makes two system admins, on the books, and no third', async () => {
    expect(await appoint('one')).toMatch(/^person [0-9a-f-]{36} is a system admin\n$/);
    await expect(appoint('one')).rejects.toThrow('has a seat already');
    await appoint('two');
    await expect(appoint('three')).rejects.toThrow('they invite further ones');
    const { rows } = await admin.query<{ subject: string }>(
      `select p.subject from membership m join person p on p.id = m.person_id
       join audit_entry e on e.action = 'role.grant' and e.canonical like '%' || p.id || '%'
       where m.roles = '{SYSTEM_ADMIN}' order by 1`,
    );
    expect(rows.map(({ subject }) => subject)).toEqual(['one', 'two']);
  });

  it('takes nobody out of an agency', async () => {
    await admin.query('update membership set valid_until = now() where agency_id is null');
    const person = await addPerson(admin);
    await addMembership(admin, {
      personId: person,
      agencyId: await addAgency(admin, { level: 'LOCAL' }),
      roles: ['ANALYST'],
    });
    await expect(appoint(person)).rejects.toThrow('has a seat already');
  });

  it('wants all three', async () => {
    await expect(
      appointCommand.run(['--issuer', 'x', '--subject', 'y'], {
        env: {},
        print: () => undefined,
        tell: () => undefined,
      }),
    ).rejects.toBeInstanceOf(UsageError);
  });
});
