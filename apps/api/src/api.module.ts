import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { AgencyResolver } from './admin/agency.resolver.js';
import { RegionResolver } from './admin/region.resolver.js';
import { ApprovalResolver } from './admin/approval.resolver.js';
import { InvitationResolver } from './admin/invitation.resolver.js';
import { MembershipResolver } from './admin/membership.resolver.js';
import { PersonResolver } from './admin/person.resolver.js';
import { AgreementResolver } from './admin/agreement.resolver.js';
import { PolicyTextResolver } from './admin/policy-text.resolver.js';
import { ApiKeyResolver } from './admin/api-key.resolver.js';
import { AlertRuleDryRunResolver } from './alerts/alert-rule-dry-run.resolver.js';
import { AlertRuleResolver } from './alerts/alert-rule.resolver.js';
import { AlertEscalationResolver } from './alerts/alert-escalation.resolver.js';
import { AlertLifeResolver } from './alerts/alert-life.resolver.js';
import { DeliveryResolver } from './alerts/delivery.resolver.js';
import { WatchResolver } from './alerts/watch.resolver.js';
import { WebhookResolver } from './alerts/webhook.resolver.js';
import { AlertResolver } from './alerts/alert.resolver.js';
import { CommunityRecordResolver } from './community/community-record.resolver.js';
import { ContactResolver } from './contact/contact.resolver.js';
import { NationOverviewResolver } from './federal/nation-overview.resolver.js';
import { graphQLFailures } from './graphql/http-failures.js';
import { CACHED_DOCUMENTS, documentLimits, MAX_TOKENS } from './graphql/limits.js';
import { PolicyGuard } from './graphql/policy.guard.js';
import { contextOf } from './graphql/request-context.js';
import { mercuriusErrors } from './graphql/mercurius-errors.js';
import { ColumnMappingResolver } from './imports/column-mapping.resolver.js';
import { ImportResolver } from './imports/import.resolver.js';
import { AgencySettingsResolver } from './local/agency-settings.resolver.js';
import { ImminentDangerResolver } from './records/imminent-danger.resolver.js';
import { RecordAccessResolver } from './records/record-access.resolver.js';
import { SeizureRecordResolver } from './records/seizure-record.resolver.js';
import { ReportChangeResolver, ReportVersionResolver } from './reports/report-change.resolver.js';
import { OwnReportCountResolver } from './reports/own-report-count.resolver.js';
import { ReportDraftResolver } from './reports/report-draft.resolver.js';
import { ReportPreviewResolver } from './reports/report-preview.resolver.js';
import { AgencyActivityResolver } from './reports/agency-activity.resolver.js';
import { AcceptedComesBackResolver, ReportComesBackResolver } from './reports/comes-back.resolver.js';
import { HeldReportsWaitingResolver, ReportReviewResolver } from './reports/report-review.resolver.js';
import { SeizureReportResolver } from './reports/seizure-report.resolver.js';
import { SubmitReportsResolver } from './reports/submit-reports.resolver.js';
import { MeResolver } from './self/me.resolver.js';
import { API_SERVICES, type ApiServices } from './services.js';
import { StateOverviewResolver } from './state/state-overview.resolver.js';

/** Each user's folder is a module: who opens it sees all that this user can do. */
@Module({ providers: [SeizureRecordResolver, RecordAccessResolver, ImminentDangerResolver] })
class RecordsModule {}
@Module({ providers: [ContactResolver] })
class ContactModule {}
@Module({
  providers: [
    SeizureReportResolver,
    SubmitReportsResolver,
    OwnReportCountResolver,
    ReportDraftResolver,
    ReportPreviewResolver,
    ReportChangeResolver,
    ReportVersionResolver,
    ReportReviewResolver,
    HeldReportsWaitingResolver,
    AcceptedComesBackResolver,
    ReportComesBackResolver,
    AgencyActivityResolver,
  ],
})
class ReportsModule {}
@Module({ providers: [ImportResolver, ColumnMappingResolver] })
class ImportsModule {}
@Module({
  providers: [
    AlertResolver,
    AlertLifeResolver,
    DeliveryResolver,
    WatchResolver,
    WebhookResolver,
    AlertEscalationResolver,
    AlertRuleResolver,
    AlertRuleDryRunResolver,
  ],
})
class AlertsModule {}
@Module({ providers: [MeResolver] })
class SelfModule {}
@Module({ providers: [AgencySettingsResolver] })
class LocalModule {}
@Module({ providers: [StateOverviewResolver] })
class StateModule {}
@Module({ providers: [NationOverviewResolver] })
class FederalModule {}
@Module({ providers: [CommunityRecordResolver] })
class CommunityModule {}
@Module({
  providers: [
    AgencyResolver,
    RegionResolver,
    InvitationResolver,
    PersonResolver,
    MembershipResolver,
    ApprovalResolver,
    AgreementResolver,
    PolicyTextResolver,
    ApiKeyResolver,
  ],
})
class AdminModule {}

@Module({})
export class ApiModule {
  static with(services: ApiServices): DynamicModule {
    return {
      module: ApiModule,
      global: true,
      imports: [
        GraphQLModule.forRoot<MercuriusDriverConfig>({
          driver: MercuriusDriver,
          autoSchemaFile: true,
          sortSchema: true,
          path: '/graphql',
          graphiql: false,
          subscription: false,
          // No `jit`: graphql-jit unfolds the filter, a recursive input, until the stack overflows: 9 s and 860 MB a document.
          jit: 0,
          cache: CACHED_DOCUMENTS,
          graphql: { parseOptions: { maxTokens: MAX_TOKENS } },
          allowBatchedQueries: false,
          fieldResolverEnhancers: ['guards'],
          validationRules: [documentLimits],
          errorFormatter: mercuriusErrors(services.log),
          context: contextOf,
          // Its own schema of answers makes texts of the numbers in `path`; bodies are read in http-requests.hook.ts.
          additionalRouteOptions: { schema: {}, errorHandler: graphQLFailures(services.log) },
          errorHandler: false,
        }),
        RecordsModule,
        ContactModule,
        ReportsModule,
        ImportsModule,
        AlertsModule,
        SelfModule,
        LocalModule,
        StateModule,
        FederalModule,
        CommunityModule,
        AdminModule,
      ],
      providers: [
        { provide: API_SERVICES, useValue: services },
        { provide: APP_GUARD, useClass: PolicyGuard },
      ],
      exports: [API_SERVICES],
    };
  }
}
