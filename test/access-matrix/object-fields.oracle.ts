/**
 * Whose every field of an object is, type by type, written by hand: the field table that is no record's. Fields of a
 * record, which differ by precision, are in record-fields.oracle.ts. A row for a field that does not exist yet is no
 * error; a field without a row is.
 */

export type Whose =
  /** "What an agency submitted, whole; only that agency ever sees it." */
  | 'own report'
  /** Its owner's alone: alerts, rules, places in an inbox. */
  | 'own alert'
  /** "private to the person who wrote it". */
  | 'own draft'
  /** About the asker. */
  | 'self'
  /** Of the asker's own agency. */
  | 'own agency'
  /** "`totalCount` counts what the reader can list." */
  | 'listed counts'
  /** "Month, state, three bands": rows that stand for no record that anybody knows. */
  | 'community'
  /** Paging by cursors "of released values". */
  | 'page'
  /** What became of a mutation; what it says beside that has a type of its own. */
  | 'outcome'
  /** Who takes part, as sworn agencies know each other. */
  | 'directory'
  /** For whoever administers the agency that it is about, or the deployment. */
  | 'administration'
  /** Of agencies that are party to it. */
  | 'agreement'
  /** "`explainAccess` for an agency's admin about its own records". */
  | 'own record'
  /** "Contact brokered through the record": each of the two sides has its own. */
  | 'contact'
  /** "Held for a supervisor with the places marked": for whoever decides, and no more than the decision needs. */
  | 'held report'
  /** "Loud notice to the owner and the auditor, review afterwards." */
  | 'danger';

const rows = (whose: Whose, types: Readonly<Record<string, string>>): [string, Whose][] =>
  Object.entries(types).flatMap(([type, fields]) =>
    fields.split(' ').map((field): [string, Whose] => [`${type}.${field}`, whose]),
  );

/** By `Type.field`. */
export const OBJECT_FIELDS: ReadonlyMap<string, Whose> = new Map([
  ...rows('own report', {
    SeizureReport:
      'comesBack concealment conveyance holdReasons holdUntilReleased id narrative occurredAt occurredAtPrecision packaging people place releaseAfter remarks returnedNote route sharing source status submittedAt submitterReference substances synthetic taskForceIds timePrecision tlp version versions withhold',
    SeizureReportVersion:
      'change changedAt changedBy changes concealment conveyance holdReasons occurredAt occurredAtPrecision packaging people place reason releaseAfter remarks returnedNote route sharing source status substances taskForceIds timePrecision tlp version withhold',
    ReportChanger: 'displayName id',
    SubmissionOutcome: 'submission submitterReference',
    SubmissionStatus: 'reasons recordId reportId status version',
    ReportFieldChange: 'from path sealed to',
    ReportPerson: 'affiliation age citizenship role',
    ReportPlace: 'countyFips latitude longitude portOfEntry setting',
    ReportRoute: 'destinationCountry destinationCountyFips originCountry originCountyFips',
    ReportSource: 'credibility reliability',
    ReportSubstance:
      'adulterants category deaCode estimated form laboratoryStatus milligrams name purityPercent quantity quantityReason signature unit',
    // What would be told of one's own report, before there is a record.
    PreviewedRecord:
      'concealment contact contributor conveyance links occurred packaging people place precision release remarks route source substances synthetic tlp transformations',
    PreviewedView: 'audience audienceKeys band condition precision record uniqueness',
    RecalledReportSummary: 'id status version',
    SubmittedRecordSummary: 'id precision tlp version',
    SubmittedReportSummary: 'id status submitterReference version',
    // "Rows are accepted, held or refused one by one": of a file that the agency sent, for its submitters.
    ReportImport:
      'accepted bytes confirmedAt contentDigest contentRemovedAt createdAt dryRun duplicates endedAt entriesDone format held id lines progressedAt questions raiseAlerts reason receivedBytes refused refusedPath startedByYou state uploadPath',
    ImportEntry: 'firstLine issues lastLine ordinal outcome reportId',
    ImportIssue: 'code column line message path suggestions',
    ImportReading: 'column line path rule text value',
    PreviewedImportEntry: 'firstLine issues lastLine ordinal outcome readings',
  }),
  ...rows('own draft', {
    SeizureReportDraft: 'createdAt id input reportId savedAt version',
  }),
  ...rows('own alert', {
    Alert:
      'assignedBy change deliveries history id match note outcome raisedAt record revision rules state updatedAt watched',
    AlertDelivery: 'alertId attempts channel createdAt id nextAttemptAt reason revision state webhookId',
    AlertDeliveryConnection: 'edges pageInfo',
    AlertDeliveryEdge: 'cursor node',
    DeliveryAttempt: 'at outcome reason revision status',
    Webhook: 'createdAt endedBecause id lastFailure pausedUntil state url verifiedAt',
    AlertEscalation: 'afterMinutes targets',
    AlertHistoryStep: 'at note otherPersonId outcome personId step',
    EscalationTarget: 'personId role',
    AlertEvent: 'alert cursor position',
    AlertRule: 'createdAt enabled escalation filter id name updatedAt',
    AlertSummary: 'id state',
    MatchedRule: 'id name',
  }),
  ...rows('self', {
    Me: 'agency displayName id keyring roles memberships policy imminentDangersToReview',
    MyAgency: 'level name ori',
    KeyringEntry: 'because key precision',
    MyPolicy: 'accepted acceptedAt closed digest effectiveFrom text version',
  }),
  ...rows('own agency', {
    AgencySettings: 'defaults h3Resolution holdFirstReportsOfNewMember holdSharingPartners version',
    AgencyActivity:
      'asOf communityBatches contactRequests corrected days firstDay from held imminentDangerOpenings lastDay left matches reads readsCountedSince readsCountedUntil recalled received recordsLeft released returned timeZone until',
    AgencyOpenings: 'name openings ori',
    AgencyReads: 'answers name ori precision purpose records',
    ActivityDay: 'answers day received recordsLeft',
    RecordsLeft: 'audience precision records',
    ReportDefaults: 'embargoHours holdUntilReleased sharing timePrecision tlp withhold',
    ColumnMapping: 'clock columns constants dateOrder decimal excelDates ignored midnight sheet vocabulary',
    ColumnUse: 'column heading unit',
    ColumnConstant: 'column value',
    ColumnMeaning: 'code column text',
    SavedColumnMapping: 'changedAt id mapping name version',
    ColumnMappingGuessed: 'headings mapping sheets suggestions unmapped',
    HeadingSuggestion: 'column heading',
    ImportAnswer: 'code words',
    ImportQuestion: 'choices code column count firstLine meaningOf message setting text',
    ImportLeftOut: 'count firstLine message reason',
  }),
  ...rows('contact', {
    ContactRequest: 'answer askedAt id message recordId state',
    ContactAnswer: 'agencyName message on phone',
    ReceivedContactRequest: 'answer askedAt asker id message recordId state',
    ContactAsker: 'agencyName agencyOri personName',
    GivenContactAnswer: 'message on revealed',
  }),
  ...rows('listed counts', {
    NationOverview: 'records since states substances',
    StateOverview: 'counties records since stateFips substances',
    PlaceCount: 'fips records',
    SubstanceCount: 'deaCode name records',
    RecordCount: 'atLeast value',
    AlertRuleDryRun: 'certain expectedPerWeek possible raised samples',
    ActivityMatch: 'kind records',
    ActivityMatches: 'byKind lookedAt matched records',
    Observation: 'kind message ownAgency place placeName recordIds records scope since wholeWindow',
    PreviewUniqueness: 'alike countedOver message of within',
  }),
  ...rows('community', {
    CommunityRecord: 'band id month stateFips substance synthetic',
    CommunitySubstance: 'category deaCode name',
  }),
  ...rows('page', {
    CommunityRecordConnection: 'asOf edges edition pageInfo totalCount',
    CommunityRecordEdge: 'cursor node',
    PageInfo: 'endCursor hasNextPage',
    AlertConnection: 'edges pageInfo streamCursor',
    AlertEdge: 'cursor node',
    AlertRuleConnection: 'edges pageInfo',
    AlertRuleEdge: 'alertsRaised cursor node',
    SeizureRecordConnection: 'edges pageInfo totalCount',
    SeizureRecordEdge: 'cursor match node',
    SeizureReportConnection: 'edges pageInfo totalCount',
    SeizureReportDraftConnection: 'edges pageInfo',
    SeizureReportDraftEdge: 'cursor node',
    SeizureReportEdge: 'cursor node',
    HeldSeizureReportConnection: 'edges pageInfo waiting',
    HeldSeizureReportEdge: 'cursor node',
    AgencyConnection: 'edges pageInfo',
    AgencyEdge: 'cursor node',
    RegionConnection: 'edges pageInfo',
    RegionEdge: 'cursor node',
    ApprovalConnection: 'edges pageInfo',
    ApprovalEdge: 'cursor node',
    OpenInvitationConnection: 'edges pageInfo',
    OpenInvitationEdge: 'cursor node',
    MembershipConnection: 'edges pageInfo',
    MembershipEdge: 'cursor node',
    ApiKeyConnection: 'edges pageInfo',
    ApiKeyEdge: 'cursor node',
    AgreementConnection: 'edges pageInfo',
    AgreementEdge: 'cursor node',
    ImminentDangerConnection: 'edges pageInfo',
    ImminentDangerEdge: 'cursor node',
    ContactRequestConnection: 'edges pageInfo',
    ContactRequestEdge: 'cursor node',
    ReceivedContactRequestConnection: 'edges pageInfo',
    ReceivedContactRequestEdge: 'cursor node',
    ReportImportConnection: 'edges pageInfo',
    ReportImportEdge: 'cursor node',
    ImportEntryConnection: 'edges pageInfo',
    ImportEntryEdge: 'cursor node',
  }),
  ...rows('outcome', {
    Issue: 'code message path',
    AgencySettingsRejected: 'issues',
    AgencySettingsUpdated: 'settings',
    AlertAcknowledged: 'alert',
    AlertEscalationSet: 'escalation ruleId',
    AlertUpdated: 'alert',
    RecordUnwatched: 'recordId',
    DeliveryRejected: 'issues',
    DeliveryReplayed: 'delivery',
    WebhookAdded: 'secret webhook',
    WebhookRejected: 'issues',
    WebhookRemoved: 'id',
    WebhookSecretRotated: 'secret',
    AlertActionRejected: 'issues',
    ImportStarted: 'import resumed',
    ImportChanged: 'import',
    ImportRejected: 'issues',
    ImportPreviewed: 'entries leftOut lookedThrough questions',
    ColumnMappingSaved: 'saved',
    ColumnMappingRejected: 'issues',
    AlertRuleCreated: 'rule',
    AlertRuleDeleted: 'id',
    AlertRuleUpdated: 'rule',
    AlertRuleRejected: 'issues',
    BatchedSubmission: 'index outcome submitterReference',
    SeizureReportsSubmitted: 'accepted held rejected results',
    SeizureReportAccepted: 'comesBack duplicate receipt record report warnings',
    SeizureReportHeld: 'reasons receipt report',
    SeizureReportPreview: 'views warnings wouldBeHeld',
    SeizureReportReturned: 'report',
    SeizureReportDraftSaved: 'draft missing',
    SeizureReportDraftDiscarded: 'id',
    HoldReason: 'code message path places',
    TextPlace: 'from to',
    SeizureReportRecalled: 'report',
    SeizureReportRejected: 'issues',
    AdminRejected: 'issues',
    AgencyCreated: 'agency',
    AgencyUpdated: 'agency',
    RegionCreated: 'region',
    RegionUpdated: 'region warnings',
    ApprovalDecided: 'approval',
    ApprovalRequested: 'approval',
    InvitationAccepted: 'membership',
    InvitationWithdrawn: 'person',
    MembershipEnded: 'membership',
    PersonDisabled: 'person',
    PersonEnabled: 'person',
    PersonInvited: 'approval invitation person',
    RoleGranted: 'membership',
    ApiKeyCreated: 'key secret',
    ApiKeyRevoked: 'key',
    AgreementSigned: 'agreement',
    AgreementEnded: 'agreement',
    PolicyAccepted: 'policy',
    PolicyTextPublished: 'policyText',
    ImminentDangerOpened: 'id openedAt recordId until',
    ImminentDangerReviewed: 'id',
    ContactRequested: 'duplicate id recordId',
    ContactRequestAnswered: 'id state',
    ContactRejected: 'issues',
  }),
  ...rows('directory', {
    Agency: 'contact id jurisdiction level name ori parent status version',
    AgencyPointOfContact: 'email name phone',
    Jurisdiction: 'countyFips nation stateFips tribes',
    ParentAgency: 'id name ori',
    Region: 'countyFips id name version',
  }),
  ...rows('administration', {
    Approval: 'decidedAt decidedBy expiresAt id kind needs note requestedAt requestedBy state summary',
    Invitation: 'code expiresAt',
    OpenInvitation: 'agency expiresAt from id invitedAt invitedBy person roles until',
    Membership: 'agency from id person roles until',
    MembershipAgency: 'level name ori',
    Person: 'displayName id',
    ApiKey: 'capabilities createdAt expiresAt id lastUsedAt name networks personId prefix revokedAt widestSharing',
  }),
  ...rows('agreement', {
    Agreement: 'contact dataClasses endedReason from id name parties purposes textDigest until widestSharing',
    AgreementContact: 'email name phone',
    AgreementParty: 'name ori signed signedAt until',
    PolicyText: 'digest effectiveFrom text version',
  }),
  ...rows('own record', {
    AccessExplanation: 'allowed because precision',
    AccessReason: 'key reason',
  }),
  ...rows('held report', {
    HeldSeizureReport:
      'agency heldAt holdUntilReleased id mayRelease reasons record releaseAfter sharing submittedBy texts version',
    HeldReportAgency: 'name ori',
    HeldReportsWaiting: 'atLeast reasons reports since',
    HeldForReason: 'code reports',
    HeldReportSubmitter: 'displayName id',
    HeldText: 'path places text',
    ReturnedReportSummary: 'id status version',
  }),
  ...rows('danger', {
    DangerAgency: 'level name ori',
    DangerOpener: 'displayName id',
    DangerReview: 'note reviewedAt',
    ImminentDangerOpening: 'agency id openedAt openedBy reason recordId review side until',
  }),
]);
