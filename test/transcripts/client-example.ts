import {
  createConcordClient,
  SubmissionOutcomesDocument,
  SubmitSeizureReportsDocument,
  type SubmitSeizureReportInput,
} from '@concord/client';

/** The example of docs/client.md: submits a batch and asks what became of it. Answers references by where they stand. */
export async function submitAndAsk(
  url: string,
  key: string,
  inputs: readonly SubmitSeizureReportInput[],
): Promise<Record<string, string>> {
  const concord = createConcordClient({ url, token: key });
  const { submitSeizureReports: batch } = await concord.request(SubmitSeizureReportsDocument, { inputs });
  const standing: Record<string, string> = {};
  if (batch.__typename === 'SeizureReportRejected') throw new Error(batch.issues[0]?.message);
  for (const { submitterReference, outcome } of batch.results)
    if (outcome.__typename === 'SeizureReportRejected')
      standing[submitterReference ?? '?'] = outcome.issues.map(({ path, code }) => `${path} ${code}`).join(', ');
  const references = batch.results.flatMap(({ submitterReference }) => submitterReference ?? []);
  const { submissionOutcomes } = await concord.request(SubmissionOutcomesDocument, { references });
  for (const { submitterReference, submission } of submissionOutcomes)
    if (submission !== null) standing[submitterReference] = submission.status;
  return standing;
}
