import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startStack, type Stack } from '../../apps/embedded/src/stack.js';

const root = join(import.meta.dirname, '..', '..');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (CHROMIUM === undefined) process.stderr.write('no Chromium (Debian: chromium): the sign-in page is not tested\n');

(CHROMIUM === undefined ? describe.skip : describe)('signing in with a browser', () => {
  let dataDir: string;
  let stack: Stack;
  let browser: Browser;
  let origin: string;
  let passwords: Record<string, { password: string }>;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'concord-sign-in-'));
    await chmod(dataDir, 0o711);
    await promisify(execFile)(process.execPath, [join(root, 'scripts/bundle-graphiql.mjs')], { cwd: root });
    const options = { databaseUrl: null, redisUrl: null, personas: true, syntheticReports: 0, logLevel: 'silent' };
    stack = await startStack({ dataDir, port: 0, ...options });
    origin = new URL(stack.api.url).origin;
    passwords = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as typeof passwords;
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      // Root has no sandbox of Chromium's; nothing but this machine is asked.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }, 30_000);

  /** A browser of somebody's own: cookies and all. It writes down what breaks a policy of the page or asks elsewhere. */
  async function newBrowser(): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content.Security.Policy|Refused to/i.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const asked = new URL(request.url());
      if (asked.protocol !== 'data:' && ![origin, stack.issuer].includes(asked.origin)) complaints.push(request.url());
    });
    return { page, context, complaints };
  }

  async function atSignIn(page: Page, persona: string): Promise<void> {
    await page.goto(`${origin}/`);
    await page.getByLabel('Persona').selectOption(persona);
    await page.getByRole('button', { name: 'Sign in with a password' }).click();
    await page.getByRole('heading', { name: 'Sign in to Concord' }).waitFor();
  }

  async function submit(page: Page, password: string): Promise<void> {
    // As somebody without a mouse does: the field that needs it has the focus already.
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
  }

  const password = (persona: string): string => passwords[persona]?.password ?? '';

  /** Runs `me` in the editor's tab and gives its answer. */
  async function me(page: Page): Promise<string> {
    await page.getByRole('tab', { name: 'Me', exact: true }).click();
    await page.getByRole('button', { name: /Execute query/ }).click();
    const answer = page.getByRole('region', { name: /Result Window/i });
    await answer.getByText('displayName').first().waitFor();
    return (await answer.textContent()) ?? '';
  }

  test('a wrong password is said, the right one signs in; a query answers as this person; signing out ends it', async () => {
    const { page, context, complaints } = await newBrowser();
    await atSignIn(page, 'supervisor');
    expect(new URL(page.url()).origin).toBe(stack.issuer);
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

    // The issuer knows this browser: after a reload nobody types a password.
    await page.goto(`${origin}/`);
    await page.getByRole('button', { name: 'Sign in with a password' }).click();
    await page.getByText('Signed in as supervisor').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign in with a password' }).click();
    await page.getByRole('heading', { name: 'Sign in to Concord' }).waitFor();

    await page.getByRole('button', { name: 'Back without signing in' }).click();
    await page.getByRole('alert').getByText('Nobody was signed in.').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  test('after five failures even the right password is refused; a browser that signed in before is not', async () => {
    const [known, stranger] = [await newBrowser(), await newBrowser()];
    await atSignIn(known.page, 'state-analyst');
    await submit(known.page, password('state-analyst'));
    await known.page.getByText('Signed in as state-analyst').waitFor();
    await known.page.getByRole('button', { name: 'Sign out' }).click();
    await known.page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    await known.page.keyboard.press('Enter');
    await known.page.getByRole('button', { name: 'Sign in with a password' }).waitFor();

    await atSignIn(stranger.page, 'state-analyst');
    for (let failure = 1; failure <= 5; failure += 1) {
      await Promise.all([stranger.page.waitForNavigation(), submit(stranger.page, `wrong ${failure}`)]);
      await stranger.page.getByText('is not right').waitFor();
    }
    await submit(stranger.page, password('state-analyst'));
    await stranger.page.getByRole('alert').getByText('Too many failed attempts. Try again in 15 minutes.').waitFor();

    await atSignIn(known.page, 'state-analyst');
    await submit(known.page, password('state-analyst'));
    await known.page.getByText('Signed in as state-analyst').waitFor();
    expect([...known.complaints, ...stranger.complaints]).toEqual([]);
    await Promise.all([known.context.close(), stranger.context.close()]);
  }, 60_000);
});
