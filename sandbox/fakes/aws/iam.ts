import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  GetOpenIDConnectProviderCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { DEPLOYER } from "./account.ts";
import { parsePolicy, type Policy } from "./policy.ts";

/** A role with everything that decides about it. */
export interface Role {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly trust: Policy;
  /** Inline and attached ones. */
  readonly policies: readonly Policy[];
  readonly maxSessionSeconds: number;
}

/** An OpenID Connect provider. */
export interface OidcProvider {
  readonly arn: string;
  /** Without `https://`, as IAM keeps it and condition keys use it. */
  readonly url: string;
  readonly clientIds: readonly string[];
}

/** Reads IAM of moto. Kept until something in IAM changes: each store call of the operator needs its role's policies. */
export class Iam {
  readonly #client: IAMClient;
  #roles = new Map<string, Promise<Role | undefined>>();
  #providers: Promise<readonly OidcProvider[]> | undefined;

  constructor(motoEndpoint: string) {
    this.#client = new IAMClient({ endpoint: motoEndpoint, region: "us-east-1", credentials: DEPLOYER });
  }

  /** To be called after every change of IAM. */
  changed(): void {
    this.#roles = new Map();
    this.#providers = undefined;
  }

  /** The role of an ARN; undefined when there is none. Roles with a path are found by their name, which is unique. */
  role(arn: string): Promise<Role | undefined> {
    const known = this.#roles.get(arn);
    if (known !== undefined) return known;
    const found = this.#readRole(arn);
    this.#roles.set(arn, found);
    found.catch(() => this.#roles.delete(arn));
    return found;
  }

  /** Every provider. */
  providers(): Promise<readonly OidcProvider[]> {
    if (this.#providers === undefined) {
      this.#providers = this.#readProviders();
      this.#providers.catch(() => (this.#providers = undefined));
    }
    return this.#providers;
  }

  close(): void {
    this.#client.destroy();
  }

  async #readRole(arn: string): Promise<Role | undefined> {
    const name = arn.split("/").at(-1) ?? "";
    const found = await this.#client.send(new GetRoleCommand({ RoleName: name })).catch((error: unknown) => {
      if (error instanceof Error && error.name.startsWith("NoSuchEntity")) return undefined;
      throw error;
    });
    const role = found?.Role;
    if (role === undefined || role.Arn !== arn) return undefined;
    const policies = await Promise.all([this.#inlinePolicies(name), this.#attachedPolicies(name)]);
    return {
      ...{ arn, name, id: role.RoleId ?? "" },
      trust: parsePolicy(decodeURIComponent(role.AssumeRolePolicyDocument ?? "{}")),
      policies: policies.flat(),
      maxSessionSeconds: role.MaxSessionDuration ?? 3600,
    };
  }

  async #inlinePolicies(RoleName: string): Promise<Policy[]> {
    const { PolicyNames = [] } = await this.#client.send(new ListRolePoliciesCommand({ RoleName }));
    const read = PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = "" } = await this.#client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return parsePolicy(decodeURIComponent(PolicyDocument));
    });
    return await Promise.all(read);
  }

  async #attachedPolicies(RoleName: string): Promise<Policy[]> {
    const { AttachedPolicies = [] } = await this.#client.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const read = AttachedPolicies.map(async ({ PolicyArn = "" }) => {
      const { Policy } = await this.#client.send(new GetPolicyCommand({ PolicyArn }));
      const VersionId = Policy?.DefaultVersionId ?? "v1";
      const { PolicyVersion } = await this.#client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
      return parsePolicy(decodeURIComponent(PolicyVersion?.Document ?? ""));
    });
    return await Promise.all(read);
  }

  async #readProviders(): Promise<OidcProvider[]> {
    const { OpenIDConnectProviderList = [] } = await this.#client.send(new ListOpenIDConnectProvidersCommand({}));
    const read = OpenIDConnectProviderList.map(async ({ Arn = "" }) => {
      const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn });
      const { Url = "", ClientIDList = [] } = await this.#client.send(command);
      return { arn: Arn, url: Url.replace(/^https:\/\//, ""), clientIds: ClientIDList };
    });
    return await Promise.all(read);
  }
}

/** What decisions need of IAM. */
export type IamReader = Pick<Iam, "role" | "providers">;

/** ARN of the session that a role is used in. */
export function sessionArn(role: Pick<Role, "arn" | "name">, sessionName: string): string {
  return `${role.arn.replace(/^arn:aws:iam::(\d+):role\/.*$/, "arn:aws:sts::$1:assumed-role")}/${role.name}/${sessionName}`;
}
