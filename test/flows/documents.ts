/** The operations as the field's clients send them (shared/operations), cut to what the flow tests look at. */
export const SUBMIT = `mutation Submit($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { duplicate receipt warnings { path code } report { id submitterReference status version }
    record { id version precision tlp } }
  ... on SeizureReportRejected { issues { path code message } } } }`;

export const REPORT = `query SeizureReport($id: ID!) { seizureReport(id: $id) { id submitterReference status version narrative sharing tlp
  place { latitude longitude countyFips setting portOfEntry } substances { deaCode quantity unit milligrams } } }`;

export const MY_REPORTS = `query MySeizureReports($first: Int, $after: String) { mySeizureReports(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { id submitterReference status version } } } }`;

const RECORD_FIELDS = `id version precision tlp releasedAt synthetic occurred { from to }
  place { stateFips countyFips h3 latitude longitude setting portOfEntry }
  substances { deaCode name category form laboratoryStatus signature adulterants purity { minPercent maxPercent }
    quantity { minGrams maxGrams minUnits maxUnits unit amount estimated } }
  concealment conveyance
  route { originCountry originStateFips originCountyFips destinationCountry destinationStateFips destinationCountyFips }
  people { role minAge maxAge citizenship affiliation } source { reliability credibility }
  contributor { name level withheld } contact { agencyName phone brokered } links { linked count }`;

/** Every field of a record that a reader can ask for. */
export const RECORD = `query SeizureRecord($id: ID!) { seizureRecord(id: $id) { ${RECORD_FIELDS} } }`;

export const RECORDS = `query SeizureRecords($filter: SeizureRecordFilter, $first: Int, $after: String) {
  seizureRecords(filter: $filter, first: $first, after: $after) { totalCount { value atLeast } pageInfo { hasNextPage endCursor }
    edges { cursor match node { id precision } } } }`;

export const CREATE_RULE = `mutation CreateAlertRule($input: CreateAlertRuleInput!) { createAlertRule(input: $input) { __typename
  ... on AlertRuleCreated { rule { id name enabled } } ... on AlertRuleRejected { issues { path code message } } } }`;

export const ALERT_RAISED = `subscription AlertRaised($after: String) { alertRaised(after: $after) { cursor
  alert { id revision raisedAt updatedAt state change match rules { id name }
    record { id version precision substances { deaCode name laboratoryStatus } place { countyFips stateFips } } } } }`;

export const ALERTS = `query Alerts($state: [AlertState!], $first: Int, $after: String) { alerts(state: $state, first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { cursor node { id raisedAt state change revision rules { id name } record { id precision } } } } }`;

export const CREATE_API_KEY = `mutation CreateApiKey($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename
  ... on ApiKeyCreated { secret key { id name prefix personId expiresAt lastUsedAt revokedAt } } ... on AdminRejected { issues { path code message } } } }`;

export const ACKNOWLEDGE = `mutation AcknowledgeAlert($id: ID!, $note: String) { acknowledgeAlert(id: $id, note: $note) { __typename
  ... on AlertAcknowledged { alert { id state } } ... on AlertActionRejected { issues { path code } } } }`;

export const ME = '{ me { id displayName agency { ori level } roles keyring { key because precision } } }';

export const STATE_OVERVIEW = '{ stateOverview { stateFips records counties { fips records } } }';
export const NATION_OVERVIEW = '{ nationOverview { records states { fips records } } }';
export const AGENCY_SETTINGS = '{ agencySettings { h3Resolution version } }';
export const UPDATE_SETTINGS = `mutation UpdateAgencySettings($input: UpdateAgencySettingsInput!) { updateAgencySettings(input: $input) { __typename
  ... on AgencySettingsUpdated { settings { h3Resolution version } } ... on AgencySettingsRejected { issues { path code } } } }`;

const REJECTED = '... on SeizureReportRejected { issues { path code message } }';

export const CORRECT = `mutation CorrectSeizureReport($id: ID!, $version: Int!, $input: SubmitSeizureReportInput!, $reason: String!) {
  correctSeizureReport(id: $id, version: $version, input: $input, reason: $reason) { __typename
    ... on SeizureReportAccepted { duplicate receipt warnings { path code } report { id status version } record { id version } } ${REJECTED} } }`;

export const RECALL = `mutation RecallSeizureReport($id: ID!, $version: Int!, $reason: String!) {
  recallSeizureReport(id: $id, version: $version, reason: $reason) { __typename
    ... on SeizureReportRecalled { report { id status version } } ${REJECTED} } }`;

export const LABORATORY = `mutation RecordLaboratoryResult($id: ID!, $version: Int!, $results: [LaboratoryResultInput!]!) {
  recordLaboratoryResult(id: $id, version: $version, results: $results) { __typename
    ... on SeizureReportAccepted { duplicate report { id status version } record { id version } } ${REJECTED} } }`;

export const HISTORY = `query History($id: ID!) { seizureReport(id: $id) { id version status narrative versions { version change reason status sharing
  changedBy { id displayName } changedAt place { countyFips } substances { deaCode quantity unit laboratoryStatus purityPercent } } } }`;
