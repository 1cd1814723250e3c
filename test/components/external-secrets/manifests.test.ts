import assert from "node:assert/strict";
import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import fc from "fast-check";
import {
  clusterSecretStore,
  externalSecret,
  goDuration,
  loginReference,
  secretStore,
  type ExternalSecretManifestSpec,
} from "../../../components/external-secrets/manifests.ts";

const metadata = { name: "shop-db", namespace: "shop" };

const spec: ExternalSecretManifestSpec = {
  storeKind: "SecretStore",
  storeName: "secrets-reader",
  target: "shop-db",
  creationPolicy: "Owner",
  refreshPolicy: "Periodic",
  refreshInterval: "1h0m0s",
  extract: ["acme-dev/shop/db"],
  data: [],
};

const canonical = { conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" };

describe("manifests of stores", () => {
  const provider = { fake: { data: [{ key: "a", value: "b" }] } };

  it("are of a namespace, or of the whole cluster with the namespaces that may use it, sorted", () => {
    const apiVersion = "external-secrets.io/v1";
    assert.deepEqual(secretStore(metadata, provider), {
      apiVersion,
      kind: "SecretStore",
      metadata,
      spec: { provider },
    });
    assert.deepEqual(clusterSecretStore({ name: "all" }, provider, ["till", "shop"]), {
      apiVersion,
      kind: "ClusterSecretStore",
      metadata: { name: "all" },
      spec: { provider, conditions: [{ namespaces: ["shop", "till"] }] },
    });
  });

  it("are open to every namespace where none is named", () => {
    assert.deepEqual(clusterSecretStore({ name: "all" }, provider, undefined).spec, { provider });
  });

  it("refer to what lies in a namespace only where one is given", () => {
    assert.deepEqual(loginReference({ name: "a", key: "b" }), { name: "a", key: "b" });
    assert.deepEqual(loginReference({ name: "a" }, { namespace: "shop" }), { name: "a", namespace: "shop" });
  });
});

describe("ExternalSecret manifest", () => {
  it("reads whole objects, with every field that the operator would default", () => {
    assert.deepEqual(externalSecret(metadata, spec), {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata,
      spec: {
        refreshPolicy: "Periodic",
        refreshInterval: "1h0m0s",
        secretStoreRef: { kind: "SecretStore", name: "secrets-reader" },
        target: { name: "shop-db", creationPolicy: "Owner", deletionPolicy: "Retain" },
        dataFrom: [{ extract: { key: "acme-dev/shop/db", ...canonical } }],
      },
    });
  });

  it("reads single keys, with the same defaults", () => {
    const data = [{ secretKey: "password", ref: { key: "acme-dev/shop/db", property: "password" } }];
    const { spec: body } = externalSecret(metadata, { ...spec, extract: [], data });
    assert.deepEqual(body?.data, [
      { secretKey: "password", remoteRef: { key: "acme-dev/shop/db", property: "password", ...canonical } },
    ]);
    assert.ok(!("dataFrom" in body));
  });

  const labels = { "argocd.argoproj.io/secret-type": "repository" };
  const annotations = { "example.com/owner": "shop" };
  const fixed = { engineVersion: "v2", mergePolicy: "Merge" };
  for (const [what, blueprint, template] of [
    ["nothing", {}, undefined],
    ["no label and no annotation", { labels: {}, annotations: {} }, undefined],
    ["a type", { type: "kubernetes.io/tls" }, { ...fixed, type: "kubernetes.io/tls" }],
    ["labels", { labels }, { ...fixed, metadata: { labels } }],
    ["annotations", { annotations }, { ...fixed, metadata: { annotations } }],
    [
      "all of them",
      { type: "kubernetes.io/tls", labels, annotations },
      { ...fixed, type: "kubernetes.io/tls", metadata: { labels, annotations } },
    ],
  ] as const) {
    it(`has a template, if at all, for what its Secret is to have besides its keys: ${what}`, () => {
      const manifest = externalSecret(metadata, { ...spec, blueprint });
      const target = { name: "shop-db", creationPolicy: "Owner", deletionPolicy: "Retain" };
      assert.deepEqual(manifest.spec?.target, template === undefined ? target : { ...target, template });
      new ExternalSecret(manifest).validate();
    });
  }

  for (const creationPolicy of ["Owner", "Orphan", "Merge"] as const) {
    it(`never deletes values that are gone from the store, and fits the schema, with policy ${creationPolicy}`, () => {
      const data = [{ secretKey: "password", ref: { key: "acme-dev/shop/db", property: "password" } }];
      const manifest = externalSecret(metadata, { ...spec, creationPolicy, data });
      assert.equal(manifest.spec?.target?.deletionPolicy, "Retain");
      assert.equal(manifest.spec?.target?.creationPolicy, creationPolicy);
      new ExternalSecret(manifest).validate();
    });
  }

  it("rejects, by the same schema, what the API would not take", () => {
    const manifest = externalSecret(metadata, { ...spec, creationPolicy: "Keep" as "Owner" });
    assert.throws(() => new ExternalSecret(manifest).validate(), /creationPolicy|enum|allowed values/);
  });
});

describe("durations as Go prints them", () => {
  for (const [seconds, text] of [
    [0, "0s"],
    [1, "1s"],
    [59, "59s"],
    [60, "1m0s"],
    [61, "1m1s"],
    [300, "5m0s"],
    [3599, "59m59s"],
    [3600, "1h0m0s"],
    [3661, "1h1m1s"],
    [86400, "24h0m0s"],
    [90061, "25h1m1s"],
  ] as const) {
    it(`write ${seconds} seconds as ${text}`, () => {
      assert.equal(goDuration(seconds), text);
    });
  }

  it("mean the seconds that they were made of", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), (seconds) => {
        const [, hours = 0, minutes = 0, rest = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(\d+)s$/.exec(goDuration(seconds)) ?? [];
        assert.equal(Number(hours) * 3600 + Number(minutes) * 60 + Number(rest), seconds);
      }),
    );
  });
});
