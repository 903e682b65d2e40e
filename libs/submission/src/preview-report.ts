import { coverKeys, decide, type AgencyActor } from '@concord/access';
import type { CommunityRow, RecordView } from '@concord/deidentification';
import { readForPreview, type Company } from '@concord/records';
import { examineReport } from './examine-report.js';
import type { Reason } from './hold-report.js';
import type { Issue } from './issue.js';
import { releaseFacts } from './report-context.js';
import { recordOf } from './report-parts.js';
import { judgeRepeated, reasonsFor, type SubmissionServices } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';

/** Over which records company is counted: the agency's own and whatever the actor's keys open, or its own alone. */
export const COUNTED_OVER = ['LISTED_RECORDS', 'OWN_AGENCY'] as const;
export type CountedOver = (typeof COUNTED_OVER)[number];

/** A view that somebody would open. */
export interface PreviewedView {
  readonly view: RecordView;
  readonly audience: readonly { readonly key: string; readonly name: string | null }[];
  /** Other records that its readers could take for it; null at OWNER, and where nothing may be counted. */
  readonly company: Company | null;
}

export type PreviewOutcome =
  | {
      readonly kind: 'previewed';
      readonly views: readonly PreviewedView[];
      /** Classes of COMMUNITY that it may come into. */
      readonly community: readonly CommunityRow[];
      /** What a supervisor would have to decide on. */
      readonly hold: readonly Reason[];
      readonly warnings: readonly Issue[];
      readonly countedOver: CountedOver | null;
      /** Of the agency's point of contact. */
      readonly phone: string | null;
    }
  | { readonly kind: 'rejected'; readonly issues: readonly Issue[] };

/**
 * What a submission of the same input would be at this moment: refused for the same faults, or the views that each audience
 * would get. Stores nothing and uses up nothing. What it counts are records of the actor's own agency, and others' only
 * by what the actor carries and may read them for.
 */
export async function previewReport(
  services: SubmissionServices,
  actor: AgencyActor,
  input: SubmittedReport,
): Promise<PreviewOutcome> {
  const examined = await examineReport(services, actor, input);
  if ('issues' in examined) return { kind: 'rejected', issues: examined.issues };
  const { report, context } = examined;
  const { views, audiences, community } = recordOf(actor.agency.id, report, context);
  const facts = releaseFacts(actor.agency.id, report, context);
  const opened = views
    .map((view, index) => ({ view, audience: audiences[index] ?? [] }))
    .filter(({ audience }) => audience.length > 0);
  const countedOver = countsOver(actor);
  // Counted by county: a policy that shows states only gets no number, which would be none and frighten for nothing.
  const counted =
    countedOver === null
      ? []
      : opened.filter(({ view }) => view.precision !== 'OWNER' && view.place.countyFips !== null);
  const found = await readForPreview(
    services.db,
    {
      personId: actor.personId,
      agencyId: actor.agency.id,
      purpose: countedOver === 'LISTED_RECORDS' ? (actor.purpose?.code ?? null) : null,
    },
    {
      submitterReference: report.submitterReference,
      keys: opened.flatMap(({ audience }) => audience),
      views: counted.map((it) => ({ ...it, cover: coverKeys(it.view.precision, facts) })),
      synthetic: false,
    },
  );
  const issue = found.stored === null ? null : await judgeRepeated(services, actor, examined, found.stored);
  if (issue !== null) return { kind: 'rejected', issues: [issue] };
  const companyOf = new Map(counted.map(({ view }, index) => [view, found.company[index]]));
  return {
    kind: 'previewed',
    views: opened.map(({ view, audience }) => ({
      view,
      audience: audience.map((key) => ({ key, name: found.names.get(key) ?? null })),
      company: companyOf.get(view) ?? null,
    })),
    community,
    hold: (await reasonsFor(services, actor, examined, found.stored)) ?? [],
    warnings: examined.warnings,
    countedOver,
    phone: found.phone,
  };
}

/** A machine that only submits is told no number that rests on what is stored. */
export function countsOver(actor: AgencyActor): CountedOver | null {
  if (decide(actor, 'record.read').allowed) return 'LISTED_RECORDS';
  return decide(actor, 'report.read').allowed ? 'OWN_AGENCY' : null;
}
