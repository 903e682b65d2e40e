import { Writable } from 'node:stream';
import { startProgress } from './progress.js';

const told = (): { lines: string[]; tell: (line: string) => void } => {
  const lines: string[] = [];
  return { lines, tell: (line) => void lines.push(line) };
};

test('where nobody watches it says every five seconds how far it is, how fast, and what is left', () => {
  let now = 0;
  const { lines, tell } = told();
  const progress = startProgress({ total: 1_000, unit: 'rows', bar: null, tell, clock: () => now });
  now = 4_999;
  progress.at(10, 10);
  expect(lines).toEqual([]);
  now = 5_000;
  progress.at(100, 100);
  expect(lines).toEqual(['100 of 1000 rows, 20 a second, 45 s left']);
  now = 9_000;
  progress.at(300, 300);
  now = 10_000;
  progress.at(100, 50);
  expect(lines.slice(1)).toEqual(['100 of 1000 rows, 5 a second, 3 min 0 s left']);
  progress.end();
});

test('what was found done already does not make it look fast', () => {
  let now = 0;
  const { lines, tell } = told();
  const progress = startProgress({ total: 1_000, unit: 'rows', bar: null, tell, clock: () => now });
  now = 5_000;
  progress.at(900, 0);
  now = 10_000;
  progress.at(950, 50);
  expect(lines).toEqual(['900 of 1000 rows, - a second, - left', '950 of 1000 rows, 5 a second, 10 s left']);
});

test('where nobody knows how many there will be, it says how fast and guesses nothing', () => {
  let now = 0;
  const { lines, tell } = told();
  const progress = startProgress({ total: null, unit: 'rows', bar: null, tell, clock: () => now });
  now = 5_000;
  progress.at(500, 500);
  expect(lines).toEqual(['500 rows, 100 a second']);
  progress.end();
});

test('on a terminal it is a bar, and no lines', () => {
  const { lines, tell } = told();
  let written = '';
  const terminal = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written += chunk.toString();
        done();
      },
    }),
    { isTTY: true, columns: 120, cursorTo: () => true, clearLine: () => true, moveCursor: () => true },
  );
  const progress = startProgress({ total: 10, unit: 'rows', bar: terminal, tell, clock: () => 10_000 });
  progress.at(10, 10);
  progress.end();
  expect(written).toContain('10/10 rows');
  expect(lines).toEqual([]);
});
