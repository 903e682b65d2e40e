import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installHealth, type HealthOptions } from './health.routes.js';

/** An OpenID Connect issuer and the public client that the page is there. */
export interface PageSignIn {
  readonly issuer: string;
  readonly clientId: string;
}

export interface OperationsOptions {
  readonly health: HealthOptions;
  readonly graphiqlDirectory: string | null;
  readonly personasFile: string | null;
  readonly signIn: PageSignIn | null;
}

const PAGE_TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
};
/** The page asks the API and, where people sign in, the issuer for tokens. */
const pagePolicy = (issuer: string): string =>
  `default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss: ${issuer}; font-src 'self' data:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'`;

/** What operators and people with a browser ask for: health, the GraphiQL page. */
export function installOperations(fastify: FastifyInstance, options: OperationsOptions): void {
  installHealth(fastify, options.health);
  if (options.graphiqlDirectory !== null) installPage(fastify, options.graphiqlDirectory, options.signIn);
  if (options.personasFile !== null) installPersonas(fastify, options.personasFile);
}

function installPage(fastify: FastifyInstance, directory: string, signIn: PageSignIn | null): void {
  const policy = pagePolicy(signIn === null ? '' : new URL(signIn.issuer).origin);
  fastify.get('/sign-in.json', (_request, reply) => reply.header('cache-control', 'no-store').send({ signIn }));
  const send = (name: string) => (_request: FastifyRequest, reply: FastifyReply) => {
    const path = join(directory, name);
    if (!existsSync(path)) return reply.code(404).send({ reason: 'The page is not bundled: run `npm run build`.' });
    return reply
      .headers({
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      })
      .type(PAGE_TYPES[name] ?? 'application/octet-stream')
      .send(createReadStream(path));
  };
  fastify.get('/', send('index.html'));
  for (const name of ['app.js', 'app.css']) fastify.get(`/${name}`, send(name));
}

/**
 * The personas' tokens, for the page's picker. Only to this machine and only under a loopback name: a page of another
 * site that had its name resolved to this address gets nothing.
 */
function installPersonas(fastify: FastifyInstance, file: string): void {
  fastify.get('/personas', async (request, reply) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    const loopback =
      ['127.0.0.1', 'localhost', '[::1]'].includes(name) &&
      ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip);
    const through = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some(
      (name) => request.headers[name] !== undefined,
    );
    const site = request.headers['sec-fetch-site'] ?? 'none';
    const { origin } = request.headers;
    const ownPage = origin === undefined || origin === `http://${request.headers.host ?? ''}`;
    if (!loopback || through || !ownPage || (site !== 'none' && site !== 'same-origin'))
      return reply.code(404).send({ reason: 'Not here.' });
    return reply
      .type('application/json')
      .header('cache-control', 'no-store')
      .send(withoutPasswords(await readFile(file, 'utf8')));
  });
}

/** A password is for the sign-in page, typed by whoever may read the file. */
function withoutPasswords(personas: string): string {
  return JSON.stringify(JSON.parse(personas), (name, value: unknown) => (name === 'password' ? undefined : value));
}
