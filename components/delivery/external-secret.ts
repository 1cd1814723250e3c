import { all, type CustomResourceOptions, type Resource, type ResourceHook } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { handedOver, ownedBy } from "../clusters/owner.ts";
import { externalSecret, goDuration } from "../external-secrets/manifests.ts";
import {
  readyTimeouts,
  waitForReady,
  type ReadinessHooks,
  type SyncHooks,
} from "../external-secrets/readiness/hooks.ts";
import type { RemoteSecret, StoredSecret } from "../backends/contract.ts";
import type { RemoteStoreKind } from "../backends/index.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { restarts } from "./restarts.ts";
import { isMerged, type Delivered, type Delivery, type DeliverySpec } from "./contract.ts";
import type { Switching } from "./switching.ts";
import { readObjects, remoteOnly, selectReads, type ById } from "./selection.ts";

/** A store of the namespace's own, or one of the whole cluster. */
export interface SecretStoreReference {
  readonly kind: "SecretStore" | "ClusterSecretStore";
  readonly name: string;
}

/** What an ExternalSecret follows from, besides its Secret. */
export interface ExternalSecretPlace {
  /** The store that it reads through. */
  readonly secretStore: SecretStoreReference;
  /**
   * How often ESO reads the store when nothing changed, in seconds, for Secrets that do not say so themselves.
   */
  readonly refreshSeconds: number;
  /** Whether Secrets outlive their ExternalSecret. */
  readonly retain: boolean;
  /** The stack that describes it. */
  readonly owner: string;
}

export interface ExternalSecretDeliveryArgs extends ExternalSecretPlace {
  readonly namespaceKey: string;
  readonly cluster: ClusterSpec;
  readonly storeKind: RemoteStoreKind;
  readonly readiness: ReadinessHooks;
  /** What earlier runs asked for in vain, since there was no Secret to merge into: `force-sync` by resource. */
  readonly unmerged: ReadonlyMap<string, string>;
  /** How Secrets are taken over from SealedSecrets of this stack. Default: none was sealed. */
  readonly release?: ReleaseFromSealed;
  readonly switching: Switching;
  /** Generators of credentials that the store issues, by secret. Default: it issues none. */
  readonly generators?: ReadonlyMap<string, Resource>;
  /** Whether they stay in the cluster when this stack no longer has them, with their Secrets: somebody else goes on with them. */
  readonly handOver: boolean;
  readonly dependsOn: readonly Resource[];
  readonly options: CustomResourceOptions;
}

/** Secrets that SealedSecrets of this stack have delivered so far, and what takes one away from its SealedSecret. */
export interface ReleaseFromSealed {
  /** Resources of the SealedSecrets. */
  readonly sealed: ReadonlySet<string>;
  /** Resources of ExternalSecrets that the state knows already. */
  readonly synced: ReadonlySet<string>;
  readonly hook: ResourceHook;
}

/** Delivers through the External Secrets Operator. */
export class ExternalSecretDelivery implements Delivery {
  readonly #args: ExternalSecretDeliveryArgs;

  constructor(args: ExternalSecretDeliveryArgs) {
    this.#args = args;
  }

  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): Delivered {
    const { namespaceKey, cluster, storeKind, handOver, retain, readiness, release, switching, dependsOn, options } =
      this.#args;
    const name = `${namespaceKey}/${spec.secretName}`;
    const inVain = this.#args.unmerged.get(name);
    const sync = readiness.awaitSync(storeKind);
    const remotes = remoteOnly(stored);
    const used = readObjects(spec, remotes).flatMap(({ objects }) => objects);
    // Any change of metadata makes ESO read at once, so a new value never waits for the refresh interval.
    // Likewise where a change from another delivery was interrupted: who has the Secret now is not in the state.
    const taking = switching.takeOver(spec);
    const released = release?.sealed.has(name) === true;
    const resumed = taking.resumed || (released && release.synced.has(name));
    const before = [...(released ? [release.hook] : []), ...taking.hooks];
    const versions = all(used.map(({ version }) => version)).apply((each) =>
      unlike(inVain, resumed ? `${each.join(".")} taken over` : each.join(".")),
    );
    // A Secret that its ExternalSecret owns would go, should that be made anew by whoever it is handed to.
    const manifest = externalSecretOf(spec, remotes, { ...this.#args, retain: retain || handOver });
    const annotations = { ...manifest.metadata.annotations, ...handedOver(handOver), ...waitForReady };
    const resource = new CustomResource(
      name,
      {
        ...manifest,
        metadata: { ...manifest.metadata, annotations: { ...annotations, "force-sync": versions } },
      },
      {
        ...options,
        ...(handOver ? { retainOnDelete: true } : {}),
        dependsOn: [
          ...dependsOn,
          ...taking.dependsOn,
          ...used.flatMap(({ resources }) => resources),
          ...readObjects(spec, remotes).flatMap(({ secret }) => this.#args.generators?.get(secret) ?? []),
        ],
        customTimeouts: readyTimeouts(storeKind),
        hooks: {
          onError: [readiness.explain],
          ...sync,
          ...(isMerged(spec) ? reporting(sync, readiness) : {}),
          // The operator takes no Secret that another object controls, and that one would take the Secret along when it goes.
          ...(before.length > 0 ? { beforeCreate: before, beforeUpdate: [...before, ...sync.beforeUpdate] } : {}),
        },
      },
    );
    // One that keeps the values of its first sync never has others.
    const isAwaited = spec.refresh?.policy !== "CreatedOnce";
    if (spec.restarts === undefined) return { resources: [resource], isAwaited };
    // Not the cluster's provider: what it makes is no object of a cluster.
    const { provider: _, ...own } = options;
    const { namespace, secretName, restarts: workloads } = spec;
    const restarted = restarts({
      name,
      cluster,
      namespace,
      secretName,
      workloads,
      version: versions,
      secret: resource,
      options: own,
    });
    return { resources: [resource, restarted], isAwaited };
  }
}

/** The ExternalSecret that brings a Secret. Pure. */
export function externalSecretOf(
  spec: DeliverySpec,
  stored: ById<RemoteSecret>,
  { secretStore, refreshSeconds, retain, owner }: ExternalSecretPlace,
): ReturnType<typeof externalSecret> {
  const refresh = spec.refresh ?? { policy: "Periodic", seconds: refreshSeconds };
  return externalSecret(
    { name: spec.secretName, namespace: spec.namespace, annotations: ownedBy(owner) },
    {
      storeKind: secretStore.kind,
      storeName: secretStore.name,
      target: spec.secretName,
      creationPolicy: isMerged(spec) ? "Merge" : retain ? "Orphan" : "Owner",
      blueprint: spec,
      ...(isMerged(spec) ? {} : { marks: ownedBy(owner) }),
      refreshPolicy: refresh.policy,
      // With an interval, an operator that reads on a change only would be called again and again once it has passed
      // (external-secrets v0.20.4, `getRequeueResult`).
      refreshInterval: goDuration(refresh.policy === "Periodic" ? refresh.seconds : 0),
      ...selectReads(spec, stored),
    },
  );
}

/** Keys that wait for a Secret to merge into are not delivered, although the operator reports success. */
function reporting({ afterUpdate }: SyncHooks, { reportUnmerged }: ReadinessHooks) {
  return { afterCreate: [reportUnmerged], afterUpdate: [...afterUpdate, reportUnmerged] };
}

/** A version in other words than those that were of no avail: a merge is tried again in each run until it succeeds. */
function unlike(inVain: string | undefined, version: string): string {
  return version === inVain ? `${version} again` : version;
}
