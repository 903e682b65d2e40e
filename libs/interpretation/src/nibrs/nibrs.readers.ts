import { faultOf } from '../fault-of.js';
import type { FileReader } from '../file-reader.js';
import { compileMapping, MappedRow } from '../rows/mapped-row.js';
import { readReport } from '../rows/read-report.js';
import { reportContext } from '../rows/report-context.js';
import type { ColumnMapping } from '../mapping/column-mapping.js';
import type { InterpretationSettings } from '../settings.js';
import { readFlatFile } from './flat-file.reader.js';
import type { NibrsSettings } from './incident-draft.js';
import { interpretIncident, type IncidentOutcome } from './interpret-incident.js';
import type { NibrsIncident, NibrsRead } from './nibrs-incident.js';
import { readXmlFile } from './xml-file.reader.js';

/** Entries of a NIBRS file in its order. Memory is that of one incident. */
const reader = (readIncidents: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<NibrsRead>): FileReader =>
  async function* (bytes, mapping, settings) {
    const nibrs = nibrsSettings(mapping, settings);
    const tell = settings.tellSkipped ?? (() => undefined);
    let ordinal = 0;
    for await (const read of readIncidents(bytes)) {
      const outcome = 'reason' in read ? { line: read.line, skipped: read.reason } : interpreted(read, nibrs);
      if ('entry' in outcome) yield { ordinal: ordinal++, ...outcome.entry };
      else tell({ line: outcome.line, reason: outcome.skipped });
    }
  };

function interpreted(incident: NibrsIncident, settings: NibrsSettings): IncidentOutcome {
  try {
    return interpretIncident(incident, settings);
  } catch (error) {
    return { entry: { rows: incident.rows, input: {}, readings: [], questions: [], fault: faultOf(error) } };
  }
}

/** Fixed-length flat file, 2019.1. */
export const readNibrsFlat = reader(readFlatFile);
/** XML of the IEPD 2019.1. */
export const readNibrsXml = reader(readXmlFile);

/** Of a mapping what holds for every incident counts, and what texts mean; it has no columns to name. */
function nibrsSettings(mapping: ColumnMapping, settings: InterpretationSettings): NibrsSettings {
  const compiled = compileMapping({ ...mapping, columns: [] });
  const context = reportContext(compiled, settings);
  const { ori = null, countyFips: counties } = settings;
  const row = (line: number): MappedRow =>
    new MappedRow({ line, cells: new Map(), doubt: null, merged: new Set() }, compiled, 0);
  const asked = row(0);
  return {
    ...{ ori, counties, clock: context.instant.clock },
    meaning: (column, text) => asked.meaning(column, text),
    constants: (line) => {
      const mapped = row(line);
      const report = readReport(mapped, context);
      return { report, readings: mapped.readings, questions: mapped.questions };
    },
  };
}
