import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import resolver from './test/setup/resolver.cjs';

/**
 * Jest in its ESM mode: run it with NODE_OPTIONS=--experimental-vm-modules (`npm test` does).
 *
 * Names by size: `*.spec.ts` is pure, `*.int-spec.ts` needs the real PostgreSQL (and Redis where it says so),
 * `test/flows/*.flow-spec.ts` runs the API and the worker in one process.
 */
const root = dirname(fileURLToPath(import.meta.url));
const ifPresent = (option, path) => (existsSync(join(root, path)) ? { [option]: `<rootDir>/${path}` } : {});

resolver.teachRequire();

/** `scripts/build.mjs` compiles with the same decorator options: Nest injects by the emitted types. */
const typescript = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/**
 * `@fastify/static` and `light-my-request` are CommonJS and `require` these two, which are ESM only: below Node 24.9
 * Jest cannot require an ES module, so they are turned into CommonJS.
 */
const esmRequiredByCommonJs = 'content-disposition|cookie';

/** @type {import('jest').Config} */
export default {
  rootDir: root,
  roots: ['apps', 'libs', 'test']
    .filter((folder) => existsSync(join(root, folder)))
    .map((folder) => `<rootDir>/${folder}`),
  testEnvironment: 'node',
  testMatch: [
    '<rootDir>/{apps,libs,test}/**/*.spec.ts',
    '<rootDir>/{apps,libs,test}/**/*.int-spec.ts',
    '<rootDir>/test/**/*.flow-spec.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', typescript],
    [`/node_modules/(?:${esmRequiredByCommonJs})/.+\\.js$`]: [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:.*/)?(?:${esmRequiredByCommonJs})/)`],
  resolver: '<rootDir>/test/setup/resolver.cjs',
  moduleNameMapper: {
    '^@concord/platform/(.*)$': '<rootDir>/libs/platform/src/$1/index.ts',
    '^@concord/(.*)$': '<rootDir>/libs/$1/src/index.ts',
  },
  ...ifPresent('globalSetup', 'test/setup/global-setup.ts'),
  ...ifPresent('globalTeardown', 'test/setup/global-teardown.ts'),
  reporters: ['default', '<rootDir>/test/setup/closing-line.reporter.mjs'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
