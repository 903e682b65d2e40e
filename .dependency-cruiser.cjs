/**
 * Who may open whose door. Dependencies point one way; `docs/architecture.md` draws it, this file enforces it.
 *
 * A door is `libs/<lib>/src/index.ts`; each room of platform has its own, `libs/platform/src/<room>/index.ts`.
 * The lists below are an allow-list: a lib that is not in `mayOpen` may open nothing, so a new lib starts here.
 */

/** Rooms that any room of the corridor may ask. */
const asked = ['access', 'disclosure', 'agencies', 'task-forces', 'audit', 'outbox', 'codes', 'platform'];

const mayOpen = {
  // how reports come in
  imports: ['interpretation', 'submission', 'records', 'blinding', ...asked],
  interpretation: ['submission', ...asked],
  /** For others to use: knows the API and nothing of ours. */
  client: [],
  // the corridor
  submission: ['deidentification', 'records', 'blinding', ...asked],
  deidentification: asked,
  records: ['deidentification', ...asked],
  matching: ['records', 'deidentification', ...asked],
  alerting: ['matching', 'records', ...asked],
  delivery: ['alerting', 'records', 'blinding', ...asked],
  deconfliction: asked,
  statistics: asked,
  // the rooms that are asked
  access: ['agencies', 'task-forces', 'codes', 'platform'],
  disclosure: ['codes', 'platform'],
  agencies: ['codes', 'platform'],
  'task-forces': ['codes', 'platform'],
  audit: ['codes', 'platform'],
  outbox: ['codes', 'platform'],
  blinding: ['codes', 'platform'],
  // the floor
  codes: [],
  platform: [],
};

/** Tests, and what only tests use: generators for fast-check, builders. `scripts/build.mjs` leaves them out. */
const tests = '[.](spec|int-spec|flow-spec|arbitrary|builder)[.]ts$';
/** What one room draws at random, the laws of the next may draw too; `nothing-imports-tests` keeps them out of the rest. */
const generators = '[.]arbitrary[.]ts$';
const generated = '^libs/platform/src/database/generated/';
const platformDoor = '^libs/platform/src/[^/]+/index[.]ts$';
const doorOf = (lib) => (lib === 'platform' ? platformDoor : `^libs/${lib}/src/index[.]ts$`);
const anyDoor = ['^libs/(?!platform/)[^/]+/src/index[.]ts$', platformDoor];
/** The store and the reader of a room speak Prisma; the rule `prisma-in-stores` says who else does. */
const speaksPrisma = '[.](store|reader)[.]ts$';

const edges = Object.entries(mayOpen).map(([lib, libs]) => ({
  name: `${lib}-opens-only`,
  comment: `libs/${lib} may open the doors of: ${libs.join(', ') || 'none of ours'}.`,
  severity: 'error',
  from: { path: `^libs/${lib}/` },
  to: {
    path: '^(libs|apps|test|scripts)/',
    pathNot: [`^libs/${lib}/`, ...libs.map(doorOf), ...(libs.length ? [generated, generators] : [])],
  },
}));

/** Words that say nothing about what is inside. */
const emptyNames = '/(utils?|common|helpers?|shared|misc)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...edges,
    {
      name: 'unknown-lib',
      comment: 'A new lib starts in `mayOpen` above: until it is listed, it may open nothing.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: `^libs/(${Object.keys(mayOpen).join('|')})/` },
      to: { path: '^(libs|apps|test|scripts)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'libs-through-their-doors',
      comment: 'A lib is opened at its index.ts (platform: at the index.ts of a room), never reached into.',
      severity: 'error',
      from: { path: '^(apps|test|scripts)/' },
      // What makes files for tests is for every test.
      to: { path: '^libs/', pathNot: [...anyDoor, generated, '[.]builder[.]ts$'] },
    },
    {
      name: 'platform-rooms-through-their-doors',
      comment: 'The rooms of platform open each other at index.ts too. Tests may look inside.',
      severity: 'error',
      from: { path: '^libs/platform/src/([^/]+)/', pathNot: tests },
      to: { path: '^libs/platform/src/[^/]+/', pathNot: ['^libs/platform/src/$1/', platformDoor] },
    },
    {
      name: 'no-way-back-through-the-own-door',
      comment: 'Inside a lib, files import their neighbours; the door is for others. Tests may use it.',
      severity: 'error',
      from: { path: '^libs/(?!platform/)([^/]+)/src/', pathNot: [tests, '^libs/[^/]+/src/index[.]ts$'] },
      to: { path: '^libs/$1/src/index[.]ts$' },
    },
    {
      name: 'apps-apart',
      comment: 'Processes share libs, not code. Only embedded and cli put api and worker together.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/(embedded|cli)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'apps-composed-at-the-top',
      comment:
        'embedded and cli take what lies directly in the src folder of api, worker, keyholder and embedded: their modules.',
      severity: 'error',
      from: { path: '^apps/(embedded|cli)/' },
      to: { path: '^apps/', pathNot: ['^apps/$1/', '^apps/(api|worker|keyholder|embedded)/src/[^/]+[.]ts$'] },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'What runs in production does not know that tests exist.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: tests },
      to: { path: [tests, '^test/'] },
    },
    {
      name: 'testing-room-for-tests',
      comment: 'platform/testing starts databases and invents data: for tests only.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [tests, '^libs/platform/src/testing/'] },
      to: { path: '^libs/platform/src/testing/' },
    },
    {
      name: 'oracle-is-independent',
      comment: 'The oracle of the access matrix is written from the prose, or it would repeat our mistakes.',
      severity: 'error',
      from: { path: '^test/access-matrix/.*oracle' },
      to: { path: '^libs/(access|deidentification|records)/', reachable: true },
    },
    {
      name: 'graphql-in-api',
      comment: 'Transport stays in apps/api: the worker and the cli use the same rooms without it.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^apps/api/' },
      to: { path: '(^|/)node_modules/(@nestjs/(graphql|mercurius)|mercurius)/' },
    },
    {
      name: 'prisma-in-stores',
      comment: 'Prisma is spoken in *.store.ts, *.reader.ts and platform; others get plain types.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [speaksPrisma, '^libs/platform/'] },
      to: { path: ['(^|/)node_modules/(@prisma|[.]prisma|prisma)/', generated] },
    },
    {
      name: 'bullmq-in-queue-and-worker',
      comment: 'Nothing but the relay adds a job: the queue has one door.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/platform/src/queue/', '^apps/worker/'] },
      to: { path: '(^|/)node_modules/bullmq/' },
    },
    {
      name: 'pure-rooms-stay-pure',
      comment: 'De-identification, disclosure and codes compute; they read and write nothing.',
      severity: 'error',
      from: { path: '^libs/(deidentification|disclosure|codes)/', pathNot: tests },
      to: {
        path: [
          '^(node:)?(fs|fs/promises|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster)$',
          '(^|/)node_modules/(pg|pg-pool|ioredis|bullmq|ws)/',
          '^libs/platform/src/(database|queue|embedded-postgres|testing)/',
          '^libs/(audit|outbox)/',
        ],
      },
    },
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'The import leads nowhere: a typing mistake, or a package that is not in package.json.',
      severity: 'error',
      from: {},
      // Packages whose `exports` map this tool does not read go here, one by one.
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-dev-dependency',
      comment: 'What runs in production must be installed there: `dependencies`, not `devDependencies`.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [tests, '^libs/platform/src/testing/', '^apps/graphiql/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-empty-names',
      comment: 'No utils, common, helpers, shared or misc: name the folder after what it does.',
      severity: 'error',
      from: { path: emptyNames, pathNot: 'node_modules/' },
      to: {},
    },
    {
      name: 'no-empty-names-imported',
      comment: 'No utils, common, helpers, shared or misc: name the folder after what it does.',
      severity: 'error',
      from: {},
      to: { path: emptyNames, pathNot: 'node_modules/' },
    },
    {
      name: 'no-empty-names-alone',
      comment: 'No utils, common, helpers, shared or misc: name the folder after what it does.',
      severity: 'error',
      from: { orphan: true, path: emptyNames, pathNot: 'node_modules/' },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types bind rooms to each other just as values do.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', generated] },
    exclude: { path: '^(dist|coverage|[.]concord)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types', 'require'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
    skipAnalysisNotInRules: true,
  },
};
