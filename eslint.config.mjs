import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * What this file guards: types that mean something, promises that somebody waits for, and the few words that belong to
 * one place only (`process.env`, `console`). Which room may import which is `.dependency-cruiser.cjs`; layout is prettier.
 */
const tests = ['**/*.{spec,int-spec,flow-spec,arbitrary,builder}.ts', 'test/**/*.ts'];

/** Node's globals that our plain JavaScript uses; TypeScript checks the rest by itself. */
const nodeGlobals = Object.fromEntries(
  `AbortController AbortSignal Buffer URL URLSearchParams WebAssembly clearInterval clearTimeout console fetch
  performance process setImmediate setInterval setTimeout structuredClone`
    .split(/\s+/)
    .map((name) => [name, 'readonly']),
);
const commonJsGlobals = { module: 'writable', require: 'readonly', __dirname: 'readonly', __filename: 'readonly' };

export default defineConfig(
  { ignores: ['**/node_modules/', '**/dist/', '**/generated/', 'coverage/', '.concord/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.config.ts'] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Stays quiet in files with decorators: there `import type` would take away the class that Nest injects by.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: false },
      ],
      // An interface may promise a Promise that one implementation has no reason to wait for.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      complexity: ['warn', 15],
      'max-depth': ['error', 4],
      'max-params': ['warn', 6],
      'max-lines': ['error', 400],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@nestjs/common',
              importNames: ['forwardRef'],
              message: 'Two rooms that need each other are one room, or lack a third.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in config files only.' },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: nodeGlobals },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }], 'max-lines': ['error', 400] },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: commonJsGlobals } },
  // Tables are as long as what they list.
  { files: ['**/*.data.ts'], rules: { 'max-lines': 'off' } },
  {
    files: tests,
    rules: {
      'max-lines': ['error', 600],
      'max-params': 'off',
      // Answers of a server under test are read as they come.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Where the environment may be read. `command.runner.ts` hands PATH, and nothing else, to a child process.
    files: [
      '**/config.ts',
      '**/*.config.ts',
      'scripts/**',
      'test/**',
      'libs/platform/src/testing/**',
      'libs/platform/src/embedded-postgres/command.runner.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Programs that talk to whoever started them; everything else logs.
    files: ['apps/cli/**', 'apps/embedded/**', 'scripts/**', 'test/setup/**', 'test/bench/**'],
    rules: { 'no-console': 'off' },
  },
);
