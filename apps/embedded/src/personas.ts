import type { AgencyActor } from '@concord/access';
import type { AgencyLevel, Role } from '@concord/codes';
import { createHash } from 'node:crypto';
import { AGENCIES, type AgencyName, type SeedAgency } from './agencies.data.js';

/** Somebody to try Concord as. */
export interface Persona {
  readonly displayName: string;
  /** Null for system admins, who belong to the deployment. */
  readonly agency: AgencyName | null;
  readonly roles: readonly Role[];
}

/** Everybody whom the embedded mode knows. The name is the subject of the person's tokens. */
export const PERSONAS = {
  'local-submitter': { displayName: 'Local submitter', agency: 'san-diego', roles: ['SUBMITTER'] },
  'local-analyst': { displayName: 'Local analyst', agency: 'san-diego', roles: ['ANALYST'] },
  supervisor: { displayName: 'Supervisor', agency: 'san-diego', roles: ['SUPERVISOR'] },
  'agency-admin': { displayName: 'Agency admin', agency: 'san-diego', roles: ['AGENCY_ADMIN'] },
  // Nobody decides what they asked for themselves: of whoever administers there are two.
  'second-agency-admin': { displayName: 'Second agency admin', agency: 'san-diego', roles: ['AGENCY_ADMIN'] },
  'neighbour-analyst': { displayName: 'Neighbour analyst', agency: 'neighbour', roles: ['ANALYST'] },
  'other-local-submitter': { displayName: 'Other local submitter', agency: 'sacramento', roles: ['SUBMITTER'] },
  'far-local-analyst': { displayName: 'Far local analyst', agency: 'new-york', roles: ['ANALYST'] },
  'tribal-analyst': { displayName: 'Tribal analyst', agency: 'tribal', roles: ['ANALYST'] },
  'state-analyst': { displayName: 'State analyst', agency: 'california', roles: ['ANALYST'] },
  'other-state-analyst': { displayName: 'Other state analyst', agency: 'washington', roles: ['ANALYST'] },
  'federal-analyst': { displayName: 'Federal analyst', agency: 'federal', roles: ['ANALYST'] },
  'taskforce-analyst': { displayName: 'Task force analyst', agency: 'riverside', roles: ['ANALYST'] },
  'community-partner': { displayName: 'Community partner', agency: 'clinic', roles: ['ANALYST'] },
  'system-admin': { displayName: 'System admin', agency: null, roles: ['SYSTEM_ADMIN'] },
  'second-system-admin': { displayName: 'Second system admin', agency: null, roles: ['SYSTEM_ADMIN'] },
  auditor: { displayName: 'Auditor', agency: 'oversight', roles: ['AUDITOR'] },
  'watch-officer': { displayName: 'Watch officer', agency: 'watch', roles: ['WATCH_OFFICER'] },
} as const satisfies Record<string, Persona>;

export type PersonaName = keyof typeof PERSONAS;

export const PERSONA_NAMES = Object.keys(PERSONAS) as readonly PersonaName[];

/** Accounts of people who are nobody in Concord yet: to be invited, or to be appointed with `concord appoint`. */
export const NEWCOMERS = ['newcomer', 'other-newcomer'] as const;

export type AccountName = PersonaName | (typeof NEWCOMERS)[number];

/** Everybody who can sign in at the embedded issuer. */
export const ACCOUNT_NAMES: readonly AccountName[] = [...PERSONA_NAMES, ...NEWCOMERS];

export const isPersonaName = (name: string): name is PersonaName => Object.hasOwn(PERSONAS, name);

/**
 * Ids of what is seeded, the same in every installation, so that seeding again finds what is there. Version 5 in form;
 * SHA-256 in place of SHA-1.
 */
export function seedId(kind: string, name: string): string {
  const bytes = createHash('sha256').update(`concord:embedded:${kind}:${name}`, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const agencyId = (agency: AgencyName): string => seedId('agency', agency);
export const personId = (persona: PersonaName): string => seedId('person', persona);

/** The standing task force of two agencies of different counties, of which no region holds both. */
export const TASK_FORCE = {
  id: seedId('task-force', 'border-counties-fentanyl'),
  name: 'Border Counties Fentanyl',
  lead: 'san-diego',
  agencies: ['san-diego', 'riverside'],
  activities: ['TRAFFICKING'],
  members: [
    { persona: 'supervisor', role: 'LEAD' },
    { persona: 'local-analyst', role: 'MEMBER' },
    { persona: 'taskforce-analyst', role: 'MEMBER' },
  ],
  validFrom: '2020-01-01T00:00:00Z',
  validUntil: '2099-12-31T00:00:00Z',
} as const satisfies {
  readonly members: readonly { readonly persona: PersonaName; readonly role: 'LEAD' | 'MEMBER' }[];
  readonly agencies: readonly AgencyName[];
} & Record<string, unknown>;

/** What `personas.json` says about an account beside its token: as it was seeded. */
export interface PersonaFacts {
  readonly agencyOri: string | null;
  readonly level: AgencyLevel | null;
  readonly roles: readonly Role[];
}

export function personaFacts(name: AccountName): PersonaFacts {
  if (!isPersonaName(name)) return { agencyOri: null, level: null, roles: [] };
  const { agency, roles } = PERSONAS[name];
  if (agency === null) return { agencyOri: null, level: null, roles };
  const { ori, level }: SeedAgency = AGENCIES[agency];
  return { agencyOri: ori, level, roles };
}

/**
 * A persona as it acts inside the process, without signing in.
 * @throws for system admins, who have no agency to act for.
 */
export function personaActor(name: PersonaName): AgencyActor {
  const { displayName, agency, roles } = PERSONAS[name];
  if (agency === null) throw new Error(`${name} acts for no agency.`);
  const { ori, level, name: agencyName }: SeedAgency = AGENCIES[agency];
  return {
    personId: personId(name),
    displayName,
    agency: { id: agencyId(agency), ori, name: agencyName, level },
    roles: new Set<Role>(roles),
    purpose: null,
  };
}
