import type { ReportVersion } from '@concord/records';

/** One thing that a version says otherwise than the one before. */
export interface FieldChange {
  /** As in the input: `substances.0.purityPercent`. */
  readonly path: string;
  /** Codes, numbers and texts as they are written in the input; null: it was not there, or it is sealed. */
  readonly from: string | null;
  readonly to: string | null;
  /** Named, and not shown. */
  readonly sealed: boolean;
}

/** Computed from the others: a change of theirs. */
const DERIVED: ReadonlySet<string> = new Set(['milligrams', 'units', 'stateFips', 'defaulted']);

/**
 * What a version says otherwise than the one before it; null: it is the first. Pure. Of what is sealed it tells what is
 * there by its kind; whether the words of a sealed part are others is not looked at.
 */
export function reportChanges(before: ReportVersion | null, after: ReportVersion): FieldChange[] {
  if (before === null) return [];
  return [
    ...differences(plainOf(before), plainOf(after)).map((change) => ({ ...change, sealed: false })),
    ...differences(sealedOf(before), sealedOf(after)).map(({ path }) => ({ path, from: null, to: null, sealed: true })),
  ];
}

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { readonly path: string; readonly from: string | null; readonly to: string | null }[] {
  const paths = [...before.keys(), ...[...after.keys()].filter((path) => !before.has(path))];
  return paths
    .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null }))
    .filter(({ from, to }) => from !== to);
}

function plainOf(version: ReportVersion): ReadonlyMap<string, string> {
  const { occurredPrecision, ...content } = version.content;
  const said = {
    occurredAt: version.occurredAt.toISOString(),
    occurredAtPrecision: occurredPrecision,
    sharing: version.sharing,
    tlp: version.tlp,
    releaseAfter: version.releaseAfter?.toISOString() ?? null,
    holdUntilReleased: version.holdUntilReleased,
    ...content,
  };
  return new Map(leavesOf(said, ''));
}

function sealedOf({ sealedNarrative, basisActivity, identifierKinds }: ReportVersion): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  if (sealedNarrative !== null) parts.set('narrative', '');
  if (basisActivity !== null) parts.set('basis', basisActivity);
  if (identifierKinds.length > 0) parts.set('identifiers', identifierKinds.join(' '));
  return parts;
}

/** Every value that is there, by its path; nothing, null and an empty list are the same. */
function leavesOf(value: unknown, path: string): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value)
    .filter(([name]) => !DERIVED.has(name))
    .flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
}
