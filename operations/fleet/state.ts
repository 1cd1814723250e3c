import { z } from "zod";
import { sourcesOf } from "../../components/delivery/contract.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import { pendingOperation, unfinished } from "../pending-operations.ts";

const resource = z.looseObject({ urn: z.string(), parent: z.string().optional() });

/** A state as `pulumi stack export` prints it: secret values in it are encrypted, and nothing here decrypts them. */
export const exportedState = z.looseObject({
  deployment: z
    .looseObject({
      resources: z.array(resource).nullish(),
      pending_operations: z.array(pendingOperation).nullish(),
    })
    .nullish(),
});

export type ExportedState = z.output<typeof exportedState>;

/** Types of what has the resources of an application or a namespace; the logical name says of which. */
const rootTypes = {
  application: "secrets:applications:ApplicationSecrets",
  namespace: "secrets:delivery:NamespaceSecrets",
  generated: "secrets:generated:GeneratedSecrets",
} as const;

/** A URN without the stack's name in it, which is the same in every part: `<type>::<name>`. */
export function placeOf(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

/**
 * URNs of the components that have all resources of some applications: their values and objects, and the namespaces that
 * get them. Pure.
 */
export function rootsOf(whole: Environment, applications: readonly string[], state: ExportedState): readonly string[] {
  const wanted = new Set([
    ...applications.map((app) => `${rootTypes.application}::${app}`),
    ...namespacesOf(whole, applications).map((key) => `${rootTypes.namespace}::${key}`),
  ]);
  const isGenerated = (place: string) =>
    place.startsWith(`${rootTypes.generated}::`) && applications.some((app) => place.endsWith(`/${app}`));
  return resourcesIn(state)
    .map(({ urn }) => urn)
    .filter((urn) => wanted.has(placeOf(urn)) || isGenerated(placeOf(urn)));
}

/** Logical names of the namespaces that get secrets of applications. */
function namespacesOf({ namespaces, secrets }: Environment, applications: readonly string[]): readonly string[] {
  const ids = new Set(secrets.filter(({ app }) => applications.includes(app)).map(({ id }) => id));
  return namespaces
    .filter(({ deliveries }) => deliveries.some((each) => sourcesOf(each).some(({ secret }) => ids.has(secret))))
    .map(({ key }) => key);
}

export function resourcesIn({ deployment }: ExportedState): readonly z.output<typeof resource>[] {
  return deployment?.resources ?? [];
}

/** Whether a run was killed on its way, whose work the next `pulumi up` has to finish. */
export function isPending({ deployment }: ExportedState): boolean {
  return unfinished(deployment?.pending_operations, deployment?.resources).length > 0;
}

/** The resources below some, themselves included. Pure. */
export function familyOf(state: ExportedState, roots: readonly string[]): ReadonlySet<string> {
  const family = new Set(roots);
  // A parent stands before its children in every state.
  for (const { urn, parent } of resourcesIn(state)) if (parent !== undefined && family.has(parent)) family.add(urn);
  return family;
}

/** A state without some of its resources. What depends on them forgets that. Pure. */
export function withoutResources(state: ExportedState, gone: ReadonlySet<string>): ExportedState {
  const { deployment } = state;
  if (deployment === null || deployment === undefined) return state;
  return {
    ...state,
    deployment: {
      ...deployment,
      resources: resourcesIn(state)
        .filter(({ urn }) => !gone.has(urn))
        .map((each) => withoutDependencies(each, gone)),
    },
  };
}

function withoutDependencies(each: z.output<typeof resource>, gone: ReadonlySet<string>): z.output<typeof resource> {
  const isLeft = (urn: unknown) => typeof urn !== "string" || !gone.has(urn);
  const { dependencies, propertyDependencies } = each;
  return {
    ...each,
    ...(Array.isArray(dependencies) ? { dependencies: dependencies.filter(isLeft) } : {}),
    ...(typeof propertyDependencies === "object" && propertyDependencies !== null
      ? {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([name, urns]) => [
              name,
              Array.isArray(urns) ? urns.filter(isLeft) : (urns as unknown),
            ]),
          ),
        }
      : {}),
  };
}
