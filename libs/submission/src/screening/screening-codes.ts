/** What screening finds, with what it means. Codes are stable. */
export const SCREENING_CODES = {
  TEXT_HOLDS_PHONE: 'A shared text holds what looks like a phone number.',
  TEXT_HOLDS_PLATE: 'A shared text holds what looks like a licence plate.',
  TEXT_HOLDS_VIN: 'A shared text holds what looks like a vehicle identification number.',
  TEXT_HOLDS_EMAIL: 'A shared text holds what looks like an e-mail address.',
  TEXT_HOLDS_URL: 'A shared text holds what looks like an address on the Internet.',
  TEXT_HOLDS_HANDLE: 'A shared text holds what looks like the name of an account.',
  TEXT_HOLDS_COORDINATES: 'A shared text holds what looks like coordinates.',
  TEXT_HOLDS_ADDRESS: 'A shared text holds what looks like a street address.',
  TEXT_HOLDS_CASE_NUMBER:
    'A shared text holds what looks like the number of a case, or the reference of its own report.',
  TEXT_HOLDS_NATIONAL_ID: 'A shared text holds what looks like a number that a state gave to a person.',
  TEXT_HOLDS_BIRTH_DATE: 'A shared text holds what looks like a date of birth.',
  TEXT_HOLDS_NAME: 'A shared text holds what looks like the name of a person.',
  TEXT_HOLDS_DEVICE: 'A shared text holds what looks like the number or address of a device.',
  TEXT_HOLDS_PARCEL: 'A shared text holds what looks like the number of a parcel.',
  TEXT_HOLDS_ACCOUNT: 'A shared text holds what looks like the number of an account or a card.',
} as const;

/** One of {@link SCREENING_CODES}. */
export type ScreeningCode = keyof typeof SCREENING_CODES;
