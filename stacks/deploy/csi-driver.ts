import { csiAudience, csiCertificates, csiProviderOf } from "../../components/backends/identities.ts";
import type { ClusterTarget } from "../../components/clusters/contract.ts";
import { SecretsStoreCsiDriver, type CsiTarget } from "../../components/secrets-store-csi/driver.ts";
import { explainClassHook } from "../../components/secrets-store-csi/hooks.ts";
import { everyNamespaceOf, type Cluster } from "../config/environment.ts";
import { storesMountedBy } from "../config/store-use.ts";

/** The CSI driver of a cluster, with the providers of the stores that its Pods mount. Absent: they mount none. */
export function csiDriverOf(own: Cluster, cluster: ClusterTarget): CsiTarget | undefined {
  const { spec } = own;
  const { secretsStoreCsi: driver } = spec;
  const stores = storesMountedBy(everyNamespaceOf(own));
  if (driver === undefined || stores.length === 0) return undefined;
  if (!driver.install) return { spec: driver, explain: explainClassHook(spec.name), ready: [] };
  return new SecretsStoreCsiDriver(spec.name, {
    cluster,
    spec: driver,
    providers: [...new Set(stores.map(csiProviderOf))].sort(),
    audiences: [...new Set(stores.flatMap((store) => csiAudience(store, spec) ?? []))].sort(),
    certificates: new Map(
      stores.flatMap((store) => {
        const bundle = csiCertificates(store);
        return bundle === undefined ? [] : [[store.name, bundle] as const];
      }),
    ),
  });
}
