/**
 * What the codes mean that come with rules, filters, notes, settings and pages in the same form as those of a report
 * (path, code, message), and that libs/submission does not have.
 */
export const OTHER_CODES = {
  CONFLICT: 'The version that was named is no longer the current one.',
  EMPTY_LIST: 'A list of a filter holds nothing; leave the condition out instead.',
  EXPIRY_TOO_FAR: 'An API key would live for more than 400 days.',
  EXPIRY_TOO_SOON: 'An API key would end within a minute, or has ended.',
  INVALID_CURSOR: 'A cursor is not one that was handed out.',
  INVALID_FORMAT: 'A value of a filter is not written as it must be: a time, a date, a county, a cell.',
  INVALID_TYPE: 'A value of a filter is of another type than the field.',
  LIST_TOO_LONG: 'A list of a filter has more items than it may.',
  NOT_FOUND: 'There is nothing with this id, or nothing that may be seen.',
  PERSON_LACKS_ROLE: 'An API key would do what the person whose seat it acts from may not.',
  RANGE_REVERSED: 'The lower end of a range lies above the upper one.',
  TOO_DEEP: 'A filter is nested deeper than it may be.',
  TOO_MANY_KEYS: 'Two API keys of one name are alive.',
  TOO_MANY_CONDITIONS: 'A filter has more conditions than it may have.',
  UNKNOWN_FIELD: 'There is a field that filters do not have.',
};
