import { createHash } from 'node:crypto';
import { AGENCIES } from '../../apps/embedded/src/agencies.data.js';
import { agencyId } from '../../apps/embedded/src/personas.js';
import {
  ACCEPT_POLICY,
  AGREEMENTS,
  ALERTS,
  END_AGREEMENT,
  ME,
  MY_POLICY,
  NATION_OVERVIEW,
  PUBLISH_POLICY,
  RECORD,
  RECORDS,
  SIGN_AGREEMENT,
  SUBMIT,
} from './documents.js';
import { eventually, type Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

interface AgreementNode {
  readonly id: string;
  readonly parties: readonly { readonly ori: string | null; readonly signed: boolean; readonly until: string | null }[];
  readonly until: string | null;
  readonly textDigest: string;
}
interface Outcome {
  readonly __typename: string;
  readonly agreement?: AgreementNode;
  readonly issues?: readonly Issue[];
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const TEXT_DIGEST = digestOf('What San Diego and the harbor have agreed.');
const NEW_AGREEMENT = {
  name: 'Two agencies of one county',
  parties: [AGENCIES['san-diego'].ori, AGENCIES.neighbour.ori],
  purposes: ['DECONFLICTION'],
  widestSharing: 'STATE',
  from: '2026-01-01',
  contact: { name: 'Desk', phone: '+1 619 555 0101' },
  textDigest: TEXT_DIGEST,
};

describe('an agreement', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(() => stack?.stop());

  const sign = async (persona: 'agency-admin' | 'system-admin', input: object): Promise<Outcome> =>
    (await stack.as(persona).run<{ signAgreement: Outcome }>(SIGN_AGREEMENT, { input })).signAgreement;
  const end = async (persona: 'agency-admin' | 'system-admin', id: string, reason = 'Over.'): Promise<Outcome> =>
    (await stack.as(persona).run<{ endAgreement: Outcome }>(END_AGREEMENT, { id, reason })).endAgreement;
  const listed = async (persona: 'agency-admin' | 'system-admin'): Promise<AgreementNode[]> => {
    const { agreements } = await stack
      .as(persona)
      .run<{ agreements: { edges: { node: AgreementNode }[] } }>(AGREEMENTS, { first: 100 });
    return agreements.edges.map(({ node }) => node);
  };
  const codesOf = ({ issues }: Outcome): string[] => (issues ?? []).map(({ path, code }) => `${path} ${code}`).sort();
  const entries = (action: string): Promise<number> => stack.count('from audit_entry where action = $1', [action]);
  const analyst = (purpose: string) => stack.as('local-analyst').with({ purpose: `${purpose}; ref=TEST-1` });

  it('is refused with every fault at once, and to whoever may not', async () => {
    expect(
      codesOf(
        await sign('system-admin', { parties: ['CA037SYN1'], purposes: ['FUN'], until: 'soon', textDigest: 'abc' }),
      ),
    ).toEqual([
      'contact REQUIRED',
      'from REQUIRED',
      'name REQUIRED',
      'parties TOO_FEW',
      'purposes.0 UNKNOWN_CODE',
      'textDigest INVALID_FORMAT',
      'until INVALID_FORMAT',
      'widestSharing REQUIRED',
    ]);
    expect(codesOf(await sign('system-admin', { ...NEW_AGREEMENT, parties: ['CA037SYN1', 'ZZ0000000'] }))).toEqual([
      'parties.1 NOT_FOUND',
    ]);
    // Nobody binds another agency alone: not the deployment, and not a party.
    expect(codesOf(await sign('system-admin', { ...NEW_AGREEMENT, agreementId: agencyId('san-diego') }))).toEqual([
      'agreementId NOT_YOURS',
    ]);
    expect(codesOf(await sign('agency-admin', NEW_AGREEMENT))).toEqual(
      [
        'agreementId REQUIRED',
        ...['contact', 'from', 'name', 'parties', 'purposes', 'widestSharing'].map((it) => `${it} NOT_YOURS`),
      ].sort(),
    );
    for (const persona of ['local-analyst', 'supervisor', 'auditor'] as const)
      expect(await stack.as(persona).refusal(SIGN_AGREEMENT, { input: {} })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await stack.as('local-analyst').refusal(AGREEMENTS)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await stack.count('from agreement')).toBe(1);
  });

  it('ends in mid-subscription: nothing committed later is told or shown, and nobody else loses anything', async () => {
    await stack.as('local-analyst').rule('everything');
    await stack.as('federal-analyst').rule('everything');
    const ours = await stack.live('local-analyst');
    const theirs = await stack.live('federal-analyst');
    const before = await stack.as('neighbour-analyst').report(plainReport());
    await stack.drain();
    expect((await ours.next()).alert.record?.id).toBe(before.recordId);
    expect((await theirs.next()).alert.record?.id).toBe(before.recordId);

    const [old] = await listed('agency-admin');
    const ended = await end('agency-admin', old?.id ?? '');
    expect(ended.agreement?.until).not.toBeNull();
    expect(codesOf(await end('agency-admin', old?.id ?? ''))).toEqual(['id ENDED']);
    expect(await entries('agreement.end')).toBe(1);

    const after = await stack.as('neighbour-analyst').report(plainReport());
    const own = await stack.as('local-submitter').report(plainReport({ sharing: 'AGENCY' }));
    await stack.drain();
    expect((await theirs.next()).alert.record?.id).toBe(after.recordId);
    // Our own record is told after it, in the order of the inbox: what was not told by then is not told.
    expect((await ours.next()).alert.record?.id).toBe(own.recordId);
    expect(ours.events).toHaveLength(2);
    expect(await analyst('INVESTIGATION').refusal(RECORD, { id: before.recordId })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const { alerts } = await stack
      .as('local-analyst')
      .run<{ alerts: { edges: { node: { record: { id: string } | null } }[] } }>(ALERTS, { first: 10 });
    expect(alerts.edges.map(({ node }) => node.record?.id ?? null)).toEqual([own.recordId, null]);
    const { seizureRecords } = await stack
      .as('local-analyst')
      .run<{ seizureRecords: { edges: { node: { id: string } }[] } }>(RECORDS, { first: 10 });
    expect(seizureRecords.edges.map(({ node }) => node.id)).toEqual([own.recordId]);
    await ours.close();
    await theirs.close();
  });

  it('binds an agency when its own admin has signed, and opens for its purposes alone', async () => {
    const recorded = await sign('system-admin', NEW_AGREEMENT);
    const id = recorded.agreement?.id ?? '';
    expect(recorded.agreement?.parties.map(({ signed }) => signed)).toEqual([false, false]);
    const { recordId } = await stack.as('neighbour-analyst').report(plainReport());
    const reads = async (purpose: string) => (await analyst(purpose).refusal(RECORD, { id: recordId })) === null;
    expect(await reads('DECONFLICTION')).toBe(false);

    expect(codesOf(await sign('agency-admin', { agreementId: id, textDigest: digestOf('something else') }))).toEqual([
      'textDigest OTHER_TEXT',
    ]);
    expect(codesOf(await sign('agency-admin', { agreementId: agencyId('tribal'), textDigest: TEXT_DIGEST }))).toEqual([
      'agreementId NOT_FOUND',
    ]);
    const signatures = await Promise.all(
      [1, 2, 3].map(() => sign('agency-admin', { agreementId: id, textDigest: TEXT_DIGEST })),
    );
    expect(signatures.map(({ __typename }) => __typename)).toEqual(Array(3).fill('AgreementSigned'));
    expect(await entries('agreement.sign')).toBe(2);

    expect(await reads('DECONFLICTION')).toBe(true);
    expect(await reads('INVESTIGATION')).toBe(false);
    const keyring = async (purpose: string): Promise<string[]> => {
      const { me } = await analyst(purpose).run<{ me: { keyring: { key: string }[] } }>(ME);
      return me.keyring.map(({ key }) => key.split(':')[0] ?? '');
    };
    expect(await keyring('INVESTIGATION')).toEqual(['agency']);
    expect(await keyring('DECONFLICTION')).toEqual(['agency', 'county', 'region', 'taskforce']);

    // Sharing goes as far as this agreement, and no farther.
    const { submitSeizureReport } = await stack
      .as('local-submitter')
      .run<{ submitSeizureReport: { issues?: Issue[] } }>(SUBMIT, { input: plainReport({ sharing: 'NATION' }) });
    expect(submitSeizureReport.issues?.map(({ code }) => code)).toEqual(['SHARING_EXCEEDS_AGREEMENT']);
    await stack.as('local-submitter').report(plainReport({ sharing: 'STATE' }));

    await end('system-admin', id);
    expect(await reads('DECONFLICTION')).toBe(false);
    expect(codesOf(await sign('agency-admin', { agreementId: id, textDigest: TEXT_DIGEST }))).toEqual([
      'agreementId ENDED',
    ]);
  });

  it('lists to an agency what names it, and to the deployment all', async () => {
    await sign('system-admin', {
      ...NEW_AGREEMENT,
      parties: [AGENCIES.tribal.ori, AGENCIES.california.ori],
      textDigest: digestOf('of others'),
    });
    expect(await listed('agency-admin')).toHaveLength(2);
    expect(await listed('system-admin')).toHaveLength(3);
  });
});

describe('the policy text', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(() => stack?.stop());

  const publish = async (input: object) =>
    (
      await stack
        .as('system-admin')
        .run<{ publishPolicyText: { policyText?: { version: number }; issues?: Issue[] } }>(PUBLISH_POLICY, { input })
    ).publishPolicyText;
  const accept = async (version: number) =>
    (
      await stack
        .as('agency-admin')
        .run<{ acceptPolicy: { policy?: { accepted: boolean; closed: boolean }; issues?: Issue[] } }>(ACCEPT_POLICY, {
          version,
        })
    ).acceptPolicy;

  it('closes what others share to an agency that has not accepted it in time, and says so', async () => {
    const { recordId: shared } = await stack.as('neighbour-analyst').report(plainReport());
    const { recordId: own } = await stack.as('local-submitter').report(plainReport());
    const reader = stack.as('local-analyst');
    const answer = async (id: string): Promise<unknown> => (await reader.refusal(RECORD, { id }))?.code ?? null;

    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect((await publish({ text: ' ', effectiveFrom: tomorrow })).issues?.map(({ code }) => code)).toEqual([
      'REQUIRED',
      'TOO_SOON',
    ]);
    const texts = await Promise.all([1, 2].map(() => publish({ text: 'A stricter text.' })));
    expect(texts.map(({ policyText }) => policyText?.version)).toEqual([2, 2]);
    expect(await stack.count(`from audit_entry where action = 'policy.publish'`)).toBe(1);
    expect(await answer(shared)).toBeNull();
    expect(await reader.run(MY_POLICY)).toMatchObject({
      me: { policy: { version: 2, text: 'A stricter text.', accepted: false, closed: false } },
    });

    await stack.admin.query('update policy_text set effective_from = statement_timestamp() where version = 2');
    // The same for what is there, what is not, and what is no id; one's own is open.
    expect(await answer(shared)).toBe('POLICY_NOT_ACCEPTED');
    expect(await answer(agencyId('tribal'))).toBe('POLICY_NOT_ACCEPTED');
    expect(await answer('nothing')).toBe('POLICY_NOT_ACCEPTED');
    expect(await answer(own)).toBeNull();
    expect(await stack.as('federal-analyst').refusal(NATION_OVERVIEW)).toMatchObject({ code: 'POLICY_NOT_ACCEPTED' });
    expect(await stack.as('federal-analyst').refusal(RECORDS, { first: 5 })).toMatchObject({
      code: 'POLICY_NOT_ACCEPTED',
    });
    expect(await reader.run(MY_POLICY)).toMatchObject({ me: { policy: { closed: true } } });
    await stack.as('local-analyst').rule('everything');
    await stack.as('neighbour-analyst').report(plainReport());
    await stack.drain();
    expect(await stack.as('local-analyst').alerts()).toEqual([]);

    expect((await accept(1)).issues?.map(({ code }) => code)).toEqual(['SUPERSEDED']);
    expect((await accept(3)).issues?.map(({ code }) => code)).toEqual(['NOT_FOUND']);
    expect(await stack.as('local-analyst').refusal(ACCEPT_POLICY, { version: 2 })).toMatchObject({ code: 'FORBIDDEN' });
    const accepted = await Promise.all([accept(2), accept(2)]);
    expect(accepted.map(({ policy }) => policy)).toEqual(
      Array(2).fill(expect.objectContaining({ accepted: true, closed: false })),
    );
    expect(await stack.count(`from audit_entry where action = 'policy.accept' and outcome = 'DONE'`)).toBe(1);
    expect(await answer(shared)).toBeNull();
    expect(await answer(agencyId('tribal'))).toBe('NOT_FOUND');
    await eventually('told again', async () => {
      await stack.as('neighbour-analyst').report(plainReport());
      await stack.drain();
      return (await stack.as('local-analyst').alerts()).length > 0;
    });
  });
});
