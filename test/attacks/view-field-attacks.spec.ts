import { VIEW_FIELDS, VIEW_PATHS, type RecordView } from '@concord/deidentification';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { rowOf } from './news/news-population.js';
import { viewsOf } from './release-views.js';
import { seizureOf } from './sequence/histories.js';
import { knowledgeOf, knowledgeOfNode } from './sequence/knowledge.js';
import { FIELD_ATTACKS, viewPathOf } from './view-field-attacks.data.js';

/** Paths of a view's leaves, without indexes. */
function pathsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value) && value.some((it) => typeof it === 'object'))
    return value.flatMap((one) => pathsOf(one, at));
  const band = typeof value === 'object' && value !== null && 'min' in value;
  if (Array.isArray(value) || value instanceof Date || band || typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, one]) => pathsOf(one, at === '' ? name : `${at}.${name}`));
}

/** Everything is told that can be, so that no field is missing for want of a fact. */
const views = (): readonly RecordView[] => viewsOf(seizureOf(new SeededRandom(3)));

describe('the attacks look at the fields of the one list', () => {
  it('which has every field that a view has', () => {
    const found = [...new Set(views().flatMap((view) => pathsOf(view)))]
      .map((path) => path.replace(/^transformations\..*/, 'transformations'))
      // Each is one field in the list: a list of changes, and a column beside the view.
      .filter((path) => !VIEW_PATHS.includes(path as never));
    expect(found).toEqual([]);
  });

  it('and each has the answer of each attack', () => {
    expect(Object.keys(FIELD_ATTACKS).sort()).toEqual([...VIEW_PATHS].sort());
  });

  it('sequence puts together every field that a view tells', () => {
    const [owner] = views();
    if (owner === undefined) throw new Error('a report has views');
    const known = [...knowledgeOf(owner).keys()].map((path) => path.replaceAll(/\.\d+/g, ''));
    const told = pathsOf(owner).filter((path) => valueAt(owner, path) !== null);
    const missing = told.filter((path) => {
      const attack = FIELD_ATTACKS[path as keyof typeof FIELD_ATTACKS] as { sequence: string } | undefined;
      if (attack === undefined || attack.sequence === 'LABEL' || attack.sequence === 'WORDS') return false;
      return !known.includes(path) && !known.includes(path.replace(/\.(?:from|to)$/, ''));
    });
    expect(missing).toEqual([]);
  });

  it('over the API as in the view, and an answer that no list knows is refused', () => {
    for (const path of VIEW_PATHS) for (const name of VIEW_FIELDS[path].graphql) expect(viewPathOf(name)).toBe(path);
    expect(() => knowledgeOfNode({ place: { stateFips: '06', street: 'Main' } })).toThrow('place.street');
    const node = {
      occurred: { from: '2026-01-05T08:00:00.000Z', to: '2026-01-12T08:00:00.000Z' },
      people: [{ minAge: 30, maxAge: 39, role: 'COURIER' }],
      ...{ route: null, concealment: ['BUS'], version: 3, audience: null },
    };
    const day = 86_400_000;
    expect([...knowledgeOfNode(node)].map(([path]) => path).sort()).toEqual([
      ...['concealment', 'occurred', 'people.0.Age', 'people.0.role'],
    ]);
    const occurred = knowledgeOfNode(node).get('occurred');
    expect(occurred?.kind === 'range' ? Math.floor((occurred.to - occurred.from) / day) : null).toBe(7);
  });

  it('news-release compares what a newspaper has, and nothing of it is left out', () => {
    const compared = VIEW_PATHS.filter((path) => FIELD_ATTACKS[path].news === 'COMPARED');
    const [owner] = views();
    if (owner === undefined) throw new Error('a report has views');
    const coarse = { ...owner, place: { ...owner.place, countyFips: null } };
    const unnamed = { ...coarse, substances: owner.substances.map((it) => ({ ...it, deaCode: null })) };
    const read = new Set<string>();
    for (const view of [owner, unnamed]) rowOf(watched(view, read) as RecordView, 0, 'some agency');
    const looked = VIEW_PATHS.filter((path) => read.has(path));
    // Who reported it is a column beside the view, and is handed over by itself.
    expect([...looked, 'contributor'].sort()).toEqual([...compared].sort());
  });
});

/** A view that writes down which of its fields are read. */
function watched(value: unknown, read: Set<string>, at = ''): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return new Proxy(value, {
    get: (target, name) => {
      const inner: unknown = Reflect.get(target, name);
      if (typeof name === 'symbol' || typeof inner === 'function') return inner;
      const path = /^\d+$/.test(name) ? at : at === '' ? name : `${at}.${name}`;
      read.add(path);
      return watched(inner, read, path);
    },
  });
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => {
    const one: unknown = Array.isArray(inner) ? inner[0] : inner;
    return (one as Record<string, unknown> | null)?.[name] ?? null;
  }, value);
}
