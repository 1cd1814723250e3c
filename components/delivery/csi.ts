import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { StoredSecret } from "../backends/contract.ts";
import { csiParameters, csiProviderOf } from "../backends/identities.ts";
import type { Login } from "../backends/identity.ts";
import type { RemoteStoreSpec } from "../backends/index.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { ownedBy } from "../clusters/owner.ts";
import type { CsiTarget } from "../secrets-store-csi/driver.ts";
import { secretProviderClass, syncedSecretLabel, type SyncedSecret } from "../secrets-store-csi/manifests.ts";
import { defaultSecretType, isMerged, type Delivered, type Delivery, type DeliverySpec } from "./contract.ts";
import { mountedFiles } from "./mounted-files.ts";
import { readObjects, remoteOnly } from "./selection.ts";
import type { Switching } from "./switching.ts";

export interface CsiDeliveryArgs {
  readonly namespaceKey: string;
  readonly store: RemoteStoreSpec;
  readonly cluster: ClusterSpec;
  /** How the namespace's account logs in to the store. */
  readonly login: Login;
  readonly driver: CsiTarget;
  readonly switching: Switching;
  /** The stack that makes them. */
  readonly owner: string;
  readonly dependsOn: readonly Resource[];
  readonly options: CustomResourceOptions;
}

/** Delivers as files that Pods mount, and as Secrets that are there while one does. */
export class CsiDelivery implements Delivery {
  readonly #args: CsiDeliveryArgs;

  constructor(args: CsiDeliveryArgs) {
    this.#args = args;
  }

  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): Delivered {
    const { namespaceKey, store, cluster, login, driver, switching, owner, dependsOn, options } = this.#args;
    const where = `${spec.namespace}/${spec.secretName}`;
    if (isMerged(spec)) throw new Error(`${where} merges, which the driver can't`);
    const remotes = remoteOnly(stored);
    const used = readObjects(spec, remotes).flatMap(({ objects }) => objects);
    const files = mountedFiles(spec, remotes);
    const { syncSecret } = driver.spec;
    // By its label the driver takes the Secret for one that it made. Without, nothing has it any more.
    const taking = switching.takeOver(spec, syncSecret ? { labels: { [syncedSecretLabel]: "true" } } : {});
    const resource = new CustomResource(
      `${namespaceKey}/${spec.secretName}`,
      {
        ...secretProviderClass({
          name: spec.secretName,
          namespace: spec.namespace,
          annotations: ownedBy(owner),
          driver: driver.spec.driver,
          provider: csiProviderOf(store),
          parameters: csiParameters(store, login, { files, cluster }),
          synced: syncSecret ? syncedSecret(spec, owner) : undefined,
        }),
      },
      {
        ...options,
        dependsOn: [...dependsOn, ...taking.dependsOn, ...used.flatMap(({ resources }) => resources)],
        hooks: {
          onError: [driver.explain],
          ...(taking.hooks.length === 0 ? {} : { beforeCreate: [...taking.hooks] }),
        },
      },
    );
    // Its Pods read the store when the driver does.
    return { resources: [resource], isAwaited: false };
  }
}

function syncedSecret(spec: DeliverySpec, owner: string): SyncedSecret {
  const { secretName, type = defaultSecretType, labels = {}, annotations = {} } = spec;
  const keys = spec.keys.map(({ key }) => key);
  return { secretName, type, keys, labels, annotations: { ...annotations, ...ownedBy(owner) } };
}
