import { projectRoot } from '@concord/platform/project';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CREATE_API_KEY } from '../flows/documents.js';
import { sanDiegoReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { submitAndAsk } from './client-example.js';
import { isAsSaid, readTranscript, Shell } from './transcript.js';

/** Pages whose commands are run as they stand, each against a service of its own. */
const PAGES = ['docs/curl.md', 'docs/clerk.md'];

describe('pages that are run', () => {
  let stack: FlowStack;
  let key: string;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const input = { name: 'records system', capabilities: ['SUBMIT'], widestSharing: 'NATION', expiresAt };
    const { createApiKey } = await stack
      .as('agency-admin')
      .run<{ createApiKey: { secret?: string } }>(CREATE_API_KEY, { input });
    key = createApiKey.secret ?? '';
  }, 60_000);
  afterAll(() => stack?.stop());

  it.each(PAGES)('%s', async (page) => {
    const directory = await mkdtemp(join(tmpdir(), 'concord-page-'));
    const shell = new Shell(
      {
        ...{ CONCORD_URL: stack.origin, CONCORD_KEY: key, CONCORD_HOME: projectRoot() },
        CONCORD_TOKEN: stack.as('local-submitter').token,
        SUPERVISOR_TOKEN: stack.as('supervisor').token,
      },
      directory,
    );
    try {
      const steps = readTranscript(await readFile(join(projectRoot(), page), 'utf8'));
      expect(steps.length).toBeGreaterThan(5);
      for (const { line, command, expected } of steps) {
        const answer = await shell.run(command);
        if (!isAsSaid(answer, expected)) throw new Error(`${page}:${line} answers\n${answer}\nand not\n${expected}`);
      }
    } finally {
      shell.close();
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('docs/client.md', async () => {
    const report = (change: object) => sanDiegoReport({ sharing: 'NATION', ...change });
    const [good, held] = [report({}), report({ remarks: 'Ask for Chuy at 619-555-0142.' })];
    const bad = report({ place: null });
    expect(await submitAndAsk(stack.origin, key, [good, held, bad])).toEqual({
      [String(good['submitterReference'])]: 'RELEASED',
      [String(held['submitterReference'])]: 'HELD',
      [String(bad['submitterReference'])]: 'place.countyFips REQUIRED',
    });
  });
});
