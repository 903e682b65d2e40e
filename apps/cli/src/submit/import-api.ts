import type { ReadStream } from 'node:fs';

/** Where the API is and who asks. */
export interface ApiAccess {
  /** Without a path: `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly token: string;
  readonly agency: string | null;
}

export interface Import {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly bytes: number;
  readonly receivedBytes: number;
  readonly uploadPath: string;
  readonly refusedPath: string;
  readonly lines: number | null;
  readonly entriesDone: number;
  readonly accepted: number;
  readonly held: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly questions: number;
  readonly dryRun: boolean;
}

export const IMPORT_FIELDS =
  'id state reason bytes receivedBytes uploadPath refusedPath lines entriesDone accepted held refused duplicates questions dryRun';

export interface Rejected {
  readonly issues?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
}

/** What the API answers wrongly asked: its own words, which name nobody. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

const headers = ({ token, agency }: ApiAccess): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  ...(agency === null ? {} : { 'concord-agency': agency }),
});

/** @throws ApiError */
export async function ask<T>(access: ApiAccess, query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const response = await reach(`${access.origin}/graphql`, {
    method: 'POST',
    headers: { ...headers(access), 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json().catch(() => ({}))) as { data?: T | null; errors?: { message: string }[] };
  if (answer.errors !== undefined || answer.data === undefined || answer.data === null)
    throw new ApiError(answer.errors?.map(({ message }) => message).join(' ') ?? `the API answered ${response.status}`);
  return answer.data;
}

/** The rest of a file, from where it broke off. @throws ApiError */
export async function upload(access: ApiAccess, path: string, offset: number, body: ReadStream): Promise<void> {
  const response = await reach(`${access.origin}${path}?offset=${offset}`, {
    method: 'PUT',
    headers: { ...headers(access), 'content-type': 'application/octet-stream' },
    body,
    duplex: 'half',
  });
  if (!response.ok)
    throw new ApiError(`the upload was refused (${response.status}): run the same command again to go on`);
  await response.body?.cancel();
}

/** The refused rows as CSV. @throws ApiError */
export async function refusedRows(access: ApiAccess, path: string): Promise<string> {
  const response = await reach(`${access.origin}${path}`, { headers: headers(access) });
  if (!response.ok) throw new ApiError(`the refused rows are not to be had (${response.status})`);
  return response.text();
}

async function reach(url: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    throw new ApiError(`nobody answers at ${new URL(url).origin}: is Concord running there? Name it with --url.`);
  }
}
