// Runs the Dockerfile's ENV, WORKDIR, COPY and RUN steps in a clean clone in a temporary directory, without a Docker
// engine, then starts what came out of it: migrations, api and worker on an embedded PostgreSQL, with the logins of
// docker-compose.yml. Says at the end what only an engine can show.
//
//   node scripts/replay-dockerfile.mjs [--working-tree]    with it: the files as they are, committed or not
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const work = mkdtempSync(join(tmpdir(), 'concord-replay-'));
chmodSync(work, 0o711);
const context = join(work, 'context');
const home = join(work, 'home');
const children = [];
let removeDatabase = async () => undefined;

const say = (text) => process.stdout.write(`${text}\n`);

async function cleanUp() {
  for (const child of children) child.kill('SIGKILL');
  await removeDatabase();
  rmSync(work, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().finally(() => process.exit(1)));

/** What a `docker build .` would send: a clone, or the files as they are, without what .dockerignore names. */
function makeContext() {
  mkdirSync(home);
  if (process.argv.includes('--working-tree')) {
    mkdirSync(context);
    const list = spawnSync('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: root, maxBuffer: 1e8 }).stdout;
    execFileSync('tar', ['cf', join(work, 'context.tar'), '--null', '--ignore-failed-read', '-T', '-'], {
      cwd: root,
      input: list,
    });
    execFileSync('tar', ['xf', join(work, 'context.tar')], { cwd: context });
  } else {
    execFileSync('git', ['clone', '--quiet', root, context], { stdio: 'inherit' });
  }
  const steps = parse(readFileSync(join(context, 'Dockerfile'), 'utf8'));
  const compose = readFileSync(join(context, 'docker-compose.yml'), 'utf8');
  for (const line of readFileSync(join(context, '.dockerignore'), 'utf8').split('\n')) {
    const name = line.trim();
    if (name === '' || name.startsWith('#')) continue;
    if (!/^[\w./-]+$/.test(name)) throw new Error(`.dockerignore: only plain names are understood here, not ${name}`);
    rmSync(join(context, name), { recursive: true, force: true });
  }
  return { steps, compose };
}

function parse(text) {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, instruction, rest] = /^(\w+)\s+(.*)$/.exec(line.trim());
      return { instruction: instruction.toUpperCase(), rest: rest.trim() };
    });
}

/** Each stage is a directory that stands for the image's root. */
function replay(steps) {
  const stages = new Map();
  let stage;
  const inside = (path, from = stage) => join(from.directory, resolve(from.workdir, path));
  const handlers = {
    FROM(rest) {
      const [image, , name] = rest.split(/\s+/);
      stage = { image, directory: join(work, `stage-${stages.size}`), workdir: '/', env: {}, commands: {} };
      mkdirSync(stage.directory);
      stages.set(name ?? String(stages.size), stage);
    },
    WORKDIR(rest) {
      stage.workdir = resolve(stage.workdir, rest);
      mkdirSync(inside('.'), { recursive: true });
    },
    ENV(rest) {
      const [, name, value] = /^(\w+)=(\S*)$/.exec(rest);
      stage.env[name] = value;
    },
    COPY(rest) {
      const words = rest.split(/\s+/);
      const from = words[0].startsWith('--from=') ? stages.get(words.shift().slice('--from='.length)) : null;
      if (words[0].startsWith('--')) throw new Error(`COPY ${words[0]} is not understood here`);
      const target = words.pop();
      for (const source of words) {
        const path = from ? inside(source, from) : join(context, source);
        const to = inside(target);
        mkdirSync(target.endsWith('/') ? to : dirname(to), { recursive: true });
        // As COPY does: of a directory the contents, of a file the file.
        const contents = source === '.' || !target.endsWith('/');
        if (contents && isDirectory(path)) mkdirSync(to, { recursive: true });
        execFileSync('cp', ['-a', contents && isDirectory(path) ? `${path}/.` : path, to]);
      }
    },
    RUN(rest) {
      const { status } = spawnSync('sh', ['-ec', rest], {
        cwd: inside('.'),
        env: { PATH: process.env.PATH, HOME: home, ...cacheOfNpm(), ...stage.env },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      if (status !== 0) throw new Error(`RUN ${rest} ended with ${status}`);
    },
    CMD: (rest) => void (stage.commands.start = JSON.parse(rest)),
    HEALTHCHECK: (rest) => void (stage.commands.health = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4))),
    USER: () => undefined,
    EXPOSE: () => undefined,
  };
  for (const { instruction, rest } of steps) {
    if (!(instruction in handlers)) throw new Error(`${instruction} is not understood here`);
    say(`-- ${instruction} ${rest}`);
    handlers[instruction](rest);
  }
  return { directory: inside('.'), env: stage.env, commands: stage.commands };
}

const isDirectory = (path) => spawnSync('test', ['-d', path]).status === 0;

/** What was downloaded before need not be again; npm checks it against the lockfile either way. */
function cacheOfNpm() {
  const { stdout } = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' });
  return stdout.trim() === '' ? {} : { npm_config_cache: stdout.trim() };
}

/** The statements that docker-compose.yml runs when it makes the database. */
function loginStatements(compose, passwords) {
  const [, body] = /<<'SQL'\n([\s\S]*?)\n\s*SQL\n/.exec(compose);
  return body.split('\n').map((line) => line.trim().replace(/:'(\w+)'/g, (_, name) => `'${passwords[name]}'`));
}

async function openDatabase(image, compose) {
  const door = join(image.directory, 'dist/libs/platform/src/embedded-postgres/index.js');
  const { startEmbeddedPostgres, removeEmbeddedPostgres } = await import(pathToFileURL(door).href);
  const dataDir = join(work, 'data');
  mkdirSync(dataDir, { mode: 0o711 });
  chmodSync(dataDir, 0o711);
  removeDatabase = () => removeEmbeddedPostgres(dataDir);
  const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  const passwords = { owner: randomBytes(12).toString('hex'), app: randomBytes(12).toString('hex') };
  const { Client } = await import('pg');
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  for (const statement of loginStatements(compose, passwords)) await client.query(statement);
  await client.end();
  return {
    owner: server.url('concord', 'concord', passwords.owner),
    app: server.url('concord', 'concord_app', passwords.app),
  };
}

function run(image, [program, ...args], env) {
  const full = { PATH: process.env.PATH, HOME: home, ...image.env, ...env };
  return spawn(program, args, { cwd: image.directory, env: full, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function ended(child, what, expected = 0) {
  const code =
    child.exitCode ?? (await new Promise((done) => child.once('exit', (status, signal) => done(signal ?? status))));
  if (code !== expected) throw new Error(`${what} ended with ${code}`);
}

async function ready(child, what) {
  children.push(child);
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (!text.includes('"ready"')) continue;
    clearTimeout(late);
    say(`-- ${what}: ${text.trim()}`);
    return;
  }
  throw new Error(`${what} ended before it was ready`);
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

async function tryImage(image, compose) {
  const { owner, app } = await openDatabase(image, compose);
  for (const expected of [/"applied":\["/, /"applied":\[\]/]) {
    const migrating = run(image, ['node', 'dist/apps/cli/src/main.js', 'migrate', '--json'], { DATABASE_URL: owner });
    let answer = '';
    for await (const chunk of migrating.stdout) answer += chunk;
    await ended(migrating, 'migrate');
    say(`-- migrate: ${answer.trim()}`);
    if (!expected.test(answer)) throw new Error('migrate did not do that');
  }

  const keyFile = join(work, 'root.key');
  writeFileSync(keyFile, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  // Loopback here; in a container the port is published on loopback.
  const env = { DATABASE_URL: app, HOST: '127.0.0.1', PORT: String(await freePort()), CONCORD_KEY_FILE: keyFile };
  const api = run(image, image.commands.start, env);
  await ready(api, 'api');
  const worker = run(image, ['node', 'dist/apps/worker/src/main.js'], env);
  await ready(worker, 'worker');
  const url = `http://127.0.0.1:${env.PORT}`;
  const health = await fetch(`${url}/health/ready`);
  if (health.status !== 200) throw new Error(`/health/ready answers ${health.status}`);
  say(`-- /health/ready: ${health.status} ${await health.text()}`);
  const page = await fetch(`${url}/`);
  if (page.status !== 200) throw new Error(`/ answers ${page.status}`);
  await ended(run(image, image.commands.health, env), 'HEALTHCHECK');
  say('-- HEALTHCHECK: 0');
  for (const [name, child] of Object.entries({ worker, api })) {
    child.kill('SIGTERM');
    await ended(child, `${name} after SIGTERM`);
  }
  say('-- SIGTERM: worker and api ended with 0');
}

try {
  const { steps, compose } = makeContext();
  const image = replay(steps);
  await tryImage(image, compose);
  say(`
Replayed. Not checked, because it takes a Docker engine: the base image (its Node, npm and C library), that user node
can read what root owns there, the key file as a secret, EXPOSE and the published port, HEALTHCHECK's timing, and
docker-compose.yml itself (only its SQL for the logins ran here). The queues were on PostgreSQL, not on Redis.`);
} catch (error) {
  process.stderr.write(`replay failed: ${error.stack}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
