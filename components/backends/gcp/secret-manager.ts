import type { Issue } from "../../support/messages/errors.ts";
import { gcpProviderId, gcpSecretId, secretId } from "../../support/naming.ts";
import type { StoreBase, StoreRules } from "../contract.ts";
import { labelIssues } from "./labels.ts";
import { namingPath } from "../remote-names.ts";
import { leastBytes, objectsOf, type Layout, type RemoteObject, type SecretShape } from "../remote-object.ts";

/** Google Cloud Secret Manager. */
export interface GcpSecretManagerSpec extends StoreBase {
  readonly kind: "gcp-secret-manager";
  /** Id of the project. */
  readonly project: string;
  /** Number of the project, which principals of identity pools are written with. */
  readonly projectNumber: string;
  /** Default: `bundle`. */
  readonly layout: Layout;
  /** Locations that hold the values, each with its customer key; empty for automatic replication. */
  readonly locations: readonly { readonly location: string; readonly kmsKeyName?: string }[];
  /** Customer key with automatic replication: a key in the location `global`. */
  readonly kmsKeyName?: string;
  /** Days until a destroyed version is really gone: 1 to 1000, or 0 for at once. */
  readonly versionDestroyDays: number;
  /** Topics (`projects/<project>/topics/<topic>`) that get a message when a rotation is due. */
  readonly topics: readonly string[];
  /**
   * Provider of a workload identity pool that trusts clusters outside of Google, by cluster:
   * `projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`.
   */
  readonly identityProviders: Readonly<Record<string, string>>;
  /** Pools that are made here, by cluster: each trusts that cluster alone. */
  readonly identityPools: Readonly<Record<string, GcpIdentityPool>>;
  /** Whether readers on GKE act as a service account of their own instead of being granted the secrets directly. */
  readonly linkedAccounts: boolean;
  /**
   * Whether the log of who reads values is switched on here, or is on already: for the project, its folder or its
   * organisation. Default: nothing is known of it; Google logs no reads by itself.
   */
  readonly auditLogs?: "create" | "existing";
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A pool to be made for one cluster. Principals name a pool and a subject and no provider: in a pool of two clusters, the
 * namespaces of one could read what is granted to those of the other.
 */
export interface GcpIdentityPool {
  /** Id of the pool, taken for 30 days after it is deleted. */
  readonly id: string;
  /** Issuer of the cluster's tokens. */
  readonly issuer: string;
  /** The cluster's public keys (JWKS), where Google can't reach the issuer. */
  readonly jwks?: string;
}

/** The one role that reads a value, and nothing else: not even which versions there are. */
export const accessor = "roles/secretmanager.secretAccessor";

/** Writes an earlier version of a secret again, which makes it the newest. */
export function secretRestoreCommand({ project }: Pick<GcpSecretManagerSpec, "project">, remoteName: string): string {
  const access = `gcloud secrets versions access <last version written by this program> --secret=${remoteName} --project=${project}`;
  return `${access} | gcloud secrets versions add ${remoteName} --project=${project} --data-file=-`;
}

/** Where Google's API has a secret. */
export function secretUrl({ project }: Pick<GcpSecretManagerSpec, "project">, remoteName: string): string {
  return `https://secretmanager.googleapis.com/v1/projects/${project}/secrets/${remoteName}`;
}

/** Full name of the provider in a pool that is made for a cluster. */
export function madeProvider(
  { projectNumber }: Pick<GcpSecretManagerSpec, "projectNumber">,
  cluster: string,
  { id }: GcpIdentityPool,
): string {
  return `projects/${projectNumber}/locations/global/workloadIdentityPools/${id}/providers/${gcpProviderId(cluster)}`;
}

/** Labels that every secret gets here: whose it is (three), and when it is due. */
const ownLabels = 4;
/** https://cloud.google.com/secret-manager/quotas */
const mostBytes = 64 * 1024;
const mostCharactersOfId = 255;
const mostTopics = 10;

export const gcpSecretManagerRules: StoreRules<GcpSecretManagerSpec> = {
  objects: (spec, shape) => objectsOf(spec, shape, (key) => gcpSecretId(shape.address, key)),
  check: (spec, shape) => [...storeIssues(spec), ...secretIssues(spec, shape)],
};

/** What is wrong with the store itself: found with each secret, and told once. */
function storeIssues(spec: GcpSecretManagerSpec): readonly Issue[] {
  const path = `stores.${spec.name}`;
  const issues: Issue[] = [...labelIssues(`${path}.labels`, spec.labels, ownLabels)];
  if (spec.topics.length > mostTopics) {
    issues.push({
      path: `${path}.topics`,
      problem: `has ${spec.topics.length} topics; Google allows at most ${mostTopics}`,
    });
  }
  return [...issues, ...keyIssues(spec), ...poolIssues(spec), ...providerIssues(spec)];
}

/** A pool that two clusters share would let the namespaces of one read what is granted to those of the other. */
function poolIssues({ name, identityPools }: GcpSecretManagerSpec): readonly Issue[] {
  const byId = Map.groupBy(Object.entries(identityPools), ([, { id }]) => id);
  return [...byId].flatMap(([id, [first, ...others]]) =>
    others.map(([cluster]) => ({
      path: `stores.${name}.identityPools.${cluster}.id`,
      problem: `"${id}" is already the pool of cluster ${first?.[0] ?? ""}; each cluster needs its own`,
    })),
  );
}

/** A provider trusts one issuer: it refuses the tokens of a second cluster. */
function providerIssues({ name, identityProviders }: GcpSecretManagerSpec): readonly Issue[] {
  const byProvider = Map.groupBy(Object.entries(identityProviders), ([, provider]) => provider);
  return [...byProvider.values()].flatMap(([first, ...others]) =>
    others.map(([cluster]) => ({
      path: `stores.${name}.identityProviders.${cluster}`,
      problem: `is the provider of cluster ${first?.[0] ?? ""} already, and a provider trusts the issuer of one cluster`,
      fix: "make a provider for the cluster in a pool of its own: docs/identity/google.md#federation",
    })),
  );
}

/** A key must lie where the values do, and Google takes either a key for each location or none. */
function keyIssues({ name, locations, kmsKeyName }: GcpSecretManagerSpec): readonly Issue[] {
  const path = `stores.${name}`;
  const issues: Issue[] = [];
  if (kmsKeyName !== undefined && locations.length > 0) {
    issues.push({
      path: `${path}.kmsKeyName`,
      problem: "applies to automatic replication only; with locations, each location has its own key",
    });
  } else if (kmsKeyName !== undefined && locationOf(kmsKeyName) !== "global") {
    const problem = `must be a key in the location global, received one in ${locationOf(kmsKeyName)}`;
    issues.push({
      path: `${path}.kmsKeyName`,
      problem,
      fix: `or store the values in that location: ${path}.locations`,
    });
  }
  const places = locations.map(({ location }) => location);
  for (const location of new Set(places.filter((each, index) => places.indexOf(each) !== index))) {
    issues.push({ path: `${path}.locations`, problem: `${location} is named twice`, fix: "remove one entry" });
  }
  const withKey = locations.filter(({ kmsKeyName: key }) => key !== undefined);
  if (withKey.length > 0 && withKey.length < locations.length) {
    const without = locations.filter(({ kmsKeyName: key }) => key === undefined).map(({ location }) => location);
    issues.push({
      path: `${path}.locations`,
      problem: `either all locations name a key, or none does; without one: ${without.join(", ")}`,
    });
  }
  for (const { location, kmsKeyName: key = "" } of withKey.filter(
    (each) => locationOf(each.kmsKeyName) !== each.location,
  )) {
    const problem = `the key of ${location} must be in that location, received one in ${locationOf(key)}`;
    issues.push({ path: `${path}.locations`, problem });
  }
  return issues;
}

function locationOf(kmsKeyName = ""): string {
  return kmsKeyName.split("/")[3] ?? "";
}

function secretIssues(spec: GcpSecretManagerSpec, shape: SecretShape): readonly Issue[] {
  const path = `stores.${spec.name}`;
  const id = secretId(shape.address);
  return gcpSecretManagerRules.objects(spec, shape).flatMap((object): readonly Issue[] => {
    const what = object.layout === "bundle" ? id : `${id}, key ${object.keys[0] ?? ""}`;
    const bytes = leastBytes(object, shape.lengths);
    const naming = namingPath(spec.name, object);
    return [
      ...(/^[\w-]+$/.test(object.name)
        ? []
        : [
            {
              path: naming,
              problem: `the id of ${what} is "${object.name}"; Google allows letters, digits, "-" and "_"`,
              ...(object.name.startsWith("projects/")
                ? { fix: "what is in another project is read from a store of its own with that project" }
                : {}),
            },
          ]),
      ...(object.name.length > mostCharactersOfId
        ? [
            {
              path: naming,
              problem: `the id of ${what} has ${object.name.length} characters; Google allows at most ${mostCharactersOfId}`,
            },
          ]
        : []),
      ...(bytes > mostBytes
        ? [
            {
              path,
              problem: `${what} may have ${bytes} bytes; Google allows at most ${mostBytes}`,
              ...splitAdvice(object),
            },
          ]
        : []),
    ];
  });
}

function splitAdvice({ layout, keys }: RemoteObject): { readonly fix?: string } {
  return layout === "bundle" && keys.length > 1
    ? { fix: "split the secret, or store each key separately: layout per-key" }
    : {};
}
