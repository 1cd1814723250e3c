import { GcpError, permissionDenied, unauthenticated } from "../errors.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { DEPLOYER_ROLES, permits, type Policy } from "./policy.ts";
import type { Project, Projects } from "../projects.ts";
import type { GcpState } from "../state.ts";

/** Whoever calls: every name by which a policy may bind them. */
export interface Caller {
  readonly members: ReadonlySet<string>;
}

/** A cluster of GKE that exists, and the key with which it signs its service accounts' tokens. */
export interface KnownCluster {
  readonly project: string;
  readonly location: string;
  readonly name: string;
  readonly issuer: string;
  readonly publicKeyPem: string;
}

/** The pool that GKE makes for all clusters of a project. */
export function gkePool(project: Project): string {
  return `${project.id}.svc.id.goog`;
}

/**
 * The names of a Kubernetes service account of a GKE cluster.
 * https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#principal-id-examples
 */
export function gkeMembers(
  project: Project,
  account: { namespace: string; serviceAccount: string; cluster: string },
): string[] {
  const pool = `iam.googleapis.com/projects/${project.number}/locations/global/workloadIdentityPools/${gkePool(project)}`;
  const { namespace, serviceAccount, cluster } = account;
  return [
    `principal://${pool}/subject/ns/${namespace}/sa/${serviceAccount}`,
    `principalSet://${pool}/namespace/${namespace}`,
    `principalSet://${pool}/kubernetes.cluster/${cluster}`,
    `serviceAccount:${gkePool(project)}[${namespace}/${serviceAccount}]`,
  ];
}

/** Says who calls, and what they may do. */
export class Callers {
  private readonly state: GcpState;
  private readonly tokens: AccessTokens;
  private readonly projects: Projects;
  private readonly clusters: readonly KnownCluster[];
  private readonly deployer: { readonly accessToken: string; readonly member: string };

  constructor(parts: {
    state: GcpState;
    tokens: AccessTokens;
    projects: Projects;
    clusters: readonly KnownCluster[];
    deployerToken: string;
  }) {
    this.state = parts.state;
    this.tokens = parts.tokens;
    this.projects = parts.projects;
    this.clusters = parts.clusters;
    const home = parts.projects.all()[0]?.id ?? "unknown";
    this.deployer = {
      accessToken: parts.deployerToken,
      member: `serviceAccount:deployer@${home}.iam.gserviceaccount.com`,
    };
  }

  /** Reads an `Authorization` header. */
  identify(authorization: string | undefined): Caller {
    if (authorization === undefined || authorization === "") throw unauthenticated("missing");
    const [, token] = /^Bearer (\S+)$/i.exec(authorization) ?? [];
    if (token === undefined) throw unauthenticated("invalid");
    if (token === this.deployer.accessToken) return { members: new Set([this.deployer.member]) };
    const claims = this.tokens.read(token, Date.now() / 1000);
    if (claims === undefined) throw unauthenticated("invalid");
    if (claims.kind === "federated") {
      // "While a pool is deleted [or disabled], you cannot use existing tokens to access resources": REST reference of the pools.
      const pool = this.state.data.pools[claims.pool];
      if (pool !== undefined && (pool.state === "DELETED" || pool.disabled === true)) throw unauthenticated("invalid");
      return { members: new Set(claims.members) };
    }
    const account = this.state.data.accounts[claims.email];
    if (account === undefined || account.disabled === true) throw unauthenticated("invalid");
    return { members: new Set([`serviceAccount:${claims.email}`]) };
  }

  /** Whether the caller may do this, by the project's policy or the resource's own. */
  may(caller: Caller, permission: string, project: Project | undefined, policy?: Policy): boolean {
    // A project that is not there has no policy: nobody may do anything in it, and nobody learns whether it exists.
    if (project === undefined) return false;
    const deployer = DEPLOYER_ROLES.map((role) => ({ role, members: [this.deployer.member] }));
    const policies = [{ bindings: deployer, etag: "" }, ...(policy === undefined ? [] : [policy])];
    return permits(policies, caller.members, permission);
  }

  /** {@link may}, or Secret Manager's refusal. */
  require(
    caller: Caller,
    permission: string,
    project: Project | undefined,
    resource: string,
    policy?: Policy,
  ): Project {
    if (project !== undefined && this.may(caller, permission, project, policy)) return project;
    const text = `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`;
    throw permissionDenied(permission, resource, text);
  }

  /** {@link may}, or the refusal of IAM. */
  requireIam(
    caller: Caller,
    permission: string,
    project: Project | undefined,
    resource: string,
    policy?: Policy,
  ): Project {
    if (project !== undefined && this.may(caller, permission, project, policy)) return project;
    const name = `//iam.googleapis.com/${resource}`;
    throw permissionDenied(
      permission,
      resource,
      `Permission '${permission}' denied on resource '${name}' (or it may not exist).`,
    );
  }

  /** Why a member cannot be bound; undefined when it can. IAM looks pools and accounts up, and takes the rest as it is. */
  problemOf(member: string): string | undefined {
    const [, pool] =
      /^(?:principal|principalSet):\/\/iam\.googleapis\.com\/(projects\/[^/]+\/locations\/global\/workloadIdentityPools\/[^/]+)\/.+$/.exec(
        member,
      ) ?? [];
    if (pool !== undefined) return this.poolExists(pool) ? undefined : missingPool(pool);
    const [, namespace] = /^serviceAccount:([^[\]@]+\.svc\.id\.goog)\[[^/\]]+\/[^/\]]+\]$/.exec(member) ?? [];
    if (namespace !== undefined) return this.gkePools().includes(namespace) ? undefined : missingPool(namespace);
    const [, email] = /^serviceAccount:([^@]+@[^@]+)$/.exec(member) ?? [];
    if (email !== undefined) {
      const known = member === this.deployer.member || this.state.data.accounts[email] !== undefined;
      return known ? undefined : `Service account ${email} does not exist.`;
    }
    if (/^(user|group|domain):.+$/.test(member) || member.startsWith("deleted:")) return undefined;
    if (member === "allUsers" || member === "allAuthenticatedUsers") return undefined;
    return `Invalid value for member: ${member}`;
  }

  private poolExists(name: string): boolean {
    const [, number = "", id = ""] =
      /^projects\/([^/]+)\/locations\/global\/workloadIdentityPools\/(.+)$/.exec(name) ?? [];
    if (this.state.data.pools[name] !== undefined) return true;
    return this.projects.find(number)?.number === number && this.gkePools().includes(id);
  }

  private gkePools(): string[] {
    return this.clusters.flatMap(({ project }) => {
      const found = this.projects.find(project);
      return found === undefined ? [] : [gkePool(found)];
    });
  }
}

function missingPool(pool: string): string {
  return (
    `Identity Pool does not exist (${pool}). Please check that you specified a valid resource name as returned in the ` +
    "`name` attribute in the configuration API."
  );
}

/** A project by the name that a request gives, for calls that do not go through a permission of its own. */
export function requireProject(projects: Projects, idOrNumber: string): Project {
  const found = projects.find(idOrNumber);
  if (found === undefined) throw new GcpError("NOT_FOUND", `Project ${idOrNumber} not found.`);
  return found;
}
