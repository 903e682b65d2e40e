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
    tab(SUBMIT, {
      input: {
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
      },
    }),
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
      reasons { path code message }
    }
    ... on SeizureReportRejected {
      issues { path code message }
    }
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
