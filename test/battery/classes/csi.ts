import { accepted, at, canary, refused, type CaseClass, type Input } from "../case.ts";
import { each } from "../catalogue-changes.ts";

/** Delivers the Secret of a namespace via csi, with these facts of the driver; `null`: there are none. */
const mounting =
  (namespace: string, driver: unknown = {}) =>
  (input: Input) => {
    at(input.facts, "namespaces", namespace)["via"] = "csi";
    if (driver !== null) at(input.facts, "clusters", "main")["secretsStoreCsi"] = driver;
  };

/** The same, with another change. */
const also = (first: (input: Input) => void, change: (input: Input) => void) => (input: Input) => {
  first(input);
  change(input);
};
const delivery = (change: object) => (input: Input) => {
  Object.assign(at(input.catalogue, "shop", "deliveries", 0), change);
};
const chart = (charts: unknown) => mounting("shop", { charts });

/** What is delivered through the Secrets Store CSI driver. */
export const csiDeliveries: CaseClass = {
  title: "deliveries through the CSI driver",
  cases: [
    ...accepted({
      "Vault, its operator for the others": mounting("shop"),
      "parameters, one for each key": mounting("till"),
      "a bundle of Secrets Manager": mounting("depot"),
      "a Key Vault with one secret for each key": mounting("office"),
      "a driver of the platform": mounting("shop", { install: false }),
      "Secrets of the files, with a type": also(
        mounting("shop", { syncSecret: true }),
        delivery({ labels: { a: "b" } }),
      ),
      "a mirror of all charts": chart({ driver: { repository: "https://charts.example.com", version: "1.6.0" } }),
      "a chart in a registry": chart({ vault: { chart: "oci://registry.example.com/vault", version: "0.32.0" } }),
      "a driver that nothing uses": ({ facts }) => void (at(facts, "clusters", "main")["secretsStoreCsi"] = {}),
    }),
    ...refused({
      "no driver": mounting("shop", null),
      "Google Cloud outside of GKE": mounting("stock"),
      "a Key Vault with bundles": also(
        mounting("office"),
        ({ facts }) => void (at(facts, "stores", "azure")["layout"] = "bundle"),
      ),
      "GKE's add-on on another cluster": mounting("shop", { install: false, driver: "secrets-store-gke.csi.k8s.io" }),
      "GKE's add-on, installed, with Secrets": mounting("shop", {
        driver: "secrets-store-gke.csi.k8s.io",
        syncSecret: true,
      }),
      "a driver that there is not": mounting("shop", { driver: "csi.example.com" }),
      ...each({ "a text": "yes", "a list": [true], "a number": 7 }, (driver) => mounting("shop", driver)),
      ...each({ "no seconds": 0, "a fraction": 60.5, "a duration": "2m", "a month": 2_592_000 }, (seconds) =>
        mounting("shop", { rotationPollSeconds: seconds }),
      ),
      ...each({ "no Pods": 0, "half a Pod": 0.5 }, (pods) => mounting("shop", { pods })),
      "a chart of nobody": chart({ akeyless: {} }),
      "a version that is none": chart({ driver: { version: "latest" } }),
      "a value in place of a version": chart({ driver: { version: canary } }),
      "a repository of an address": chart({
        driver: { chart: "oci://registry.example.com/csi", repository: "https://charts.example.com" },
      }),
      "charts of a driver of the platform": mounting("shop", { install: false, charts: { aws: {} } }),
      "keys that are merged": also(mounting("shop"), delivery({ merge: true })),
      "an existing Secret": also(
        mounting("shop"),
        ({ facts }) => void (facts["existingSecrets"] = { "shop/shop-db": "overwrite" }),
      ),
      "a type of no Secret": also(mounting("shop"), delivery({ type: "example.com/db" })),
      "a shared reader": also(
        mounting("shop"),
        ({ facts }) => void (at(facts, "clusters", "main", "externalSecrets")["clusterSecretStore"] = {}),
      ),
      "static credentials": also(
        mounting("shop"),
        ({ facts }) => void (at(facts, "stores", "vault")["staticCredentials"] = true),
      ),
    }),
  ],
};
