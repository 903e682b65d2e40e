import { AGENCY_LEVELS, ROLES, type AgencyLevel, type Role } from '@concord/codes';
import type { Actor } from './actor.js';
import { decide, OPEN_ACTIONS, POLICIES, type Action } from './policy.js';

/**
 * Who may ask for what, written by hand from design.md and docs/people.md, agencies.md, agreements.md, review.md and
 * imminent-danger.md and not from the table: for each role the
 * levels at which it may (Federal, State, Local, Tribal, Community; `*` for the deployment), `-` for none. What is not
 * written here is refused.
 */
const HEAD = [
  'SUBMITTER',
  'ANALYST',
  'SUPERVISOR',
  'AGENCY_ADMIN',
  'SYSTEM_ADMIN',
  'AUDITOR',
  'PRIVACY_OFFICER',
  'WATCH_OFFICER',
];
const EXPECTED = `
  report.submit           FSLT  FSLT  FSLT  -      -  -      -   -
  report.draft            FSLT  FSLT  FSLT  -      -  -      -   -
  column-mapping.save     FSLT  FSLT  FSLT  -      -  -      -   -
  report.change           FSLT  FSLT  FSLT  -      -  -      -   -
  report.release          -     -     FSLT  -      -  -      -   -
  report.read             FSLT  FSLT  FSLT  FSLT   -  -      -   FSLT
  record.read             FSLT  FSLT  FSLT  FSLT   -  -      -   FSLT   purpose
  alert.rule.create       -     FSLT  FSLT  -      -  -      -   FSLT
  alert.rule.read         -     FSLT  FSLT  -      -  -      -   FSLT
  alert.rule.change       -     FSLT  FSLT  -      -  -      -   FSLT
  alert.read              -     FSLT  FSLT  -      -  -      -   FSLT   purpose
  alert.acknowledge       -     FSLT  FSLT  -      -  -      -   FSLT
  alert.watch             -     FSLT  FSLT  -      -  -      -   FSLT   purpose
  alert.push              -     FSLT  FSLT  -      -  -      -   FSLT
  alert.assign            -     FSLT  FSLT  -      -  -      -   FSLT
  overview.state          -     S     S     -      -  -      -   S      purpose
  overview.nation         -     F     F     -      -  -      -   F      purpose
  community.read          -     C     C     C      -  -      -   C      purpose
  contact.request         FSLT  FSLT  FSLT  FSLT   -  -      -   FSLT   purpose
  contact.asked           FSLT  FSLT  FSLT  FSLT   -  -      -   FSLT
  contact.answer          -     FSLT  FSLT  -      -  -      -   -
  agency.settings.read    FSLT  FSLT  FSLT  FSLT   -  FSLT   FSLT   FSLT
  agency.settings.change  -     -     FSLT  FSLT   -  -      -   -
  agency.activity.read    -     -     FSLT  FSLT   -  -      -   -
  approval.read           -     -     -     FSLTC  *  -      -   -
  approval.decide         -     -     -     FSLTC  *  -      -   -
  person.invite           -     -     -     FSLTC  *  -      -   -
  person.disable          -     -     -     FSLTC  *  -      -   -
  person.enable           -     -     -     FSLTC  *  -      -   -
  role.grant              -     -     -     FSLTC  *  -      -   -
  membership.read         -     -     -     FSLTC  *  FSLTC  -   -
  membership.end          -     -     -     FSLTC  *  -      -   -
  api-key.manage          -     -     -     FSLT   -  -      -   -
  agency.read             FSLT  FSLT  FSLT  FSLT   *  FSLT   FSLT   FSLT
  agency.contact.read     FSLT  FSLT  FSLT  FSLT   *  FSLT   FSLT   FSLT
  agency.contact.change   -     -     -     FSLT   -  -      -   -
  agency.leave            -     -     -     FSLTC  *  -      -   -
  invitation.read         -     -     -     FSLTC  *  -      -   -
  invitation.withdraw     -     -     -     FSLTC  *  -      -   -
  agency.manage           -     -     -     -      *  -      -   -
  region.read             FSLT  FSLT  FSLT  FSLT   *  FSLT   FSLT   FSLT
  region.manage           -     -     -     -      *  -      -   -
  agreement.read          -     -     FSLTC FSLTC  *  FSLTC  FSLTC  -
  agreement.sign          -     -     -     FSLTC  *  -      -   -
  agreement.end           -     -     -     FSLTC  *  -      -   -
  policy.publish          -     -     -     -      *  -      -   -
  policy.accept           -     -     -     FSLTC  -  -      -   -
  access.explain          -     -     -     FSLT   -  -      -   -
  danger.open             -     -     FSLT  -      -  -      -   -      purpose
  danger.read             -     -     FSLTC FSLTC  -  FSLTC  FSLTC  -
  danger.review           -     -     -     FSLTC  -  -      FSLTC  -
`;

interface Expected {
  readonly action: Action;
  readonly purpose: boolean;
  readonly cells: ReadonlyMap<Role, string>;
}

const TABLE: readonly Expected[] = EXPECTED.trim()
  .split('\n')
  .map((line) => {
    const [action = '', ...cells] = line.trim().split(/\s+/);
    const purpose = cells.at(-1) === 'purpose';
    return {
      action: action as Action,
      purpose,
      cells: new Map(HEAD.map((role, n): [Role, string] => [role as Role, cells[n] ?? '-'])),
    };
  });

const PURPOSE = { code: 'INVESTIGATION', reference: 'TEST-2026-001' } as const;

/** A seat; without a level the deployment's. */
const actor = (roles: readonly Role[], level: AgencyLevel | null, purpose = true): Actor => ({
  personId: 'p',
  displayName: 'p',
  agency: level === null ? null : { id: 'a', ori: null, name: 'a', level },
  roles: new Set(roles),
  purpose: purpose ? PURPOSE : null,
});

const PLACES: readonly (AgencyLevel | null)[] = [...AGENCY_LEVELS, null];
/** Levels begin with different letters. */
const letter = (level: AgencyLevel | null): string => level?.charAt(0) ?? '*';

describe('who may ask for what', () => {
  it('is written down for every action, and for no other', () => {
    expect(HEAD).toEqual([...ROLES]);
    expect(TABLE.map(({ action }) => action).sort()).toEqual(Object.keys(POLICIES).sort());
    expect(OPEN_ACTIONS).toEqual(['self.read', 'invitation.accept']);
  });

  it.each(TABLE)('$action: what is listed may, and every other cell is refused', ({ action, purpose, cells }) => {
    for (const role of ROLES)
      for (const place of PLACES) {
        const may = cells.get(role)?.includes(letter(place)) ?? false;
        const asked = actor([role], place);
        expect([role, place, decide(asked, action).allowed]).toEqual([role, place, may]);
        const without = decide(actor([role], place, false), action);
        if (may && purpose) expect(without).toEqual({ allowed: false, refusal: 'PURPOSE' });
        else expect(without.allowed).toBe(may);
      }
  });

  it.each(TABLE)('$action: roles add up and open nothing else', ({ action, cells }) => {
    for (const one of ROLES)
      for (const other of ROLES)
        for (const place of PLACES) {
          const may = [one, other].some((role) => cells.get(role)?.includes(letter(place)));
          expect(decide(actor([one, other], place), action).allowed).toBe(may);
        }
    for (const place of PLACES) expect(decide(actor([], place), action).allowed).toBe(false);
  });

  it('is nothing of records, reports or alerts for a system admin, an auditor or a privacy officer', () => {
    const closed = TABLE.filter(({ action }) => /^(report|record|alert|overview)[.]/.test(action));
    expect(closed.length).toBeGreaterThan(8);
    for (const { action } of closed)
      for (const role of ['SYSTEM_ADMIN', 'AUDITOR', 'PRIVACY_OFFICER'] as const)
        for (const place of PLACES) expect(decide(actor([role], place), action).allowed).toBe(false);
  });
});
