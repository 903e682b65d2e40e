import { pathsUnder, VIEW_FIELDS, VIEW_PATHS, type ViewFilter } from '@concord/deidentification';
import fc from 'fast-check';
import { evaluateFilter, type FilterableView } from './evaluate-filter.js';
import { filterArbitraries } from './filter.builder.js';
import { FILTER_ON } from './filter-fields.js';
import { restoreFilter } from './parse-filter.js';

const arbitraries = filterArbitraries(fc);

/** The view with something else at a path, in every item of a list. */
function otherwise(view: FilterableView, path: string): FilterableView {
  const copy = { people: [{}], route: {}, ...structuredClone(view) } as unknown as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let holders: unknown[] = [copy];
  for (const step of steps)
    holders = holders.flatMap((it) => (it as Record<string, unknown>)[step]).filter((it) => it !== null);
  for (const holder of holders as Record<string, unknown>[]) holder[last] = 'something else';
  return copy as unknown as FilterableView;
}

describe('what a filter looks at', () => {
  it('is what the list of a view’s fields says', () => {
    const conditions = Object.values(FILTER_ON).filter((it): it is ViewFilter => it !== null);
    const named = VIEW_PATHS.map((path) => VIEW_FIELDS[path].filter).filter((it) => it !== null && it !== 'NEVER');
    expect(new Set(conditions)).toEqual(new Set(named));
    expect(pathsUnder('county')).toEqual(['place.countyFips']);
  });

  it('is nothing else of a view: whatever that says of people, texts, source, cell or purity, the answer is the same', () => {
    const elsewhere = VIEW_PATHS.filter((path) => {
      const { filter }: { readonly filter: string | null } = VIEW_FIELDS[path];
      return filter === null || filter === 'NEVER';
    });
    expect(elsewhere).toEqual(expect.arrayContaining(['people.role', 'people.age', 'people.citizenship', 'remarks']));
    fc.assert(
      fc.property(arbitraries.filter, arbitraries.view, fc.constantFrom(...elsewhere), (input, view, path) => {
        const filter = restoreFilter(input);
        expect(evaluateFilter(filter, otherwise(view, path))).toBe(evaluateFilter(filter, view));
      }),
      { numRuns: 500 },
    );
  });
});
