import type { Logger } from '@concord/platform/logging';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { IssuerState } from './issuer-state.js';
import { continuePage, messagePage, signOutPage } from './pages.js';
import { ALGORITHM, type SigningKeys } from './signing-keys.js';

/** The page of GraphiQL: a public client, which has no secret to keep. */
export const PAGE_CLIENT = 'graphiql';
/** What a password alone proves: `pwd` of RFC 8176, and a name of ours for the class. */
export const SIGNED_IN_BY_PASSWORD = { amr: ['pwd'], acr: 'urn:concord:embedded:password' } as const;

/** In seconds. After the last, whoever has signed in does so again (CJIS Security Policy, IA-11). */
const LIFETIMES = { accessToken: 15 * 60, code: 60, interaction: 15 * 60, session: 12 * 3_600 } as const;
/** What the tokens are for, as RFC 8707 wants it named. */
const RESOURCE = 'urn:concord:api';

export interface ProviderOptions {
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly state: IssuerState;
  readonly audience: string;
  /** Where the page is served: `http://127.0.0.1:4000`. */
  readonly pages: readonly string[];
  readonly hasAccount: (name: string) => boolean;
  readonly log: Logger;
}

/** oidc-provider, loaded now and not at the start, set up for one client and nothing that it does not need. */
export async function openProvider(options: ProviderOptions): Promise<Provider> {
  const { issuer, log } = options;
  fillIn();
  const provider = await quietly(async () => {
    const { default: OidcProvider } = await import('oidc-provider');
    return new OidcProvider(issuer, configure(options));
  });
  provider.on('server_error', (_ctx, err) => log.error({ err }, 'issuer.failed'));
  provider.on('end_session.success', () => log.info({}, 'sign-in.ended'));
  provider.on('grant.error', (ctx: KoaContextWithOIDC) => {
    // Told apart by what is left: a token that was used twice takes its whole grant with it.
    if (ctx.oidc.entities.RefreshToken?.consumed !== undefined) log.warn({}, 'sign-in.token-used-twice');
  });
  provider.use(async (ctx, next) => {
    await next();
    if (typeof ctx.body === 'string' && ctx.body.includes('<script>')) ctx.body = withoutScript(ctx.body);
  });
  return provider;
}

function configure({ keys, state, audience, pages, hasAccount }: ProviderOptions): Configuration {
  const uris = pages.map((origin) => `${origin}/`);
  const now = (): number => Math.floor(Date.now() / 1000);
  /** What is left of the sign-in that something rests on. */
  const leftOf = (signedInAt: number | undefined): number =>
    Math.max(1, (signedInAt ?? now()) + LIFETIMES.session - now());
  return {
    adapter: (name) => state.adapter(name),
    jwks: { keys: [...keys.private] as NonNullable<Configuration['jwks']>['keys'] },
    cookies: {
      keys: [state.secret.toString('hex')],
      names: { session: '_session', interaction: '_interaction', resume: '_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    clients: [
      {
        client_id: PAGE_CLIENT,
        client_name: 'Concord GraphiQL',
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: uris,
        post_logout_redirect_uris: uris,
        id_token_signed_response_alg: ALGORITHM,
        default_max_age: LIFETIMES.session,
      },
    ],
    clientAuthMethods: ['none'],
    clientDefaults: { id_token_signed_response_alg: ALGORITHM },
    clientBasedCORS: (_ctx, origin) => pages.includes(origin),
    pkce: { required: () => true },
    scopes: ['openid'],
    claims: { openid: ['sub'], acr: null, amr: null, auth_time: null, iss: null, sid: null },
    acrValues: [SIGNED_IN_BY_PASSWORD.acr],
    responseTypes: ['code'],
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.type = 'html';
          ctx.body = signOutPage(form);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.type = 'html';
          ctx.body = messagePage('Signed out', 'You are signed out of Concord.');
        },
      },
      // An access token is a JWT (RFC 9068) only where it is for a resource.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== RESOURCE) throw new Error('There is one resource, and it is the default.');
          return {
            scope: '',
            audience,
            accessTokenTTL: LIFETIMES.accessToken,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: ALGORITHM, kid: keys.private[0].kid } },
          };
        },
      },
    },
    extraTokenClaims: (ctx) => {
      // RFC 9068, section 2.2.1: of the sign-in that the token rests on, also after it was renewed.
      const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
      const from = AuthorizationCode ?? RefreshToken;
      return from === undefined ? undefined : { auth_time: from.authTime, acr: from.acr, amr: from.amr };
    },
    findAccount: (_ctx, name) =>
      hasAccount(name) ? { accountId: name, claims: () => Promise.resolve({ sub: name }) } : undefined,
    // Nobody is asked whether Concord's own page may act for them: signing in to it is what they do.
    loadExistingGrant: async (ctx) => {
      const { client, session, account } = ctx.oidc;
      if (client === undefined || account === undefined) return undefined;
      const known = session?.grantIdFor(client.clientId);
      const found = known === undefined ? undefined : await ctx.oidc.provider.Grant.find(known);
      if (found?.accountId === account.accountId) return found;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: LIFETIMES.accessToken,
      AuthorizationCode: LIFETIMES.code,
      IdToken: LIFETIMES.accessToken,
      Interaction: LIFETIMES.interaction,
      Session: (_ctx, session) => leftOf(session.loginTs),
      // It may have been made before the sign-in was done.
      Grant: LIFETIMES.session + LIFETIMES.interaction,
      RefreshToken: (_ctx, token) => leftOf(token.authTime),
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, { error }) => {
      ctx.type = 'html';
      ctx.body = messagePage(
        'Sign-in cannot go on',
        `Go back to the page you came from and sign in again. Reason: ${/^[a-z_]{1,40}$/.test(error) ? error : 'error'}.`,
      );
    },
  };
}

/** `URL.parse` came to Node 20 late: oidc-provider needs it, and 20.19 may be without it. */
function fillIn(): void {
  if (typeof Reflect.get(URL, 'parse') === 'function') return;
  const parse = (text: string, base?: string): URL | null => (URL.canParse(text, base) ? new URL(text, base) : null);
  Object.defineProperty(URL, 'parse', { value: parse, configurable: true, writable: true });
}

/** Our pages run no script: where oidc-provider would send a form by itself, there is a button. */
function withoutScript(html: string): string {
  const [, action, inputs] = /<form method="post" action="([^"]*)">([\s\S]*?)<noscript>/.exec(html) ?? [];
  return action === undefined || inputs === undefined
    ? messagePage('Sign-in cannot go on', 'Go back to the page you came from and sign in again.')
    : continuePage(action, inputs.trim());
}

/**
 * oidc-provider speaks to the console, and the console is where our events go, a line of JSON each: that it wants a newer
 * Node than the oldest that we run on is written in ADR 0020 and tested.
 */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    return await work();
  } finally {
    console.warn = warn;
    console.info = info;
  }
}
