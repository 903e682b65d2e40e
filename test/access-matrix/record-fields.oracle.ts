/**
 * Which field of a record is carried at which precision: the table of design.md, section 6, field by field. `yes` may
 * hold something, `-` is null whoever asks and however. COMMUNITY is filled in batches, which no agency alone sets off.
 */

export type Carried = 'yes' | '-';
type Row = readonly [owner: Carried, taskForce: Carried, partner: Carried, community: Carried];

const EVERYBODY: Row = ['yes', 'yes', 'yes', 'yes'];
const SWORN: Row = ['yes', 'yes', 'yes', '-'];
const FINE: Row = ['yes', 'yes', '-', '-'];
const OWNER: Row = ['yes', '-', '-', '-'];
/** Not made yet: null for everybody until identifiers are linked. */
const NOBODY: Row = ['-', '-', '-', '-'];

const fields = (type: string, names: string, row: Row): Record<string, Row> =>
  Object.fromEntries(names.split(' ').map((name) => [`${type}.${name}`, row]));

/** By `Type.field`. A field of these types without a row is a fault of the completeness test. */
export const RECORD_FIELDS: Readonly<Record<string, Row>> = {
  'SeizureRecord.id': EVERYBODY,
  'SeizureRecord.version': EVERYBODY,
  'SeizureRecord.precision': EVERYBODY,
  'SeizureRecord.tlp': EVERYBODY,
  'SeizureRecord.releasedAt': EVERYBODY,
  'SeizureRecord.synthetic': EVERYBODY,
  'SeizureRecord.occurred': EVERYBODY,
  'SeizureRecord.place': EVERYBODY,
  'SeizureRecord.substances': EVERYBODY,
  // "Method, setting, conveyance, form, laboratory status: yes, unless withheld", and nothing of it at COMMUNITY.
  'SeizureRecord.concealment': SWORN,
  'SeizureRecord.conveyance': SWORN,
  'SeizureRecord.packaging': SWORN,
  'SeizureRecord.remarks': SWORN,
  'SeizureRecord.route': SWORN,
  'SeizureRecord.people': SWORN,
  'SeizureRecord.source': SWORN,
  'SeizureRecord.contributor': SWORN,
  'SeizureRecord.contact': SWORN,
  'SeizureRecord.links': NOBODY,
  'SeizureRecord.transformations': EVERYBODY,
  // "'Who can see this?' and 'why can I see this?' are one set each, shown to whoever asks about their own."
  'SeizureRecord.audience': OWNER,
  'SeizureRecord.openedBy': EVERYBODY,
  'SeizureRecord.release': EVERYBODY,
  'RecordOccurred.from': EVERYBODY,
  'RecordOccurred.to': EVERYBODY,
  'RecordPlace.stateFips': EVERYBODY,
  'RecordPlace.countyFips': SWORN,
  'RecordPlace.setting': SWORN,
  'RecordPlace.h3': FINE,
  'RecordPlace.portOfEntry': FINE,
  'RecordPlace.latitude': OWNER,
  'RecordPlace.longitude': OWNER,
  'RecordSubstance.deaCode': EVERYBODY,
  'RecordSubstance.name': EVERYBODY,
  'RecordSubstance.category': EVERYBODY,
  'RecordSubstance.form': SWORN,
  'RecordSubstance.laboratoryStatus': SWORN,
  'RecordSubstance.quantity': EVERYBODY,
  'RecordSubstance.purity': SWORN,
  'RecordSubstance.signature': SWORN,
  'RecordSubstance.adulterants': SWORN,
  'RecordQuantity.amount': FINE,
  'RecordQuantity.unit': EVERYBODY,
  'RecordQuantity.estimated': EVERYBODY,
  'RecordQuantity.minGrams': EVERYBODY,
  'RecordQuantity.maxGrams': EVERYBODY,
  'RecordQuantity.minUnits': EVERYBODY,
  'RecordQuantity.maxUnits': EVERYBODY,
  'RecordPurity.minPercent': SWORN,
  'RecordPurity.maxPercent': SWORN,
  'RecordRoute.originCountry': SWORN,
  'RecordRoute.originStateFips': SWORN,
  'RecordRoute.originCountyFips': FINE,
  'RecordRoute.destinationCountry': SWORN,
  'RecordRoute.destinationStateFips': SWORN,
  'RecordRoute.destinationCountyFips': FINE,
  'RecordPerson.role': SWORN,
  'RecordPerson.minAge': FINE,
  'RecordPerson.maxAge': FINE,
  // "Citizenship is an attribute for aggregates only."
  'RecordPerson.citizenship': OWNER,
  'RecordPerson.affiliation': OWNER,
  'RecordSource.reliability': SWORN,
  'RecordSource.credibility': SWORN,
  'RecordContributor.name': SWORN,
  'RecordContributor.level': SWORN,
  'RecordContributor.withheld': SWORN,
  // "Contributor withheld (a fresh handle for each record)": task forces are told the name.
  'RecordContributor.handle': ['-', '-', 'yes', '-'],
  'RecordContact.agencyName': SWORN,
  'RecordContact.phone': SWORN,
  'RecordContact.brokered': SWORN,
  'RecordLinks.linked': SWORN,
  'RecordLinks.count': FINE,
  // Reasons come with another branch: the owner's audience, and the reader's own keys.
  ...fields('RecordAudienceEntry', 'because key label precision', OWNER),
  ...fields('RecordOpener', 'because key precision', EVERYBODY),
  // "Each view stores policy version and transformations."
  'RecordRelease.policyVersion': EVERYBODY,
  'RecordRelease.transformations': EVERYBODY,
  'RecordTransformation.field': EVERYBODY,
  'RecordTransformation.from': EVERYBODY,
  'RecordTransformation.to': EVERYBODY,
};

const COLUMNS = ['OWNER', 'TASK_FORCE', 'PARTNER', 'COMMUNITY'];

/** Null where there is no row for the field. */
export function carriedAt(field: string, precision: string): Carried | null {
  return RECORD_FIELDS[field]?.[COLUMNS.indexOf(precision)] ?? null;
}
