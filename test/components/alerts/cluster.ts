import { alerts, alertsSpec } from "../../../components/alerts/facts.ts";
import type { AlertedCluster, AlertRule } from "../../../components/alerts/contract.ts";
import { ruleSets } from "../../../components/alerts/rules/index.ts";

/** The spec of alerts from facts. */
export const specOf = (facts: object = {}) => alertsSpec(alerts.parse(facts));

/** A cluster with everything that alerts are about. Prometheus's tests begin in 1970. */
export const alertedCluster: AlertedCluster = {
  cluster: "main",
  owner: "acme/test",
  spec: specOf({ runbooks: "https://runbooks.example/alerts.md" }),
  operator: {
    namespace: "operators",
    job: "external-secrets-metrics",
    webhook: { job: "external-secrets-webhook", certificateJob: "external-secrets-cert-controller-metrics" },
    clusterStores: true,
    pushSecrets: true,
  },
  due: [
    { id: "shop/db", rotateBy: "1970-01-20" },
    { id: "till/api", rotateBy: "1970-06-01" },
  ],
  certificates: [
    { name: "stores.vault.caBundle", notAfter: new Date("1970-03-02T00:00:00Z") },
    {
      name: "clusters.main.sealedSecrets",
      notAfter: new Date("1980-01-01T00:00:00Z"),
      sealsSince: new Date("1970-01-02T00:00:00Z"),
    },
  ],
  sealing: { fetchCertificate: "kubeseal --fetch-cert --controller-namespace kube-system --controller-name sealed" },
};

/** Every rule of a cluster. */
export function rulesOf(cluster: AlertedCluster) {
  return ruleSets(cluster).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
}

/** Every alert of a cluster. */
export function alertsOf(cluster: AlertedCluster): readonly AlertRule[] {
  return rulesOf(cluster).filter((rule) => "alert" in rule);
}
