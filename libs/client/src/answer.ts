import { BusyError, RefusedError, UnreachableError, type AnsweredError } from './errors.js';

/** Of the service itself, or of a proxy before it: later it may be answered. */
const BUSY = new Set([429, 502, 503, 504]);

interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly AnsweredError[];
}

/** The data of an answer to an operation. @throws RefusedError, BusyError, UnreachableError */
export async function readAnswer(response: Response): Promise<unknown> {
  const body = await readBody(response);
  const answer = isAnswer(body) ? body : null;
  const [first] = answer?.errors ?? [];
  if (answer !== null && first !== undefined) throw refusalOf(answer, response.status, retryAfter(response));
  if (!response.ok) throw refusedBy(response, answer);
  if (answer === null || answer.data === undefined || answer.data === null)
    throw new UnreachableError('The answer is none of a GraphQL service: is the URL right?', true, {
      code: 'UNREADABLE',
    });
  return answer.data;
}

/** What a route that is no GraphQL answers, as JSON. @throws RefusedError, BusyError */
export async function readJson(response: Response): Promise<unknown> {
  const body = await readBody(response);
  if (response.ok) return body;
  const answer = isAnswer(body) ? body : null;
  if (answer?.errors?.[0] !== undefined) throw refusalOf(answer, response.status, retryAfter(response));
  throw refusedBy(response, answer);
}

/** `errors` of an answer as one error. @param status null on a socket */
export function refusalOf(answer: GraphQLAnswer, status: number | null, seconds: number | null): RefusedError {
  const errors = answer.errors ?? [];
  const [first] = errors;
  const said: unknown = first?.extensions?.['code'];
  const code = typeof said === 'string' ? said : 'UNKNOWN';
  const refusal = new RefusedError(code, first?.message ?? 'It was refused.', status, errors, answer.data ?? null);
  const after = seconds ?? secondsIn(first);
  const busy = code === 'UNAVAILABLE' || (status !== null && BUSY.has(status)) || after !== null;
  return busy ? new BusyError(refusal, after) : refusal;
}

function secondsIn(error: AnsweredError | undefined): number | null {
  const told: unknown = error?.extensions?.['retryAfterSeconds'];
  return typeof told === 'number' ? told : null;
}

function refusedBy(response: Response, answer: GraphQLAnswer | null): RefusedError {
  const said: unknown = answer?.errors?.[0]?.extensions?.['code'];
  const code = typeof said === 'string' ? said : `HTTP_${response.status}`;
  const refusal = new RefusedError(code, `The service answered with HTTP ${response.status}.`, response.status);
  return BUSY.has(response.status) ? new BusyError(refusal, retryAfter(response)) : refusal;
}

/** Seconds; a date (RFC 9110, 10.2.3) is read too. Null where it says none. */
function retryAfter({ headers }: Response): number | null {
  const said = headers.get('retry-after')?.trim();
  if (said === undefined || said === '') return null;
  if (/^\d{1,6}$/.test(said)) return Number(said);
  const at = Date.parse(said);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const isAnswer = (body: unknown): body is GraphQLAnswer =>
  typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);
