// Bundles apps/graphiql into dist/graphiql: a page, one script, one style sheet with its fonts inside. Everything comes
// from this package, nothing from a network: agencies run Concord where there is none. Skipped when nothing changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'apps/graphiql/src');
const out = join(root, 'dist/graphiql');
const stampFile = join(out, '.stamp');

const hashOf = (...parts) =>
  parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex');

/** What the bundle is made of: our sources, this recipe, and the versions of all packages. */
function currentStamp() {
  const ours = readdirSync(source)
    .filter((name) => !name.endsWith('.spec.ts'))
    .sort();
  const files = [
    ...ours.map((name) => join(source, name)),
    fileURLToPath(import.meta.url),
    join(root, 'package-lock.json'),
  ];
  return hashOf(...files.map((file) => readFileSync(file)));
}

/** The licences of what is inside, as they ask for: one text for each package. */
function notices(inputs) {
  const folders = new Set(
    Object.keys(inputs).flatMap((input) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
      return `${name} ${version} (${license})\n\n${file ? readFileSync(join(root, folder, file), 'utf8').trim() : ''}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** @returns {Promise<boolean>} whether there was anything to do */
export async function bundleGraphiql({ quiet = false } = {}) {
  const started = Date.now();
  const stamp = currentStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  const { build, stop } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { app: join(source, 'main.jsx') },
    outdir: out,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
  });
  // Its service would live as long as the server that is started after this.
  await stop();
  mkdirSync(out, { recursive: true });
  const versions = {};
  for (const { path, contents } of outputFiles) {
    const name = path.slice(out.length + 1);
    versions[name] = hashOf(contents).slice(0, 12);
    writeFileSync(path, contents);
  }
  const page = readFileSync(join(source, 'page.html'), 'utf8')
    .replace('%JS%', `app.js?v=${versions['app.js']}`)
    .replace('%CSS%', `app.css?v=${versions['app.css']}`);
  writeFileSync(join(out, 'index.html'), page);
  writeFileSync(join(out, 'licenses.txt'), notices(metafile.inputs));
  // Last: a bundle that was interrupted is made again.
  writeFileSync(stampFile, stamp);
  if (!quiet) process.stderr.write(`bundled GraphiQL in ${Date.now() - started} ms\n`);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleGraphiql();
