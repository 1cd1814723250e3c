import type { ClusterSpec } from "../components/clusters/contract.ts";
import type { DeliverySpec } from "../components/delivery/contract.ts";
import type { NamespaceSpec } from "../components/delivery/namespace-secrets.ts";
import { versionFloor } from "../components/external-secrets/operator-values.ts";
import semver from "semver";
import { checkCandidate, builtStoreKinds, remoteNameOf } from "../components/stores/index.ts";
import type { StoreCandidate, StoreSpec } from "../components/stores/contract.ts";
import { ConfigError, type Issue } from "../components/support/errors.ts";
import type { SecretSpec } from "../components/values/secret-spec.ts";
import type { Catalogue } from "./catalogue-spec.ts";
import { storesOf, type EnvironmentSpec, type Policy } from "./environment.ts";
import { facts as factsSchema, type Facts } from "./facts.ts";
import { resolveDeliveries } from "./resolve-deliveries.ts";
import { resolveSecrets } from "./resolve-secrets.ts";
import { checkSize } from "./size.ts";
import { issuesOfZod } from "./zod-issues.ts";

export interface ParseArgs {
  readonly environment: string;
  /** The facts as they were read; nothing is assumed about them. */
  readonly facts: unknown;
  /** Configuration keys that hold a secret value. */
  readonly secretKeys: ReadonlySet<string>;
  readonly catalogue: Catalogue;
  readonly policy: Policy;
}

/**
 * Turns facts, catalogue and policy into the description of one environment.
 *
 * @throws ConfigError with every issue found. Where the facts have the wrong shape, what depends on them is not checked.
 */
export function parseEnvironment(args: ParseArgs): EnvironmentSpec {
  const parsed = factsSchema.safeParse(args.facts);
  if (!parsed.success) throw new ConfigError(args.environment, issuesOfZod(parsed.error, args.facts));
  const facts = parsed.data;
  const issues: Issue[] = [];

  const stores = readStores(facts, args.policy, issues);
  const clusters = readClusters(facts, args.policy, issues);
  const namespaces = new Map(Object.entries(facts.namespaces).map(([name, each]) => [name, { name, ...each }]));
  for (const { name, store, cluster } of namespaces.values()) {
    issues.push(...dangling(`namespaces["${name}"].store`, store, Object.keys(facts.stores)));
    issues.push(...dangling(`namespaces["${name}"].cluster`, cluster, Object.keys(facts.clusters)));
  }
  if (facts.refreshSeconds < args.policy.refreshFloorSeconds) {
    const problem = `must be at least ${args.policy.refreshFloorSeconds} in this environment, received ${facts.refreshSeconds}`;
    issues.push({ path: "refreshSeconds", problem, fix: "a changed value does not wait for it: it is synced at once" });
  }

  const resolved = resolveSecrets({ ...args, facts });
  const delivered = resolveDeliveries({ catalogue: args.catalogue, facts, secrets: resolved.secrets });
  issues.push(...resolved.issues, ...delivered.issues);

  const spec: EnvironmentSpec = {
    name: args.environment,
    platform: facts.platform,
    policy: args.policy,
    stores,
    clusters,
    namespaces: consuming(namespaces, delivered.deliveries),
    secrets: resolved.secrets,
    deliveries: delivered.deliveries,
    refreshSeconds: facts.refreshSeconds,
    detectDrift: facts.detectDrift,
  };
  issues.push(...checkStores(spec), ...checkSize(spec));
  if (issues.length > 0) throw new ConfigError(args.environment, unique(issues));
  return spec;
}

/** A secret as its stores see it. */
export function candidateOf(spec: Pick<EnvironmentSpec, "name" | "platform">, secret: SecretSpec): StoreCandidate {
  return {
    address: {
      platform: spec.platform,
      environment: spec.name,
      app: secret.app,
      secret: secret.name,
      path: secret.path,
    },
    keys: Object.keys(secret.keys),
  };
}

function readStores(facts: Facts, policy: Policy, issues: Issue[]): ReadonlyMap<string, StoreSpec> {
  const stores = new Map<string, StoreSpec>();
  for (const [name, store] of Object.entries(facts.stores)) {
    const path = `stores.${name}.kind`;
    if (store.kind === "vault-kv") {
      const { namespace, caBundle, clusterAddress, ...rest } = store;
      stores.set(name, {
        ...rest,
        name,
        clusterAddress: clusterAddress ?? store.address,
        ...(namespace === undefined ? {} : { namespace }),
        ...(caBundle === undefined ? {} : { caBundle }),
      });
    } else if (store.kind === "kubernetes") {
      if (!policy.allowEmbeddedSecrets) {
        const problem =
          "kubernetes keeps the only copy of a value in the cluster, and this environment's policy forbids it";
        issues.push({ path, problem });
      }
      stores.set(name, { kind: "kubernetes", name });
    } else {
      issues.push({ path, problem: `${store.kind} is not built yet; built are ${builtStoreKinds.join(", ")}` });
    }
  }
  return stores;
}

function readClusters(facts: Facts, policy: Policy, issues: Issue[]): ReadonlyMap<string, ClusterSpec> {
  const clusters = new Map<string, ClusterSpec>();
  for (const [name, cluster] of Object.entries(facts.clusters)) {
    if (cluster.flavour !== "kubeconfig") {
      issues.push({
        path: `clusters.${name}.flavour`,
        problem: `${cluster.flavour} is not built yet; built are kubeconfig`,
      });
      continue;
    }
    const { version, repository } = cluster.externalSecrets;
    if (!policy.allowOldOperator && semver.lt(version, versionFloor)) {
      issues.push({
        path: `clusters.${name}.externalSecrets.version`,
        problem: `${version} has known advisories; the oldest without is ${versionFloor}`,
        fix: `pulumi config set --path 'clusters.${name}.externalSecrets.version' ${versionFloor}`,
      });
    }
    const { kubeconfig, context, upsertExistingObjects } = cluster;
    clusters.set(name, {
      flavour: "kubeconfig",
      name,
      upsertExistingObjects,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      externalSecrets: {
        chart: cluster.externalSecrets.chart,
        version,
        namespace: cluster.externalSecrets.namespace,
        webhook: cluster.externalSecrets.webhook,
        install: cluster.externalSecrets.install,
        concurrency: cluster.externalSecrets.concurrency,
        ...(repository === undefined ? {} : { repository }),
      },
    });
  }
  return clusters;
}

/** What the stores would refuse, and names that two secrets would share. */
function checkStores(spec: EnvironmentSpec): readonly Issue[] {
  const issues: Issue[] = [];
  const owners = new Map<string, string>();
  for (const secret of spec.secrets) {
    const names = storesOf(spec, secret.id);
    // A secret whose keys are all of other environments, or optional and not set, is just not there.
    if (Object.keys(secret.keys).length > 0 && !isConsumed(spec, secret)) {
      issues.push({
        path: `catalogue.${secret.app}.secrets["${secret.name}"]`,
        problem: "goes to no store: no namespace consumes it",
        fix: "add a delivery, or remove the secret",
      });
    }
    for (const name of names) {
      const store = spec.stores.get(name);
      if (store === undefined) continue; // already an issue of the namespace
      const candidate = candidateOf(spec, secret);
      issues.push(...checkCandidate(store, candidate));
      if (store.kind === "kubernetes" && secret.adopt) {
        const problem = "a store of kind kubernetes has nothing to adopt from";
        issues.push({
          path: `adopt["${secret.id}"]`,
          problem,
          fix: "set the value in a store first, or remove the entry",
        });
      }
      const remote = remoteNameOf(store, candidate.address);
      const other = owners.get(`${name}\n${remote}`);
      if (other !== undefined)
        issues.push({ path: `stores.${name}`, problem: `${other} and ${secret.id} both map to "${remote}"` });
      owners.set(`${name}\n${remote}`, secret.id);
    }
  }
  return issues;
}

function isConsumed({ deliveries }: EnvironmentSpec, { id }: SecretSpec): boolean {
  return deliveries.some(({ keys }) => keys.some(({ secret }) => secret === id));
}

/** The namespaces that get a Secret: one of an application that does not run here needs no rights either. */
function consuming(
  namespaces: ReadonlyMap<string, NamespaceSpec>,
  deliveries: readonly DeliverySpec[],
): ReadonlyMap<string, NamespaceSpec> {
  const used = new Set(deliveries.map(({ namespace }) => namespace));
  return new Map([...namespaces].filter(([name]) => used.has(name)));
}

function dangling(path: string, name: string, known: readonly string[]): readonly Issue[] {
  if (known.includes(name)) return [];
  return [{ path, problem: `"${name}" does not exist; there are ${known.length === 0 ? "none" : known.join(", ")}` }];
}

function unique(issues: readonly Issue[]): readonly Issue[] {
  return [...new Map(issues.map((issue) => [`${issue.path}\n${issue.problem}`, issue])).values()];
}
