import { ownerAnnotation } from "../../../components/clusters/owner.ts";
import { placeOf } from "../plan/model.ts";
import type { LiveExternalSecret, LiveSecret, MigrationCluster, Place } from "./cluster.ts";
import type { Mode } from "./model.ts";

/** Who else writes a Secret that is to be taken over. */
export interface Holders {
  /** The one ExternalSecret that writes it, and that can be taken away. */
  readonly writer?: LiveExternalSecret;
  /** What keeps the Secret from being taken over. */
  readonly obstacle?: { readonly problem: string; readonly fix: string };
}

export interface HoldersArgs {
  readonly cluster: MigrationCluster;
  readonly secret: Place & { readonly mode: Mode };
  readonly live: LiveSecret;
  readonly environment: string;
}

/** Asks who else writes a Secret, whether they own it or not. */
export async function holdersOf({ cluster, secret, live, environment }: HoldersArgs): Promise<Holders> {
  const { kind, name = "" } = live.controller ?? {};
  if (kind !== undefined && kind !== "ExternalSecret" && kind !== "SealedSecret") {
    const problem = `is controlled by ${kind} ${name}, which would write it again`;
    return { obstacle: { problem, fix: "have that let go of the Secret (remove its ownerReference)" } };
  }
  const writers = (await cluster.writersOf(secret)).filter((each) => !isOurs(each, environment));
  const [writer, another] = writers;
  if (writer === undefined) return {};
  if (another !== undefined) {
    const problem = `is written by several ExternalSecrets: ${writers.map((each) => each.name).join(", ")}`;
    return { obstacle: { problem, fix: "leave one of them, which the migration takes away" } };
  }
  const what = `ExternalSecret ${placeOf({ ...secret, name: writer.name })}`;
  const tool = toolOf(writer);
  if (tool !== undefined) {
    const problem = `is written by ${what}, which belongs to ${tool}, and would be made again`;
    return { obstacle: { problem, fix: letGoThere } };
  }
  if (secret.mode === "in-place") {
    const problem = `is written by ${what}, and the catalogue generates a key of it`;
    return { obstacle: { problem, fix: 'make its keys provided("…") in the catalogue' } };
  }
  return { writer };
}

const letGoThere =
  "set its target.creationPolicy to Orphan and its target.deletionPolicy to Retain there, roll that out, and remove it there";

/** An earlier run may have got as far as its own. */
export function isOurs({ annotations }: Pick<LiveExternalSecret, "annotations">, environment: string): boolean {
  return annotations[ownerAnnotation]?.endsWith(`/${environment}`) === true;
}

/** Marks of tools that would make an ExternalSecret again. */
const tools: readonly (readonly [kind: "labels" | "annotations", name: RegExp, tool: string])[] = [
  ["labels", /^app\.kubernetes\.io\/managed-by$/, "Helm"],
  ["labels", /^argocd\.argoproj\.io\//, "Argo CD"],
  ["annotations", /^argocd\.argoproj\.io\//, "Argo CD"],
  ["labels", /^(?:kustomize|helm)\.toolkit\.fluxcd\.io\//, "Flux"],
];

function toolOf(found: LiveExternalSecret): string | undefined {
  const stack = found.annotations[ownerAnnotation];
  if (stack !== undefined) return `stack ${stack}`;
  return tools.find(([kind, mark]) => Object.keys(found[kind]).some((each) => mark.test(each)))?.[2];
}

/** An ExternalSecret as it is made again. */
export function manifestOf(
  { namespace }: Pick<Place, "namespace">,
  { name, labels, annotations, spec }: LiveExternalSecret,
): Record<string, unknown> {
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith("kubectl.kubernetes.io/"));
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { namespace, name, labels, annotations: Object.fromEntries(kept) },
    spec,
  };
}
