// What remains, in plain words for an agency's lawyer, with the numbers of docs/release/<attack>.json that a lawyer needs.

/** A number: who it is about, its measure as the attack names it, and what that is in plain words. */
const number = (attack, tier, measure, words) => ({ attack, tier, measure, words });
const news = (tier, measure, words) => number('news-release', tier, `re-identified (${measure})`, words);
const typed = (measure, words) => number('survival', 'PARTNER', measure, words);
const asked = (tier, measure, words) => number('differencing', tier, measure, words);
const kept = (tier, measure, words) => number('sequence', tier, measure, words);

/** What no audience of ours has, for comparison: finer rows, a broken build, rules that others use. */
export const AUDIENCE_WORDS = {
  NAIVE: 'comparison',
  OWNER: 'comparison',
  'threshold alone': 'comparison: threshold alone',
};

/** `attack: null`: nothing measures it. The numbers of a risk may be of several attacks. */
export const RISKS = [
  {
    attack: 'news-release',
    name: 'A news release',
    text: 'Somebody who knows date, place, substance and weight of a seizure from the news looks for its record, and so learns what the news did not say. Partners’ views have no protection by numbers: an alert cannot wait until there are others like it. This is the largest risk that remains, and it is accepted under the agreement. The numbers are for a reader who has every row of the precision and the day and weight exactly; “news as they are” are up to three days and 10 % off. Seizures are drawn from 282,492 that were modelled on CBP’s table: they say how the precisions compare, not what happens in one county.',
    numbers: [
      news(
        'NAIVE',
        'county, day, exact weight; exact news',
        'seizures found, if county, day and exact weight were given out',
      ),
      news('TASK_FORCE', 'cell, day, weight; exact news', 'seizures found'),
      news('TASK_FORCE', 'cell, day, weight; inexact news', 'the same, by news as they are'),
      news('PARTNER', 'week; exact news', 'seizures found, where partners see the week'),
      news(
        'PARTNER',
        'week; exact news, agency named',
        'the same, if the news names your agency and you did not withhold it',
      ),
      news('PARTNER', 'week; inexact news', 'the same, by news as they are'),
      news('PARTNER', 'day; exact news', 'seizures found, where you let partners see the day'),
      news(
        'PARTNER',
        'day; exact news, agency named',
        'the same, if the news names your agency and you did not withhold it',
      ),
      news('COMMUNITY', 'weekly batches; exact news', 'seizures found, by whoever kept every weekly batch'),
      number(
        'news-release',
        'COMMUNITY',
        'largest chance of all rows (weekly batches; exact news)',
        'the best chance of finding any one row',
      ),
    ],
  },
  {
    attack: 'community-share',
    name: 'Community partners',
    text: 'Rows for community partners are released only where at least five records of at least two agencies are alike. How many of the records that could go there do; the others wait, or never go. In January the list begins anew (docs/community.md), and for a class of which fewer than five came or went, January’s count against December’s can tell that difference: this is reasoned and not measured.',
    numbers: [
      number(
        'community-share',
        'COMMUNITY',
        'reach COMMUNITY (as modelled; weekly batches)',
        'records that go there, of those that may: as modelled 46 % are shared with PARTNERS, nine in ten of them without AMBER+STRICT',
      ),
      number(
        'community-share',
        'COMMUNITY',
        'reach COMMUNITY (as modelled; one release)',
        'the same, had all been released at once',
      ),
      number(
        'community-share',
        'COMMUNITY',
        'reach COMMUNITY (everything shared; weekly batches)',
        'records that go there, where all may',
      ),
      number(
        'community-share',
        'COMMUNITY',
        'reach COMMUNITY (everything shared; one release)',
        'the same, had all been released at once',
      ),
      number(
        'news-release',
        'COMMUNITY',
        'rows that another contributor of their batch singles out',
        'rows of which the one other agency of the batch can tell that they are not its own',
      ),
    ],
  },
  {
    attack: 'binary-search',
    name: 'Guessing by searching',
    text: 'Somebody searches, counts, sorts and sets alert rules with ever narrower limits, to find the gram within a band or the minute within a week. Filters look at the reader’s own view and at nothing finer, so there is nothing to find. The last two lines are the same attack on a program that was broken on purpose.',
    numbers: [
      number(
        'binary-search',
        'PARTNER',
        'bits learnt by questions (state-analyst)',
        'learnt by a state analyst, in bits, by so many questions',
      ),
      number('binary-search', 'PARTNER', 'bits learnt by questions (federal-analyst)', 'learnt by a federal analyst'),
      number(
        'binary-search',
        'PARTNER',
        'bits learnt by questions (neighbour-analyst)',
        'learnt by an analyst of the same county',
      ),
      number(
        'binary-search',
        'TASK_FORCE',
        'bits learnt by questions (taskforce-analyst)',
        'learnt by a member of a task force',
      ),
      number(
        'binary-search',
        'COMMUNITY',
        'bits learnt by questions (community-partner)',
        'learnt by a community partner, before batches, after them and in January',
      ),
      number(
        'binary-search',
        'OWNER',
        'questions until the gram is found (a broken build)',
        'broken on purpose: questions until the gram is found',
      ),
      number(
        'binary-search',
        'OWNER',
        'questions until the minute is found (a broken build)',
        'broken on purpose: questions until the minute is found',
      ),
    ],
  },
  {
    attack: 'differencing',
    name: 'Subtracting statistics',
    text: 'Somebody adds and subtracts published numbers, to find one that was held back because it stands for few. No statistics are published by this version; the rules for them were attacked beforehand (docs/disclosure.md). “Threshold alone” is what many publish: small numbers are left out, and what completes them is not. An agency that took part knows its own part of every number, and with it more of the others’: that is measured, and no rule bounds it in hidden numbers.',
    numbers: [
      asked(
        'PUBLIC',
        'hidden cells recovered exactly (random tables, events)',
        'hidden counts found exactly, in random tables',
      ),
      asked(
        'PUBLIC',
        'hidden cells bounded closer than promised (random tables, events)',
        'hidden counts known more closely than promised, in random tables',
      ),
      asked(
        'threshold alone',
        'hidden cells recovered exactly (random tables, events)',
        'hidden counts found exactly, in random tables',
      ),
      asked(
        'PUBLIC',
        'hidden cells recovered exactly (CBP, events)',
        'hidden counts found exactly, in tables of CBP’s seizures',
      ),
      asked(
        'PUBLIC',
        'hidden cells bounded closer than promised (CBP, events)',
        'hidden counts known more closely than promised, in those',
      ),
      asked('threshold alone', 'hidden cells recovered exactly (CBP, events)', 'hidden counts found exactly, in those'),
      asked(
        'threshold alone',
        'hidden cells bounded closer than promised (CBP, events)',
        'hidden counts known more closely than promised, in those',
      ),
      asked(
        'PUBLIC',
        'hidden cells recovered exactly (random tables, milligrams)',
        'hidden weights found exactly, in random tables',
      ),
      asked(
        'PUBLIC',
        'hidden cells recovered exactly (CBP, milligrams)',
        'hidden weights found exactly, in tables of CBP’s seizures',
      ),
      asked(
        'PUBLIC',
        'others’ part of hidden cells known exactly by a contributor (random tables, events)',
        'hidden counts of which an agency that took part knows the others’ part exactly, in random tables',
      ),
      asked(
        'PUBLIC',
        'others’ part of hidden cells known exactly by a contributor (CBP, events)',
        'the same, in tables of CBP’s seizures',
      ),
    ],
  },
  {
    attack: 'survival',
    name: 'Names that slip through',
    text: 'A telephone number, plate or name that a submitter typed into a text, in disguise or not. What is declared as an identifier is left out of every text; what looks like one holds the report for a supervisor. It does not find everything. A name without a title, a plate among press marks, and what somebody disguises on purpose (spelled backwards, letters for digits) get through. Supervisors and submitters remain responsible for what they write to readers.',
    numbers: [
      typed(
        "survives in the owner's own fields and in coded ones",
        'shown, of what was typed where no reader sees it (narrative, basis …) or into a coded field',
      ),
      typed(
        'survives (declared as an identifier; disguise: as written)',
        'shown, of what was declared as an identifier and typed plainly',
      ),
      typed('survives (declared as an identifier)', 'shown, of what was declared, over all 19 disguises'),
      typed('survives (not declared; disguise: as written)', 'shown, of what was not declared and typed plainly'),
      typed('survives (not declared)', 'shown, of what was not declared, over all disguises'),
      typed('survives (not declared; kind: phone)', 'telephone numbers among those'),
      typed('survives (not declared; kind: name beside a title)', 'names beside a title'),
      typed('survives (not declared; kind: name alone)', 'names alone'),
    ],
  },
  {
    attack: 'sequence',
    name: 'Comparing releases',
    text: 'Somebody keeps what was seen before a correction, a recall or a change of this policy, or two readers put theirs together. No field is known more exactly than from the finest single release of it.',
    numbers: [
      kept(
        'PARTNER',
        'histories whose releases together tell more of a field than the finest one',
        'histories of corrections in which something more was learnt',
      ),
      kept('TASK_FORCE', 'histories whose releases together tell more of a field than the finest one', 'the same'),
      kept(
        'PARTNER with TASK_FORCE',
        'histories whose releases together tell more of a field than the finest one',
        'the same, by two readers together',
      ),
      kept(
        'PARTNER with TASK_FORCE',
        'records of the real system of which all answers together tell more than the finest one',
        'records of the running service of which three readers who kept every answer knew more',
      ),
    ],
  },
  {
    attack: 'sequence',
    name: 'The time of release',
    text: 'A record says when it was released (`releasedAt`), and an alert goes out within a second: what it is about has happened before. So a report that comes soon after the event cuts the week that partners see. An embargo (`releaseAfter`, until the week is over) keeps the week a week.',
    numbers: [
      kept(
        'PARTNER',
        'days of seven left by the time of release (reported 2 hours later), on average',
        'days of the seven that are left on average, reported two hours after the event',
      ),
      kept(
        'PARTNER',
        'days of seven left by the time of release (reported 24 hours later), on average',
        'reported a day after',
      ),
      kept(
        'PARTNER',
        'days of seven left by the time of release (reported 72 hours later), on average',
        'reported three days after',
      ),
    ],
  },
  {
    attack: 'sequence',
    name: 'Borders that cross',
    text: 'Weeks and months cross, so whoever could tell which row of COMMUNITY a record is in would cut its week by the month; nothing tells it (a row is one of five). And an owner that corrects by one hour the time zone of a report (its offset from UTC) moves the borders of the week or day that readers see: who saw both knows the hour of what lies between.',
    numbers: [
      kept('PARTNER', "records whose week COMMUNITY's month would cut", 'records whose week a month would cut'),
      kept('PARTNER', 'days of seven left of those, on average', 'days of the seven left of those, on average'),
      kept(
        'PARTNER',
        'records that a correction of the offset by an hour dates to the hour (WEEK)',
        'records dated to the hour by such a correction, where partners see the week',
      ),
      kept(
        'PARTNER',
        'records that a correction of the offset by an hour dates to the hour (DAY)',
        'the same, where you let them see the day',
      ),
    ],
  },
  {
    attack: 'cell-sizes',
    name: 'Cells of two sizes',
    text: 'An agency that changes the size of the grid cells which task forces see: most small cells lie across the border of a large one, so who sees a record under both sizes knows on which side of it the point is. A change of policy never does this; a correction after the agency’s change does.',
    numbers: [
      kept(
        'TASK_FORCE',
        'records whose cells of resolution 6 and 7 together are finer',
        'records that both sizes together locate more closely than either',
      ),
      kept(
        'TASK_FORCE',
        'of the finer cell left of those, on average',
        'how much of the small cell is left of those, on average',
      ),
      number(
        'cell-sizes',
        'TASK_FORCE',
        'points outside the large cell that their small cell is counted to',
        'points that lie outside the large cell that their small cell is counted to',
      ),
    ],
  },
  {
    attack: null,
    name: 'A reader who breaks the rules',
    text: 'A member of a task force or a partner who tells others. Agreement, purpose, traffic light and the books make it traceable; they do not prevent it.',
  },
  {
    attack: null,
    name: 'A name that is withheld',
    text: 'Where one agency alone works in a county, or reports loads of that weight, its record names it to whoever knows that.',
  },
  {
    attack: null,
    name: 'Words',
    text: 'Remarks, packaging, a press mark or the name of a rare substance can describe one event to those who know it, without naming anybody.',
  },
  {
    attack: null,
    name: 'The key that opens',
    text: 'A record is shown to agencies by its county and state. Where a policy carries the state alone, an agency of the county still sees that its county’s key opens the record.',
  },
];
