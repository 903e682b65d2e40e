import type { ConcordClient } from '@concord/client';

/** Reports of an import whose observations are told; of each the most telling. */
const MOST_REPORTS = 5;
const MOST_OF_ONE = 3;

interface Accepted {
  readonly line: number;
  readonly reportId: string;
}

/** What Concord can say of the first reports that were accepted, a line each, by where they stand in the file. */
export async function comesBackLines(client: ConcordClient, importId: string): Promise<string[]> {
  type Entries = {
    readonly importEntries: {
      readonly edges: readonly { readonly node: { readonly firstLine: number; readonly reportId: string | null } }[];
    };
  };
  const { importEntries } = await client.request<Entries>(
    `query Accepted($importId: ID!, $first: Int) { importEntries(importId: $importId, outcome: [ACCEPTED], first: $first) {
      edges { node { firstLine reportId } } } }`,
    { importId, first: MOST_REPORTS },
  );
  const accepted = importEntries.edges.flatMap(({ node: { firstLine, reportId } }): Accepted[] =>
    reportId === null ? [] : [{ line: firstLine, reportId }],
  );
  if (accepted.length === 0) return [];
  type Report = { readonly comesBack: readonly { readonly message: string }[] | null } | null;
  const found = await client.request<Readonly<Record<string, Report>>>(
    `query ComesBack(${accepted.map((_, n) => `$id${n}: ID!`).join(', ')}) { ${accepted
      .map((_, n) => `r${n}: seizureReport(id: $id${n}) { comesBack { message } }`)
      .join(' ')} }`,
    Object.fromEntries(accepted.map(({ reportId }, n) => [`id${n}`, reportId])),
  );
  const most = accepted.length === 1 ? MOST_OF_ONE : 1;
  return accepted.flatMap(({ line }, n) =>
    (found[`r${n}`]?.comesBack ?? []).slice(0, most).map(({ message }) => `line ${line}: ${message}`),
  );
}
