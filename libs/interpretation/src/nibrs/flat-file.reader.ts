import { flatLines } from './flat-lines.reader.js';
import { looksLikeSegment, readProperty, readSegment, stated, type FlatSegment } from './flat-segment.js';
import {
  ELEMENTS,
  type NibrsFault,
  type NibrsIncident,
  type NibrsOffense,
  type NibrsOther,
  type NibrsRead,
} from './nibrs-incident.js';
import { FILE_FAULTS, UnreadableFile } from '../unreadable-file.js';

/** 999 victims, 99 offenders, 99 arrestees, ten offenses, eight kinds of property, and the one segment that leads them. */
const MOST_SEGMENTS = 1_300;

const OTHERS: Readonly<Record<string, NibrsOther['reason']>> = {
  0: 'ZERO_REPORT',
  7: 'GROUP_B_ARREST',
  8: 'STATE_SEGMENT',
  9: 'STATE_SEGMENT',
};

/**
 * Incidents of a fixed-length flat file in the order of the file, each as soon as the next one begins: no more than one
 * is kept. What is between two segments of an incident (levels 0, 7, 8 and 9) does not end it; real files are so.
 *
 * @throws UnreadableFile for a file that does not begin with a segment
 */
export async function* readFlatFile(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<NibrsRead> {
  let open: FlatSegment[] = [];
  let isFirst = true;
  for await (const line of flatLines(bytes)) {
    if (line.text.trim() === '' && !line.isTooLong) continue;
    if (isFirst && !looksLikeSegment(line.text))
      throw new UnreadableFile('NOT_THIS_FORMAT', FILE_FAULTS.NOT_THIS_FORMAT, line.line);
    isFirst = false;
    const segment = readSegment(line);
    const reason = OTHERS[segment.level];
    if (reason !== undefined) yield { line: line.line, reason };
    else if (segment.faults.some(({ code }) => code === 'NIBRS_LEVEL')) yield unreadable(segment);
    else {
      if (!continues(segment, open)) {
        if (open.length > 0) yield incidentOf(open);
        open = [];
      }
      // One more than are allowed shows that there were too many.
      if (open.length <= MOST_SEGMENTS) open.push(segment);
    }
  }
  if (open.length > 0) yield incidentOf(open);
}

/** The same incident, unless a level 1 begins it again; but for the I that follows its D, which replaces it. */
function continues(segment: FlatSegment, open: readonly FlatSegment[]): boolean {
  const last = open.at(-1);
  if (last === undefined || segment.ori !== last.ori || segment.number !== last.number) return false;
  if (segment.level !== '1') return true;
  return last.level === '1' && last.action === 'D' && segment.action === 'I';
}

function incidentOf(segments: readonly FlatSegment[]): NibrsIncident {
  const [first] = segments as readonly [FlatSegment];
  const leading = segments.filter(({ level }) => level === '1');
  const administrative = leading.at(-1);
  const isReplaced = leading.length > 1;
  const date = administrative?.at(38, 45) ?? '';
  const others = segments.filter(({ level }) => level !== '1');
  const fault = (segment: FlatSegment, code: NibrsFault['code'], text = segment.source): NibrsFault => ({
    ...{ code, line: segment.line, text, mayHideSeizure: segment.level === '3' },
    column: code === 'NIBRS_ACTION' ? ELEMENTS.action : ELEMENTS.segment,
  });
  return {
    ori: stated(first.line, first.ori),
    number: stated(first.line, first.number),
    action: stated(first.line, isReplaced ? 'R' : (administrative?.action ?? 'I')),
    date: stated(administrative?.line ?? first.line, date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')),
    hour: administrative?.at(47, 48).trim() ?? '',
    offset: null,
    isReportDate: administrative?.at(46, 46) === 'R',
    offenses: segments.filter(({ level }) => level === '2').map(readOffense),
    properties: segments.filter(({ level }) => level === '3').map(readProperty),
    hasOneSegmentForEachLoss: true,
    faults: [
      ...segments.flatMap(({ faults }) => faults),
      ...(administrative === undefined ? [fault(first, 'NIBRS_NO_ADMINISTRATIVE_SEGMENT')] : []),
      ...others.filter(({ action }) => action !== 'I').map((it) => fault(it, 'NIBRS_ACTION', it.action)),
      ...(segments.length > MOST_SEGMENTS
        ? [{ ...fault(first, 'NIBRS_TOO_MANY_SEGMENTS'), mayHideSeizure: true }]
        : []),
    ],
    rows: segments.slice(0, MOST_SEGMENTS).map(rowOf),
  };
}

function readOffense({ line, at }: FlatSegment): NibrsOffense {
  return { code: stated(line, at(38, 40)), isAttempted: at(41, 41) === 'A', location: stated(line, at(45, 46)) };
}

/** A line of which it cannot be said whose it is: an entry of its own, so that somebody looks at it. */
function unreadable(segment: FlatSegment): NibrsIncident {
  const nothing = stated(segment.line, '');
  return {
    ...{ ori: nothing, number: nothing, action: stated(segment.line, 'I'), date: nothing, hour: '', offset: null },
    ...{ isReportDate: false, offenses: [], properties: [], hasOneSegmentForEachLoss: true },
    faults: segment.faults,
    rows: [rowOf(segment)],
  };
}

function rowOf({ line, source }: FlatSegment): NibrsIncident['rows'][number] {
  return { line, cells: new Map([['segment', source]]) };
}
