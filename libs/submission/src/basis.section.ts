import { BASIS_ACTIVITIES, SOURCE_CREDIBILITIES, SOURCE_RELIABILITIES } from '@concord/codes';
import type { ValidBasis, ValidSource } from '@concord/deidentification';
import type { Section } from './section.js';
import { BASIS_FIELDS, SOURCE_FIELDS } from './submitted-fields.js';

const REASONABLE_SUSPICION = { max: 2_000 };
const DECIDED_BY = { max: 200 };

/** Why identifiers may be kept: required with the first of them, 28 CFR 23.20(c). */
export function readBasis(report: Section): ValidBasis | null {
  const basis = report.section('basis');
  if (basis === null) {
    if (report.has('identifiers') && !report.has('basis')) {
      const message = 'Must be given when there is an identifier: { activity reasonableSuspicion decidedBy }.';
      report.refuse('basis', 'BASIS_REQUIRED', message);
    }
    return null;
  }
  basis.refuseOthers(BASIS_FIELDS);
  if (!report.has('identifiers')) {
    report.warn('basis', 'BASIS_WITHOUT_IDENTIFIERS', 'It is kept, sealed; leave it out where there is no identifier.');
  }
  const activity = basis.required('activity', basis.code('activity', BASIS_ACTIVITIES));
  const suspicion = basis.text('reasonableSuspicion', REASONABLE_SUSPICION);
  const reasonableSuspicion = basis.required('reasonableSuspicion', suspicion);
  const decidedBy = basis.required('decidedBy', basis.text('decidedBy', DECIDED_BY));
  if (activity === null || reasonableSuspicion === null || decidedBy === null) return null;
  return { activity, reasonableSuspicion, decidedBy };
}

/** How far the source is trusted and how far what it says: judged apart, so both or neither. */
export function readSource(report: Section): ValidSource | null {
  const source = report.section('source');
  if (source === null) return null;
  source.refuseOthers(SOURCE_FIELDS);
  const reliability = source.code('reliability', SOURCE_RELIABILITIES);
  const credibility = source.code('credibility', SOURCE_CREDIBILITIES);
  if (source.has('reliability') || source.has('credibility')) {
    const message = 'Give both reliability and credibility, or neither.';
    source.required('reliability', reliability, message);
    source.required('credibility', credibility, message);
  }
  return reliability && credibility && { reliability, credibility };
}
