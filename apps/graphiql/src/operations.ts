/** What the tabs of the page start with: the operations that clients send, with variables that work as they are. */

export interface Tab {
  readonly query: string;
  readonly variables?: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** To the minute, with the offset of the place where the page is read: weeks are counted by the offset submitted. */
function instantWithOffset(instant: Date): string {
  const offset = -instant.getTimezoneOffset();
  const wall = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, 16);
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
  return `${wall}:00${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

const tab = (query: string, variables?: unknown): Tab => ({
  query: query.trim() + '\n',
  ...(variables === undefined ? {} : { variables: JSON.stringify(variables, null, 2) }),
});

export function startingTabs(now: Date = new Date()): Tab[] {
  const fentanyl = { substance: { deaCodes: ['9801'] } };
  const input = {
    submitterReference: `DEMO-${crypto.getRandomValues(new Uint32Array(1)).join('')}`,
    occurredAt: instantWithOffset(new Date(now.getTime() - 2 * HOUR)),
    sharing: 'NATION',
    tlp: 'AMBER',
    releaseAfter: null,
    withhold: [],
    place: {
      latitude: 32.556,
      longitude: -117.047,
      countyFips: '06073',
      setting: 'PORT_OF_ENTRY',
      portOfEntry: 'SAN YSIDRO',
    },
    substances: [
      {
        deaCode: '9801',
        form: 'POWDER',
        quantity: 12.5,
        unit: 'KG',
        estimated: false,
        laboratoryStatus: 'PRESUMPTIVE',
        purityPercent: 4.1,
        signature: 'stamp: scorpion',
        adulterants: ['xylazine'],
      },
    ],
    concealment: ['VEHICLE_COMPARTMENT'],
    conveyance: 'PASSENGER_VEHICLE',
    route: { originCountry: 'MX', destinationCountyFips: '53033' },
    people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
    identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
    basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Arrested with the load.', decidedBy: 'unit 4' },
    source: { reliability: 'B', credibility: 2 },
    narrative: 'Seen by nobody but the agency.',
    taskForceIds: [],
  };
  return [
    tab(SEARCH, {
      filter: {
        and: [
          fentanyl,
          { place: { stateFips: ['06'] } },
          {
            occurred: {
              from: dayOf(new Date(now.getTime() - 365 * DAY)),
              to: dayOf(new Date(now.getTime() + 2 * DAY)),
            },
          },
          { quantity: { minGrams: 1000 } },
        ],
      },
      first: 50,
    }),
    tab(SUBMIT, { input }),
    tab(PREVIEW, { input: { ...input, remarks: 'Ask Sgt. Maria Lopez, 619 555 0142.' } }),
    tab(CREATE_ALERT_RULE, {
      input: {
        name: 'Fentanyl over a kilo, San Diego',
        filter: { and: [fentanyl, { place: { countyFips: ['06073'] } }, { quantity: { minGrams: 1000 } }] },
      },
    }),
    tab(ALERT_RAISED, { after: null }),
    tab(ALERTS, { first: 50 }),
    tab(ME),
    tab(MY_REPORTS, { first: 50 }),
    tab(HELD, { first: 50 }),
    tab(RELEASE, { id: '', version: 1, note: 'Looked at it.' }),
    tab(RETURN, { id: '', version: 1, note: 'Take the number out of the remarks.' }),
    tab(REQUEST_CONTACT, { recordId: '', message: 'Same press mark here. Who may I call?' }),
    tab(CONTACT_REQUESTS, { state: 'OPEN', first: 50 }),
    tab(ANSWER_CONTACT, { id: '', message: 'Call our duty line.', reveal: true }),
    tab(MY_CONTACT_REQUESTS, { first: 50 }),
    tab(COMMUNITY, { first: 50 }),
    tab(INVITE, { input: { displayName: 'Jo Newcomer', roles: ['ANALYST'] } }),
    tab(ACCEPT, { code: '' }),
    tab(APPROVALS, { state: null, first: 50 }),
  ];
}

const SEARCH = `
# Search the shared records. What you see of each depends on who you are and on the purpose above.
query SeizureRecords($filter: SeizureRecordFilter, $first: Int = 50, $after: String) {
  seizureRecords(filter: $filter, first: $first, after: $after) {
    totalCount { value atLeast }
    pageInfo { hasNextPage endCursor }
    edges {
      cursor
      match
      node {
        id version precision tlp
        occurred { from to }
        place { countyFips stateFips h3 setting portOfEntry }
        substances { deaCode name form laboratoryStatus quantity { minGrams maxGrams minUnits maxUnits unit } }
        concealment conveyance
        contributor { name level withheld }
        links { linked count }
      }
    }
  }
}
`;

const SUBMIT = `
# A local agency submits. The same submitterReference with the same content answers duplicate: true.
mutation SubmitSeizureReport($input: SubmitSeizureReportInput!) {
  submitSeizureReport(input: $input) {
    __typename
    ... on SeizureReportAccepted {
      duplicate
      receipt
      warnings { path code message }
      report { id submitterReference status version }
      record { id version precision tlp }
    }
    ... on SeizureReportHeld {
      receipt
      report { id status version }
      reasons { path code message places { from to } }
    }
    ... on SeizureReportRejected {
      issues { path code message }
    }
  }
}
`;

const PREVIEW = `
# What each audience would see of a report, how unique it would be there, and what would be held. Nothing is stored.
mutation PreviewSeizureReport($input: SubmitSeizureReportInput!) {
  previewSeizureReport(input: $input) {
    __typename
    ... on SeizureReportPreview {
      views {
        audience precision condition
        uniqueness { alike of within message }
        record {
          occurred { from to }
          place { countyFips stateFips h3 }
          substances { deaCode quantity { minGrams maxGrams minUnits maxUnits unit } }
          remarks
        }
      }
      wouldBeHeld { path code message places { from to } }
      warnings { path code message }
    }
    ... on SeizureReportRejected {
      issues { path code message }
    }
  }
}
`;

const HELD = `
# What waits for you, as a supervisor: submit the example of the tab PreviewSeizureReport as local-submitter first.
query HeldSeizureReports($first: Int = 50, $after: String) {
  heldSeizureReports(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges {
      node {
        id version heldAt mayRelease sharing
        agency { name }
        submittedBy { displayName }
        reasons { path code message }
        texts { path text places { from to } }
        record { precision remarks packaging }
      }
    }
  }
}
`;

const RELEASE = `
# A supervisor releases what was held, or ends an embargo that lasts until it is released by hand. The id is the report's.
mutation ReleaseSeizureReport($id: ID!, $version: Int!, $note: String) {
  releaseSeizureReport(id: $id, version: $version, note: $note) {
    __typename
    ... on SeizureReportAccepted { report { id status version } record { id } }
    ... on SeizureReportRejected { issues { path code message } }
  }
}
`;

const RETURN = `
# A supervisor sends it back with a note; its submitter reads that as returnedNote and corrects the report.
mutation ReturnSeizureReport($id: ID!, $version: Int!, $note: String!) {
  returnSeizureReport(id: $id, version: $version, note: $note) {
    __typename
    ... on SeizureReportReturned { report { id status version } }
    ... on SeizureReportRejected { issues { path code message } }
  }
}
`;

const REQUEST_CONTACT = `
# A reader asks the owner of a record, named or withheld. The answer is in the tab MyContactRequests.
mutation RequestContact($recordId: ID!, $message: String!) {
  requestContact(recordId: $recordId, message: $message) {
    __typename
    ... on ContactRequested { id duplicate }
    ... on ContactRejected { issues { path code message } }
  }
}
`;

const CONTACT_REQUESTS = `
# The owner's analysts and supervisors: who asks.
query ContactRequests($state: ContactState, $first: Int = 50, $after: String) {
  contactRequests(state: $state, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id recordId state message asker { personName agencyName } } }
  }
}
`;

const ANSWER_CONTACT = `
# reveal: true tells the asker the name and number of your agency, in this one answer.
mutation AnswerContactRequest($id: ID!, $message: String!, $reveal: Boolean) {
  answerContactRequest(id: $id, message: $message, reveal: $reveal) {
    __typename
    ... on ContactRequestAnswered { id state }
    ... on ContactRejected { issues { path code message } }
  }
}
`;

const MY_CONTACT_REQUESTS = `
# What you asked, and what the owners answered.
query MyContactRequests($first: Int = 50, $after: String) {
  myContactRequests(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id recordId state message answer { message on agencyName phone } } }
  }
}
`;

const COMMUNITY = `
# A clinic or another partner without a badge: what the weekly batches let out. As community-partner.
query CommunityRecords($filter: CommunityRecordFilter, $first: Int = 50, $after: String) {
  communityRecords(filter: $filter, first: $first, after: $after) {
    edition asOf
    totalCount { value atLeast }
    pageInfo { hasNextPage endCursor }
    edges { node { id stateFips month band substance { deaCode name category } synthetic } }
  }
}
`;

const CREATE_ALERT_RULE = `
# Ask to be alerted. The rule matches the example in the tab SubmitSeizureReport.
mutation CreateAlertRule($input: CreateAlertRuleInput!) {
  createAlertRule(input: $input) {
    __typename
    ... on AlertRuleCreated { rule { id name enabled } }
    ... on AlertRuleRejected { issues { path code message } }
  }
}
`;

const ALERT_RAISED = `
# Live: alerts as they come, the latest shown. after: null is from now on; a cursor replays what came after it.
# Start it here, and submit from a second window: changing the tab ends a subscription.
subscription AlertRaised($after: String) {
  alertRaised(after: $after) {
    cursor
    alert {
      id revision raisedAt updatedAt state change match
      rules { id name }
      record { id version precision substances { deaCode name } place { countyFips stateFips } }
    }
  }
}
`;

const ALERTS = `
# The inbox.
query Alerts($state: [AlertState!], $first: Int = 50, $after: String) {
  alerts(state: $state, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id raisedAt state change rules { id name } record { id precision } } }
  }
}
`;

const INVITE = `
# An agency's admin brings somebody in. The code is shown once: hand it over, to newcomer for instance.
mutation InvitePerson($input: InvitePersonInput!) {
  invitePerson(input: $input) {
    __typename
    ... on PersonInvited { person { id displayName } invitation { code expiresAt } approval { id needs } }
    ... on AdminRejected { issues { path code message } }
  }
}
`;

const ACCEPT = `
# Whoever got the code, signed in as themselves: newcomer may ask for nothing else before.
mutation AcceptInvitation($code: String!) {
  acceptInvitation(code: $code) {
    __typename
    ... on InvitationAccepted { membership { id agency { ori } roles from until } }
    ... on AdminRejected { issues { path code message } }
  }
}
`;

const APPROVALS = `
# What waits for a second person; decideApproval(id, approve) decides.
query Approvals($state: ApprovalState, $first: Int = 50) {
  approvals(state: $state, first: $first) { edges { node { id state needs requestedAt summary } } }
}
`;

const ME = `
# Who am I here, and what opens for me.
query Me {
  me { id displayName agency { ori name level } roles keyring { key because precision } }
}
`;

const MY_REPORTS = `
# The agency's own reports, whole.
query MySeizureReports($status: [SeizureReportStatus!], $first: Int = 50, $after: String) {
  mySeizureReports(status: $status, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id submitterReference status version occurredAt } }
  }
}
`;
