// The result lines of fault scenarios as a Markdown table, and whether all is well. docs/faults.md explains the columns.

const FAULTS = ['lost', 'unexpected', 'duplicated', 'leaked'];

/** @param {readonly any[]} lines */
export function faultsTable(lines) {
  const rows = lines.map((line) => {
    const sums = {};
    for (const column of ['attempted', 'ok', 'unknown', 'recovered'])
      sums[column] = line.counted.reduce((total, { tally }) => total + tally[column], 0);
    return [
      line.scenario.map((number) => `${number}`).join(', '),
      line.name,
      line.backend,
      line.without ?? '',
      ...Object.values(sums),
      ...FAULTS.map((fault) => line[fault]),
      line.seconds,
      Object.entries(line.facts ?? {})
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
      line.seed,
    ];
  });
  const head = [
    '#',
    'scenario',
    'queues on',
    'without',
    'attempted',
    'ok',
    'unknown',
    'recovered',
    ...FAULTS,
    'seconds',
    'besides',
    'seed',
  ];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const found = (line) => FAULTS.some((fault) => line[fault] > 0);
  return { table, sound: lines.every((line) => (line.without === null ? !found(line) : found(line))) };
}
