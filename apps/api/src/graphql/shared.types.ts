import {
  AGENCY_LEVELS,
  AFFILIATION_CODES,
  API_KEY_CAPABILITIES,
  CITIZENSHIP_CODES,
  CONCEALMENT_CODES,
  CONVEYANCE_CODES,
  FORM_CODES,
  LABORATORY_STATUSES,
  MATCHES,
  PERSON_ROLES,
  PURPOSE_CODES,
  ROLES,
  SETTING_CODES,
  SHARING_CODES,
  SUBSTANCE_CATEGORIES,
  TLP_CODES,
  UNIT_CODES,
} from '@concord/codes';
import { APPROVAL_NEEDS, APPROVAL_STATES } from '@concord/agencies';
import { DATA_CLASSES } from '@concord/agencies';
import { ALERT_CHANGES, ALERT_STATES } from '@concord/alerting';
import { COMMUNITY_BANDS, PRECISIONS } from '@concord/deidentification';
import { IMPORT_OUTCOMES, IMPORT_STATES } from '@concord/imports';
import { FILE_FORMATS } from '@concord/interpretation';
import { CONTACT_STATES, OBSERVATION_KINDS, OBSERVATION_SCOPES, REPORT_CHANGES } from '@concord/records';
import { COUNTED_OVER } from '@concord/submission';
import { Field, ObjectType } from '@nestjs/graphql';
import * as meanings from './enum-values.data.js';
import { PresentedAs } from './policy.decorator.js';
import { schemaEnum } from './schema-enum.js';

export const PrecisionEnum = schemaEnum(
  PRECISIONS,
  'Precision',
  'How exactly a record is shown to you, finest first. Each precision is a stored view of its own.',
  meanings.PRECISION_VALUES,
);
export const CountedOverEnum = schemaEnum(
  COUNTED_OVER,
  'CountedOver',
  'Which records a preview counts over. Others enter no number.',
  meanings.COUNTED_OVER_VALUES,
);
export const ObservationKindEnum = schemaEnum(
  OBSERVATION_KINDS,
  'ObservationKind',
  'What other records have in common with a report, the most telling first.',
  meanings.OBSERVATION_KIND_VALUES,
);
export const ObservationScopeEnum = schemaEnum(
  OBSERVATION_SCOPES,
  'ObservationScope',
  'How far around the place of a report was counted, nearest first.',
  meanings.OBSERVATION_SCOPE_VALUES,
);
export const TlpEnum = schemaEnum(
  TLP_CODES,
  'Tlp',
  'TLP 2.0: what you may do onward with what you see.',
  meanings.TLP_VALUES,
);
export const MatchEnum = schemaEnum(
  MATCHES,
  'Match',
  'CERTAIN: the view that you may see meets the condition. POSSIBLE: the condition is finer than the view, so it may.',
  meanings.MATCH_VALUES,
);
export const CommunityBandEnum = schemaEnum(
  COMMUNITY_BANDS,
  'CommunityBand',
  'How much it was, at COMMUNITY: three bands that do not tell what was weighed from what was counted or measured.',
  meanings.COMMUNITY_BAND_VALUES,
);
export const AgencyLevelEnum = schemaEnum(
  AGENCY_LEVELS,
  'AgencyLevel',
  'The level of an agency. COMMUNITY partners are no law-enforcement agencies and have no ORI.',
  meanings.AGENCY_LEVEL_VALUES,
);
export const AgencyStatusEnum = schemaEnum(
  ['ACTIVE', 'LEFT'] as const,
  'AgencyStatus',
  'Whether an agency takes part.',
  meanings.AGENCY_STATUS_VALUES,
);
export const RoleEnum = schemaEnum(ROLES, 'Role', 'A role of a person in one agency.', meanings.ROLE_VALUES);
export const ApiKeyCapabilityEnum = schemaEnum(
  API_KEY_CAPABILITIES,
  'ApiKeyCapability',
  'What an API key may be made for. It can do nothing else, and nothing that its person may not.',
  meanings.API_KEY_CAPABILITY_VALUES,
);
export const SharingEnum = schemaEnum(
  SHARING_CODES,
  'Sharing',
  'Who gets a record; each includes the ones before it.',
  meanings.SHARING_VALUES,
);
export const PurposeEnum = schemaEnum(
  PURPOSE_CODES,
  'Purpose',
  'Why shared records are read: the code of the header `concord-purpose`.',
  meanings.PURPOSE_VALUES,
);
export const DataClassEnum = schemaEnum(
  DATA_CLASSES,
  'DataClass',
  'What an agreement covers.',
  meanings.DATA_CLASS_VALUES,
);
export const DangerSideEnum = schemaEnum(
  ['OPENED_BY_US', 'OPENED_TO_OURS', 'WATCHED'] as const,
  'DangerSide',
  'Whose an opening in imminent danger is, as you see it.',
  meanings.DANGER_SIDE_VALUES,
);
export const ContactStateEnum = schemaEnum(
  CONTACT_STATES,
  'ContactState',
  'What has become of a request for contact.',
  meanings.CONTACT_STATE_VALUES,
);
export const ImportFormatEnum = schemaEnum(
  FILE_FORMATS,
  'ImportFormat',
  'What a file is read as.',
  meanings.IMPORT_FORMAT_VALUES,
);
export const ImportStateEnum = schemaEnum(
  IMPORT_STATES,
  'ImportState',
  'Where an import stands.',
  meanings.IMPORT_STATE_VALUES,
);
export const ImportOutcomeEnum = schemaEnum(
  IMPORT_OUTCOMES,
  'ImportOutcome',
  'What became of one report to be.',
  meanings.IMPORT_OUTCOME_VALUES,
);
export const SettingEnum = schemaEnum(SETTING_CODES, 'Setting', 'What kind of place it was.', meanings.SETTING_VALUES);
export const ConcealmentEnum = schemaEnum(
  CONCEALMENT_CODES,
  'Concealment',
  'How it was hidden.',
  meanings.CONCEALMENT_VALUES,
);
export const ConveyanceEnum = schemaEnum(
  CONVEYANCE_CODES,
  'Conveyance',
  'What carried it.',
  meanings.CONVEYANCE_VALUES,
);
export const FormEnum = schemaEnum(
  FORM_CODES,
  'SubstanceForm',
  'The form in which a substance was found.',
  meanings.FORM_VALUES,
);
export const UnitEnum = schemaEnum(
  UNIT_CODES,
  'Unit',
  'NIBRS data element 22: weights KG GM LB OZ, volumes LT ML GL FO, dosage units DU, plants NP, not reported XX.',
  meanings.UNIT_VALUES,
);
export const LaboratoryStatusEnum = schemaEnum(
  LABORATORY_STATUSES,
  'LaboratoryStatus',
  'Whether a laboratory has looked at it, and what it found.',
  meanings.LABORATORY_STATUS_VALUES,
);
export const SubstanceCategoryEnum = schemaEnum(
  SUBSTANCE_CATEGORIES,
  'SubstanceCategory',
  'The class of a substance; every DEA code has one.',
  meanings.SUBSTANCE_CATEGORY_VALUES,
);
export const PersonRoleEnum = schemaEnum(
  PERSON_ROLES,
  'PersonRole',
  'What part somebody had in the event.',
  meanings.PERSON_ROLE_VALUES,
);
export const CitizenshipEnum = schemaEnum(
  CITIZENSHIP_CODES,
  'Citizenship',
  'For aggregates only: no search, rule or ranking may use it.',
  meanings.CITIZENSHIP_VALUES,
);
export const AffiliationEnum = schemaEnum(
  AFFILIATION_CODES,
  'Affiliation',
  'Whom somebody worked for, as far as it is known.',
  meanings.AFFILIATION_VALUES,
);
export const SeizureReportStatusEnum = schemaEnum(
  ['DRAFT', 'HELD', 'EMBARGOED', 'RELEASED', 'RECALLED', 'PURGED'] as const,
  'SeizureReportStatus',
  'Where a report stands. EMBARGOED turns into RELEASED by the clock, at `releaseAfter`.',
  meanings.REPORT_STATUS_VALUES,
);
export const ReportChangeEnum = schemaEnum(
  REPORT_CHANGES,
  'ReportChange',
  'What made a version of a report.',
  meanings.REPORT_CHANGE_VALUES,
);
export const AlertChangeEnum = schemaEnum(
  ALERT_CHANGES,
  'AlertChange',
  'What the latest revision of an alert is about. RECALLED: the record was recalled, or is no longer shared with you; discard what you took from it.',
  meanings.ALERT_CHANGE_VALUES,
);
export const AlertStateEnum = schemaEnum(
  ALERT_STATES,
  'AlertState',
  'Where an alert stands.',
  meanings.ALERT_STATE_VALUES,
);

export const ApprovalStateEnum = schemaEnum(
  APPROVAL_STATES,
  'ApprovalState',
  'Where a request for a second person stands. PENDING turns into EXPIRED by the clock, at `expiresAt`.',
  meanings.APPROVAL_STATE_VALUES,
);
export const ApprovalNeedsEnum = schemaEnum(
  APPROVAL_NEEDS,
  'ApprovalNeeds',
  'Whose decision a request waits for.',
  meanings.APPROVAL_NEEDS_VALUES,
);

@ObjectType({ description: 'One fault, or one thing to mind.' })
@PresentedAs('outcome')
export class Issue {
  @Field({ description: 'Where in the input, such as `substances.0.unit`.' })
  path!: string;

  @Field({ description: 'Stable code; docs/issue-codes.md has the meanings.' })
  code!: string;

  @Field({ description: 'What would be right. Never repeats what was submitted.' })
  message!: string;
}

@ObjectType({ description: 'Relay paging.' })
@PresentedAs('page')
export class PageInfo {
  @Field({ description: 'Whether there is more after this page.' })
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Send it back as `after` to get the next page.' })
  endCursor!: string | null;
}
