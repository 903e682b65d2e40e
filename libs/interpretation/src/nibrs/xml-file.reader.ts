import { ELEMENTS, type NibrsIncident, type NibrsProperty, type NibrsRead, type Stated } from './nibrs-incident.js';
import { all, find, textOf, type XmlNode } from './report-tree.js';
import { readXmlReports, type XmlReport } from './xml-reports.reader.js';

/** Element 14 by the names that the XML has for its digits. */
const LOSSES: Readonly<Record<string, string>> = {
  NONE: '1',
  BURNED: '2',
  COUNTERFEITED: '3',
  DESTROYED_DAMAGED_VANDALIZED: '4',
  RECOVERED: '5',
  SEIZED: '6',
  STOLEN: '7',
  UNKNOWN: '8',
};

const OTHERS = { 'GROUP B ARREST REPORT': 'GROUP_B_ARREST', 'ZERO REPORT': 'ZERO_REPORT' } as const;

/** More digits than this a JavaScript number does not keep. */
const MOST_DIGITS = 15;

/** From here on a figure may be one in thousandths that was never divided. */
const DOUBTFUL_FROM = 1_000;

/**
 * Incidents of the XML of IEPD 2019.1 in the order of the file. The schema allows one report in a submission; files with
 * several are read as such.
 */
export async function* readXmlFile(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<NibrsRead> {
  for await (const report of readXmlReports(bytes)) {
    const category = textOf(find(report.tree, 'nibrs:ReportHeader', 'nibrs:NIBRSReportCategoryCode'));
    const reason = Object.hasOwn(OTHERS, category) ? OTHERS[category as keyof typeof OTHERS] : undefined;
    yield reason === undefined ? incidentOf(report) : { line: report.tree.line, reason };
  }
}

function incidentOf({ tree, source }: XmlReport): NibrsIncident {
  const header = find(tree, 'nibrs:ReportHeader');
  const agency = ['nibrs:ReportingAgency', 'j:OrganizationAugmentation', 'j:OrganizationORIIdentification'];
  const incident = find(tree, 'nc:Incident');
  const ori = stated(find(header, ...agency, 'nc:IdentificationID'), tree);
  const number = stated(find(incident, 'nc:ActivityIdentification', 'nc:IdentificationID'), tree);
  const isNamed = /^[A-Z]{2}[A-Z0-9]{7}$/.test(ori.text) && /^[A-Z0-9-]{1,12}$/.test(number.text);
  const fault = { column: ELEMENTS.segment, line: tree.line, text: number.text, mayHideSeizure: false } as const;
  return {
    ori,
    number,
    action: stated(find(header, 'nibrs:ReportActionCategoryCode'), tree),
    ...readTime(find(incident, 'nc:ActivityDate'), tree),
    isReportDate: isTrue(find(incident, 'cjis:IncidentAugmentation', 'cjis:IncidentReportDateIndicator')),
    offenses: all(tree, 'j:Offense').map((offense) => ({
      code: stated(find(offense, 'nibrs:OffenseUCRCode'), offense),
      isAttempted: isTrue(find(offense, 'j:OffenseAttemptedIndicator')),
      location: locationOf(offense, tree),
    })),
    properties: [...all(tree, 'nc:Item'), ...all(tree, 'nc:Substance')].map(readProperty),
    hasOneSegmentForEachLoss: false,
    faults: isNamed ? [] : [{ ...fault, code: 'NIBRS_HEADER' }],
    rows: [{ line: tree.line, cells: new Map([['segment', source]]) }],
  };
}

/** `nc:DateTime` when the hour is known; some files have `nc:Date` beside it. */
function readTime(node: XmlNode | undefined, tree: XmlNode): Pick<NibrsIncident, 'date' | 'hour' | 'offset'> {
  const withHour = find(node, 'nc:DateTime');
  const { text, line } = stated(withHour ?? find(node, 'nc:Date'), tree);
  const [, date, hour, offset] = /^(\d{4}-\d\d-\d\d)T(\d\d)[\d:.]*(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  if (date === undefined || hour === undefined) return { date: { text, line }, hour: '', offset: null };
  return { date: { text: date, line }, hour, offset: offset?.replace('Z', '+00:00') ?? null };
}

/** An offense names its place through an association. */
function locationOf(offense: XmlNode, tree: XmlNode): Stated {
  const tie = all(tree, 'j:OffenseLocationAssociation').find(
    (it) => offense.id !== null && find(it, 'j:Offense')?.ref === offense.id,
  );
  const ref = find(tie, 'nc:Location')?.ref ?? null;
  const place = all(tree, 'nc:Location').find(({ id }) => id !== null && id === ref);
  const { text, line } = stated(find(place, 'nibrs:LocationCategoryCode'), offense);
  return { line, text: /^\d$/.test(text) ? `0${text}` : text };
}

function readProperty(node: XmlNode): NibrsProperty {
  const loss = stated(find(node, 'nc:ItemStatus', 'cjis:ItemStatusCode'), node);
  const descriptions = all(node, 'j:ItemCategoryNIBRSPropertyCategoryCode').map(textOf);
  const types = all(node, 'j:DrugCategoryCode');
  const measures = all(node, 'nc:SubstanceQuantityMeasure');
  const isDrug = types.length > 0 || measures.length > 0;
  const drugs = Array.from({ length: isDrug ? Math.max(types.length, measures.length) : 0 }, (_, index) => ({
    type: stated(types[index], node),
    quantity: readQuantity(stated(find(measures[index], 'nc:MeasureDecimalValue'), node)),
    unit: stated(find(measures[index], 'j:SubstanceUnitCode'), node),
  }));
  return { loss: { ...loss, text: LOSSES[loss.text] ?? loss.text }, descriptions, drugs };
}

/**
 * A true decimal: 1.5 is one and a half. Some systems write the digits of the flat file instead, 1,000 times too much;
 * whole numbers from 1,000 on, and those with leading zeros, may be such and are asked about.
 */
function readQuantity({ text, line }: Stated): NibrsProperty['drugs'][number]['quantity'] {
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  const rule = 'NIBRS_DECIMAL';
  if (whole === undefined || whole.length + fraction.length > MOST_DIGITS)
    return { line, text, decimal: null, rule, isDoubtful: false };
  const decimal = `${Number(whole)}.${fraction}`.replace(/\.?0*$/, '');
  const isWhole = !decimal.includes('.');
  return { line, text, decimal, rule, isDoubtful: isWhole && (Number(whole) >= DOUBTFUL_FROM || /^0\d/.test(whole)) };
}

function stated(node: XmlNode | undefined, otherwise: XmlNode): Stated {
  return { line: node?.line ?? otherwise.line, text: textOf(node) };
}

function isTrue(node: XmlNode | undefined): boolean {
  return ['true', '1'].includes(textOf(node));
}
