/**
 * Files as records systems would write them, from incidents whose truth is known. Positions and paths are stated here once
 * more, from the specification and not from the readers: a mistake there does not repeat itself here.
 */

/** A drug group: letter, thousandths of the unit, unit. */
export interface TrueDrug {
  readonly letter: string;
  readonly thousandths: number | null;
  readonly unit: string;
}

export interface TrueProperty {
  readonly loss: number;
  readonly descriptions: readonly string[];
  readonly drugs: readonly TrueDrug[];
}

export interface TrueOffense {
  readonly code: string;
  readonly location: string;
  readonly isAttempted?: boolean;
}

export interface TrueIncident {
  readonly ori: string;
  readonly number: string;
  readonly action: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Two digits, or nothing. */
  readonly hour: string;
  readonly isReportDate: boolean;
  readonly offenses: readonly TrueOffense[];
  readonly properties: readonly TrueProperty[];
}

/** An incident with half an ounce of heroin, seized at a house. */
export const INCIDENT: TrueIncident = {
  ori: 'CA0371100',
  number: '2026-000123',
  action: 'I',
  date: '2026-11-19',
  hour: '15',
  isReportDate: false,
  offenses: [{ code: '35A', location: '20' }],
  properties: [{ loss: 6, descriptions: ['10'], drugs: [{ letter: 'D', thousandths: 500, unit: 'OZ' }] }],
};

/** Writes texts at positions that count from 1. */
export function segment(length: number, texts: Readonly<Record<number, string>>): string {
  const characters = Array.from({ length }, () => ' ');
  for (const [position, text] of Object.entries({ 1: String(length).padStart(4, '0'), 7: '112026', ...texts }))
    characters.splice(Number(position) - 1, text.length, ...text);
  return characters.join('');
}

const head = ({ ori, number }: Pick<TrueIncident, 'ori' | 'number'>, level: string, action = 'I') => ({
  5: level,
  6: action,
  17: ori,
  26: number,
});

export function administrative(incident: TrueIncident, action = incident.action): string {
  const { date, isReportDate, hour } = incident;
  const dates = { 38: date.replaceAll('-', ''), 46: isReportDate ? 'R' : ' ', 47: hour.padStart(2), 49: 'N' };
  return segment(87, { ...head(incident, '1', action), ...dates });
}

export function property(incident: TrueIncident, { loss, descriptions, drugs }: TrueProperty): string {
  const texts: Record<number, string> = { 38: String(loss) };
  descriptions.forEach((code, index) => (texts[39 + 19 * index] = code));
  drugs.forEach(({ letter, thousandths, unit }, index) => {
    const amount = thousandths === null ? ' '.repeat(12) : String(thousandths).padStart(12, '0');
    texts[233 + 15 * index] = `${letter.padEnd(1)}${amount}${unit.padEnd(2)}`;
  });
  return segment(307, { ...head(incident, '3'), ...texts });
}

/** All segments of an incident; of one that is taken back the first alone. */
export function flatSegments(incident: TrueIncident): string[] {
  if (incident.action === 'D') return [administrative(incident)];
  return [
    ...(incident.action === 'R' ? [administrative(incident, 'D')] : []),
    administrative(incident, incident.action === 'R' ? 'I' : incident.action),
    ...incident.offenses.map(({ code, location, isAttempted }) =>
      segment(63, {
        ...head(incident, '2'),
        38: code,
        41: isAttempted ? 'A' : 'C',
        42: 'N',
        45: location,
        50: 'P',
        62: '88',
      }),
    ),
    ...incident.properties.map((it) => property(incident, it)),
    segment(129, { ...head(incident, '4'), 38: '001', 41: '35A', 71: 'S' }),
    segment(45, { ...head(incident, '5'), 38: '01', 40: '34  ', 44: 'M', 45: 'W' }),
  ];
}

export function flatFile(incidents: readonly TrueIncident[], lineEnd = '\r\n'): Buffer {
  return Buffer.from(
    incidents
      .flatMap(flatSegments)
      .map((line) => line + lineEnd)
      .join(''),
    'latin1',
  );
}

const LOSS_CODES: readonly string[] = [
  '',
  ...['NONE', 'BURNED', 'COUNTERFEITED', 'DESTROYED_DAMAGED_VANDALIZED', 'RECOVERED', 'SEIZED', 'STOLEN', 'UNKNOWN'],
];

const ROOT = `<nibrs:Submission xmlns:nibrs="http://fbi.gov/cjis/nibrs/2019" xmlns:cjis="http://fbi.gov/cjis/2.0"
  xmlns:nc="http://release.niem.gov/niem/niem-core/3.0/" xmlns:j="http://release.niem.gov/niem/domains/jxdm/5.2/"
  xmlns:s="http://release.niem.gov/niem/structures/3.0/">`;

const wrap = (path: string, content: string): string =>
  path.split('/').reduceRight((inner, name) => `<${name}>${inner}</${name}>`, content);

/** `1.5`: thousandths as a decimal. */
export const decimal = (thousandths: number): string => {
  const text = String(thousandths).padStart(4, '0');
  return `${text.slice(0, -3)}.${text.slice(-3)}`.replace(/\.?0+$/, '');
};

function xmlProperties({ loss, descriptions, drugs }: TrueProperty): string {
  const status = wrap('nc:ItemStatus/cjis:ItemStatusCode', LOSS_CODES[loss] ?? '');
  const described = descriptions.map((code) => wrap('j:ItemCategoryNIBRSPropertyCategoryCode', code)).join('');
  if (drugs.length === 0) return `<nc:Item>${status}${described}</nc:Item>`;
  return drugs
    .map(({ letter, thousandths, unit }) => {
      const amount = thousandths === null ? '' : wrap('nc:MeasureDecimalValue', decimal(thousandths));
      const unitCode = unit === '' ? '' : wrap('j:SubstanceUnitCode', unit);
      const measure = amount + unitCode === '' ? '' : wrap('nc:SubstanceQuantityMeasure', amount + unitCode);
      return `<nc:Substance>${status}${described}${letter === '' ? '' : wrap('j:DrugCategoryCode', letter)}${measure}</nc:Substance>`;
    })
    .join('\n');
}

export function xmlReport(incident: TrueIncident, category = 'GROUP A INCIDENT REPORT'): string {
  const { ori, number, action, date, hour, isReportDate, offenses, properties } = incident;
  const agency = 'nibrs:ReportingAgency/j:OrganizationAugmentation/j:OrganizationORIIdentification/nc:IdentificationID';
  const when = hour === '' ? wrap('nc:Date', date) : wrap('nc:DateTime', `${date}T${hour}:00:00`);
  const body =
    action === 'D'
      ? ''
      : `${offenses
          .map(
            ({ code, isAttempted }, index) =>
              `<j:Offense s:id="Offense${index}">${wrap('nibrs:OffenseUCRCode', code)}${wrap('nibrs:CriminalActivityCategoryCode', 'P')}${wrap('j:OffenseAttemptedIndicator', String(isAttempted ?? false))}</j:Offense>`,
          )
          .join('\n')}
${offenses.map(({ location }, index) => `<nc:Location s:id="Location${index}">${wrap('nibrs:LocationCategoryCode', location)}</nc:Location>`).join('\n')}
${properties.map(xmlProperties).join('\n')}
<nc:Person s:id="Person1">${wrap('nc:PersonAgeMeasure/nc:MeasureIntegerValue', '34')}</nc:Person>
${offenses.map((_, index) => `<j:OffenseLocationAssociation><j:Offense s:ref="Offense${index}"/><nc:Location s:ref="Location${index}"/></j:OffenseLocationAssociation>`).join('\n')}`;
  return `<nibrs:Report>
<nibrs:ReportHeader>${wrap('nibrs:NIBRSReportCategoryCode', category)}${wrap('nibrs:ReportActionCategoryCode', action)}
${wrap('nibrs:ReportDate/nc:YearMonthDate', '2026-11')}
${wrap(agency, ori)}</nibrs:ReportHeader>
<nc:Incident>${wrap('nc:ActivityIdentification/nc:IdentificationID', number)}
<nc:ActivityDate>${when}</nc:ActivityDate>
${wrap('cjis:IncidentAugmentation/cjis:IncidentReportDateIndicator', String(isReportDate))}</nc:Incident>
${body}
</nibrs:Report>`;
}

export function xmlFile(reports: readonly string[]): Buffer {
  const submitter = wrap('cjis:MessageMetadata/cjis:MessageSubmittingOrganization/nc:IdentificationID', 'CA0000000');
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n${ROOT}\n${submitter}\n${reports.join('\n')}\n</nibrs:Submission>\n`,
  );
}
