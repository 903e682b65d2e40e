import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getResolution, latLngToCell } from 'h3-js';
import { deidentify } from './deidentify.js';
import type { DeidentificationSettings } from './deidentify.js';
import { identifyingContent } from './identifying-content.js';
import type { QuantityView, RecordView } from './record-view.js';
import { RELEASE_POLICY_1 } from './release-policy/release-policy-1.js';
import { SECRET_MARK, validReportArbitrary } from './valid-report.arbitrary.js';
import type { ValidReport } from './valid-report.js';

const settingsArbitrary: fc.Arbitrary<DeidentificationSettings> = fc.record({
  h3Resolution: fc.constantFrom(6 as const, 7 as const),
  policy: fc.constant(RELEASE_POLICY_1),
});

interface Views {
  owner: RecordView;
  taskForce: RecordView;
  partner: RecordView;
}

function viewsOf(
  report: ValidReport,
  settings: DeidentificationSettings = { h3Resolution: 6, policy: RELEASE_POLICY_1 },
): Views {
  const [owner, taskForce, partner] = deidentify(report, settings);
  return { owner: owner!, taskForce: taskForce!, partner: partner! };
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
}

function everyReport(law: (report: ValidReport, views: Views, settings: DeidentificationSettings) => void): void {
  fc.assert(
    fc.property(validReportArbitrary, settingsArbitrary, (report, settings) => {
      law(report, viewsOf(report, settings), settings);
    }),
    { numRuns: 120 },
  );
}

type Band<N> = { readonly min: N; readonly max: N } | null;

/** Absent covers everything: it says nothing. */
function covers<N extends number | bigint>(coarse: Band<N>, fine: Band<N>): boolean {
  if (coarse === null) return true;
  return fine !== null && coarse.min <= fine.min && fine.max <= coarse.max;
}

function quantityCovers(coarse: QuantityView | null, fine: QuantityView | null): boolean {
  if (coarse === null) return true;
  if (fine === null) return false;
  const amountCovered = coarse.amount === null || coarse.amount === fine.amount;
  return amountCovered && covers(coarse.milligrams, fine.milligrams) && covers(coarse.units, fine.units);
}

function sameOrAbsent(coarse: unknown, fine: unknown): void {
  if (coarse !== null) expect(coarse).toEqual(fine);
}

function expectCovered(coarse: RecordView, fine: RecordView): void {
  expect(coarse.occurred.from <= fine.occurred.from && fine.occurred.to <= coarse.occurred.to).toBe(true);
  for (const part of ['stateFips', 'countyFips', 'h3', 'latitude', 'longitude', 'setting', 'portOfEntry'] as const) {
    sameOrAbsent(coarse.place[part], fine.place[part]);
  }
  expect(coarse.substances).toHaveLength(fine.substances.length);
  coarse.substances.forEach((substance, index) => {
    const finer = fine.substances[index]!;
    expect(quantityCovers(substance.quantity, finer.quantity)).toBe(true);
    expect(covers(substance.purity, finer.purity)).toBe(true);
    for (const part of ['deaCode', 'name', 'form', 'laboratoryStatus', 'signature', 'adulterants'] as const) {
      sameOrAbsent(substance[part], finer[part]);
    }
  });
  sameOrAbsent(coarse.concealment, fine.concealment);
  sameOrAbsent(coarse.conveyance, fine.conveyance);
  expect(coarse.people).toHaveLength(fine.people.length);
  coarse.people.forEach((person, index) => {
    const finer = fine.people[index]!;
    expect(person.role).toBe(finer.role);
    expect(covers(person.age, finer.age)).toBe(true);
    sameOrAbsent(person.citizenship, finer.citizenship);
    sameOrAbsent(person.affiliation, finer.affiliation);
  });
  for (const [part, value] of Object.entries(coarse.route ?? {})) {
    sameOrAbsent(value, fine.route?.[part as keyof typeof fine.route]);
  }
  expect(coarse.source).toEqual(fine.source);
}

describe('deidentify', () => {
  it('gives the three views in order, and the same ones each time', () => {
    everyReport((report, views, settings) => {
      const again = deidentify(report, settings);
      expect(again.map(({ precision }) => precision)).toEqual(['OWNER', 'TASK_FORCE', 'PARTNER']);
      expect(again).toEqual([views.owner, views.taskForce, views.partner]);
    });
  });

  it('is monotone: each view covers the finer ones', () => {
    everyReport((_report, { owner, taskForce, partner }) => {
      expectCovered(taskForce, owner);
      expectCovered(partner, taskForce);
      expectCovered(partner, owner);
    });
  });

  it('shows the owner the report as it was', () => {
    everyReport((report, { owner }) => {
      const { from, to, offsetMinutes } = report.occurred;
      expect(owner.occurred).toEqual({ from, to, offsetMinutes });
      expect(owner.place).toMatchObject(report.place);
      expect(owner.people.map(({ age }) => age?.min ?? null)).toEqual(report.people.map(({ age }) => age));
      expect(owner.substances.map(({ quantity }) => quantity?.amount ?? null)).toEqual(
        report.substances.map(({ quantity }) => quantity),
      );
      expect(owner).toMatchObject({ concealment: report.concealment, conveyance: report.conveyance, tlp: report.tlp });
      expect(owner.transformations).toEqual([]);
    });
  });

  it('lets no identifier, narrative, basis, reference or task force into any view', () => {
    everyReport((report, views) => {
      const json = jsonOf(views);
      expect(json).not.toContain(SECRET_MARK);
      for (const identifier of report.identifiers) {
        if (identifier.kind === 'PERSON') expect(json).not.toContain(identifier.person.birthDate);
      }
    });
  });

  it('lets no identifier in through short texts of the submitter', () => {
    fc.assert(
      fc.property(
        validReportArbitrary,
        fc.constantFrom('signature', 'adulterants', 'name', 'portOfEntry'),
        (report, where) => {
          const needle = report.identifiers.flatMap((it) =>
            it.kind === 'PERSON' ? [it.person.surName] : [it.value],
          )[0];
          fc.pre(needle !== undefined);
          const text = `stamp ${needle.toUpperCase()}!`;
          const inSubstance = {
            signature: { signature: text },
            adulterants: { adulterants: [text] },
            name: { deaCode: null, name: text },
            portOfEntry: {},
          }[where];
          const views = viewsOf({
            ...report,
            place: where === 'portOfEntry' ? { ...report.place, portOfEntry: text } : report.place,
            substances: report.substances.map((substance) => ({ ...substance, ...inSubstance })),
          });
          expect(jsonOf(views).toLowerCase()).not.toContain(SECRET_MARK);
          expect(views.owner.transformations).toHaveLength(1);
        },
      ),
    );
  });
});

describe('TASK_FORCE', () => {
  it("shows days, a cell at the agency's resolution, age bands, and nothing of citizenship or affiliation", () => {
    everyReport((report, { taskForce }, { h3Resolution }) => {
      const { from, to } = taskForce.occurred;
      expect((to.getTime() - from.getTime()) % 86_400_000).toBe(0);
      const { latitude, longitude } = report.place;
      const cell = latitude === null || longitude === null ? null : latLngToCell(latitude, longitude, h3Resolution);
      expect(taskForce.place).toMatchObject({ h3: cell, latitude: null, longitude: null });
      if (cell !== null) expect(getResolution(cell)).toBe(h3Resolution);
      expect(taskForce.place.portOfEntry).toBe(report.place.portOfEntry);
      for (const { age, citizenship, affiliation } of taskForce.people) {
        expect([citizenship, affiliation]).toEqual([null, null]);
        if (age !== null) expect([age.min % 10, age.max - age.min]).toEqual([0, 9]);
      }
      expect(taskForce.contributorWithheld).toBe(false);
    });
  });
});

describe('PARTNER', () => {
  it('shows no point, cell, port of entry, age, citizenship, exact quantity or county of a route', () => {
    everyReport((report, { partner }) => {
      expect(partner.place).toMatchObject({ h3: null, latitude: null, longitude: null, portOfEntry: null });
      for (const person of partner.people)
        expect(person).toMatchObject({ age: null, citizenship: null, affiliation: null });
      for (const { quantity, purity } of partner.substances) {
        expect(quantity?.amount ?? null).toBeNull();
        for (const band of [quantity?.milligrams, quantity?.units]) {
          if (band) expect([band.max + 1n, band.min.toString().replace(/0*$/, '')]).toEqual([band.min * 10n, '1']);
        }
        if (purity) expect([purity.min % 10, purity.max - purity.min]).toEqual([0, 10]);
      }
      expect([partner.route?.originCountyFips ?? null, partner.route?.destinationCountyFips ?? null]).toEqual([
        null,
        null,
      ]);
      const json = jsonOf(partner);
      if (report.place.portOfEntry) expect(json).not.toContain(report.place.portOfEntry);
      expect(json).not.toMatch(/US_CITIZEN|NON_CITIZEN|FOREIGN_ORGANIZATION|DOMESTIC_NETWORK/);
    });
  });

  it('shows whole weeks unless the owner chose days', () => {
    everyReport((report, { partner }) => {
      const days = (partner.occurred.to.getTime() - partner.occurred.from.getTime()) / 86_400_000;
      expect(days % (report.timePrecision === 'WEEK' ? 7 : 1)).toBe(0);
    });
  });

  it('is the same whatever the finer facts of the report were', () => {
    everyReport((report, { partner }) => {
      const point = report.place.latitude === null ? {} : { latitude: 12.5, longitude: -60.25 };
      const other: ValidReport = {
        ...report,
        place: { ...report.place, ...point, portOfEntry: 'PORT-9999' },
        people: report.people.map(({ role }) => ({
          role,
          age: 77,
          citizenship: 'US_CITIZEN',
          affiliation: 'INDIVIDUAL',
        })),
        taskForceIds: [],
        narrative: null,
        basis: null,
        identifiers: [],
        submitterReference: 'other',
        sharing: 'NATION',
      };
      expect(viewsOf(other).partner).toEqual(partner);
    });
  });

  it('does not tell a withheld method or signature from one that was not reported', () => {
    everyReport((report) => {
      const withheld: ValidReport = { ...report, withhold: ['METHOD', 'SIGNATURE'] };
      const unreported: ValidReport = {
        ...report,
        withhold: [],
        concealment: [],
        conveyance: 'UNKNOWN',
        packaging: null,
        substances: report.substances.map((substance) => ({ ...substance, signature: null, adulterants: [] })),
      };
      expect(viewsOf(withheld).partner).toEqual(viewsOf(unreported).partner);
    });
  });

  it('shows method and signature when they are not withheld, and withholds them from partners only', () => {
    everyReport((report) => {
      const method = { concealment: ['VEHICLE_COMPARTMENT'], conveyance: 'BUS' } as const;
      const substances = report.substances.map((it) => ({ ...it, signature: 'LION', adulterants: ['caffeine'] }));
      const shown = viewsOf({ ...report, ...method, substances, withhold: [] });
      const kept = viewsOf({ ...report, ...method, substances, withhold: ['METHOD', 'SIGNATURE', 'CONTRIBUTOR'] });
      expect(shown.partner).toMatchObject({ ...method, contributorWithheld: false });
      expect(shown.partner.substances[0]).toMatchObject({ signature: 'LION', adulterants: ['caffeine'] });
      expect(kept.partner).toMatchObject({ concealment: null, conveyance: null, contributorWithheld: true });
      expect(kept.partner.substances[0]).toMatchObject({ signature: null, adulterants: null });
      expect(kept.taskForce).toEqual(shown.taskForce);
      expect(kept.owner).toEqual(shown.owner);
    });
  });

  it('says what was done in short words', () => {
    everyReport((report) => {
      const [substance] = report.substances;
      const { partner, taskForce } = viewsOf({
        ...report,
        timePrecision: 'WEEK',
        occurred: { from: new Date(0), to: new Date(60_000), offsetMinutes: 0, precision: 'MINUTE' },
        place: { ...report.place, latitude: 32.5, longitude: -117 },
        substances: [
          {
            ...substance!,
            quantity: 2,
            quantityReason: null,
            unit: 'KG',
            milligrams: 2_000_000n,
            units: null,
            purityPercent: 12,
          },
        ],
        people: [{ role: 'COURIER', age: 34, citizenship: 'UNKNOWN', affiliation: 'UNKNOWN' }],
        route: {
          originCountry: 'MX',
          originCountyFips: '06073',
          destinationCountry: null,
          destinationCountyFips: null,
        },
      });
      expect(taskForce.transformations).toEqual([
        { field: 'occurred', from: 'minute', to: 'day' },
        { field: 'place', from: 'point', to: 'H3 cell, resolution 6' },
        { field: 'people.age', from: 'exact', to: 'band of 10 years' },
      ]);
      expect(partner.transformations).toEqual([
        { field: 'occurred', from: 'minute', to: 'ISO week' },
        { field: 'place', from: 'point', to: 'county' },
        { field: 'substances.quantity', from: 'exact', to: 'decade band' },
        { field: 'substances.purity', from: 'exact', to: 'band of 10 %' },
        { field: 'route', from: 'county', to: 'state' },
      ]);
    });
  });
});

describe('identifyingContent', () => {
  it('holds what is sealed, and only that', () => {
    everyReport((report) => {
      const { identifiers, narrative, basis } = report;
      expect(identifyingContent(report)).toEqual({ identifiers, narrative, basis });
    });
  });
});
