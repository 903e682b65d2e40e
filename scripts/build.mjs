// Compiles apps/ and libs/ into dist/ with SWC, aliases rewritten to relative paths; only what changed since the
// last build. Type checking is `npm run types`: a build never waits for it.
import { transformFile } from '@swc/core';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stampFile = join(dist, '.build.json');

/** @param {string} dir @returns {string[]} */
function sources(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sources(path);
    const compiled = path.endsWith('.ts') && !/\.(spec|int-spec|flow-spec|arbitrary|builder|fixture|d)\.ts$/.test(path);
    return compiled ? [path] : [];
  });
}

function hashOf(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** The Prisma client is generated, not committed; generation is WebAssembly and needs no engine. */
export function generatePrismaClient() {
  const schemaDir = join(root, 'prisma/schema');
  const out = join(root, 'libs/platform/src/database/generated');
  const stamp = join(out, '.schema-hash');
  const files = readdirSync(schemaDir)
    .filter((name) => name.endsWith('.prisma'))
    .sort();
  const hash = createHash('sha256')
    .update(files.map((name) => readFileSync(join(schemaDir, name), 'utf8')).join('\0'))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  execFileSync(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), 'generate'], {
    cwd: root,
    // `true` stands in for the schema engine, which the generator asks for and never runs.
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
    // Its progress is nobody's business; of a failure it says what is wrong, and execFileSync throws that.
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  writeFileSync(stamp, hash);
}

export async function build({ quiet = false } = {}) {
  const started = Date.now();
  generatePrismaClient();
  const previous = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
  const recipe = hashOf(fileURLToPath(import.meta.url));
  const next = { recipe, files: {} };
  const files = [
    ...sources(join(root, 'apps')),
    ...sources(join(root, 'libs')),
    ...['test/bench', 'test/fuzz', 'test/attacks'].flatMap((folder) =>
      existsSync(join(root, folder)) ? sources(join(root, folder)) : [],
    ),
  ];
  // A file that comes or goes can change how another's imports resolve: then everything is compiled anew.
  const names = files
    .map((file) => relative(root, file))
    .sort()
    .join('\n');
  next.names = createHash('sha256').update(names).digest('hex');
  const fresh = previous.recipe !== recipe || previous.names !== next.names;
  if (fresh)
    for (const folder of ['apps', 'libs', 'test']) rmSync(join(dist, folder), { recursive: true, force: true });
  let compiled = 0;
  await Promise.all(
    files.map(async (file) => {
      const name = relative(root, file);
      const { mtimeMs, size } = statSync(file);
      const mark = `${mtimeMs}:${size}`;
      next.files[name] = mark;
      const target = join(dist, name.replace(/\.ts$/, '.js'));
      if (!fresh && previous.files?.[name] === mark && existsSync(target)) return;
      const { code, map } = await transformFile(file, {
        cwd: root,
        swcrc: false,
        sourceMaps: true,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          baseUrl: root,
          paths: { '@concord/platform/*': ['libs/platform/src/*/index.ts'], '@concord/*': ['libs/*/src/index.ts'] },
          keepClassNames: true,
        },
        module: { type: 'es6', resolveFully: true },
      });
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
      writeFileSync(`${target}.map`, map ?? '');
      compiled += 1;
    }),
  );
  for (const name of Object.keys(previous.files ?? {})) {
    if (!(name in next.files)) rmSync(join(dist, name.replace(/\.ts$/, '.js')), { force: true });
  }
  mkdirSync(dist, { recursive: true });
  writeFileSync(stampFile, JSON.stringify(next));
  if (!quiet && compiled > 0) process.stderr.write(`built ${compiled} files in ${Date.now() - started} ms\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
