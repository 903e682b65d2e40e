import { AGENCIES as SEEDED } from '../../apps/embedded/src/agencies.data.js';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import {
  AGENCIES,
  AGENCY,
  CREATE_AGENCY,
  CREATE_REGION,
  ME,
  RECORD,
  REGIONS,
  UPDATE_AGENCY,
  UPDATE_AGENCY_CONTACT,
  UPDATE_REGION,
} from './documents.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

interface Agency {
  readonly id: string;
  readonly ori: string | null;
  readonly name: string;
  readonly version: number;
}
interface Answer {
  readonly __typename: string;
  readonly agency?: Agency;
  readonly region?: { readonly id: string; readonly version: number };
  readonly warnings?: readonly Issue[];
  readonly issues?: readonly Issue[];
}
interface Page {
  readonly agencies: {
    readonly edges: readonly { readonly node: Agency }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const POLICE = {
  ori: 'CA0371100',
  name: 'San Diego Police Department',
  level: 'LOCAL',
  jurisdiction: { countyFips: ['06073'] },
  contact: { phone: '+1 619 555 0101' },
};
const OUTSIDERS: readonly PersonaName[] = ['community-partner'];
const SWORN: readonly PersonaName[] = ['local-submitter', 'tribal-analyst', 'auditor', 'watch-officer', 'agency-admin'];

describe('agencies and regions are administered', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(() => stack?.stop());

  const run = async (document: string, input: object, as: PersonaName = 'system-admin'): Promise<Answer> =>
    Object.values(await stack.as(as).run<Record<string, Answer>>(document, { input }))[0] as Answer;
  const codes = (answer: Answer): string[] => (answer.issues ?? []).map(({ path, code }) => `${path} ${code}`);
  const booked = (action: string): Promise<number> =>
    stack.count('from audit_entry where action = $1 and person_id = $2', [action, personId('system-admin')]);
  const keysOf = async (as: PersonaName): Promise<string[]> =>
    (await stack.as(as).run<{ me: { keyring: { key: string }[] } }>(ME)).me.keyring.map(({ key }) => key);

  test('a system admin makes and changes an agency, and every act is on the books', async () => {
    expect(await run(CREATE_AGENCY, POLICE)).toMatchObject({
      __typename: 'AgencyCreated',
      agency: { ...POLICE, version: 1, status: 'ACTIVE', parent: null, contact: { phone: '+1 619 555 0101' } },
    });
    expect(await booked('agency.create')).toBe(1);
    expect(codes(await run(CREATE_AGENCY, POLICE))).toEqual(['ori TAKEN']);
    expect(codes(await run(CREATE_AGENCY, { level: 'STATE', jurisdiction: { countyFips: ['6073'] } }))).toEqual([
      'ori REQUIRED',
      'name REQUIRED',
      'jurisdiction.countyFips.0 UNKNOWN_COUNTY',
      'jurisdiction.countyFips JURISDICTION_DOES_NOT_FIT',
    ]);
    const change = { ori: POLICE.ori, version: 1, parentOri: SEEDED.california.ori, name: 'City Police' };
    expect(await run(UPDATE_AGENCY, change)).toMatchObject({
      agency: { name: 'City Police', version: 2, parent: { ori: SEEDED.california.ori }, contact: POLICE.contact },
    });
    expect(codes(await run(UPDATE_AGENCY, change))).toEqual(['version CONFLICT']);
    expect(codes(await run(UPDATE_AGENCY, { ...change, ori: 'CA9999999' }))).toEqual(['ori NOT_FOUND']);
    expect([await booked('agency.create'), await booked('agency.update')]).toEqual([1, 1]);
  });

  test('what an agency acts for is what its people read, from the commit on', async () => {
    const { recordId } = await stack.as('local-submitter').report(plainReport());
    const seen = (): Promise<unknown> => stack.as('far-local-analyst').refusal(RECORD, { id: recordId });
    expect(await seen()).not.toBeNull();
    const { ori } = SEEDED['new-york'];
    await run(UPDATE_AGENCY, { ori, version: 1, jurisdiction: { countyFips: ['36061', '06073'] } });
    expect(await keysOf('far-local-analyst')).toContain('county:06073');
    expect(await seen()).toBeNull();
    await run(UPDATE_AGENCY, { ori, version: 2, jurisdiction: { countyFips: ['36061'] } });
    expect(await seen()).not.toBeNull();
  });

  test('an admin says whom to call at the own agency, and changes nothing else of it', async () => {
    const change = async (input: object, as: PersonaName = 'agency-admin'): Promise<Answer> =>
      (await stack.as(as).run<{ updateAgencyContact: Answer }>(UPDATE_AGENCY_CONTACT, { input })).updateAgencyContact;
    const { ori } = SEEDED['san-diego'];
    const { agency: before } = await stack.as('agency-admin').run<{ agency: Agency }>(AGENCY, { ori });
    const changed = await change({ version: before.version, contact: { email: 'duty@example.org', phone: null } });
    expect(changed.agency).toEqual({
      ...before,
      version: before.version + 1,
      contact: { name: null, phone: null, email: 'duty@example.org' },
    });
    expect(await stack.as('state-analyst').run(AGENCY, { ori })).toEqual({ agency: changed.agency });
    expect(codes(await change({ version: before.version, contact: { name: 'Late' } }))).toEqual(['version CONFLICT']);
    expect(codes(await change({ contact: { email: 'nobody', name: 'a\u0000b' } }))).toEqual([
      'version REQUIRED',
      'contact.name FORBIDDEN_CHARACTER',
      'contact.email INVALID_FORMAT',
    ]);
    expect(codes(await change({ version: before.version + 1 }))).toEqual(['contact REQUIRED']);
    // Of two at the same moment one is first.
    const both = await Promise.all(
      (['agency-admin', 'second-agency-admin'] as const).map((as) =>
        change({ version: before.version + 1, contact: { name: as } }, as),
      ),
    );
    expect(both.flatMap(codes)).toEqual(['version CONFLICT']);
    for (const other of ['supervisor', 'local-analyst', 'system-admin', 'auditor'] as const)
      expect(
        await stack.as(other).refusal(UPDATE_AGENCY_CONTACT, { input: { version: 1, contact: null } }),
      ).toMatchObject({ code: 'FORBIDDEN' });
    expect(
      await stack.count(`from audit_entry where action = 'agency.update' and agency_id = $1`, [agencyId('san-diego')]),
    ).toBe(2);
  });

  test('an analyst of an agency that has just been made makes a rule before anything was submitted there', async () => {
    const ori = 'ME0010100';
    const made = await run(CREATE_AGENCY, { ...POLICE, ori, jurisdiction: { countyFips: ['23001'] } });
    await stack.admin.query(`insert into membership (person_id, agency_id, roles) values ($1, $2, '{ANALYST}')`, [
      personId('far-local-analyst'),
      made.agency?.id,
    ]);
    expect(await stack.as('far-local-analyst').with({ agency: ori }).rule('everything')).toMatch(/^[0-9a-f-]{36}$/);
    await stack.admin.query('update membership set valid_until = statement_timestamp() where agency_id = $1', [
      made.agency?.id,
    ]);
  });

  test('everybody sworn lists the directory, and nobody else; only system admins write it', async () => {
    for (const persona of SWORN) {
      const { agencies } = await stack.as(persona).run<Page>(AGENCIES, { search: 'synthetic harbor' });
      expect(agencies.edges.map(({ node }) => node)).toMatchObject([
        { ori: 'CA037SYN2', level: 'LOCAL', jurisdiction: { stateFips: [], countyFips: ['06073'] } },
      ]);
      expect(await stack.as(persona).refusal(CREATE_AGENCY, { input: POLICE })).toMatchObject({ code: 'FORBIDDEN' });
      expect(await stack.as(persona).refusal(UPDATE_REGION, { input: {} })).toMatchObject({ code: 'FORBIDDEN' });
    }
    for (const persona of OUTSIDERS)
      for (const [document, variables] of [
        [AGENCIES, {}],
        [AGENCY, { ori: 'CA037SYN2' }],
        [REGIONS, {}],
      ] as const)
        expect(await stack.as(persona).refusal(document, variables)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await stack.as('local-analyst').run(AGENCY, { ori: 'CA037SYN2' })).toMatchObject({
      agency: { contact: { phone: SEEDED.neighbour.phone } },
    });
    expect(await stack.as('local-analyst').run(AGENCY, { ori: 'CA037SYN9' })).toEqual({ agency: null });
  });

  test('pages give every agency once, in order of names; searches that cannot be meant are refused or empty', async () => {
    const names: string[] = [];
    for (let after: string | null = null; ;) {
      const { agencies }: Page = await stack.as('state-analyst').run<Page>(AGENCIES, { first: 4, after });
      names.push(...agencies.edges.map(({ node }) => node.name.toLowerCase()));
      after = agencies.pageInfo.endCursor;
      if (!agencies.pageInfo.hasNextPage) break;
    }
    const { rows } = await stack.admin.query<{ name: string }>('select lower(name) as name from agency order by 1');
    expect(names).toEqual(rows.map(({ name }) => name));
    const found = async (search: string): Promise<number> =>
      (await stack.as('state-analyst').run<Page>(AGENCIES, { search })).agencies.edges.length;
    expect([await found("!! '"), await found('CA037SYN'), await found("tribal:* & 'x"), await found('tribal')]).toEqual(
      [...[0, 2, 0, 1]],
    );
    for (const variables of [{ search: 'x'.repeat(101) }, { after: 'AAAA' }, { first: 0 }])
      expect(await stack.as('state-analyst').refusal(AGENCIES, variables)).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('a region joins counties across states; a change says what it means for what was released, and means it', async () => {
    const region = { id: 'hidta-test', name: 'Test HIDTA', countyFips: ['06073', '04027'] };
    expect(await run(CREATE_REGION, region)).toMatchObject({
      region: { ...region, countyFips: ['04027', '06073'], version: 1 },
    });
    expect(codes(await run(CREATE_REGION, region))).toEqual(['id TAKEN']);
    expect(codes(await run(CREATE_REGION, { id: 'No', countyFips: ['1'] }))).toEqual([
      ...['id INVALID_FORMAT', 'name REQUIRED', 'countyFips.0 UNKNOWN_COUNTY'],
    ]);
    expect(await keysOf('neighbour-analyst')).toContain('region:hidta-test');

    const before = await stack.as('local-submitter').report(plainReport());
    const sees = async (as: PersonaName, id: string): Promise<boolean> =>
      (await stack.as(as).refusal(RECORD, { id })) === null;
    expect(await sees('far-local-analyst', before.recordId)).toBe(false);
    // Wider: agencies of the added county read what was released to the region before.
    const wider = { id: region.id, version: 1, countyFips: ['06073', '04027', '36061'] };
    const widened = await run(UPDATE_REGION, wider);
    expect(widened).toMatchObject({ region: { version: 2 }, warnings: [{ code: 'REGION_WIDENED' }] });
    expect(await sees('far-local-analyst', before.recordId)).toBe(true);
    // Narrower: what was released in a county that was taken out stays shared; what comes after is not.
    const narrower = { id: region.id, version: 2, countyFips: ['04027', '36061'] };
    expect((await run(UPDATE_REGION, narrower)).warnings).toMatchObject([{ code: 'REGION_NARROWED' }]);
    const after = await stack.as('local-submitter').report(plainReport());
    expect([await sees('far-local-analyst', before.recordId), await sees('far-local-analyst', after.recordId)]).toEqual(
      [...[true, false]],
    );
    expect(await keysOf('neighbour-analyst')).not.toContain('region:hidta-test');
    expect(codes(await run(UPDATE_REGION, narrower))).toEqual(['version CONFLICT']);
    expect((await run(UPDATE_REGION, { id: region.id, version: 3, name: 'Renamed' })).warnings).toEqual([]);
    const listed = await stack.as('system-admin').run(REGIONS, { first: 2 });
    expect(listed).toMatchObject({ regions: { edges: [{}, {}], pageInfo: { hasNextPage: true } } });
    expect([await booked('region.create'), await booked('region.update')]).toEqual([1, 3]);
  });
});
