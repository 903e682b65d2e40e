import { describe, expect, it } from '@jest/globals';
import { PRECISIONS } from '../record-view.js';
import { checkReleasePolicy } from './check-release-policy.js';
import { RELEASE_POLICY_1 } from './release-policy-1.js';
import type { ReleasePolicy } from './release-policy.js';

type Document = { version: number; tiers: Record<string, Record<string, unknown>> };

/** Version 2, otherwise as version 1. */
function next(change: (tiers: Document['tiers']) => void): Document {
  const document = structuredClone({ ...RELEASE_POLICY_1, version: 2 }) as unknown as Document;
  change(document.tiers);
  return document;
}

function faultsOf(document: unknown, published: readonly ReleasePolicy[] = [RELEASE_POLICY_1]): string[] {
  const checked = checkReleasePolicy(document, published);
  return checked.ok ? [] : checked.issues.map(({ path, code }) => `${path} ${code}`);
}

const set = (tier: string, rule: string, entry: unknown): Document =>
  next((tiers) => {
    tiers[tier]![rule] = entry;
  });

describe('a release policy that is to be the next', () => {
  it.each<[string, Document]>([
    ['nothing but the version', next(() => undefined)],
    ['coarser days for task forces', set('TASK_FORCE', 'occurred', { level: 'ISO_WEEK', ownerMayChoose: 'DAY' })],
    ['weeks only', set('PARTNER', 'occurred', { level: 'ISO_WEEK' })],
    ['no county for partners', set('PARTNER', 'place', { level: 'STATE' })],
    ['wider bands that the bands so far nest in', set('PARTNER', 'substances.purity', { level: 'BAND_50' })],
    ['no signature for partners', set('PARTNER', 'substances.signature', { level: 'ABSENT' })],
    [
      'methods withheld from task forces too',
      set('TASK_FORCE', 'concealment', { level: 'AS_REPORTED', withheldBy: 'METHOD' }),
    ],
  ])('may say: %s', (_what, document) => {
    expect(checkReleasePolicy(document, [RELEASE_POLICY_1])).toEqual({ ok: true, policy: document });
  });

  it.each<[string, Document, string]>([
    ['minutes for partners', set('PARTNER', 'occurred', { level: 'MINUTE' }), 'PARTNER.occurred FINER_THAN_TIER_ABOVE'],
    ['months after weeks', set('PARTNER', 'occurred', { level: 'MONTH' }), 'PARTNER.occurred NOT_NESTED'],
    [
      'bands of 25 after bands of 10',
      set('PARTNER', 'substances.purity', { level: 'BAND_25' }),
      'PARTNER.substances.purity NOT_NESTED',
    ],
    ['one size of cell for all', set('TASK_FORCE', 'place', { level: 'H3_6' }), 'TASK_FORCE.place NOT_NESTED'],
    ['the point', set('TASK_FORCE', 'place', { level: 'POINT' }), 'TASK_FORCE.place NOT_AT_THIS_PRECISION'],
    ['cells for partners', set('PARTNER', 'place', { level: 'H3_6' }), 'PARTNER.place NOT_AT_THIS_PRECISION'],
    [
      'the gram for partners',
      set('PARTNER', 'substances.quantity', { level: 'EXACT' }),
      'PARTNER.substances.quantity NOT_AT_THIS_PRECISION',
    ],
    [
      'less for partners than for COMMUNITY',
      set('PARTNER', 'substances.quantity', { level: 'ABSENT' }),
      'COMMUNITY.substances.quantity FINER_THAN_TIER_ABOVE',
    ],
    [
      'ages for partners',
      set('PARTNER', 'people.age', { level: 'BAND_10' }),
      'PARTNER.people.age NOT_AT_THIS_PRECISION',
    ],
    [
      'citizenship',
      set('TASK_FORCE', 'people.citizenship', { level: 'AS_REPORTED' }),
      'TASK_FORCE.people.citizenship NOT_AT_THIS_PRECISION',
    ],
    [
      'the port for partners',
      set('PARTNER', 'place.portOfEntry', { level: 'AS_REPORTED' }),
      'PARTNER.place.portOfEntry NOT_AT_THIS_PRECISION',
    ],
    [
      'identifiers',
      set('TASK_FORCE', 'identifiers.PHONE', { level: 'AS_REPORTED' }),
      'TASK_FORCE.identifiers.PHONE NEVER_SHARED',
    ],
    ['the narrative', set('PARTNER', 'narrative', { level: 'AS_REPORTED' }), 'PARTNER.narrative NEVER_SHARED'],
    ['the basis', set('PARTNER', 'basis', { level: 'ABSENT' }), 'PARTNER.basis NEVER_SHARED'],
    ['what there is not', set('PARTNER', 'weather', { level: 'ABSENT' }), 'PARTNER.weather UNKNOWN_RULE'],
    ['an unknown level', set('PARTNER', 'route', { level: 'CITY' }), 'PARTNER.route INVALID_RULE'],
    ['an unknown word', set('PARTNER', 'route', { level: 'STATE', until: 2030 }), 'PARTNER.route INVALID_RULE'],
    [
      'no control of the owner',
      set('PARTNER', 'conveyance', { level: 'AS_REPORTED' }),
      'PARTNER.conveyance CONTROL_REMOVED',
    ],
    ['days for whoever chose weeks', set('PARTNER', 'occurred', { level: 'DAY' }), 'PARTNER.occurred CONTROL_REMOVED'],
    [
      'another control',
      set('PARTNER', 'packaging', { level: 'AS_REPORTED', withheldBy: 'SIGNATURE' }),
      'PARTNER.packaging CONTROL_REMOVED',
    ],
    [
      'a choice that nobody has',
      set('PARTNER', 'route', { level: 'STATE', ownerMayChoose: 'STATE' }),
      'PARTNER.route CHOICE_NOT_OFFERED',
    ],
    ['weeks for COMMUNITY', set('COMMUNITY', 'occurred', { level: 'ISO_WEEK' }), 'COMMUNITY.occurred COMMUNITY_FIXED'],
    [
      'a rule left out',
      next((tiers) => {
        delete tiers['PARTNER']!['remarks'];
      }),
      'PARTNER.remarks RULE_MISSING',
    ],
  ])('may not say: %s', (_what, document, fault) => {
    expect(faultsOf(document)).toContain(fault);
  });

  it('is told every fault at once', () => {
    const document = next((tiers) => {
      tiers['PARTNER']!['occurred'] = { level: 'MONTH' };
      tiers['PARTNER']!['narrative'] = { level: 'AS_REPORTED' };
      tiers['TASK_FORCE']!['place'] = { level: 'POINT' };
    });
    expect(faultsOf({ ...document, version: 7 }).sort()).toEqual([
      'PARTNER.narrative NEVER_SHARED',
      'PARTNER.occurred NOT_NESTED',
      'TASK_FORCE.place CONTROL_REMOVED',
      'TASK_FORCE.place NOT_AT_THIS_PRECISION',
      'version VERSION_NOT_NEXT',
    ]);
  });

  it('is judged by every version there ever was, not by the last alone', () => {
    const second = structuredClone(
      set('PARTNER', 'substances.purity', { level: 'ABSENT' }),
    ) as unknown as ReleasePolicy;
    const third = { ...set('PARTNER', 'substances.purity', { level: 'BAND_25' }), version: 3 };
    expect(faultsOf(third, [second])).toEqual(['version VERSION_NOT_NEXT'].slice(1));
    expect(faultsOf(third, [RELEASE_POLICY_1, second])).toEqual(['PARTNER.substances.purity NOT_NESTED']);
  });

  it.each([null, 'text', [], {}, { version: 2 }, { version: 2, tiers: { PARTNER: {} } }])(
    'has a form: %j',
    (document) => {
      expect(faultsOf(document).length).toBeGreaterThan(0);
      expect(faultsOf(document).every((fault) => fault.endsWith('INVALID_FORMAT'))).toBe(true);
    },
  );

  it('has a say in every precision but the owner’s', () => {
    expect(Object.keys(RELEASE_POLICY_1.tiers)).toEqual(PRECISIONS.slice(1));
  });

  it('accepts version 1 itself, but for its number', () => {
    expect(faultsOf(RELEASE_POLICY_1)).toEqual(['version INVALID_FORMAT']);
    expect(faultsOf({ ...RELEASE_POLICY_1, version: 2 })).toEqual([]);
  });
});
