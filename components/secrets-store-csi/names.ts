/** Providers of the driver that read stores of ours, as charts are named by them. */
export const csiProviders = ["aws", "azure", "gcp", "vault"] as const;
export type CsiProvider = (typeof csiProviders)[number];

/**
 * Names by which Pods ask for the driver. The second is GKE's add-on for Secret Manager, which reads Google Cloud alone and
 * makes no Secrets.
 */
export const csiDrivers = ["secrets-store.csi.k8s.io", "secrets-store-gke.csi.k8s.io"] as const;
export type CsiDriverName = (typeof csiDrivers)[number];
export const usualDriver: CsiDriverName = csiDrivers[0];
export const gkeDriver: CsiDriverName = csiDrivers[1];
