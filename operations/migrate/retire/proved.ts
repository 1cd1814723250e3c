import type { Issue } from "../../../components/support/messages/errors.ts";
import { ownerAnnotation } from "../../../components/clusters/owner.ts";
import { issueAt, placeText } from "../model.ts";
import { placeOf, type PlannedSecret } from "../plan/model.ts";
import type { LiveExternalSecret, LiveSecret } from "../run/cluster.ts";
import { isOurs } from "../run/holders.ts";
import { doctorCommand } from "../run/model.ts";

/** A Secret that was migrated, as it is now. */
export interface MigratedSecret {
  readonly namespace: string;
  readonly name: string;
  /** What was migrated of it. */
  readonly keys: readonly string[];
  readonly live: LiveSecret | undefined;
  /** The ExternalSecrets that write it. */
  readonly writers: readonly LiveExternalSecret[];
  /** What the sources still hold of it; absent where they hold nothing. */
  readonly planned?: PlannedSecret;
}

/**
 * What keeps the sources of a Secret from going: it is not this stack's, somebody else writes it as well, or a value in a
 * source is not the one in use. No value is in it. Pure.
 */
export function unproved(secret: MigratedSecret, environment: string): readonly Issue[] {
  const { live, writers, planned } = secret;
  const place = placeOf(secret);
  const path = `Secret ${place}`;
  const fix = doctorCommand(place, environment);
  if (live === undefined) return [{ path, problem: "does not exist, so its sources are all that there is", fix }];
  const [ours, others] = [true, false].map((own) => writers.filter((each) => isOurs(each, environment) === own));
  const issues: Issue[] = [];
  const isMarked = live.annotations[ownerAnnotation]?.endsWith(`/${environment}`) === true;
  if (!isMarked && (ours ?? []).length === 0)
    issues.push({ path, problem: `is not delivered by environment ${environment}`, fix });
  for (const { name, isReady, message } of ours ?? [])
    if (!isReady)
      issues.push({ path, problem: `is delivered by ExternalSecret ${name}, which is not ready: ${message}`, fix });
  for (const { name } of others ?? [])
    issues.push({
      path,
      problem: `is written by ExternalSecret ${name} as well`,
      fix: `kubectl get externalsecret ${name} -n ${secret.namespace} -o yaml`,
    });
  const missing = secret.keys.filter((key) => !live.values.has(key));
  if (missing.length > 0) issues.push({ path, problem: `lacks ${missing.join(", ")}`, fix });
  issues.push(...owned(secret, live));
  return [...issues, ...(planned === undefined ? [] : differing(planned, live)), ...pruned(secret, live)];
}

/** A Secret that the Secrets Store CSI driver made goes with the last of the Pods that mounted it, or their ReplicaSet. */
function owned({ namespace, name }: MigratedSecret, { owners }: LiveSecret): readonly Issue[] {
  if (owners.length === 0 || owners.some(({ kind }) => kind === "ExternalSecret" || kind === "SealedSecret")) return [];
  const listed = owners.map((each) => `${each.kind} ${each.name}`).join(", ");
  const problem = `is owned by ${listed}, and is deleted with it`;
  const patch = `'{"metadata":{"ownerReferences":null}}'`;
  const fix = `once no Pod mounts it as a volume of the CSI driver: kubectl patch secret ${name} -n ${namespace} --type merge -p ${patch}`;
  return [{ path: `Secret ${namespace}/${name}`, problem, fix }];
}

function differing({ keys, ...secret }: PlannedSecret, live: LiveSecret): readonly Issue[] {
  return keys.flatMap(({ name, old }) =>
    old
      .filter(({ value }) => live.values.get(name)?.equals(value) === false)
      .map(({ at }) =>
        issueAt(
          at,
          `has another value of ${name} than Secret ${placeOf(secret)} in use`,
          "see which one is right; an old one of before a rotation is yours to remove",
        ),
      ),
  );
}

/** Tools that delete what is no longer in the files that they apply, by what they note on objects. */
const pruners: readonly {
  readonly tool: string;
  readonly kind: "labels" | "annotations";
  readonly mark: RegExp;
  /** Annotation by which the tool leaves an object. */
  readonly keep?: readonly [name: string, value: string];
}[] = [
  {
    tool: "Argo CD",
    kind: "annotations",
    mark: /^argocd\.argoproj\.io\/tracking-id$/,
    keep: ["argocd.argoproj.io/sync-options", "Prune=false"],
  },
  {
    tool: "Argo CD",
    kind: "labels",
    mark: /^argocd\.argoproj\.io\/instance$/,
    keep: ["argocd.argoproj.io/sync-options", "Prune=false"],
  },
  {
    tool: "Flux",
    kind: "labels",
    mark: /^kustomize\.toolkit\.fluxcd\.io\//,
    keep: ["kustomize.toolkit.fluxcd.io/prune", "disabled"],
  },
  { tool: "an ApplySet of kubectl", kind: "labels", mark: /^applyset\.kubernetes\.io\/part-of$/ },
];

/** A Secret whose manifest goes would go with it, where a tool prunes. */
function pruned({ namespace, name, planned }: MigratedSecret, live: LiveSecret): readonly Issue[] {
  const manifests = (planned?.sources ?? []).filter(({ source }) => source === "secret" || source === "kustomization");
  const found = pruners.find(({ kind, mark }) => Object.keys(live[kind]).some((each) => mark.test(each)));
  const [manifest] = manifests;
  if (manifest === undefined || found === undefined) return [];
  const { tool, keep } = found;
  if (keep !== undefined && live.annotations[keep[0]]?.includes(keep[1]) === true) return [];
  const fix =
    keep === undefined
      ? `kubectl label secret ${name} -n ${namespace} applyset.kubernetes.io/part-of-`
      : `annotate it there, and roll that out: ${keep[0]}: ${keep[1]}`;
  const problem = `belongs to ${tool}, which deletes it when ${placeText(manifest.at)} no longer has it`;
  return [{ path: `Secret ${placeOf({ namespace, name })}`, problem, fix }];
}
