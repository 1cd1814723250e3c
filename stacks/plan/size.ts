import { isGenerated } from "../../components/values/recipe.ts";
import { backendOf, isRemote, isWriteOnly, remoteObjectsOf } from "../../components/backends/index.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { candidateOf } from "../config/resolve/secret-shape.ts";
import { storesOf, type EnvironmentSpec } from "../config/environment.ts";
import type { Issue } from "../../components/support/errors.ts";

/** Resources of a namespace with a remote store: component, account, role, binding, policy, auth role, SecretStore, namespace. */
const perNamespace = 8;
/** Resources of a stack and of a cluster: stack, providers, operator with its rights and admission policies. */
const perStack = 4;
const perCluster = 12;

/**
 * Resources that a file or object-store backend carries comfortably: it writes the whole state again at each step, so
 * time grows with the square of their number.
 */
export const comfortableResources = 500;

/** How many resources a stack will hold, within a few. Pure. */
export function resourceCount(spec: EnvironmentSpec): number {
  // A Stash here, a generator there.
  const seeds = spec.secrets.flatMap(({ keys }) =>
    Object.values(keys).filter((recipe) => isGenerated(recipe) || recipe.kind === "bcrypt"),
  ).length;
  const digestKeys = spec.secrets.filter((secret) => hasDigestKey(spec, secret)).length;
  const remote = spec.secrets.reduce((sum, secret) => sum + objectCount(spec, secret), 0);
  const applications = new Set(spec.secrets.map(({ app }) => app)).size;
  return (
    perStack +
    spec.clusters.size * perCluster +
    spec.namespaces.size * perNamespace +
    applications +
    seeds +
    digestKeys +
    remote +
    writers(spec) +
    [...spec.namespaces.values()].reduce((sum, { name }) => sum + deliveriesTo(spec, name), 0)
  );
}

/** Whether the secret has a key beside its values: a store is write-only, or it is referenced in one that tells no version. */
function hasDigestKey(spec: EnvironmentSpec, { id, generatedIn, referenced }: SecretSpec): boolean {
  if (generatedIn !== undefined) return false;
  return storesOf(spec, id).some((name) => {
    const store = spec.stores.get(name);
    return (
      store !== undefined && isRemote(store) && (referenced ? backendOf(store).numbersReferences : isWriteOnly(store))
    );
  });
}

/** What clusters write generated secrets with: as much as a namespace each, and a second object for each secret. */
function writers({ secrets }: EnvironmentSpec): number {
  const generated = secrets.flatMap(({ generatedIn }) => generatedIn ?? []);
  return new Set(generated).size * perNamespace + generated.length;
}

function objectCount(spec: EnvironmentSpec, secret: SecretSpec): number {
  return storesOf(spec, secret.id).reduce((sum, name) => {
    const store = spec.stores.get(name);
    return store === undefined ? sum : sum + remoteObjectsOf(store, candidateOf(spec, secret)).length;
  }, 0);
}

function deliveriesTo({ deliveries }: EnvironmentSpec, namespace: string): number {
  return deliveries.filter((each) => each.namespace === namespace).length;
}

/** Refuses a stack that would be unbearably slow; see docs/operations.md#large-environments for the way out. */
export function checkSize(spec: EnvironmentSpec): readonly Issue[] {
  const count = resourceCount(spec);
  const limit = spec.policy.maximumResources;
  if (count <= limit) return [];
  return [
    {
      path: "applications",
      problem: `the stack would hold about ${count} resources, and this environment allows ${limit}`,
      fix: `split it: stacks named ${spec.name}.<part>, each with some of the applications (docs/operations.md#large-environments)`,
    },
  ];
}
