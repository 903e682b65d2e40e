import { cellToParent, latLngToCell } from 'h3-js';
import { numberOption, printResult, textOption } from './measures.js';

/**
 * `npm run bench -- cell-sizes [--points 200000] [--commit ID]`: how many points lie in another cell of resolution 6 than the
 * one that their cell of resolution 7 is counted to. How much two cells together tell is another number: `npm run attack --
 * sequence`, for six of seven small cells lie across a border. Points are drawn evenly over the contiguous states; prints docs/release/cell-sizes.json.
 */
const POINTS = numberOption('points', 200_000);
/** Of a normal distribution, for 95 %. */
const Z = 1.96;

let apart = 0;
for (let point = 0; point < POINTS; point++) {
  const [latitude, longitude] = [25 + Math.random() * 24, -124 + Math.random() * 57];
  const fine = latLngToCell(latitude, longitude, 7);
  if (cellToParent(fine, 6) !== latLngToCell(latitude, longitude, 6)) apart += 1;
}
const share = apart / POINTS;
const margin = Z * Math.sqrt((share * (1 - share)) / POINTS);
const digits = (value: number): number => Number(value.toFixed(4));
printResult({
  attack: 'cell-sizes',
  measuredAt: new Date().toISOString(),
  commit: textOption('commit', 'unknown'),
  command: 'npm run bench -- cell-sizes',
  results: [
    {
      tier: 'TASK_FORCE',
      measure: 'points outside the large cell that their small cell is counted to',
      value: digits(share),
      interval: [digits(share - margin), digits(share + margin)],
      of: POINTS,
      unit: 'share',
    },
  ],
});
