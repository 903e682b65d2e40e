import type { AgencyLevel, Role } from '@concord/codes';
import { keyringOf, type AgreementFact, type KeyringFacts, type TaskForceFact, type Term } from './keyring.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const at = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);
const always: Term = { validFrom: at(-1000), validUntil: null };
const ended: Term = { validFrom: at(-1000), validUntil: at(0) };
const later: Term = { validFrom: at(1), validUntil: null };

const taskForce = (over: Partial<TaskForceFact> = {}): TaskForceFact => ({
  id: 'tf',
  name: 'Pipeline',
  ...always,
  agencies: [{ agencyId: 'a', ...always }],
  members: [{ agencyId: 'a', personId: 'p', ...always }],
  ...over,
});

const agreement = (over: Partial<AgreementFact> = {}): AgreementFact => ({
  name: 'Charter',
  purposes: ['INVESTIGATION', 'ANALYSIS'],
  parties: [{ agencyId: 'a', validUntil: null }],
  ...always,
  ...over,
});

/** An analyst of a local agency in one county of a region, in a task force, under an agreement. */
function facts(over: Partial<KeyringFacts> = {}): KeyringFacts {
  return {
    now: NOW,
    purpose: 'INVESTIGATION',
    person: { id: 'p', status: 'ACTIVE' },
    agency: agency('LOCAL'),
    memberships: [{ personId: 'p', agencyId: 'a', roles: ['ANALYST'], ...always }],
    agreements: [agreement()],
    policyTexts: [],
    acceptances: [],
    dangers: [],
    taskForces: [taskForce()],
    regions: [
      { id: 'southwest', countyFips: ['04019', '06073'] },
      { id: 'northwest', countyFips: ['53033'] },
    ],
    ...over,
  };
}

function agency(level: AgencyLevel, status: 'ACTIVE' | 'LEFT' = 'ACTIVE'): KeyringFacts['agency'] {
  const placeKeys = ['nation:us', 'state:06', 'county:06073', 'tribe:kumeyaay'];
  return { id: 'a', name: 'Harbor Police', level, status, placeKeys };
}

const membership = (roles: readonly Role[], term: Term = always) => [{ personId: 'p', agencyId: 'a', roles, ...term }];
const keys = (over: Partial<KeyringFacts> = {}): string[] => keyringOf(facts(over)).map(({ key }) => key);

describe('keyringOf', () => {
  it('carries the own agency, task forces, places and regions, each with its precision and reason', () => {
    expect(keyringOf(facts())).toEqual([
      { key: 'agency:a', precision: 'OWNER', because: 'member of Harbor Police' },
      { key: 'county:06073', precision: 'PARTNER', because: 'local agency of this jurisdiction under Charter' },
      { key: 'region:southwest', precision: 'PARTNER', because: 'county of this region under Charter' },
      { key: 'taskforce:tf', precision: 'TASK_FORCE', because: 'named member of task force Pipeline' },
      { key: 'tribe:kumeyaay', precision: 'PARTNER', because: 'local agency of this jurisdiction under Charter' },
    ]);
  });

  it.each<[AgencyLevel, string[]]>([
    ['FEDERAL', ['agency:a', 'nation:us', 'taskforce:tf']],
    ['STATE', ['agency:a', 'state:06', 'taskforce:tf']],
    ['LOCAL', ['agency:a', 'county:06073', 'region:southwest', 'taskforce:tf', 'tribe:kumeyaay']],
    ['TRIBAL', ['agency:a', 'county:06073', 'region:southwest', 'taskforce:tf', 'tribe:kumeyaay']],
    ['COMMUNITY', ['agency:a', 'community:us', 'taskforce:tf']],
  ])('reads by the places of its level: %s', (level, expected) => {
    expect(keys({ agency: agency(level) })).toEqual(expected);
  });

  it.each<[Role, 'all' | 'own' | 'none']>([
    ['SUBMITTER', 'own'],
    ['ANALYST', 'all'],
    ['SUPERVISOR', 'all'],
    ['AGENCY_ADMIN', 'all'],
    ['WATCH_OFFICER', 'all'],
    ['AUDITOR', 'none'],
    ['PRIVACY_OFFICER', 'none'],
    ['SYSTEM_ADMIN', 'none'],
  ])('%s carries %s', (role, expected) => {
    const carried = keys({ memberships: membership([role]) });
    expect(carried.length === 0 ? 'none' : carried.length === 1 ? 'own' : 'all').toBe(expected);
  });

  it('adds up the roles of several memberships, and only those of this person in this agency', () => {
    const memberships = [...membership(['AUDITOR']), ...membership(['SUBMITTER'])];
    expect(keys({ memberships })).toEqual(['agency:a']);
    expect(keys({ memberships: [{ personId: 'q', agencyId: 'a', roles: ['ANALYST'], ...always }] })).toEqual([]);
    expect(keys({ memberships: [{ personId: 'p', agencyId: 'b', roles: ['ANALYST'], ...always }] })).toEqual([]);
  });

  it('loses everything with the membership, the person or the agency', () => {
    expect(keys({ memberships: membership(['ANALYST'], ended) })).toEqual([]);
    expect(keys({ memberships: membership(['ANALYST'], later) })).toEqual([]);
    expect(keys({ person: { id: 'p', status: 'DISABLED' } })).toEqual([]);
    expect(keys({ agency: agency('LOCAL', 'LEFT') })).toEqual([]);
  });

  it('keeps only its own without an agreement', () => {
    expect(keys({ agreements: [] })).toEqual(['agency:a']);
    expect(keys({ agreements: [agreement(ended)] })).toEqual(['agency:a']);
    expect(keys({ agreements: [agreement({ parties: [{ agencyId: 'b', validUntil: null }] })] })).toEqual(['agency:a']);
    expect(keys({ agreements: [agreement({ parties: [{ agencyId: 'a', validUntil: NOW }] })] })).toEqual(['agency:a']);
  });

  it('keeps only its own for a purpose that the agreement does not name, and for none', () => {
    expect(keys({ purpose: 'TRAINING' })).toEqual(['agency:a']);
    expect(keys({ purpose: null })).toEqual(['agency:a']);
    expect(keys({ purpose: 'ANALYSIS' })).toEqual(keys());
    expect(keys({ purpose: 'ANY' })).toEqual(keys());
  });

  it('keeps only its own until the agency has accepted the policy text that is in force', () => {
    const policyTexts = [
      { version: 2, effectiveFrom: NOW },
      { version: 3, effectiveFrom: at(1) },
    ];
    const accepted = (...versions: number[]) => versions.map((version) => ({ agencyId: 'a', version }));
    expect(keys({ policyTexts })).toEqual(['agency:a']);
    expect(keys({ policyTexts, acceptances: accepted(1) })).toEqual(['agency:a']);
    expect(keys({ policyTexts, acceptances: [{ agencyId: 'b', version: 2 }] })).toEqual(['agency:a']);
    expect(keys({ policyTexts, acceptances: accepted(2) })).toEqual(keys());
    expect(keys({ policyTexts, acceptances: accepted(3) })).toEqual(keys());
    expect(keys({ policyTexts: policyTexts.slice(1) })).toEqual(keys());
  });

  it('carries what a supervisor has opened in imminent danger, without any agreement and until it ends', () => {
    const danger = { personId: 'p', agencyId: 'a', recordId: 'r', validUntil: at(1) };
    const alone = { agreements: [], memberships: membership(['SUPERVISOR']) };
    expect(keyringOf(facts({ ...alone, dangers: [danger, danger] }))).toEqual([
      { key: 'agency:a', precision: 'OWNER', because: 'member of Harbor Police' },
      { key: 'danger:r', precision: 'PARTNER', because: 'opened in imminent danger' },
    ]);
    expect(keys({ ...alone, dangers: [{ ...danger, validUntil: NOW }] })).toEqual(['agency:a']);
    expect(keys({ ...alone, dangers: [{ ...danger, personId: 'q' }] })).toEqual(['agency:a']);
    expect(keys({ ...alone, dangers: [{ ...danger, agencyId: 'b' }] })).toEqual(['agency:a']);
    expect(keys({ agreements: [], dangers: [danger] })).toEqual(['agency:a']);
  });

  it('names the first agreement of several', () => {
    const agreements = ['Zeta', 'Alpha', 'beta'].map((name) => agreement({ name }));
    expect(keyringOf(facts({ agreements }))[1]?.because).toBe('local agency of this jurisdiction under Alpha');
  });

  it.each<[string, Partial<TaskForceFact>]>([
    ['the task force has ended', ended],
    ['the task force has not begun', later],
    ['the agency has left it', { agencies: [{ agencyId: 'a', ...ended }] }],
    ['the agency never joined', { agencies: [{ agencyId: 'b', ...always }] }],
    ['the person was taken off', { members: [{ agencyId: 'a', personId: 'p', ...ended }] }],
    ['another person is named', { members: [{ agencyId: 'a', personId: 'q', ...always }] }],
    ['the person is named for another agency', { members: [{ agencyId: 'b', personId: 'p', ...always }] }],
  ])('opens no task force when %s', (_, over) => {
    expect(keys({ taskForces: [taskForce(over)] })).not.toContain('taskforce:tf');
  });

  it('begins with the instant of a beginning and ends with the instant of an end', () => {
    expect(keys({ memberships: membership(['SUBMITTER'], { validFrom: NOW, validUntil: at(1) }) })).toEqual([
      'agency:a',
    ]);
    expect(keys({ memberships: membership(['SUBMITTER'], { validFrom: at(-1), validUntil: NOW }) })).toEqual([]);
  });
});
