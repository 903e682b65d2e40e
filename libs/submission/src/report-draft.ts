import type { AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import type { Queryable } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import {
  asActor,
  closeReportDraft,
  discardReportDraft as discardStored,
  findOwnReport,
  findReportDraft,
  findReportDrafts,
  insertReportDraft,
  MOST_DRAFTS,
  replaceReportDraft,
  type ActAs,
  type OwnReport,
  type ReportDraft,
} from '@concord/records';
import type { ChangeRejected } from './change-report.js';
import { copyReport } from './copy-report.js';
import { examineReport } from './examine-report.js';
import type { Issue } from './issue.js';
import { SEAL_PLACES } from './sealed-report.js';
import {
  RECALLED_BEFORE,
  reasonsFor,
  submitReport,
  type SubmissionOutcome,
  type SubmissionServices,
} from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';

/** Characters of a draft as JSON: more than the longest report that would be taken. */
const MOST_CHARACTERS = 100_000;

/** A draft that was kept, and what would refuse it if it were submitted now. */
export interface SavedDraft {
  readonly kind: 'saved';
  readonly draft: ReportDraft;
  readonly missing: readonly Issue[];
}

export type SaveDraftOutcome = SavedDraft | ChangeRejected;

export interface DraftToSave {
  readonly input: SubmittedReport;
  /** Null: a new one. */
  readonly id: string | null;
  /** The version that was read, where there is an id; 0: a new one is begun under it. */
  readonly version: number | null;
}

/**
 * Keeps a report that may lack anything, whole and sealed, for whoever writes it and nobody else. What it lacks is said and
 * refuses nothing. Sent again, what has an id is answered as the first time: a change, and a draft that is begun under an id
 * of the writer's own making.
 */
export async function saveReportDraft(
  services: SubmissionServices,
  actor: AgencyActor,
  { input, id, version }: DraftToSave,
): Promise<SaveDraftOutcome> {
  const text = JSON.stringify(input);
  if (text.length > MOST_CHARACTERS)
    return rejected('input', 'TOO_LONG', `Must have at most ${MOST_CHARACTERS} characters as JSON.`);
  if (id === null) return begin(services, actor, input, 'report-draft.save', []);
  if (version === null) return rejected('version', 'REQUIRED', 'Must be the version of the draft that you have read.');
  const as = seatOf(actor);
  const sealed = await services.keyHolder.seal(text, { agencyId: as.agencyId, ...SEAL_PLACES.draft(id) });
  const { draft, found, full } = await asActor(services.db, as, async (tx) => {
    const saved =
      version === 0
        ? await insertReportDraft(tx, as, { id, sealed })
        : await replaceReportDraft(tx, { id, version, sealed });
    if (saved !== null) await book(tx, services, actor, 'report-draft.save', saved);
    const standing = saved ?? (await findReportDraft(tx, id));
    const full =
      standing === null && version === 0 && (await findReportDrafts(tx, as, MOST_DRAFTS, null)).length === MOST_DRAFTS;
    return { draft: saved, found: standing, full };
  });
  if (draft !== null) return withMissing(services, actor, draft, input);
  if (found === null) return full ? TOO_MANY : { kind: 'absent' };
  const isTheSame =
    found.version === version + 1 && found.sealed !== null && (await open(services, actor, found)) === text;
  return isTheSame ? withMissing(services, actor, found, input) : moved(found);
}

/** Begins a draft with what the next report has in common with one of the agency's own. */
export async function copyReportToDraft(
  services: SubmissionServices,
  actor: AgencyActor,
  reportId: string,
): Promise<SaveDraftOutcome> {
  const report = await asActor(services.db, seatOf(actor), (tx) => findOwnReport(tx, reportId));
  if (report === null || report.status === 'PURGED') return { kind: 'absent' };
  const subjects = [{ kind: 'report' as const, id: report.id, version: report.version }];
  return begin(services, actor, copyReport(report), 'report.copy', subjects);
}

/** What a draft says, as it was saved; null where there is none, or it was submitted. The opening is on the books before. */
export async function openReportDraft(
  services: SubmissionServices,
  actor: AgencyActor,
  draft: ReportDraft,
): Promise<SubmittedReport | null> {
  if (draft.sealed === null) return null;
  await book(services.db, services, actor, 'report-draft.open', draft);
  return JSON.parse(await open(services, actor, draft)) as SubmittedReport;
}

export async function discardReportDraft(
  services: SubmissionServices,
  actor: AgencyActor,
  id: string,
): Promise<{ readonly kind: 'discarded' } | ChangeRejected> {
  const gone = await asActor(services.db, seatOf(actor), async (tx) => {
    const discarded = await discardStored(tx, id);
    if (discarded) await book(tx, services, actor, 'report-draft.discard', { id });
    return discarded;
  });
  return gone ? { kind: 'discarded' } : { kind: 'absent' };
}

export type SubmitDraftOutcome =
  | (Exclude<SubmissionOutcome, { readonly kind: 'rejected' }> & { readonly submitterReference: string })
  | ChangeRejected;

/**
 * Submits what a draft says as if it had been sent: checked, held or refused by the same rules, by whoever submits it now.
 * In the transaction that stores the report its text goes from the draft; of two who submit it one does, and the other gets
 * the same report.
 */
export async function submitReportDraft(
  services: SubmissionServices,
  actor: AgencyActor,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<SubmitDraftOutcome> {
  const as = seatOf(actor);
  const draft = await asActor(services.db, as, (tx) => findReportDraft(tx, id));
  if (draft === null) return { kind: 'absent' };
  if (draft.version !== version) return moved(draft);
  if (draft.reportId !== null) return answerAgain(services, actor, draft.reportId);
  const input = (await openReportDraft(services, actor, draft)) ?? {};
  try {
    const outcome = await submitReport(services, actor, input, {
      alongside: async (tx, { reportId }) => {
        if (!(await closeReportDraft(tx, draft, reportId))) throw new DraftMoved();
      },
    });
    if (outcome.kind === 'rejected') return outcome;
    // It was there before, said the same, and closed no draft.
    const { reportId } = outcome.stored;
    if (outcome.duplicate) await asActor(services.db, as, (tx) => closeReportDraft(tx, draft, reportId));
    return { ...outcome, submitterReference: (await ownReport(services, as, reportId)).submitterReference };
  } catch (error) {
    if (!(error instanceof DraftMoved)) throw error;
    const now = await asActor(services.db, as, (tx) => findReportDraft(tx, id));
    if (now?.reportId === undefined || now.reportId === null) return now === null ? { kind: 'absent' } : moved(now);
    return answerAgain(services, actor, now.reportId);
  }
}

/** Somebody saved, submitted or discarded it since it was read. */
class DraftMoved extends Error {}

/** A draft that was submitted before: the report as it stands now. */
async function answerAgain(
  services: SubmissionServices,
  actor: AgencyActor,
  reportId: string,
): Promise<SubmitDraftOutcome> {
  const report = await ownReport(services, seatOf(actor), reportId);
  if (report.status === 'RECALLED' || report.status === 'PURGED')
    return { kind: 'rejected', issues: [RECALLED_BEFORE] };
  const { submitterReference, status, version, contentDigest, recordId, tlp, releaseAfter } = report;
  const stored = { outcome: 'EXISTS', reportId, recordId, status, version, contentDigest, releaseAfter } as const;
  const reasons = await reasonsFor(services, actor, { hold: report.holdReasons }, stored);
  return reasons === null
    ? { kind: 'accepted', duplicate: true, stored, tlp, warnings: [], submitterReference }
    : { kind: 'held', duplicate: true, stored, reasons, submitterReference };
}

async function ownReport(services: SubmissionServices, as: ActAs, id: string): Promise<OwnReport> {
  const report = await asActor(services.db, as, (tx) => findOwnReport(tx, id));
  if (report === null) throw new Error('a report that is stored is there for its agency');
  return report;
}

async function begin(
  services: SubmissionServices,
  actor: AgencyActor,
  input: SubmittedReport,
  action: 'report-draft.save' | 'report.copy',
  subjects: readonly { readonly kind: 'report'; readonly id: string; readonly version: number }[],
): Promise<SaveDraftOutcome> {
  const as = seatOf(actor);
  const id = newId();
  const place = { agencyId: as.agencyId, ...SEAL_PLACES.draft(id) };
  const sealed = await services.keyHolder.seal(JSON.stringify(input), place);
  const draft = await asActor(services.db, as, async (tx) => {
    const begun = await insertReportDraft(tx, as, { id, sealed });
    if (begun !== null) await book(tx, services, actor, action, begun, subjects);
    return begun;
  });
  if (draft === null) return TOO_MANY;
  return withMissing(services, actor, draft, input);
}

async function withMissing(
  services: SubmissionServices,
  actor: AgencyActor,
  draft: ReportDraft,
  input: SubmittedReport,
): Promise<SavedDraft> {
  const examined = await examineReport(services, actor, input);
  return { kind: 'saved', draft, missing: 'issues' in examined ? examined.issues : [] };
}

const open = async (services: SubmissionServices, actor: AgencyActor, { id, sealed }: ReportDraft): Promise<string> =>
  (
    await services.keyHolder.open(sealed ?? Buffer.alloc(0), { agencyId: actor.agency.id, ...SEAL_PLACES.draft(id) })
  ).toString('utf8');

const seatOf = (actor: AgencyActor): ActAs => ({ personId: actor.personId, agencyId: actor.agency.id });

const rejected = (path: string, code: Issue['code'], message: string): ChangeRejected => ({
  kind: 'rejected',
  issues: [{ path, code, message }],
});

const TOO_MANY = rejected(
  '',
  'TOO_MANY_DRAFTS',
  `You keep ${MOST_DRAFTS} drafts: submit or discard one of them first.`,
);

const moved = ({ version, reportId }: ReportDraft): ChangeRejected =>
  rejected(
    'version',
    'CONFLICT',
    reportId === null
      ? `The draft is at version ${version}: read it, and go on from there.`
      : 'The draft was submitted and takes no further change: correct the report that it became.',
  );

function book(
  db: Queryable,
  services: SubmissionServices,
  actor: AgencyActor,
  action: string,
  draft: { readonly id: string; readonly version?: number },
  subjects: readonly { readonly kind: 'report'; readonly id: string; readonly version: number }[] = [],
): Promise<void> {
  const { id, version } = draft;
  const entry = auditEntry({
    ...{ at: services.clock.now(), personId: actor.personId, agencyId: actor.agency.id, roles: [...actor.roles] },
    ...{ action, outcome: 'DONE', purpose: actor.purpose },
    subjects: [{ kind: 'report-draft', id, ...(version === undefined ? {} : { version }) }, ...subjects],
  });
  return appendAudit(db, [entry]);
}
