/**
 * What the codes mean that come with rules, filters, notes, settings and pages in the same form as those of a report
 * (path, code, message), and that libs/submission does not have.
 */
export const OTHER_CODES = {
  CONFLICT: 'The version that was named is no longer the current one.',
  ENDED: 'It has ended already, or your agency has withdrawn from it.',
  EMPTY_LIST: 'A list of a filter holds nothing; leave the condition out instead.',
  INVALID_CURSOR: 'A cursor is not one that was handed out.',
  INVALID_FORMAT: 'A value of a filter is not written as it must be: a time, a date, a county, a cell.',
  INVALID_TYPE: 'A value of a filter is of another type than the field.',
  LIST_TOO_LONG: 'A list of a filter has more items than it may.',
  NOT_FOUND: 'There is nothing with this id, or nothing that may be seen.',
  NOT_SIGNED: 'Your agency has not signed this agreement, so there is nothing to end for it.',
  NOT_YOURS: 'It is somebody else’s to say: an agency signs for itself, a system admin records what is signed.',
  OTHER_TEXT: 'The digest is not that of the text that was recorded.',
  OWN_ACT: 'Nobody reviews what they did themselves.',
  RANGE_REVERSED: 'The lower end of a range lies above the upper one.',
  SUPERSEDED: 'A later version of the policy text is in force.',
  TELLS_SOMEBODY:
    'A reason or note holds what looks like a number, an address or a plate: it is read by others and kept.',
  TOO_DEEP: 'A filter is nested deeper than it may be.',
  TOO_FEW: 'An agreement has two parties or more.',
  TOO_MANY: 'More openings in imminent danger than an hour (5 for a person) or a day (20 for an agency) may have.',
  TOO_MANY_CONDITIONS: 'A filter has more conditions than it may have.',
  TOO_SHORT: 'A reason or note says too little.',
  TOO_SOON: 'A policy text gives the agencies seven days at least.',
  UNKNOWN_FIELD: 'There is a field that filters do not have.',
};
