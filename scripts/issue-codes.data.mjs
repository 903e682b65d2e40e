/**
 * What the codes mean that come with rules, filters, notes, settings, administration and pages in the same form as those of a report
 * (path, code, message), and that libs/submission does not have.
 */
export const OTHER_CODES = {
  CONFLICT: 'The version that was named is no longer the current one.',
  EMPTY_LIST: 'A list of a filter holds nothing; leave the condition out instead.',
  HAS_LEFT: 'The agency has left and takes no further change.',
  INVALID_CURSOR: 'A cursor is not one that was handed out.',
  INVALID_FORMAT:
    'A value is not written as it must be: a time, a date, a county or a cell of a filter; an ORI, a name, a telephone number, an e-mail address.',
  INVALID_TYPE: 'A value of a filter is of another type than the field.',
  JURISDICTION_DOES_NOT_FIT: 'Agencies of this level do not act for such places.',
  LIST_TOO_LONG: 'A list of a filter has more items than it may.',
  NOT_FOUND: 'There is nothing with this id, or nothing that may be seen.',
  ORI_DOES_NOT_FIT: 'A community partner has no ORI, and every other agency has one.',
  PARENT_DOES_NOT_FIT:
    'The agency above is of a lower level, is the agency itself or below it; or an agency below is of a higher level.',
  RANGE_REVERSED: 'The lower end of a range lies above the upper one.',
  REGION_NARROWED:
    'A warning: agencies of the counties that were taken out read the region no more, and what was released there before stays shared with it.',
  REGION_WIDENED: 'A warning: agencies of the added counties read also what was shared with the region before.',
  TAKEN: 'There is one of this name already: an agency with this ORI, a region with this id.',
  TOO_DEEP: 'A filter is nested deeper than it may be.',
  TOO_MANY_CONDITIONS: 'A filter has more conditions than it may have.',
  UNKNOWN_PARENT: 'No agency with this ORI takes part.',
  UNKNOWN_STATE: 'Not the two-digit FIPS code of a state.',
  UNKNOWN_FIELD: 'There is a field that filters do not have.',
};
