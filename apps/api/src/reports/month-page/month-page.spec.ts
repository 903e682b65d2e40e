import fc from 'fast-check';
import type { AgencyActivity } from '../agency-activity.types.js';
import { barChart, topOf } from './bar-chart.js';
import { markup } from './markup.js';
import { monthPage, type MonthOfAgency } from './month-page.js';

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;\u202Etxt`;
const QUIET: AgencyActivity = {
  ...{ firstDay: '2026-10-01', lastDay: '2026-10-31', timeZone: 'America/Los_Angeles' },
  ...{ from: new Date('2026-10-01T07:00:00Z'), until: new Date('2026-11-01T07:00:00Z') },
  asOf: new Date('2026-11-02T08:00:00Z'),
  ...{ received: 0, corrected: 0, held: 0, released: 0, returned: 0, recalled: 0, recordsLeft: 0, left: [], reads: [] },
  ...{ readsCountedSince: new Date('2026-09-01T00:00:00Z'), readsCountedUntil: new Date('2026-11-02T07:59:00Z') },
  ...{ contactRequests: 0, imminentDangerOpenings: [], communityBatches: 4 },
};
const month = (change: Partial<MonthOfAgency> = {}): MonthOfAgency => ({
  agency: { name: 'Harbor Police', ori: 'CA0371100' },
  month: QUIET,
  before: { ...QUIET, firstDay: '2026-09-01' },
  days: Array.from({ length: 31 }, (_, at) => ({
    ...{ day: `2026-10-${String(at + 1).padStart(2, '0')}`, received: at, recordsLeft: 0, answers: 0 },
  })),
  matches: null,
  ...change,
});

test('what is put into a page is text, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const page = markup`<p title="${text}">${text}</p>`.toString();
      const inner = page.slice('<p title="'.length, -'</p>'.length);
      expect(inner.replace('">', '')).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
    }),
  );
});

test('names of agencies are words on the page and nothing else', () => {
  const read = { ori: null, name: HOSTILE, purpose: 'INVESTIGATION', precision: 'PARTNER', answers: 2, records: 3 };
  const page = monthPage(month({ agency: { name: HOSTILE, ori: null }, month: { ...QUIET, reads: [read] } }));
  expect(page).not.toMatch(/<script|<img|\u202E/);
  expect(page.match(/&lt;script&gt;alert\(1\)/g)).toHaveLength(3);
  expect(page).not.toMatch(/(?:src|href)="(?!data:,)/);
  expect(page.endsWith('</html>\n')).toBe(true);
});

test('a quiet month is said to be quiet, and what could not be counted is not zero', () => {
  const page = monthPage(month());
  expect(page).toContain('October 2026');
  expect(page).toContain('September 2026');
  expect(page).toContain('No other agency was shown a record of yours.');
  expect(page).toContain('Not counted: whoever made this page');
  expect(page).not.toContain('the month is not over');
  expect(monthPage(month({ month: { ...QUIET, asOf: new Date('2026-10-15T00:00:00Z') } }))).toContain(
    'the month is not over',
  );
});

test('each figure stands beside what it rests on', () => {
  const matches = { records: 240, lookedAt: 100, matched: 7, byKind: [{ kind: 'SIGNATURE', records: 5 }] };
  const page = monthPage(month({ matches }));
  expect(page).toContain('<strong>7</strong>');
  expect(page).toContain('the newest 100 of 240 records');
  expect(page).toContain('<th scope="row">the same press mark or signature</th><td>5</td>');
});

test('a bar is as high as its part of a round number that no bar is above', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 31 }), (values) => {
      const top = topOf(Math.max(...values));
      expect(top).toBeGreaterThanOrEqual(Math.max(...values));
      expect(String(top)).toMatch(/^[125]0*$/);
      const bars = values.map((value, at) => ({ label: String(at + 1), value }));
      const drawn = barChart({ title: 'bars', bars }).toString();
      const heights = [...drawn.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height));
      expect(heights).toHaveLength(values.filter((value) => value > 0).length);
      for (const [at, value] of values.filter((it) => it > 0).entries())
        expect(Math.abs((heights[at] ?? Number.NaN) - (value / top) * 88)).toBeLessThan(0.06);
    }),
  );
});
