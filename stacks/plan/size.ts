import { isRandom } from "../../components/values/recipe.ts";
import { backendOf, isWriteOnly } from "../../components/backends/index.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { placementsOf, type Environment } from "../config/environment.ts";
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
export function resourceCount(spec: Environment): number {
  // A Stash here, a generator there.
  const seeds = spec.secrets.flatMap(({ keys }) =>
    Object.values(keys).filter((recipe) => isRandom(recipe) || recipe.kind === "bcrypt"),
  ).length;
  const digestKeys = spec.secrets.filter((secret) => hasDigestKey(spec, secret)).length;
  const remote = spec.placements.flatMap(({ objects }) => objects).length;
  const applications = new Set(spec.secrets.map(({ app }) => app)).size;
  return (
    perStack +
    spec.clusters.size * perCluster +
    spec.namespaces.length * perNamespace +
    applications +
    seeds +
    digestKeys +
    remote +
    writers(spec) +
    spec.namespaces.flatMap(({ deliveries }) => deliveries).length
  );
}

/** Whether the secret has a key beside its values: a store is write-only, or it is referenced in one that tells no version. */
function hasDigestKey(spec: Environment, { id, origin }: SecretSpec): boolean {
  if (origin.kind === "in-cluster") return false;
  return placementsOf(spec, id).some(({ store }) =>
    origin.kind === "referenced" ? backendOf(store).numbersReferences : isWriteOnly(store),
  );
}

/** What clusters write generated secrets with: as much as a namespace each, and a second object for each secret. */
function writers({ secrets }: Environment): number {
  const generated = secrets.flatMap(({ origin }) => (origin.kind === "in-cluster" ? [origin.cluster] : []));
  return new Set(generated).size * perNamespace + generated.length;
}

/** Refuses a stack that would be unbearably slow; see docs/operations.md#large-environments for the way out. */
export function checkSize(spec: Environment): readonly Issue[] {
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
