/**
 * What the codes mean that come with rules, filters, notes, settings, administration and pages in the same form as those of a report
 * (path, code, message), and that libs/submission does not have.
 */
export const OTHER_CODES = {
  AGENCY_HAS_ADMIN: 'A system admin appoints an agency’s first admin only; this one has an admin.',
  ALREADY_DECIDED: 'What waited for a second person is decided, or nobody decided in time.',
  ALREADY_HELD: 'The person holds all of these roles already, for all of that time.',
  CONFLICT: 'The version that was named is no longer the current one.',
  ENDED: 'It has ended already, or your agency has withdrawn from it.',
  EMPTY_LIST: 'A list of a filter holds nothing; leave the condition out instead.',
  HAS_LEFT: 'The agency has left and takes no further change.',
  INVALID_CODE: 'The code of an invitation is wrong, used, out of date or withdrawn; which of these is not told.',
  EXPIRY_TOO_FAR: 'An API key would live for more than 400 days.',
  EXPIRY_TOO_SOON: 'An API key would end within a minute, or has ended.',
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
  PERSON_LACKS_ROLE: 'An API key would do what the person whose seat it acts from may not.',
  RANGE_REVERSED: 'The lower end of a range lies above the upper one.',
  REGION_NARROWED:
    'A warning: agencies of the counties that were taken out read the region no more, and what was released there before stays shared with it.',
  REGION_WIDENED: 'A warning: agencies of the added counties read also what was shared with the region before.',
  TAKEN: 'There is one of this name already: an agency with this ORI, a region with this id.',
  IN_THE_PAST: 'A membership would begin before now, or be over.',
  LAST_ADMIN:
    'An agency keeps an admin, and the deployment a system admin; a system admin may end an agency’s last one.',
  NOT_YOUR_ROLE_TO_GIVE: 'The seat that asks gives other roles than these.',
  OTHER_SEATS: 'The person acts for another agency too, which this one may not touch.',
  OWN_REQUEST: 'Nobody decides what they asked for themselves, in whichever seat.',
  OWN_SEAT: 'Nobody does this to themselves.',
  REQUESTER_GONE: 'Whoever asked has lost the seat in which it was asked; the request can be refused only.',
  SEPARATE_DUTIES: 'One person may not hold these roles together.',
  TOO_DEEP: 'A filter is nested deeper than it may be.',
  TOO_MANY_KEYS: 'Two API keys of one name are alive.',
  TOO_MANY_CONDITIONS: 'A filter has more conditions than it may have.',
  UNKNOWN_PARENT: 'No agency with this ORI takes part.',
  UNKNOWN_STATE: 'Not the two-digit FIPS code of a state.',
  NOT_SIGNED: 'Your agency has not signed this agreement, so there is nothing to end for it.',
  NOT_YOURS: 'It is somebody else’s to say: an agency signs for itself, a system admin records what is signed.',
  OTHER_TEXT: 'The digest is not that of the text that was recorded.',
  OWN_ACT: 'Nobody reviews what they did themselves.',
  SUPERSEDED: 'A later version of the policy text is in force.',
  TELLS_SOMEBODY:
    'A reason or note holds what looks like a number, an address or a plate: it is read by others and kept.',
  TOO_FEW: 'An agreement has two parties or more.',
  TOO_MANY: 'More openings in imminent danger than an hour (5 for a person) or a day (20 for an agency) may have.',
  TOO_SHORT: 'A reason or note says too little.',
  TOO_SOON: 'A policy text gives the agencies seven days at least.',
  UNKNOWN_FIELD: 'There is a field that filters do not have.',
  WAITS_FOR_ANOTHER: 'Somebody else decides this; the message says who.',
};
