import { createHash, randomBytes } from 'node:crypto';

export interface TokenAnswer {
  readonly status: number;
  readonly body: {
    readonly access_token?: string;
    readonly refresh_token?: string;
    readonly id_token?: string;
    readonly expires_in?: number;
    readonly error?: string;
  };
}

/** A browser with one page in it that signs in at the issuer, without the browser. */
export class IssuerClient {
  readonly cookies = new Map<string, string>();
  readonly verifier = randomBytes(32).toString('base64url');
  readonly redirectUri: string;

  /** @param page origin of the page that signs in */
  constructor(
    readonly issuer: string,
    readonly page: string,
  ) {
    this.redirectUri = `${page}/`;
  }

  /** One request, with the cookies of this browser and no redirect followed. */
  async go(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie, ...init.headers };
    const response = await fetch(new URL(path, this.issuer), { redirect: 'manual', ...init, headers });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '' || set.includes('expires=Thu, 01 Jan 1970')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** Where a page sends a browser to begin. */
  authorizeUrl(changes: Record<string, string | null> = {}): string {
    const query = {
      client_id: 'graphiql',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: this.redirectUri,
      state: 'state',
      nonce: 'nonce',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    };
    const kept = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null);
    return `${this.issuer}/auth?${new URLSearchParams(kept).toString()}`;
  }

  authorize(changes: Record<string, string | null> = {}): Promise<Response> {
    return this.go(this.authorizeUrl(changes));
  }

  /** Where the sign-in page is. */
  async begin(changes: Record<string, string | null> = {}): Promise<string> {
    return (await this.authorize(changes)).headers.get('location') ?? '';
  }

  /** Sends the form of the sign-in page. */
  submit(path: string, name: string, password: string, origin = this.issuer): Promise<Response> {
    return this.go(path, { method: 'POST', headers: { origin }, body: new URLSearchParams({ name, password }) });
  }

  /** The address that the browser is sent back to in the end, which is the page's. */
  async follow(response: Response): Promise<URL> {
    let location = response.headers.get('location') ?? '';
    while (location !== '' && new URL(location, this.issuer).origin === this.issuer)
      location = (await this.go(location)).headers.get('location') ?? '';
    return new URL(location);
  }

  /** Signs in and has a code. */
  async code(name: string, password: string): Promise<string> {
    const back = await this.follow(await this.submit(await this.begin(), name, password));
    return back.searchParams.get('code') ?? '';
  }

  async token(form: Record<string, string>, path = '/token'): Promise<TokenAnswer> {
    const response = await fetch(new URL(path, this.issuer), {
      method: 'POST',
      headers: { origin: this.page },
      body: new URLSearchParams({ client_id: 'graphiql', ...form }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as TokenAnswer['body']) };
  }

  redeem(code: string, verifier = this.verifier): Promise<TokenAnswer> {
    const { redirectUri: redirect_uri } = this;
    return this.token({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier });
  }

  refresh(token: string): Promise<TokenAnswer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token });
  }

  /** Signs out, with the button. */
  async signOut(): Promise<Response> {
    const query = new URLSearchParams({ client_id: 'graphiql', post_logout_redirect_uri: this.redirectUri });
    const page = await (await this.go(`/session/end?${query.toString()}`)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    return this.go('/session/end/confirm', { method: 'POST', body: new URLSearchParams({ xsrf, logout: 'yes' }) });
  }
}
