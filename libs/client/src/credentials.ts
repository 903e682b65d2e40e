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
