import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { cleanUp, makeDataDir } from './embedded-postgres.builder.js';
import { DataDirectoryInUseError, lockDataDirectory } from './index.js';

afterEach(cleanUp);

describe('lockDataDirectory', () => {
  it('refuses a second lock until the first is released', async () => {
    const dataDir = makeDataDir();
    const first = await lockDataDirectory(dataDir);
    const refusal: unknown = await lockDataDirectory(dataDir).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataDirectoryInUseError);
    expect(refusal).toMatchObject({ pid: process.pid });
    await first.release();
    await first.release();
    await (await lockDataDirectory(dataDir)).release();
  });

  it('lets exactly one of many take over the lock of a dead process', async () => {
    const dataDir = makeDataDir();
    const stale = { pid: process.pid, startTime: 'of an earlier process', token: 'abc' };
    writeFileSync(join(dataDir, 'concord.pid'), JSON.stringify(stale));
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDirectory(dataDir)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(dataDir)).toEqual(['concord.pid']);
  });
});
