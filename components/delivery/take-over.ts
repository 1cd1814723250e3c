import { pulumiManager } from "../clusters/pulumi-manager.ts";
import { operatorManager } from "../external-secrets/provenance.ts";
import { controllerAnnotations } from "../sealed-secrets/manifest.ts";
import { keyNamesOf, type DeliverySpec, type Via } from "./contract.ts";

/** What can have delivered a Secret so far that is delivered in another way now. */
export type FormerVia = Exclude<Via, "gitops" | "csi">;

/**
 * What a run does with a Secret of this stack that is delivered in another way than before: the one that exists stays, and
 * changes hands.
 */
export interface Switch {
  /** What has delivered it so far, and would write it, or take it along when it goes. */
  readonly from: readonly FormerVia[];
  /** Whether the state has what delivers it now already, since an earlier run was interrupted or is not finished. */
  readonly registered: boolean;
  /** Whether what delivers it now may have let go of it in an earlier run, and has to be written again. */
  readonly resumed: boolean;
  /** Logical name under which a plain Secret leaves the state without being deleted. Default: there is none. */
  readonly keep?: string;
}

/**
 * Logical names of a plain Secret that somebody else has taken over, and that the next run forgets: `taken-back` where what
 * takes it over had let go of it before.
 *
 * @param name its name while it is delivered plain.
 * @param taken names that the state has.
 */
export function keptName(name: string, how: "kept" | "taken-back", taken: ReadonlySet<string>): string {
  const base = `${name}/${how}`;
  let free = base;
  for (let count = 2; taken.has(free); count += 1) free = `${base}-${count}`;
  return free;
}

/** Which of them a logical name is; `undefined` for any other. */
export function keptAs(name: string, resource: string): "kept" | "taken-back" | undefined {
  if (!resource.startsWith(`${name}/`)) return undefined;
  const [, how] = /^(kept|taken-back)(?:-\d+)?$/.exec(resource.slice(name.length + 1)) ?? [];
  return how === "kept" || how === "taken-back" ? how : undefined;
}

/** A Secret as the API has it, as far as it matters who writes it. */
export interface OwnedSecret {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
}

/** Marks that each of them leaves on its Secret. */
const marks: {
  readonly [K in FormerVia]: { readonly labels?: readonly string[]; readonly annotations: readonly string[] };
} = {
  "external-secret": {
    labels: ["reconcile.external-secrets.io/managed", "reconcile.external-secrets.io/created-by"],
    annotations: ["reconcile.external-secrets.io/data-hash"],
  },
  "sealed-secret": { annotations: Object.values(controllerAnnotations) },
  plain: { annotations: ["pulumi.com/patchForce"] },
};

const ownerKinds: { readonly [K in FormerVia]?: string } = {
  "external-secret": "ExternalSecret",
  "sealed-secret": "SealedSecret",
};

/** What a Secret gets besides when it is taken over. */
export interface TakeOverOptions {
  /** Labels by which whoever has it from now on knows it for its own. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A merge patch (RFC 7396) by which a Secret leaves the hands of `from`: what deletes it together with another object goes,
 * with the marks by which a controller knows it again and the keys that it is not to have any more. All keys that stay
 * become the fields of whoever writes them from now on; otherwise one that is dropped later would stay, since the API server
 * still counts it as the former writer's. No value of the Secret is in it. Pure.
 */
export function takenOver(
  { data = {}, metadata = {} }: OwnedSecret,
  delivery: DeliverySpec,
  from: readonly FormerVia[],
  { labels = {} }: TakeOverOptions = {},
): object {
  const { resourceVersion, ownerReferences = [] } = metadata;
  const wanted = new Set(keyNamesOf(delivery));
  const kinds = from.flatMap((via) => ownerKinds[via] ?? []);
  const without = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
  const fields = Object.fromEntries([...wanted].sort().map((key) => [`f:${key}`, {}]));
  return {
    metadata: {
      // So that an owner that came in between is not removed.
      resourceVersion,
      ownerReferences: ownerReferences.filter(
        ({ kind, name }) => !kinds.includes(kind) || name !== delivery.secretName,
      ),
      labels: { ...without(from.flatMap((via) => marks[via].labels ?? [])), ...labels },
      annotations: without(from.flatMap((via) => marks[via].annotations)),
      managedFields: [
        {
          manager: managerOf(delivery),
          operation: "Update",
          apiVersion: "v1",
          fieldsType: "FieldsV1",
          fieldsV1: { "f:data": { ".": {}, ...fields } },
        },
      ],
    },
    data: without(Object.keys(data).filter((key) => !wanted.has(key))),
  };
}

function managerOf({ via, secretName }: DeliverySpec): string {
  return via === "external-secret" ? operatorManager(secretName) : pulumiManager;
}

/**
 * What makes an ExternalSecret let go of its Secret while it is still there: it looks after another one, which it does not
 * make, and deletes none. With `Orphan` it would go on writing until it is deleted. Pure.
 */
export const releasedTarget = {
  name: "released-by-multicloud-secrets",
  creationPolicy: "None",
  deletionPolicy: "Retain",
} as const;
