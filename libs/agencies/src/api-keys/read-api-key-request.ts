import { API_KEY_CAPABILITIES, SHARING_CODES, type ApiKeyCapability, type SharingCode } from '@concord/codes';
import { isId } from '@concord/platform/ids';
import { isIP } from 'node:net';
import { readLine, type Fault } from '../fault.js';

/** A key as somebody asks for it, before it was looked at. */
export interface SubmittedApiKey {
  readonly name?: string | null;
  readonly capabilities?: readonly string[] | null;
  readonly widestSharing?: string | null;
  readonly expiresAt?: string | null;
  readonly networks?: readonly string[] | null;
  readonly personId?: string | null;
}

/** A key that may be made. */
export interface ApiKeyRequest {
  readonly name: string;
  readonly capabilities: readonly ApiKeyCapability[];
  readonly widestSharing: SharingCode;
  readonly expiresAt: Date;
  /** From where it may be used; empty: from anywhere. */
  readonly networks: readonly string[];
  /** Whose seat it acts from; null: a service seat of the agency, named as the key. */
  readonly personId: string | null;
}

/** The longest life of a key, in days: the same as of a token, so that a revocation outlives either. */
export const LONGEST_KEY_DAYS = 400;
const DAY_MS = 86_400_000;
const SOON_MS = 60_000;
const MOST_NETWORKS = 20;
const LONGEST_NAME = 64;
const TIME = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Reads a request for a key: what may be made, or every fault at once. Pure. */
export function readApiKeyRequest(
  input: SubmittedApiKey,
  now: Date,
): { readonly request: ApiKeyRequest } | { readonly issues: readonly Fault[] } {
  const issues: Fault[] = [];
  const name = readLine('name', input.name, LONGEST_NAME, issues);
  const capabilities = readCapabilities(input.capabilities ?? [], issues);
  const widestSharing = readSharing(input.widestSharing, issues);
  const expiresAt = readExpiry(input.expiresAt ?? '', now, issues);
  const networks = readNetworks(input.networks ?? [], issues);
  const personId = input.personId ?? null;
  if (personId !== null && !isId(personId)) issues.push(NO_SUCH_PERSON);
  if (issues.length > 0 || name === null || widestSharing === null || expiresAt === null) return { issues };
  return { request: { name, capabilities, widestSharing, expiresAt, networks, personId } };
}

export const NO_SUCH_PERSON: Fault = {
  path: 'personId',
  code: 'NOT_FOUND',
  message: 'Nobody with this id has a seat in your agency.',
};

function readCapabilities(codes: readonly string[], issues: Fault[]): ApiKeyCapability[] {
  const named = API_KEY_CAPABILITIES.filter((capability) => codes.includes(capability));
  if (named.length === 0)
    issues.push({ path: 'capabilities', code: 'REQUIRED', message: 'Name what the key is for; nothing is included.' });
  return named;
}

function readSharing(code: string | null | undefined, issues: Fault[]): SharingCode | null {
  const sharing = SHARING_CODES.find((known) => known === code) ?? null;
  if (sharing === null)
    issues.push({ path: 'widestSharing', code: 'REQUIRED', message: 'Say how widely it may share at most.' });
  return sharing;
}

function readExpiry(text: string, now: Date, issues: Fault[]): Date | null {
  const path = 'expiresAt';
  const at = instantOf(text);
  if (text === '') issues.push({ path, code: 'REQUIRED', message: 'Every key has an end.' });
  else if (at === null)
    issues.push({ path, code: 'INVALID_FORMAT', message: 'Give a time such as 2027-06-30T00:00:00Z.' });
  else if (at.getTime() < now.getTime() + SOON_MS)
    issues.push({ path, code: 'EXPIRY_TOO_SOON', message: 'Give a time that is at least a minute ahead.' });
  else if (at.getTime() > now.getTime() + LONGEST_KEY_DAYS * DAY_MS)
    issues.push({ path, code: 'EXPIRY_TOO_FAR', message: `Give a time at most ${LONGEST_KEY_DAYS} days ahead.` });
  return at;
}

function instantOf(text: string): Date | null {
  const date = TIME.exec(text)?.[1];
  // The engine turns 30 February into 2 March.
  if (date === undefined || Number.isNaN(Date.parse(date)) || !new Date(date).toISOString().startsWith(date))
    return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}

function readNetworks(texts: readonly string[], issues: Fault[]): string[] {
  if (texts.length > MOST_NETWORKS)
    issues.push({ path: 'networks', code: 'LIST_TOO_LONG', message: `Give at most ${MOST_NETWORKS} networks.` });
  else
    texts.forEach((text, place) => {
      if (!isNetwork(text))
        issues.push({
          path: `networks.${place}`,
          code: 'INVALID_FORMAT',
          message: 'Give an address or a network such as 10.0.0.0/8 or fd00::/8.',
        });
    });
  return [...new Set(texts)];
}

/** IPv4 within IPv6 is IPv4 wherever addresses are looked at, so a network of it would never be met. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes('%') || /^::ffff:/i.test(address)) return false;
  if (prefix === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}
