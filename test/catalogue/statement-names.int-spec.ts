import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const NAMED = /\bname: '([a-z0-9_]+)',\s*text:\s*(`[^`]*`|'[^']*')/g;

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/[.](spec|int-spec|flow-spec|builder)[.]ts$|\/generated\//.test(name))
    .map((name) => join(ROOT, folder, name));

/** A connection knows a prepared statement by its name: under a second text `pg` refuses whoever comes later. */
it('prepared statements of one name have one text', () => {
  const texts = new Map<string, Set<string>>();
  for (const file of [...sources('libs'), ...sources('apps')])
    for (const [, name = '', text = ''] of readFileSync(file, 'utf8').matchAll(NAMED))
      texts.set(name, (texts.get(name) ?? new Set()).add(text.slice(1, -1)));
  expect(texts.size).toBeGreaterThan(30);
  expect([...texts].filter(([, different]) => different.size > 1).map(([name]) => name)).toEqual([]);
});
