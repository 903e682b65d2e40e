/** What a sign-in with an issuer has to be, and how long it is good: FBI CJIS Security Policy 6.0, IA-2, IA-5 (AAL2), AC-11. */
export interface SessionRules {
  /**
   * Values by which this issuer says that a second factor was used, in `acr` (OpenID Connect Core, section 2) or among
   * `amr` (RFC 8176). A token with none of them is refused.
   */
  readonly secondFactor: { readonly acr: readonly string[]; readonly amr: readonly string[] };
  /** Since `auth_time`, in seconds: then the person signs in again, however the client renews its tokens. */
  readonly reauthenticateAfterSeconds: number;
  /** Since the person last asked for anything, in seconds: then the person signs in again. */
  readonly idleSeconds: number;
}

/** IA-5, IA-11: at the latest every twelve hours. */
export const LONGEST_SESSION_SECONDS = 12 * 3_600;
/** AC-11: after at most thirty minutes. */
export const LONGEST_IDLE_SECONDS = 30 * 60;
