import type { Logger } from '@concord/platform/logging';
import type { IssuerConfig } from './issuers.config.js';
import { openKeySet } from './sign-in/key-set.js';
import type { TrustedIssuer } from './sign-in/token-verifier.js';

/** The issuers of the configuration, each with the keys that it publishes. Nothing is fetched before somebody comes. */
export function openIssuers(configured: readonly IssuerConfig[], log: Logger): TrustedIssuer[] {
  if (configured.length === 0) log.warn({}, 'issuer.none');
  return configured.map(({ issuer, audience, algorithms, jwksUri, maxTokenAgeSeconds, ...session }) => ({
    issuer,
    audience,
    algorithm: algorithms,
    maxTokenAgeSeconds,
    key: openKeySet({
      url: jwksUri,
      onChange: (reason) =>
        reason === null ? log.info({ issuer }, 'issuer.keys-back') : log.error({ issuer, reason }, 'issuer.keys-away'),
    }),
    session,
  }));
}
