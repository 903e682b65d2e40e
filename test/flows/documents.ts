/** The operations as the field's clients send them (shared/operations), cut to what the flow tests look at. */
export const SUBMIT = `mutation Submit($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { duplicate receipt warnings { path code } report { id submitterReference status version }
    record { id version precision tlp } }
  ... on SeizureReportHeld { reasons { path code message places { from to } } }
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
  contributor { name level withheld handle } packaging remarks contact { agencyName phone brokered } links { linked count }`;

const PREVIEWED_FIELDS = RECORD_FIELDS.replace('id version ', '').replace('releasedAt ', '');

export const PREVIEW = `mutation PreviewSeizureReport($input: SubmitSeizureReportInput!) { previewSeizureReport(input: $input) { __typename
  ... on SeizureReportPreview { views { audience audienceKeys precision band condition
      uniqueness { alike of within message countedOver } record { ${PREVIEWED_FIELDS} } }
    wouldBeHeld { path code message places { from to } } warnings { path code } }
  ... on SeizureReportRejected { issues { path code message } } } }`;

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

/** The same with what proves that nothing is missing; versions before 0.7.1 do not have it. */
export const ALERT_RAISED_COUNTED = ALERT_RAISED.replace('{ cursor', '{ cursor position');

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

export const COMMUNITY = `query CommunityRecords($filter: CommunityRecordFilter, $first: Int, $after: String) {
  communityRecords(filter: $filter, first: $first, after: $after) { edition asOf totalCount { value atLeast }
    edges { cursor node { id stateFips month substance { deaCode name category } band synthetic } }
    pageInfo { hasNextPage endCursor } } }`;

export const RECALL = `mutation RecallSeizureReport($id: ID!, $version: Int!, $reason: String!) {
  recallSeizureReport(id: $id, version: $version, reason: $reason) { __typename
    ... on SeizureReportRecalled { report { id status version } } ${REJECTED} } }`;

export const LABORATORY = `mutation RecordLaboratoryResult($id: ID!, $version: Int!, $results: [LaboratoryResultInput!]!) {
  recordLaboratoryResult(id: $id, version: $version, results: $results) { __typename
    ... on SeizureReportAccepted { duplicate report { id status version } record { id version } } ${REJECTED} } }`;

export const HISTORY = `query History($id: ID!) { seizureReport(id: $id) { id version status narrative versions { version change reason status sharing
  changedBy { id displayName } changedAt place { countyFips } substances { deaCode quantity unit laboratoryStatus purityPercent } } } }`;

const AGENCY_FIELDS = `id ori name level status version parent { ori } jurisdiction { nation stateFips countyFips tribes }
  contact { name phone email }`;
const ADMIN_REJECTED = '... on AdminRejected { issues { path code message } }';

export const AGENCIES = `query Agencies($search: String, $level: AgencyLevel, $first: Int = 50, $after: String) {
  agencies(search: $search, level: $level, first: $first, after: $after) { edges { cursor node { id ori name level
    jurisdiction { stateFips countyFips } } } pageInfo { hasNextPage endCursor } } }`;

export const AGENCY = `query Agency($ori: String!) { agency(ori: $ori) { ${AGENCY_FIELDS} } }`;

export const CREATE_AGENCY = `mutation CreateAgency($input: CreateAgencyInput!) { createAgency(input: $input) { __typename
  ... on AgencyCreated { agency { ${AGENCY_FIELDS} } } ${ADMIN_REJECTED} } }`;

export const UPDATE_AGENCY = `mutation UpdateAgency($input: UpdateAgencyInput!) { updateAgency(input: $input) { __typename
  ... on AgencyUpdated { agency { ${AGENCY_FIELDS} } } ${ADMIN_REJECTED} } }`;

export const LEAVE_AGENCY = `mutation LeaveAgency($ori: String) { leaveAgency(ori: $ori) { __typename
  ... on ApprovalRequested { approval { id kind state needs summary } } ${ADMIN_REJECTED} } }`;

export const UPDATE_AGENCY_CONTACT = `mutation UpdateAgencyContact($input: UpdateAgencyContactInput!) {
  updateAgencyContact(input: $input) { __typename ... on AgencyUpdated { agency { ${AGENCY_FIELDS} } } ${ADMIN_REJECTED} } }`;

export const REGIONS = `query Regions($first: Int, $after: String) { regions(first: $first, after: $after) {
  edges { node { id name countyFips version } } pageInfo { hasNextPage endCursor } } }`;

export const CREATE_REGION = `mutation CreateRegion($input: CreateRegionInput!) { createRegion(input: $input) { __typename
  ... on RegionCreated { region { id name countyFips version } } ${ADMIN_REJECTED} } }`;

export const UPDATE_REGION = `mutation UpdateRegion($input: UpdateRegionInput!) { updateRegion(input: $input) { __typename
  ... on RegionUpdated { region { id name countyFips version } warnings { path code message } } ${ADMIN_REJECTED} } }`;
const AGREEMENT_FIELDS =
  'id name parties { ori name signed signedAt until } purposes widestSharing dataClasses from until contact { phone } textDigest endedReason';

export const AGREEMENTS = `query Agreements($first: Int, $after: String) { agreements(first: $first, after: $after) {
  edges { cursor node { ${AGREEMENT_FIELDS} } } pageInfo { hasNextPage endCursor } } }`;

export const SIGN_AGREEMENT = `mutation SignAgreement($input: SignAgreementInput!) { signAgreement(input: $input) { __typename
  ... on AgreementSigned { agreement { ${AGREEMENT_FIELDS} } } ${ADMIN_REJECTED} } }`;

export const END_AGREEMENT = `mutation EndAgreement($id: ID!, $reason: String!) { endAgreement(id: $id, reason: $reason) { __typename
  ... on AgreementEnded { agreement { ${AGREEMENT_FIELDS} } } ${ADMIN_REJECTED} } }`;

export const MY_POLICY = '{ me { policy { version text accepted acceptedAt effectiveFrom closed } } }';

export const PUBLISH_POLICY = `mutation Publish($input: PublishPolicyTextInput!) { publishPolicyText(input: $input) { __typename
  ... on PolicyTextPublished { policyText { version digest effectiveFrom } } ${ADMIN_REJECTED} } }`;

export const ACCEPT_POLICY = `mutation Accept($version: Int!) { acceptPolicy(version: $version) { __typename
  ... on PolicyAccepted { policy { version accepted closed } } ${ADMIN_REJECTED} } }`;

export const RECORD_ACCESS = `query RecordAccess($id: ID!) { seizureRecord(id: $id) { id precision
  audience { key label precision because } openedBy { key because precision } } }`;

export const EXPLAIN = `query ExplainAccess($recordId: ID!, $personId: ID!, $purpose: String) {
  explainAccess(recordId: $recordId, personId: $personId, purpose: $purpose) { allowed precision because { key reason } } }`;

export const OPEN_IN_DANGER = `mutation Open($recordId: ID!, $reason: String!, $minutes: Int) {
  openInImminentDanger(recordId: $recordId, reason: $reason, minutes: $minutes) { __typename
    ... on ImminentDangerOpened { id recordId openedAt until } ${ADMIN_REJECTED} } }`;

export const REVIEW_DANGER = `mutation Review($id: ID!, $note: String!) { reviewImminentDanger(id: $id, note: $note) { __typename
  ... on ImminentDangerReviewed { id } ${ADMIN_REJECTED} } }`;

export const DANGERS = `query Dangers($unreviewed: Boolean) { me { imminentDangersToReview }
  imminentDangerOpenings(unreviewed: $unreviewed) { edges { node { id side recordId reason agency { ori } openedBy { displayName } review { note } } } } }`;

const CONTACT_REJECTED = '... on ContactRejected { issues { path code message } }';

export const REQUEST_CONTACT = `mutation Ask($recordId: ID!, $message: String!) { requestContact(recordId: $recordId, message: $message) {
  __typename ... on ContactRequested { id recordId duplicate } ${CONTACT_REJECTED} } }`;

export const ANSWER_CONTACT = `mutation Answer($id: ID!, $message: String!, $reveal: Boolean) {
  answerContactRequest(id: $id, message: $message, reveal: $reveal) { __typename ... on ContactRequestAnswered { id state } ${CONTACT_REJECTED} } }`;

export const DECLINE_CONTACT = `mutation Decline($id: ID!) { declineContactRequest(id: $id) { __typename
  ... on ContactRequestAnswered { id state } ${CONTACT_REJECTED} } }`;

export const MY_CONTACTS = `query MyContacts($first: Int, $after: String) { myContactRequests(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { cursor node { id recordId askedAt message state answer { message on agencyName phone } } } } }`;

export const CONTACTS = `query Contacts($state: ContactState, $first: Int, $after: String) { contactRequests(state: $state, first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { id recordId message state asker { agencyName agencyOri personName } answer { message on revealed } } } } }`;

export const REPORT_DEFAULTS =
  '{ agencySettings { version defaults { sharing tlp withhold timePrecision embargoHours holdUntilReleased } } }';
export const UPDATE_DEFAULTS = `mutation UpdateDefaults($input: UpdateAgencySettingsInput!) { updateAgencySettings(input: $input) { __typename
  ... on AgencySettingsUpdated { settings { h3Resolution version defaults { sharing tlp withhold timePrecision embargoHours holdUntilReleased } } }
  ... on AgencySettingsRejected { issues { path code } } } }`;
