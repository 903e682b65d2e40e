import { CONCEALMENT_CODES, CONVEYANCE_CODES } from '@concord/codes';
import type { ValidReport } from '@concord/deidentification';
import { readBasis, readSource } from './basis.section.js';
import { readIdentifiers, warnOfMinors } from './identifiers.section.js';
import { Findings, type Issue } from './issue.js';
import { looksLikeAnother } from './look-alike.js';
import { readOccurred } from './occurred.section.js';
import { readPeople } from './people.section.js';
import { readPlace, readRoute } from './place.section.js';
import { Section } from './section.js';
import { readSharing, type SharingLimits } from './sharing.section.js';
import { REPORT_FIELDS } from './submitted-fields.js';
import type { SubmittedReport } from './submitted-report.js';
import { readSubstances } from './substances.section.js';

const SUBMITTER_REFERENCE = { max: 64, characters: 'PRINTABLE' } as const;
const PACKAGING = { max: 200 } as const;
const REMARKS = { max: 2_000, characters: 'LINES' } as const;
const NARRATIVE = { max: 20_000, characters: 'LINES' } as const;

/** What a report is judged by besides itself. */
export interface ValidationContext extends SharingLimits {
  readonly now: Date;
  /** The widest sharing that the agreement of the submitting agency allows. */
  readonly agreementWidestSharing: ValidReport['sharing'];
  /** Ids of the task forces to which the submitting agency belongs. */
  readonly memberTaskForceIds: ReadonlySet<string>;
}

/** A report to rely on, or every fault in it; odd things that do not stop it are warnings in both cases. */
export type Validation =
  | { readonly ok: true; readonly report: ValidReport; readonly warnings: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[]; readonly warnings: readonly Issue[] };

/**
 * Checks a submitted report and fills in every default. Pure, and never throws whatever it is given: the type of the
 * input is a promise of the client's, not a fact.
 */
export function validateReport(input: SubmittedReport, context: ValidationContext): Validation {
  const findings = new Findings();
  const section = Section.ofInput(input, findings);
  const report = section && readReport(section, context);
  const { issues, warnings } = findings;
  return report && issues.length === 0 ? { ok: true, report, warnings } : { ok: false, issues, warnings };
}

/** Null only after a finding. What it returns otherwise counts only if there was none. */
function readReport(report: Section, context: ValidationContext): ValidReport | null {
  report.refuseOthers(REPORT_FIELDS);
  const submitterReference = readReference(report);
  const occurred = readOccurred(report, context.now);
  const sharing = readSharing(report, context, context.now);
  const place = readPlace(report);
  const substances = readSubstances(report).filter((substance) => substance !== null);
  const rest = {
    concealment: readConcealment(report),
    conveyance: report.code('conveyance', CONVEYANCE_CODES) ?? 'UNKNOWN',
    packaging: report.text('packaging', PACKAGING),
    remarks: report.text('remarks', REMARKS),
    route: readRoute(report),
    people: readPeople(report),
    identifiers: readIdentifiers(report, { occurred, now: context.now }).filter((identifier) => identifier !== null),
    basis: readBasis(report),
    source: readSource(report),
    narrative: report.text('narrative', NARRATIVE),
  };
  warnOfMinors(report, rest);
  return submitterReference && occurred && sharing && place
    ? { submitterReference, occurred, ...sharing, place, substances, ...rest }
    : null;
}

/** What a submission is told apart by: two of them must not look the same. */
function readReference(report: Section): string | null {
  const reference = report.required('submitterReference', report.text('submitterReference', SUBMITTER_REFERENCE));
  if (reference === null || !looksLikeAnother(reference)) return reference;
  const message =
    'Must not be written in letters, digits, dashes or spaces that look like others: use one script, or plain ASCII.';
  return report.refuse('submitterReference', 'LOOKALIKE_CHARACTER', message);
}

function readConcealment(report: Section): ValidReport['concealment'] {
  const codes = report.codes('concealment', CONCEALMENT_CODES);
  return codes.length > 0 ? codes : ['UNKNOWN'];
}
