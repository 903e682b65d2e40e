import { readFileSync } from 'node:fs';
import { CLOSINGS } from './closing.js';
import { LIVE_LIMITS } from './live-limits.js';

const page = readFileSync(new URL('../../../../docs/live.md', import.meta.url), 'utf8');
const rows = page.split('\n').flatMap((line) => {
  const cells = line.split('|').map((cell) => cell.trim());
  return cells.length > 3 ? [cells.slice(1, -1)] : [];
});

describe('docs/live.md', () => {
  test('has every limit, as it is', () => {
    const written = rows.filter(([name]) => name?.startsWith('`'));
    expect(Object.fromEntries(written.map(([name, value]) => [name?.replaceAll('`', ''), value]))).toEqual(
      Object.fromEntries(
        Object.entries(LIVE_LIMITS).map(([name, value]) => [name, Number(value).toLocaleString('en')]),
      ),
    );
  });

  test('has every way in which we end a socket', () => {
    const written = rows.map((cells) => cells.slice(0, 2).join(' '));
    for (const { code, reason } of Object.values(CLOSINGS))
      expect(written.filter((row) => row.startsWith(`${code} \`${reason}\``))).toHaveLength(1);
  });
});
