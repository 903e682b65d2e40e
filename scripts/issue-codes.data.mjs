/**
 * What the codes mean that come with rules, filters, notes, settings and pages in the same form as those of a report
 * (path, code, message), and that libs/submission does not have.
 */
export const OTHER_CODES = {
  AGENCY_HAS_ADMIN: 'A system admin appoints an agency’s first admin only; this one has an admin.',
  ALREADY_DECIDED: 'What waited for a second person is decided, or nobody decided in time.',
  ALREADY_HELD: 'The person holds all of these roles already, for all of that time.',
  CONFLICT: 'The version that was named is no longer the current one.',
  EMPTY_LIST: 'A list of a filter holds nothing; leave the condition out instead.',
  INVALID_CODE: 'The code of an invitation is wrong, used, out of date or withdrawn; which of these is not told.',
  INVALID_CURSOR: 'A cursor is not one that was handed out.',
  INVALID_FORMAT: 'A value of a filter is not written as it must be: a time, a date, a county, a cell.',
  INVALID_TYPE: 'A value of a filter is of another type than the field.',
  IN_THE_PAST: 'A membership would begin before now, or be over.',
  LAST_ADMIN:
    'An agency keeps an admin, and the deployment a system admin; a system admin may end an agency’s last one.',
  LIST_TOO_LONG: 'A list of a filter has more items than it may.',
  NOT_FOUND: 'There is nothing with this id, or nothing that may be seen.',
  NOT_YOUR_ROLE_TO_GIVE: 'The seat that asks gives other roles than these.',
  OTHER_SEATS: 'The person acts for another agency too, which this one may not touch.',
  OWN_REQUEST: 'Nobody decides what they asked for themselves, in whichever seat.',
  OWN_SEAT: 'Nobody does this to themselves.',
  RANGE_REVERSED: 'The lower end of a range lies above the upper one.',
  REQUESTER_GONE: 'Whoever asked has lost the seat in which it was asked; the request can be refused only.',
  SEPARATE_DUTIES: 'One person may not hold these roles together.',
  TOO_DEEP: 'A filter is nested deeper than it may be.',
  TOO_MANY_CONDITIONS: 'A filter has more conditions than it may have.',
  UNKNOWN_FIELD: 'There is a field that filters do not have.',
  WAITS_FOR_ANOTHER: 'Somebody else decides this; the message says who.',
};
