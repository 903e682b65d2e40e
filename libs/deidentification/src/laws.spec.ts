import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getResolution } from 'h3-js';
import { deidentify } from './deidentify.js';
import { ageBand, generalisePerson } from './people.generaliser.js';
import { generalisePurity } from './purity.generaliser.js';
import { generaliseQuantity } from './quantity.generaliser.js';
import type { RecordView } from './record-view.js';
import {
  AGE_LEVELS,
  nests,
  PURITY_LEVELS,
  QUANTITY_LEVELS,
  ROUTE_LEVELS,
  TIME_LEVELS,
  type Ladder,
} from './release-policy/levels.js';
import { RELEASE_POLICY_1 } from './release-policy/release-policy-1.js';
import { entriesOf, pathsOfRule, type PolicyRule, type ReleasePolicy } from './release-policy/release-policy.js';
import { levelsMet, releasePolicyArbitrary } from './release-policy/release-policy.arbitrary.js';
import { generaliseRoute } from './route.generaliser.js';
import { generaliseTime } from './time.generaliser.js';
import { TransformationLog } from './transformation-log.js';
import { occurredArbitrary, SECRET_MARK, substanceArbitrary, validReportArbitrary } from './valid-report.arbitrary.js';
import type { ValidReport } from './valid-report.js';
import { VIEW_FIELDS, VIEW_PATHS, type ViewPath } from './view-fields.js';

const log = (): TransformationLog => new TransformationLog();
const RUNS = { numRuns: 60 };

type Band = { readonly min: number | bigint; readonly max: number | bigint } | null;
/** Absent covers everything: it says nothing. */
const covers = (coarse: Band, fine: Band): boolean =>
  coarse === null || (fine !== null && coarse.min <= fine.min && fine.max <= coarse.max);
const pairs = (ladder: Ladder): [string, string][] =>
  ladder.flatMap((finer, at) => ladder.slice(at).map((coarser): [string, string] => [finer, coarser]));

/**
 * For every generaliser at every level of the policy's language: what it shows covers what it was given; doing it again
 * changes nothing; and where the language says that two levels nest, the coarser one follows from the finer.
 */
describe('laws of levels', () => {
  it.each(pairs(TIME_LEVELS))('time: %s, then %s', (finer, coarser) => {
    fc.assert(
      fc.property(occurredArbitrary, (occurred) => {
        const at = (from: typeof occurred, level: string) =>
          generaliseTime(from, { level: level as 'DAY' }, 'WEEK', log());
        const fine = at(occurred, finer);
        const coarse = at(occurred, coarser);
        expect(coarse.from <= occurred.from && occurred.to <= coarse.to).toBe(true);
        expect(at({ ...occurred, ...coarse }, coarser)).toEqual(coarse);
        if (nests(TIME_LEVELS, finer, coarser)) expect(at({ ...occurred, ...fine }, coarser)).toEqual(coarse);
      }),
      RUNS,
    );
  });

  it('weeks and months do not nest: there are reports whose month does not follow from their week', () => {
    const occurred = {
      from: new Date('2026-03-01T12:00:00Z'),
      to: new Date('2026-03-01T12:01:00Z'),
      offsetMinutes: 0,
      precision: 'MINUTE',
    } as const;
    const week = generaliseTime(occurred, { level: 'ISO_WEEK' }, 'WEEK', log());
    const months = (from: Date, to: Date) =>
      generaliseTime({ ...occurred, from, to }, { level: 'MONTH' }, 'WEEK', log());
    expect(months(week.from, week.to)).not.toEqual(months(occurred.from, occurred.to));
  });

  it.each(pairs(PURITY_LEVELS))('purity: %s, then %s', (finer, coarser) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const at = (value: number, level: string) => generalisePurity(value, level as 'EXACT', log());
        const [fine, coarse] = [at(percent, finer), at(percent, coarser)];
        expect(covers(coarse, { min: percent, max: percent })).toBe(true);
        if (coarse !== null)
          expect(at(coarse.min, coarser)).toEqual(coarser === 'EXACT' ? at(percent, 'EXACT') : coarse);
        if (nests(PURITY_LEVELS, finer, coarser) && fine !== null) expect(at(fine.min, coarser)).toEqual(coarse);
      }),
      RUNS,
    );
  });

  it.each(pairs(AGE_LEVELS))('age: %s, then %s', (finer, coarser) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120 }), (years) => {
        const person = { role: 'COURIER', citizenship: 'UNKNOWN', affiliation: 'UNKNOWN' } as const;
        const at = (age: number, level: string) =>
          generalisePerson({ ...person, age }, 'TASK_FORCE', level as 'EXACT', log()).age;
        const [fine, coarse] = [at(years, finer), at(years, coarser)];
        expect(covers(coarse, { min: years, max: years })).toBe(true);
        if (coarse !== null) expect(at(coarse.min, coarser)).toEqual(coarser === 'EXACT' ? at(years, 'EXACT') : coarse);
        if (nests(AGE_LEVELS, finer, coarser) && fine !== null) {
          expect(at(fine.min, coarser)).toEqual(coarse);
          expect(at(fine.max, coarser)).toEqual(finer === 'EXACT' ? coarse : at(fine.min, coarser));
        }
      }),
      RUNS,
    );
  });

  it.each(pairs(QUANTITY_LEVELS.filter((level) => level !== 'THREE_BANDS')))(
    'quantity: %s, then %s',
    (finer, coarser) => {
      fc.assert(
        fc.property(substanceArbitrary, (substance) => {
          const at = (it: typeof substance, level: string) => generaliseQuantity(it, level as 'EXACT', log());
          const [fine, coarse] = [at(substance, finer), at(substance, coarser)];
          const exact = at(substance, 'EXACT');
          expect(covers(coarse?.milligrams ?? null, exact?.milligrams ?? null)).toBe(true);
          expect(covers(coarse?.units ?? null, exact?.units ?? null)).toBe(true);
          if (coarse !== null) expect([coarse.unit, coarse.estimated]).toEqual([exact?.unit, exact?.estimated]);
          // Of a band any quantity inside gives the band again, and the coarser ones: the finer view decides the coarser.
          const inside = (band: typeof fine): typeof substance => ({
            ...substance,
            milligrams: band?.milligrams?.min ?? substance.milligrams,
            units: band?.units?.max ?? substance.units,
          });
          if (coarser !== 'EXACT' && coarse !== null) expect(at(inside(coarse), coarser)).toEqual(coarse);
          if (nests(QUANTITY_LEVELS, finer, coarser) && finer !== 'EXACT' && fine !== null)
            expect(at(inside(fine), coarser)).toEqual(coarse);
          // What the finer level has nothing to say of, the coarser has not either.
          if (fine === null) expect(coarse).toBeNull();
        }),
        RUNS,
      );
    },
  );

  it.each(pairs(ROUTE_LEVELS))('route: %s, then %s', (finer, coarser) => {
    const county = fc.option(fc.constantFrom('06073', '48141'), { nil: null });
    const country = fc.option(fc.constantFrom('US', 'MX'), { nil: null });
    const routes = fc.record({
      originCountry: country,
      originCountyFips: county,
      destinationCountry: country,
      destinationCountyFips: county,
    });
    fc.assert(
      fc.property(routes, routes, (route, other) => {
        const at = (it: typeof route, level: string) => generaliseRoute(it, level as 'COUNTY', log());
        const exact = at(route, 'COUNTY');
        for (const [end, value] of Object.entries(at(route, coarser) ?? {}))
          if (value !== null) expect(exact?.[end as keyof typeof exact]).toBe(value);
        // Two routes that look the same at the finer level do so at the coarser.
        if (JSON.stringify(at(route, finer)) === JSON.stringify(at(other, finer)))
          expect(at(other, coarser)).toEqual(at(route, coarser));
      }),
      RUNS,
    );
  });

  it('bands start at their width, whatever it is', () => {
    expect([ageBand(34, 5), ageBand(34, 10), ageBand(34, 20)]).toEqual([
      { min: 30, max: 34 },
      { min: 30, max: 39 },
      { min: 20, max: 39 },
    ]);
  });
});

/** What a view has at a path: every value that is not null. */
function valuesAt(view: RecordView, path: ViewPath): unknown[] {
  let found: unknown[] = [view];
  for (const step of path.split('.'))
    found = found
      .flatMap((it) => {
        const value: unknown = (it as Record<string, unknown>)[step];
        return Array.isArray(value) ? (value as unknown[]) : [value];
      })
      .filter((it) => it !== null && it !== undefined);
  return found;
}

describe('laws of views, under every policy that may be published', () => {
  const every = (law: (views: readonly RecordView[], report: ValidReport) => void, numRuns = 100): void => {
    fc.assert(
      fc.property(
        validReportArbitrary,
        releasePolicyArbitrary,
        fc.constantFrom(6 as const, 7 as const),
        (report, policy, h3Resolution) => {
          law(deidentify(report, { h3Resolution, policy }), report);
        },
      ),
      { numRuns },
    );
  };

  const everyPolicy = (
    law: (views: readonly RecordView[], policy: ReleasePolicy, h3Resolution: 6 | 7) => void,
  ): void => {
    fc.assert(
      fc.property(
        validReportArbitrary,
        releasePolicyArbitrary,
        fc.constantFrom(6 as const, 7 as const),
        (report, policy, h3Resolution) => law(deidentify(report, { h3Resolution, policy }), policy, h3Resolution),
      ),
      { numRuns: 150 },
    );
  };

  it('the owner sees the same whatever the policy', () => {
    every(([owner, ...rest], report) => {
      const [before] = deidentify(report, { h3Resolution: 6, policy: RELEASE_POLICY_1 });
      const { h3: _, ...place } = owner!.place;
      expect({ ...owner, place, policyVersion: 1 }).toEqual({
        ...before,
        place: { ...before!.place, h3: undefined },
        policyVersion: 1,
      });
      expect(rest).toHaveLength(2);
    });
  });

  it('no view has a field that may not exist at its precision', () => {
    every((views) => {
      for (const view of views)
        for (const path of VIEW_PATHS) {
          const at: readonly string[] = VIEW_FIELDS[path].at;
          if (!at.includes(view.precision)) expect([path, valuesAt(view, path)]).toEqual([path, []]);
        }
    });
  });

  it('what a policy takes away is away, and a place is no finer than its level', () => {
    everyPolicy(([, ...shared], policy, h3Resolution) => {
      for (const view of shared) {
        const tier = view.precision as 'TASK_FORCE' | 'PARTNER';
        for (const [rule, entry] of Object.entries(entriesOf(policy, tier))) {
          if (entry.level !== 'ABSENT') continue;
          if (rule === 'contributor') expect(view.contributorWithheld).toBe(true);
          else
            for (const path of pathsOfRule(rule as PolicyRule, tier))
              expect([path, valuesAt(view, path)]).toEqual([path, []]);
        }
        const rule = policy.tiers[tier].place;
        const level = h3Resolution === 7 ? (rule.ownerMayChoose ?? rule.level) : rule.level;
        const { countyFips, h3 } = view.place;
        expect(countyFips === null).toBe(level === 'STATE');
        if (level === 'STATE' || level === 'COUNTY') expect(h3).toBeNull();
        else if (h3 !== null) expect(getResolution(h3)).toBe(level === 'H3_7' ? 7 : 6);
      }
    });
  });

  it('what a partner sees, a task force sees too, and at least as exactly', () => {
    every(([owner, taskForce, partner]) => {
      for (const [fine, coarse] of [
        [owner!, taskForce!],
        [taskForce!, partner!],
        [owner!, partner!],
      ] as const)
        expectNoFiner(coarse, fine);
    });
  });

  it('no identifier, narrative, basis, reference or task force is in any view', () => {
    every((views) => {
      const json = JSON.stringify(views, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      expect(json).not.toContain(SECRET_MARK);
    });
  });

  it('a withheld method or signature looks as if there were none', () => {
    every((_views, report) => {
      const nothing = {
        ...report,
        ...({ concealment: [], conveyance: 'UNKNOWN', packaging: null, withhold: [] } as const),
        substances: report.substances.map((it) => ({ ...it, signature: null, adulterants: [] })),
      };
      fc.assert(
        fc.property(releasePolicyArbitrary, (policy) => {
          const partner = (it: ValidReport) => deidentify(it, { h3Resolution: 6, policy })[2];
          expect(partner({ ...report, withhold: ['METHOD', 'SIGNATURE'] })).toEqual(partner(nothing));
        }),
        { numRuns: 3 },
      );
    }, 30);
  });

  it('have met every level that can be published', () => {
    const met = levelsMet();
    const wanted = ['MINUTE', 'DAY', 'ISO_WEEK'].map((level) => `TASK_FORCE.occurred ${level}`);
    wanted.push(...['COUNTY', 'STATE'].map((level) => `PARTNER.place ${level}`), 'PARTNER.substances.purity BAND_50');
    wanted.push('PARTNER.route COUNTRY', 'TASK_FORCE.people.age BAND_20', 'TASK_FORCE.substances.quantity DECADE');
    expect(wanted.filter((one) => !met.has(one))).toEqual([]);
  });
});

function expectNoFiner(coarse: RecordView, fine: RecordView): void {
  expect(coarse.occurred.from <= fine.occurred.from && fine.occurred.to <= coarse.occurred.to).toBe(true);
  const carried = (path: string, values: readonly (readonly [unknown, unknown])[]): void => {
    for (const [one, other] of values) if (one !== null) expect([path, one]).toEqual([path, other]);
  };
  for (const part of ['stateFips', 'countyFips', 'h3', 'latitude', 'setting', 'portOfEntry'] as const)
    carried(part, [[coarse.place[part], fine.place[part]]]);
  for (const part of ['concealment', 'conveyance', 'packaging', 'remarks', 'source'] as const)
    carried(part, [[coarse[part], fine[part]]]);
  expect(coarse.people.length === 0 || coarse.people.length === fine.people.length).toBe(true);
  coarse.people.forEach((person, at) => expect(covers(person.age, fine.people[at]!.age)).toBe(true));
  coarse.substances.forEach((substance, at) => {
    const finer = fine.substances[at]!;
    expect(covers(substance.purity, finer.purity)).toBe(true);
    expect(covers(substance.quantity?.milligrams ?? null, finer.quantity?.milligrams ?? null)).toBe(true);
    expect(covers(substance.quantity?.units ?? null, finer.quantity?.units ?? null)).toBe(true);
    for (const part of ['form', 'laboratoryStatus', 'signature', 'adulterants'] as const)
      carried(part, [[substance[part], finer[part]]]);
  });
  for (const [end, value] of Object.entries(coarse.route ?? {}))
    carried(end, [[value, fine.route?.[end as keyof typeof fine.route] ?? null]]);
}
