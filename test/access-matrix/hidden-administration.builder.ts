import { addAgency, addAgreement, addMembership, addPerson } from '@concord/platform/testing';
import { newId } from '@concord/platform/ids';
import { createHash, randomBytes } from 'node:crypto';
import type { Client } from 'pg';

type Json = Record<string, unknown>;

/** What another agency administers, by its ids. */
export interface OfAnotherAgency {
  readonly keyId: string;
  readonly membershipId: string;
  readonly approvalId: string;
  readonly agreementId: string;
  readonly dangerId: string;
  readonly personId: string;
  /** Of a record that is not the asker's agency's. */
  readonly recordId: string;
  readonly ori: string;
  /** Of invitations: one that was accepted, one that is over. */
  readonly codes?: readonly string[];
}

/**
 * Of these PostgreSQL runs more for what is there, inside a policy or a function that asks whose it is: of the statements
 * only those of the API are compared. Their ids are random, and who may ask is an admin.
 */
export const ASKED_WITHIN: readonly string[] = ['decideApproval', 'disablePerson', 'enablePerson'];
/** What the API sends has numbered parameters, what functions run has names. */
export const sentByTheApi = (statement: string): boolean => /\$\d/.test(statement);

const DIGEST = 'a'.repeat(64);
const rejected = '{ __typename ... on AdminRejected { issues { path code message } } }';
const byId = (field: string, more = ''): string => `mutation($id: ID!) { ${field}(id: $id${more}) ${rejected} }`;

/** Ways for an agency's admin to name what may be another agency's. */
export const ADMIN_ACTS: readonly (readonly [
  name: string,
  document: string,
  variables: (it: OfAnotherAgency) => Json,
])[] = [
  ['revokeApiKey', byId('revokeApiKey'), ({ keyId }) => ({ id: keyId })],
  ['endMembership', byId('endMembership', ', reason: "invented"'), ({ membershipId }) => ({ id: membershipId })],
  ['decideApproval', byId('decideApproval', ', approve: true'), ({ approvalId }) => ({ id: approvalId })],
  ['endAgreement', byId('endAgreement', ', reason: "invented"'), ({ agreementId }) => ({ id: agreementId })],
  [
    'signAgreement',
    `mutation($input: SignAgreementInput!) { signAgreement(input: $input) ${rejected} }`,
    ({ agreementId }) => ({ input: { agreementId, textDigest: DIGEST } }),
  ],
  ['reviewImminentDanger', byId('reviewImminentDanger', ', note: "invented"'), ({ dangerId }) => ({ id: dangerId })],
  ['disablePerson', byId('disablePerson'), ({ personId }) => ({ id: personId })],
  ['enablePerson', byId('enablePerson'), ({ personId }) => ({ id: personId })],
  [
    'createApiKey for a person of another agency',
    `mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) ${rejected} }`,
    ({ personId }) => ({
      input: {
        ...{ name: 'invented', personId, capabilities: ['SUBMIT'], widestSharing: 'AGENCY' },
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      },
    }),
  ],
  [
    'explainAccess',
    'query($recordId: ID!, $personId: ID!) { explainAccess(recordId: $recordId, personId: $personId) { allowed precision because { key reason } } }',
    ({ recordId, personId }) => ({ recordId, personId }),
  ],
  [
    'members of another agency',
    'query($ori: String) { members(agencyOri: $ori) { edges { node { id } } } }',
    ({ ori }) => ({ ori }),
  ],
];

/** An agency with everything that is administered, of which nothing is the asker's. */
export async function writeAnotherAgency(admin: Client, recordId: string): Promise<OfAnotherAgency> {
  const agencyId = await addAgency(admin, { level: 'LOCAL', name: 'Invented agency elsewhere' });
  const personId = await addPerson(admin);
  const membershipId = await addMembership(admin, { personId, agencyId, roles: ['SUPERVISOR'] });
  const agreementId = await addAgreement(admin, { parties: [agencyId] });
  const [keyId, approvalId, dangerId] = [newId(), newId(), newId()];
  const { rows } = await admin.query<{ ori: string }>('select ori from agency where id = $1', [agencyId]);
  await admin.query(
    `insert into api_key (id, agency_id, person_id, name, prefix, digest, capabilities, widest_sharing, created_by, expires_at)
     values ($1, $2, $3, 'invented', $4, $5, '{SUBMIT}', 'AGENCY', $3, now() + interval '1 day')`,
    [keyId, agencyId, personId, randomBytes(6).toString('hex'), randomBytes(32)],
  );
  await admin.query(
    `insert into approval (id, kind, agency_id, payload, summary, requested_by) values ($1, 'role.grant', $2, '{}', 'invented', $3)`,
    [approvalId, agencyId, personId],
  );
  await admin.query(
    `insert into imminent_danger (id, person_id, agency_id, record_id, owner_agency_id, reason, opened_at, valid_until)
     values ($1, $2, $3, $4, $3, 'An invented danger to somebody', now(), now() + interval '1 hour')`,
    [dangerId, personId, agencyId, recordId],
  );
  const codes = await invitations(admin, agencyId, personId);
  return { keyId, membershipId, approvalId, agreementId, dangerId, personId, recordId, ori: rows[0]?.ori ?? '', codes };
}

async function invitations(admin: Client, agencyId: string, personId: string): Promise<string[]> {
  const codes = [code(), code()];
  for (const [n, text] of codes.entries())
    await admin.query(
      `insert into invitation (person_id, agency_id, roles, valid_from, code_hash, created_by, expires_at, accepted_by, accepted_at)
       values ($1, $2, '{ANALYST}', now(), $3, $1, now() + $4::int * interval '1 day', $5, $6)`,
      [
        ...[personId, agencyId, createHash('sha256').update(text).digest()],
        ...(n === 0 ? [1, personId, new Date()] : [-1, null, null]),
      ],
    );
  return codes;
}

const code = (): string => `cci_${randomBytes(20).toString('base64url')}`;
/** Of nobody. */
export const NO_CODE = code();
