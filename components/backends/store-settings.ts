import type { ClusterSpec } from "../clusters/contract.ts";
import type { StoreSettings } from "../external-secrets/manifests.ts";
import { backendOf, type RemoteStoreSpec } from "./index.ts";

/** What the SecretStores of a store say on a cluster, besides where they read and how they log in. Pure. */
export function storeSettings(
  store: RemoteStoreSpec,
  { externalSecrets: { controllerClass } }: Pick<ClusterSpec, "externalSecrets">,
): StoreSettings {
  const { retrySettings } = store;
  const number = backendOf(store).retryNumber;
  return {
    ...(controllerClass === undefined ? {} : { controller: controllerClass }),
    ...(retrySettings === undefined || number === undefined
      ? {}
      : {
          retrySettings: {
            maxRetries: number(retrySettings.maxRetries),
            ...(retrySettings.intervalSeconds === undefined
              ? {}
              : { retryInterval: `${retrySettings.intervalSeconds}s` }),
          },
        }),
  };
}
