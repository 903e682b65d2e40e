import { RefusedError } from './errors.js';

/** Who asks: a fixed token, or a function that is asked before every request and connection, so that it may change. */
export type Credentials =
  | { readonly token: string; readonly tokenProvider?: undefined }
  | { readonly token?: undefined; readonly tokenProvider: () => string | Promise<string> };

export interface Standing {
  /** ORI of the agency to act for, where the person has a seat in several. */
  readonly agency?: string;
  /** Why others' records are read: `INVESTIGATION; ref=<case number>`. */
  readonly purpose?: string;
}

export type Identity = Credentials & Standing;

const tokenOf = async (identity: Identity): Promise<string> => identity.token ?? (await identity.tokenProvider());

/**
 * Once more where the service did not know who asked and the provider has another token by now: it was renewed between the
 * two. Who is not known has done nothing, so that this is safe for every operation.
 */
export async function withNewToken<T>(
  identity: Identity,
  once: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  const before = await headersOf(identity);
  try {
    return await once(before);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 401) throw error;
    const now = await headersOf(identity);
    if (now['authorization'] === before['authorization']) throw error;
    return once(now);
  }
}

/** As headers of HTTP. */
export async function headersOf(identity: Identity): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await tokenOf(identity)}`,
    ...(identity.agency === undefined ? {} : { 'concord-agency': identity.agency }),
    ...(identity.purpose === undefined ? {} : { 'concord-purpose': identity.purpose }),
  };
}

/** As the payload of connection_init. */
export async function payloadOf(identity: Identity): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await tokenOf(identity)}`,
    ...(identity.agency === undefined ? {} : { agency: identity.agency }),
    ...(identity.purpose === undefined ? {} : { purpose: identity.purpose }),
  };
}
