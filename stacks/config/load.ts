import type { DeliverySpec } from "../../components/delivery/contract.ts";
import type { NamespaceSpec } from "../../components/delivery/namespace-secrets.ts";
import { checkIdentity } from "../../components/backends/identities.ts";
import { checkCandidate, isRemote, remoteObjectsOf } from "../../components/backends/index.ts";
import type { StoreSpec } from "../../components/backends/contract.ts";
import { ConfigError, type Issue } from "../../components/support/errors.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { candidateOf } from "./resolve/secret-shape.ts";
import type { Catalogue } from "../environments/catalogue-spec.ts";
import { storesOf, type EnvironmentSpec } from "./environment.ts";
import type { Policy } from "../environments/policy.ts";
import { clusterSpec } from "../../components/clusters/flavours/index.ts";
import { facts as factsSchema } from "./schema/index.ts";
import { storeSpecOf } from "./schema/stores.ts";
import { checkPlan } from "../plan/index.ts";
import { resolveDeliveries } from "./resolve/deliveries.ts";
import { checkExisting } from "./check/existing-secrets.ts";
import { checkGenerated } from "./check/generated.ts";
import { checkStoreFacts, type SecretsAtHand } from "./check/store-facts.ts";
import { checkPolicy } from "./check/policy.ts";
import { resolveNamespaces } from "./resolve/namespaces.ts";
import { resolveSecrets } from "./resolve/secrets.ts";
import { checkSize } from "../plan/size.ts";
import { issuesOfZod } from "./schema/zod-issues.ts";

export interface ParseArgs extends SecretsAtHand {
  readonly environment: string;
  /** The facts as they were read; nothing is assumed about them. */
  readonly facts: unknown;
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

  const stores = new Map(
    Object.entries(facts.stores).map(([name, each]) => [name, storeSpecOf(name, each, args.policy)]),
  );
  const clusters = new Map(Object.entries(facts.clusters).map(([name, each]) => [name, clusterSpec(name, each)]));
  const placed = resolveNamespaces(facts);
  issues.push(...placed.issues);
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
    namespaces: consuming(placed.namespaces, delivered.deliveries),
    secrets: resolved.secrets,
    deliveries: delivered.deliveries,
    existingSecrets: facts.existingSecrets,
    refreshSeconds: facts.refreshSeconds,
    detectDrift: facts.detectDrift,
  };
  issues.push(
    ...checkPolicy(spec),
    ...checkStoreFacts(spec, args),
    ...checkStores(spec),
    ...checkIdentities(spec),
    ...checkGenerated(spec),
    ...checkExisting(spec),
    ...checkSize(spec),
    ...checkPlan(spec),
  );
  if (issues.length > 0) throw new ConfigError(args.environment, unique(issues));
  return spec;
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
    issues.push(
      ...nothingHeld(
        secret,
        names.flatMap((name) => spec.stores.get(name) ?? []),
      ),
    );
    for (const name of names) {
      const store = spec.stores.get(name);
      if (store === undefined) continue; // already an issue of the namespace
      const candidate = candidateOf(spec, secret);
      issues.push(...checkCandidate(store, candidate));
      for (const remote of remoteObjectsOf(store, candidate)) {
        // Key Vault and Parameter Store do not tell capitals from small letters everywhere; two names never differ by them alone.
        const place = `${name}\n${remote.name.toLowerCase()}`;
        const owner = `${secret.id}${remote.layout === "bundle" ? "" : ` ${remote.keys[0] ?? ""}`}`;
        const other = owners.get(place);
        if (other !== undefined) {
          issues.push({ path: `stores.${name}`, problem: `${other} and ${owner} both map to "${remote.name}"` });
        }
        owners.set(place, owner);
      }
    }
  }
  return issues;
}

/**
 * A store of kind kubernetes holds nothing that could be taken over or pointed to. What is taken over from one store can
 * be written to another; what is only pointed to must be in each. An entry may still choose between Secrets of clusters.
 */
function nothingHeld({ id, adopt, adoptFrom, referenced }: SecretSpec, stores: readonly StoreSpec[]): readonly Issue[] {
  const plain = stores.filter((store) => !isRemote(store)).length;
  const refused = [
    ...(adopt && adoptFrom === undefined && plain > 0 && plain === stores.length ? ["adopt"] : []),
    ...(referenced && plain > 0 ? ["reference"] : []),
  ];
  return refused.map((key) => ({
    path: `${key}["${id}"]`,
    problem: `a store of kind kubernetes has nothing to ${key}`,
    fix: "put the value into a store first, or remove the entry",
  }));
}

/** What keeps a namespace from reading its store: a cluster that does not say who issues its tokens, and the like. */
function checkIdentities({ namespaces, stores, clusters }: EnvironmentSpec): readonly Issue[] {
  return [...namespaces.values()].flatMap(({ store: name, cluster: where }) => {
    const store = stores.get(name);
    const cluster = clusters.get(where);
    return store === undefined || cluster === undefined || !isRemote(store) || store.staticCredentials === true
      ? []
      : checkIdentity(store, cluster);
  });
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
  return new Map([...namespaces].filter(([, { name }]) => used.has(name)));
}

function unique(issues: readonly Issue[]): readonly Issue[] {
  return [...new Map(issues.map((issue) => [`${issue.path}\n${issue.problem}`, issue])).values()];
}
