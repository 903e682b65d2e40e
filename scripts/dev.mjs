// `npm run dev [-- options of npm start]`: builds, starts the embedded stack, and does both again when a source
// changes. What does not compile is said, and the stack that runs goes on.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { bundleGraphiql } from './bundle-graphiql.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const program = join(root, 'dist/apps/embedded/src/start.js');
/** An editor that saves writes several times; a branch that is checked out, many times. */
const SETTLE_MS = 200;
/** What a build itself writes, and what is no source. */
const IGNORED = /(^|\/)generated(\/|$)|\.(spec|int-spec|flow-spec|arbitrary|builder|fixture)\.ts$|(~|\.sw[a-z]|\.tmp)$/;

const say = (text) => process.stderr.write(`dev: ${text}\n`);
let child = null;
let timer = null;
let stopping = false;
/** Rebuilds take turns, however often something changes meanwhile. */
let turn = Promise.resolve();

async function compile() {
  try {
    await build();
    await bundleGraphiql();
    return true;
  } catch (error) {
    // SWC's message goes on with its own stack.
    say(`not built: ${error.message.split('\n\nCaused by')[0].trim()}`);
    return false;
  }
}

function start() {
  const started = spawn(process.execPath, ['--enable-source-maps', program, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  child = started;
  started.once('exit', (code, signal) => {
    if (child !== started) return;
    child = null;
    if (!stopping) say(`ended (${signal ?? code}); it starts again when a source changes`);
  });
}

/** SIGTERM and the end: the stack finishes its work and stops PostgreSQL. */
async function stop() {
  const running = child;
  if (running === null) return;
  child = null;
  const ended = new Promise((done) => running.once('exit', done));
  running.kill('SIGTERM');
  await ended;
}

async function restart(what) {
  if (stopping || !(await compile()) || stopping) return;
  say(`${what} changed; starting again`);
  await stop();
  if (!stopping) start();
}

function changed(folder, name) {
  if (name === null || IGNORED.test(name)) return;
  clearTimeout(timer);
  timer = setTimeout(() => (turn = turn.then(() => restart(`${folder}/${name}`))), SETTLE_MS);
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void stop().then(() => process.exit(0));
  });
}

if (await compile()) start();
for (const folder of ['apps', 'libs', 'prisma']) {
  watch(join(root, folder), { recursive: true }, (_event, name) => changed(folder, name));
}
