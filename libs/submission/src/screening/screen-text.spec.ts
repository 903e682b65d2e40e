import { CLEAN, HOSTILE, MARKS_LIKE_PLATES, NAMING } from './screening-corpus.fixture.js';
import type { TextKind } from './place.js';
import { screenText, type TextFinding } from './screen-text.js';

const KINDS: readonly TextKind[] = ['MARKS', 'PROSE'];
const screen = (text: string, kind: TextKind = 'PROSE'): TextFinding[] =>
  screenText(text, { kind, submitterReference: 'REF-2026-X99' });
const shown = (text: string, found: readonly TextFinding[]): string[] =>
  found.map(({ code, from, to }) => `${code.slice(11)} ${text.slice(from, to)}`);

describe.each(Object.entries(NAMING))('%s', (kind, texts) => {
  it.each(texts)('is found in %j', (text) => {
    for (const of of KINDS) {
      const found = screen(text, of);
      expect(shown(text, found).join('; ')).toContain(`${kind} `);
      for (const { from, to } of found) expect(0 <= from && from < to && to <= text.length).toBe(true);
    }
  });
});

describe('what names nobody', () => {
  it.each(CLEAN)('is let through: %j', (text) => {
    for (const of of KINDS) expect(shown(text, screen(text, of))).toEqual([]);
  });

  it.each(MARKS_LIKE_PLATES)('is a mark among marks and not in prose: %j', (text) => {
    expect(screen(text, 'MARKS')).toEqual([]);
    expect(screen(text)).toMatchObject([{ code: 'TEXT_HOLDS_PLATE' }]);
    expect(screen(`blue pills stamped ${text}`)).toEqual([]);
  });
});

describe('places', () => {
  it.each([
    ['Ask for him at 619-555-0142, he knows.', ['PHONE 619-555-0142']],
    ['Ask at ６１９-５５５\u200B-０１４２.', ['PHONE ６１９-５５５\u200B-０１４２']],
    ['🦂🦂 plate 7АВС123 🦂', ['PLATE 7АВС123']],
    ['Det. Smith has case no 26-001234', ['NAME Det. Smith', 'CASE_NUMBER case no 26-001234']],
    ['See REF 2026-X99.', ['CASE_NUMBER REF 2026-X99']],
    [
      'Write to juan at example dot com, or 32.5560, -117.0470',
      ['EMAIL juan at example dot com', 'COORDINATES 32.5560, -117.0470'],
    ],
  ])('of %j are exact in the text as it is stored', (text, expected) => {
    expect(shown(text, screen(text))).toEqual(expected);
  });

  it('takes no reference that is too short to be one', () => {
    expect(screenText('1 of 12 bags', { kind: 'PROSE', submitterReference: '1' })).toEqual([]);
  });
});

describe('time', () => {
  it.each(HOSTILE.map((text) => [text.slice(0, 16), text] as const))(
    'is short for 2,000 characters of %j',
    (_, text) => {
      const once = (of: string): number => {
        const before = process.cpuUsage();
        screen(of);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      };
      once(text);
      // A pattern that backtracks takes seconds, and hours for the double; a slow machine takes some of these 250 ms.
      expect(once(text.slice(0, 2_000))).toBeLessThan(250);
      expect(once(text.repeat(4).slice(0, 8_000))).toBeLessThan(1_500);
    },
  );
});
