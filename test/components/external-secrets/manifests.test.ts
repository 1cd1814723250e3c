import assert from "node:assert/strict";
import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import fc from "fast-check";
import {
  externalSecret,
  goDuration,
  vaultSecretStore,
  type ExternalSecretManifestSpec,
} from "../../../components/external-secrets/manifests.ts";
import type { VaultKvSpec } from "../../../components/backends/vault/kv.ts";

const metadata = { name: "shop-db", namespace: "shop" };

const vault: VaultKvSpec = {
  kind: "vault-kv",
  name: "vault",
  address: "https://vault.example:8200",
  clusterAddress: "https://vault.inside:8200",
  mount: "secret",
  auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
  maxVersions: 10,
};

const spec: ExternalSecretManifestSpec = {
  storeKind: "SecretStore",
  storeName: "secrets-reader",
  target: "shop-db",
  creationPolicy: "Owner",
  refreshInterval: "1h0m0s",
  extract: ["acme-dev/shop/db"],
  data: [],
};

const canonical = { conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" };

const login = { role: "role", mountPath: "kubernetes", account: "secrets-reader" };

describe("SecretStore manifest for Vault", () => {
  it("logs in by the namespace's own service account, with the audience that the role expects", () => {
    assert.deepEqual(
      vaultSecretStore({ name: "secrets-reader", namespace: "shop" }, vault, {
        role: "acme.dev.main.shop",
        mountPath: "kubernetes",
        account: "secrets-reader",
      }),
      {
        apiVersion: "external-secrets.io/v1",
        kind: "SecretStore",
        metadata: { name: "secrets-reader", namespace: "shop" },
        spec: {
          provider: {
            vault: {
              server: "https://vault.inside:8200",
              path: "secret",
              version: "v2",
              auth: {
                kubernetes: {
                  mountPath: "kubernetes",
                  role: "acme.dev.main.shop",
                  serviceAccountRef: { name: "secrets-reader", audiences: ["vault"] },
                },
              },
            },
          },
        },
      },
    );
  });

  it("has a Vault namespace and a CA bundle, encoded, only where they are set", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const bare = vaultSecretStore(metadata, vault, login).spec?.provider.vault;
    const full = vaultSecretStore(metadata, { ...vault, namespace: "team", caBundle: pem }, login).spec?.provider.vault;
    assert.ok(bare !== undefined && !("namespace" in bare) && !("caBundle" in bare));
    assert.equal(full?.namespace, "team");
    assert.equal(Buffer.from(full?.caBundle ?? "", "base64").toString(), pem);
  });

  it("says which version it writes over only where it is to", () => {
    const of = (checkAndSet: boolean) =>
      JSON.stringify(vaultSecretStore(metadata, vault, { ...login, checkAndSet }).spec?.provider.vault);
    assert.match(of(true), /"checkAndSet":\{"required":true\}/);
    assert.doesNotMatch(of(false), /checkAndSet/);
  });

  it("fits the schema of the API", () => {
    const full = { ...vault, namespace: "team", caBundle: "x" };
    new SecretStore(vaultSecretStore(metadata, full, { ...login, checkAndSet: true })).validate();
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
