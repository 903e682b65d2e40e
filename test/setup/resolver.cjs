/**
 * Our own TypeScript imports its neighbours as `./x.js`, the name that the compiled file will have. Jest reads the
 * source, so there `./x.js` means `./x.ts`. A `moduleNameMapper` cannot tell our files from a package's: it would
 * rewrite the relative imports inside node_modules too.
 */
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join, resolve, sep } = require('node:path');

const packages = `${sep}node_modules${sep}`;
const libs = join(__dirname, '..', '..', 'libs');

/** The TypeScript file that a relative `.js` import of one of our files means, if there is one. */
function neighbour(request, folder) {
  if (!/^\.{1,2}\/.*\.js$/.test(request) || folder.includes(packages)) return undefined;
  const source = `${resolve(folder, request).slice(0, -'.js'.length)}.ts`;
  return existsSync(source) ? source : undefined;
}

/** The door that an alias means, as tsconfig's `paths` say. */
function door(request) {
  const [, room, lib] = /^@concord\/(?:platform\/(.+)|([^/]+))$/.exec(request) ?? [];
  if (room) return join(libs, 'platform', 'src', room, 'index.ts');
  return lib ? join(libs, lib, 'src', 'index.ts') : undefined;
}

module.exports = {
  sync(request, options) {
    return neighbour(request, options.basedir) ?? options.defaultResolver(request, options);
  },

  /**
   * Jest loads globalSetup and globalTeardown outside its sandbox, through Node's own `require` (it transforms them but
   * maps no names). The configuration calls this, so that they may import our rooms like any test.
   */
  teachRequire() {
    const resolveFilename = Module._resolveFilename;
    Module._resolveFilename = function (request, parent, ...rest) {
      const source = parent?.filename ? (door(request) ?? neighbour(request, dirname(parent.filename))) : undefined;
      return resolveFilename.call(this, source ?? request, parent, ...rest);
    };
  },
};
