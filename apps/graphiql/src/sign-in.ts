/**
 * Sign-in of the page: OpenID Connect, authorization code with PKCE (RFC 7636), as a public client. Tokens stay in the
 * memory of the page: reloading it asks the issuer again, which knows the browser for as long as its session lasts.
 */

/** Where people sign in, and what the page is called there. */
export interface SignInSettings {
  readonly issuer: string;
  readonly clientId: string;
}

/** What is remembered while the browser is at the issuer, in the storage of this tab. */
interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

interface Tokens {
  readonly accessToken: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
  readonly refreshToken: string | null;
}

interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly revocation_endpoint?: string;
  readonly end_session_endpoint?: string;
}

/** What of the browser is needed. */
export interface SignInBrowser {
  /** Where the page is, without query and fragment: what the issuer sends people back to. */
  readonly page: string;
  readonly storage: {
    getItem(name: string): string | null;
    setItem(name: string, value: string): void;
    removeItem(name: string): void;
  };
  readonly go: (url: string) => void;
}

const BEGUN = 'concord-sign-in';
/** Renewed that long before its end: a request takes its time. */
const EARLY_MS = 30_000;

/** The page's settings; null where it takes a token only. */
export async function fetchSignInSettings(): Promise<SignInSettings | null> {
  try {
    const response = await fetch('/sign-in.json', { headers: { accept: 'application/json' } });
    return response.ok ? ((await response.json()) as { signIn: SignInSettings | null }).signIn : null;
  } catch {
    return null;
  }
}

/** Sends the browser to the issuer. @param hint the account's name, where it is known */
export async function beginSignIn(settings: SignInSettings, browser: SignInBrowser, hint?: string): Promise<void> {
  const { authorization_endpoint } = await endpointsOf(settings);
  const begun: Begun = { state: random(), nonce: random(), verifier: random() };
  browser.storage.setItem(BEGUN, JSON.stringify(begun));
  browser.go(
    withQuery(authorization_endpoint, {
      client_id: settings.clientId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: browser.page,
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await sha256(begun.verifier),
      code_challenge_method: 'S256',
      ...(hint === undefined ? {} : { login_hint: hint }),
    }),
  );
}

/**
 * Ends what {@link beginSignIn} began, on the way back from the issuer.
 *
 * @param query of the page's address
 * @returns null where nobody comes back from an issuer
 * @throws Error with words for the page
 */
export async function finishSignIn(
  settings: SignInSettings,
  browser: SignInBrowser,
  query: URLSearchParams,
): Promise<SignedIn | null> {
  if (!query.has('state') || !(query.has('code') || query.has('error'))) return null;
  const begun = JSON.parse(browser.storage.getItem(BEGUN) ?? 'null') as Begun | null;
  browser.storage.removeItem(BEGUN);
  // Somebody else's sign-in, an old one, or an answer of another issuer (RFC 9207): nothing to do with this page.
  if (begun === null || query.get('state') !== begun.state || query.get('iss') !== settings.issuer)
    throw new Error('The sign-in was not begun here, or too long ago. Sign in again.');
  const code = query.get('code');
  if (code === null) throw new Error('Nobody was signed in.');
  const answer = await askForTokens(settings, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: browser.page,
    code_verifier: begun.verifier,
  });
  const claims = claimsOf(answer.id_token);
  // Straight from the issuer over our own connection: what it says need not be checked by its signature (OpenID Connect
  // Core 1.0, section 3.1.3.7, number 6). That it is meant for this page and this sign-in has to.
  if (claims.iss !== settings.issuer || claims.aud !== settings.clientId || claims.nonce !== begun.nonce)
    throw new Error('The issuer answered for another sign-in. Sign in again.');
  return new SignedIn(settings, browser, claims.sub, answer);
}

/** Somebody who has signed in, for as long as the page stays. */
export class SignedIn {
  #tokens: Tokens;
  #renewing: Promise<void> | null = null;

  constructor(
    private readonly settings: SignInSettings,
    private readonly browser: SignInBrowser,
    readonly name: string,
    answer: TokenAnswer,
  ) {
    this.#tokens = tokensOf(answer);
  }

  /** An access token that is good now; renewed when it ends, once for all who ask. */
  async accessToken(): Promise<string> {
    if (Date.now() > this.#tokens.expiresAt - EARLY_MS) {
      this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
      await this.#renewing;
    }
    return this.#tokens.accessToken;
  }

  /** Takes the tokens back and sends the browser to the issuer, which ends its session too. */
  async signOut(): Promise<void> {
    const { refreshToken } = this.#tokens;
    const { revocation_endpoint, end_session_endpoint } = await endpointsOf(this.settings);
    if (refreshToken !== null && revocation_endpoint !== undefined)
      await post(revocation_endpoint, { token: refreshToken, client_id: this.settings.clientId });
    this.browser.go(
      end_session_endpoint === undefined
        ? this.browser.page
        : withQuery(end_session_endpoint, {
            client_id: this.settings.clientId,
            post_logout_redirect_uri: this.browser.page,
          }),
    );
  }

  async #renew(): Promise<void> {
    const { refreshToken } = this.#tokens;
    if (refreshToken === null) throw new Error('The sign-in is over. Sign in again.');
    this.#tokens = tokensOf(
      await askForTokens(this.settings, { grant_type: 'refresh_token', refresh_token: refreshToken }),
    );
  }
}

interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly refresh_token?: string;
  readonly id_token: string;
}

const tokensOf = (answer: TokenAnswer): Tokens => ({
  accessToken: answer.access_token,
  expiresAt: Date.now() + answer.expires_in * 1000,
  refreshToken: answer.refresh_token ?? null,
});

async function askForTokens(settings: SignInSettings, form: Record<string, string>): Promise<TokenAnswer> {
  const { token_endpoint } = await endpointsOf(settings);
  const response = await post(token_endpoint, { ...form, client_id: settings.clientId });
  if (!response.ok) throw new Error('The sign-in is over. Sign in again.');
  return (await response.json()) as TokenAnswer;
}

const post = (url: string, form: Record<string, string>): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), credentials: 'omit' });

async function endpointsOf({ issuer }: SignInSettings): Promise<Endpoints> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, { credentials: 'omit' }).catch(() => null);
  if (response?.ok !== true) throw new Error('The issuer does not answer. Try again.');
  const metadata = (await response.json()) as Endpoints & { readonly issuer: string };
  if (metadata.issuer !== issuer) throw new Error('The issuer says that it is another one.');
  return metadata;
}

function withQuery(url: string, query: Record<string, string>): string {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value);
  return whole.href;
}

interface IdClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly nonce: string;
}

function claimsOf(token: string): IdClaims {
  const [, payload = ''] = token.split('.');
  const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as IdClaims;
}

/** 256 bits. */
const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function sha256(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
