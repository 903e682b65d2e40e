import { isAsSaid, readTranscript } from './transcript.js';

describe('a transcript in Markdown', () => {
  it('is the commands of its console blocks, with what each answers', () => {
    const page = 'Text\n```console\n$ a \\\n> b\nout\n$ c\n```\n```sh\n$ not this\n```\n';
    expect(readTranscript(page)).toEqual([
      { line: 3, command: 'a \\\nb', expected: 'out' },
      { line: 6, command: 'c', expected: '' },
    ]);
  });

  it.each([
    ['{"a":1}', '{"a":1}', true],
    ['{"a":1}', '{"a":…}', true],
    ['{"a":1}', '{"b":…}', false],
    ['x\ny\nz', 'x\n…\nz', true],
    ['x\ny', 'x…', false],
    ['a.b', 'a*b', false],
    ['', '', true],
    ['more', '', false],
  ])('%j is said by %j: %s', (answer, expected, verdict) => {
    expect(isAsSaid(answer, expected)).toBe(verdict);
  });
});
