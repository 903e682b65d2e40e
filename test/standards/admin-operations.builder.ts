import { createHash, randomUUID } from 'node:crypto';
import { AGENCIES } from '../../apps/embedded/src/agencies.data.js';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { Administration } from '../flows/administration.builder.js';
import { SIGN_AGREEMENT } from '../flows/documents.js';
import { plainReport } from '../flows/reports.builder.js';
import type { FlowStack } from '../flows/stack.builder.js';

type Variables = Record<string, unknown>;

/** Who sends an operation, with what, and which member of the mutation's union says that it was done. */
export interface Sent {
  readonly as: PersonaName;
  readonly variables: (stack: FlowStack) => Promise<Variables>;
  readonly done?: string;
}

const SAN_DIEGO = AGENCIES['san-diego'].ori;
/** A second person decides, so it is never held already. */
const privacyOfficer = (): Variables => ({
  input: { personId: personId('local-analyst'), roles: ['PRIVACY_OFFICER'] },
});
const asked = async (stack: FlowStack): Promise<string> => {
  const { approval } = await new Administration(stack.as('agency-admin')).grant(privacyOfficer()['input'] as Variables);
  return approval?.id ?? '';
};
const newAgreement = (): Variables => ({
  input: {
    name: 'Two agencies of one county',
    parties: [SAN_DIEGO, AGENCIES.neighbour.ori],
    purposes: ['DECONFLICTION'],
    widestSharing: 'STATE',
    from: '2026-01-01',
    contact: { name: 'Desk', phone: '+1 619 555 0101' },
    textDigest: createHash('sha256').update(randomUUID()).digest('hex'),
  },
});

/** Variables of the administrators' operations, as the comments of admin.graphql show them. */
export const ADMIN_SENT: Readonly<Record<string, Sent>> = {
  CreateAgency: {
    as: 'system-admin',
    variables: async () => ({
      input: {
        ori: `CA${randomUUID().replaceAll('-', '').slice(0, 7).toUpperCase()}`,
        ...{ name: 'San Diego Police Department', level: 'LOCAL', jurisdiction: { countyFips: ['06073'] } },
        contact: { phone: '+1 619 555 0101' },
      },
    }),
    done: 'AgencyCreated',
  },
  Agencies: { as: 'state-analyst', variables: async () => ({ search: 'san diego', level: 'LOCAL', first: 50 }) },
  InvitePerson: {
    as: 'agency-admin',
    variables: async () => ({ input: { displayName: 'Invented colleague', roles: ['ANALYST'] } }),
    done: 'PersonInvited',
  },
  GrantRole: { as: 'agency-admin', variables: async () => privacyOfficer(), done: 'ApprovalRequested' },
  Members: { as: 'agency-admin', variables: async () => ({ agencyOri: SAN_DIEGO, first: 50 }) },
  Approvals: {
    as: 'second-agency-admin',
    variables: async (stack) => {
      await asked(stack);
      return { state: 'PENDING', first: 50 };
    },
  },
  DecideApproval: {
    as: 'second-agency-admin',
    variables: async (stack) => ({ id: await asked(stack), approve: false, note: 'Not now.' }),
    done: 'ApprovalDecided',
  },
  EndMembership: {
    as: 'agency-admin',
    variables: async (stack) => {
      const { rows } = await stack.admin.query<{ id: string }>(
        `insert into membership (person_id, agency_id, roles) values ($1, $2, '{WATCH_OFFICER}') returning id`,
        [personId('local-analyst'), agencyId('san-diego')],
      );
      return { id: rows[0]?.id, reason: 'Moved to another desk.' };
    },
    done: 'MembershipEnded',
  },
  SignAgreement: { as: 'system-admin', variables: async () => newAgreement(), done: 'AgreementSigned' },
  EndAgreement: {
    as: 'system-admin',
    variables: async (stack) => {
      const { signAgreement } = await stack
        .as('system-admin')
        .run<{ signAgreement: { agreement: { id: string } } }>(SIGN_AGREEMENT, newAgreement());
      return { id: signAgreement.agreement.id, reason: 'Over.' };
    },
    done: 'AgreementEnded',
  },
  ExplainAccess: {
    as: 'agency-admin',
    variables: async (stack) => ({
      recordId: (await stack.as('local-submitter').report(plainReport())).recordId,
      personId: personId('state-analyst'),
    }),
  },
};
