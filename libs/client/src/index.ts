/** A typed client of Concord's API, for Node 20.19 and newer. It knows schema.graphql and nothing else of ours. */
export {
  createConcordClient,
  type ConcordClient,
  type ConcordClientOptions,
  type RequestOptions,
  type StreamOptions,
  type UploadBody,
  type UploadOptions,
} from './concord-client.js';
export { type RetryPolicy } from './attempts.js';
export { type Identity } from './credentials.js';
export {
  BusyError,
  ConcordError,
  DeadlineError,
  RefusedError,
  UnreachableError,
  type AnsweredError,
  type RequestIssue,
} from './errors.js';
export { type TypedDocument, type Variables } from './operation.js';
export * from './generated/operations.js';
