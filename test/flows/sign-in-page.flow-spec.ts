import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { IssuerClient } from '../../apps/embedded/src/issuer/issuer-client.builder.js';
import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { startStack, type Stack } from '../../apps/embedded/src/stack.js';
import { eventually } from './flow-client.builder.js';

const root = join(import.meta.dirname, '..', '..');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (CHROMIUM === undefined) process.stderr.write('no Chromium (Debian: chromium): the sign-in page is not tested\n');
/** GraphiQL keeps beside the editor what it has parsed of its text. */
const OPERATION_OF_THE_EDITOR = `document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror?.operationName`;

let dataDir: string;
let stack: Stack;
let origin: string;
let issuer: string;
let personas: Record<string, { token: string; password: string }>;
const password = (persona: PersonaName): string => personas[persona]?.password ?? '';

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'concord-sign-in-'));
  await chmod(dataDir, 0o711);
  await promisify(execFile)(process.execPath, [join(root, 'scripts/bundle-graphiql.mjs')], { cwd: root });
  const options = { databaseUrl: null, redisUrl: null, personas: true, syntheticReports: 0, logLevel: 'silent' };
  stack = await startStack({ dataDir, port: 0, ...options });
  origin = new URL(stack.api.url).origin;
  issuer = stack.issuer ?? '';
  personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as typeof personas;
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}, 30_000);

describe('signing in without a browser', () => {
  /** Who the API says this is. */
  async function whoIs(token: string): Promise<unknown> {
    const answer = await fetch(stack.api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ me { id } }' }),
    });
    const { data } = (await answer.json()) as { data?: { me: { id: string } } | null };
    return data?.me.id ?? answer.status;
  }

  test('gives a token that the API takes, for the person of personas.json; the ID token it does not take', async () => {
    const client = new IssuerClient(issuer, origin);
    const { body } = await client.redeem(await client.code('state-analyst', password('state-analyst')));
    expect(await whoIs(body.access_token ?? '')).toBe(personId('state-analyst'));
    expect(await whoIs(personas['state-analyst']?.token ?? '')).toBe(personId('state-analyst'));
    expect(await whoIs(body.id_token ?? '')).toBe(401);
    expect(await whoIs((await client.refresh(body.refresh_token ?? '')).body.access_token ?? '')).toBe(
      personId('state-analyst'),
    );
  });

  test('the page is told where to sign in and may ask there; it is told no password', async () => {
    const told = await (await fetch(`${origin}/sign-in.json`)).json();
    expect(told).toEqual({ signIn: { issuer, clientId: 'graphiql' } });
    const policy = (await fetch(`${origin}/`)).headers.get('content-security-policy');
    expect(policy).toMatch(new RegExp(`connect-src 'self' ws: wss: ${issuer};`));
    const picker = await (await fetch(`${origin}/personas`)).text();
    expect(picker).toContain(personas['supervisor']?.token);
    expect(picker).not.toContain(password('supervisor'));
    expect(picker).not.toContain('password');
  });
});

(CHROMIUM === undefined ? describe.skip : describe)('signing in with a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      // Root has no sandbox of Chromium's; nothing but this machine is asked.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
    });
  }, 60_000);
  afterAll(() => browser?.close());

  /** A browser of somebody's own: cookies and all. It writes down what breaks a policy of the page or asks elsewhere. */
  async function newBrowser(): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content.Security.Policy|Refused to/i.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const asked = new URL(request.url());
      if (asked.protocol !== 'data:' && ![origin, issuer].includes(asked.origin)) complaints.push(request.url());
    });
    return { page, complaints };
  }

  async function toSignIn(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Sign in with a password' }).click();
    await page.getByRole('heading', { name: 'Sign in to Concord' }).waitFor();
  }

  async function submit(page: Page, password: string): Promise<void> {
    // As somebody without a mouse does: the field that needs it has the focus, once the browser has given it. What is
    // typed before goes nowhere.
    await page.locator('input[type="password"]:focus').waitFor();
    await page.keyboard.type(password);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  }

  /** Runs `me` in the editor's tab and gives its answer. */
  async function me(page: Page): Promise<string> {
    await page.getByRole('tab', { name: 'Me', exact: true }).click();
    await page.getByText('Who am I here').first().waitFor();
    // What is shown has been parsed a moment later: until then the button runs the operation of the tab before.
    await eventually(
      'GraphiQL knows which operation this is',
      async () => (await page.evaluate(OPERATION_OF_THE_EDITOR)) === 'Me',
      20_000,
    );
    await page.getByRole('button', { name: /Execute query/ }).click();
    const answer = page.getByRole('region', { name: /Result Window/i });
    // A refusal is an answer too: the test that compares it says what it was.
    await answer
      .getByText(/displayName|errors/)
      .first()
      .waitFor();
    return (await answer.textContent()) ?? '';
  }

  test('wrong and right passwords, a query as this person, the lock for strangers, signing out', async () => {
    const { page, complaints } = await newBrowser();
    await page.goto(`${origin}/`);
    await page.getByLabel('Persona').selectOption('supervisor');
    await toSignIn(page);
    expect(new URL(page.url()).origin).toBe(issuer);
    await expect(page.getByLabel('Account name').inputValue()).resolves.toBe('supervisor');
    await submit(page, 'wrong');
    await page.getByRole('alert').getByText('The account name or the password is not right.').waitFor();
    await expect(page.title()).resolves.toBe('Error: Sign in to Concord');
    const field = page.getByLabel('Password');
    await expect(field.getAttribute('aria-describedby')).resolves.toBe('fault');
    await expect(field.inputValue()).resolves.toBe('');

    await submit(page, password('supervisor'));
    await page.getByText('Signed in as supervisor').waitFor();
    // Neither the code nor a token is left where others could find it.
    expect(page.url()).toBe(`${origin}/`);
    await expect(page.evaluate('JSON.stringify([localStorage, sessionStorage])')).resolves.toBe('[{},{}]');
    await expect(page.getByLabel('Persona').count()).resolves.toBe(0);
    expect(await me(page)).toMatch(/"displayName":\s*"Supervisor"/);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    await page.keyboard.press('Enter');

    // Somebody else, in another browser on the same machine, tries.
    const stranger = await newBrowser();
    await stranger.page.goto(new IssuerClient(issuer, origin).authorizeUrl({ login_hint: 'supervisor' }));
    for (let failure = 1; failure <= 5; failure += 1) {
      await submit(stranger.page, `wrong ${failure}`);
      await stranger.page.getByText('is not right').waitFor();
    }
    await submit(stranger.page, password('supervisor'));
    await stranger.page.getByRole('alert').getByText('Too many failed attempts. Try again in 15 minutes.').waitFor();

    // Here the same account has signed in before. After that the issuer knows the browser.
    await toSignIn(page);
    await page.getByLabel('Account name').fill('supervisor');
    await page.getByLabel('Password').focus();
    await submit(page, password('supervisor'));
    await page.getByText('Signed in as supervisor').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign in with a password' }).click();
    await page.getByText('Signed in as supervisor').waitFor();
    expect([...complaints, ...stranger.complaints]).toEqual([]);
  }, 60_000);
});
