import type { FlowClient, Issue } from './flow-client.builder.js';

/** The operations as the field's admins send them (shared/operations/admin.graphql). */
export const INVITE = `mutation InvitePerson($input: InvitePersonInput!) { invitePerson(input: $input) { __typename
  ... on PersonInvited { person { id displayName } invitation { code expiresAt } approval { id needs state } }
  ... on AdminRejected { issues { path code message } } } }`;
export const ACCEPT = `mutation AcceptInvitation($code: String!) { acceptInvitation(code: $code) { __typename
  ... on InvitationAccepted { membership { id agency { ori } roles } } ... on AdminRejected { issues { path code message } } } }`;
const GRANT = `mutation GrantRole($input: GrantRoleInput!) { grantRole(input: $input) { __typename
  ... on RoleGranted { membership { id agency { ori } roles from until } } ... on ApprovalRequested { approval { id needs } }
  ... on AdminRejected { issues { path code message } } } }`;
const END = `mutation EndMembership($id: ID!, $reason: String!) { endMembership(id: $id, reason: $reason) { __typename
  ... on MembershipEnded { membership { id until } } ... on AdminRejected { issues { path code message } } } }`;
const DECIDE = `mutation DecideApproval($id: ID!, $approve: Boolean!, $note: String) { decideApproval(id: $id, approve: $approve, note: $note) {
  __typename ... on ApprovalDecided { approval { id state } } ... on AdminRejected { issues { path code message } } } }`;
export const APPROVALS = `query Approvals($state: ApprovalState, $first: Int = 50) { approvals(state: $state, first: $first) {
  edges { node { id state needs requestedAt summary } } } }`;
export const MEMBERS = `query Members($agencyOri: String!, $first: Int = 50, $after: String) { members(agencyOri: $agencyOri, first: $first, after: $after) {
  edges { cursor node { id person { id displayName } roles from until } } pageInfo { hasNextPage endCursor } } }`;
export const OPEN_INVITATIONS = `query OpenInvitations($first: Int, $after: String) { openInvitations(first: $first, after: $after) {
  edges { cursor node { id person { id displayName } agency { ori } roles from until invitedBy { id } invitedAt expiresAt } }
  pageInfo { hasNextPage endCursor } } }`;
export const WITHDRAW_INVITATION = `mutation WithdrawInvitation($id: ID!) { withdrawInvitation(id: $id) { __typename
  ... on InvitationWithdrawn { person { id displayName } } ... on AdminRejected { issues { path code message } } } }`;
const STATUS = (verb: 'disable' | 'enable', done: string): string =>
  `mutation Status($id: ID!) { ${verb}Person(id: $id) { __typename ... on ${done} { person { id } } ... on AdminRejected { issues { path code } } } }`;

/** What an act of administration answered, flat. */
export interface Administered {
  readonly __typename: string;
  readonly issues?: readonly Issue[];
  readonly person?: { readonly id: string; readonly displayName: string };
  readonly invitation?: { readonly code: string; readonly expiresAt: string };
  readonly approval?: { readonly id: string; readonly needs: string; readonly state: string } | null;
  readonly membership?: {
    readonly id: string;
    readonly roles?: readonly string[];
    readonly from?: string;
    readonly until?: string | null;
    readonly agency?: { readonly ori: string | null } | null;
  } | null;
}

export interface OpenInvitation {
  readonly id: string;
  readonly person: { readonly id: string; readonly displayName: string };
  readonly agency: { readonly ori: string | null } | null;
  readonly roles: readonly string[];
  readonly invitedBy: { readonly id: string };
}
interface OpenInvitationPage {
  readonly openInvitations: {
    readonly edges: readonly { readonly node: OpenInvitation }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** One administrator at the API. */
export class Administration {
  constructor(private readonly client: FlowClient) {}

  invite = (input: Record<string, unknown>): Promise<Administered> => this.#one(INVITE, { input });
  accept = (code: string): Promise<Administered> => this.#one(ACCEPT, { code });
  grant = (input: Record<string, unknown>): Promise<Administered> => this.#one(GRANT, { input });
  end = (id: string, reason = 'test'): Promise<Administered> => this.#one(END, { id, reason });
  decide = (id: string, approve = true): Promise<Administered> => this.#one(DECIDE, { id, approve });
  withdraw = (id: string): Promise<Administered> => this.#one(WITHDRAW_INVITATION, { id });
  disable = (id: string): Promise<Administered> => this.#one(STATUS('disable', 'PersonDisabled'), { id });
  enable = (id: string): Promise<Administered> => this.#one(STATUS('enable', 'PersonEnabled'), { id });

  /** All of them, page by page. */
  async open(first = 50): Promise<OpenInvitation[]> {
    const all: OpenInvitation[] = [];
    for (let after: string | null = null; ;) {
      const { openInvitations }: OpenInvitationPage = await this.client.run(OPEN_INVITATIONS, { first, after });
      all.push(...openInvitations.edges.map(({ node }) => node));
      if (!openInvitations.pageInfo.hasNextPage) return all;
      after = openInvitations.pageInfo.endCursor;
    }
  }

  async #one(document: string, variables: Record<string, unknown>): Promise<Administered> {
    const [answer] = Object.values(await this.client.run<Record<string, Administered>>(document, variables));
    if (answer === undefined) throw new Error('an act is answered');
    return answer;
  }
}

/** Codes of what was refused, in their order; empty where it was done. */
export const codesOf = ({ issues }: Administered): string[] =>
  (issues ?? []).map(({ path, code }) => `${path} ${code}`);
