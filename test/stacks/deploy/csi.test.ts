import assert from "node:assert/strict";
import type { ExternalQueries } from "../../../stacks/deploy/external-queries.ts";
import { facts } from "../../support/fixtures.ts";
import { asSecretProviderClass } from "../../support/secret-provider-class.ts";
import { up, failing } from "../../support/stack.ts";
import { surveyOf, type Existing } from "../../support/survey.ts";

const driverFacts = (driver: object = {}) => ({
  via: "csi",
  clusters: { main: { ...facts.clusters.main, secretsStoreCsi: driver } },
});
const csi = (driver: object = {}) => ({ facts: driverFacts(driver) });
const holding = (...existing: readonly Existing[]): { readonly clusters: ExternalQueries["clusters"] } => ({
  clusters: surveyOf({ main: existing }),
});
const shopDb = { kind: "Secret", namespace: "shop", name: "shop-db" } as const;

const providerClass = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass";

describe("a stack whose Secrets are delivered via csi", () => {
  it("has driver, provider, accounts and SecretProviderClasses, and no operator", async () => {
    const { resources } = await up(csi());
    assert.deepEqual(resources.names("kubernetes:helm.sh/v3:Release"), ["main/csi-driver", "main/csi-vault"]);
    assert.deepEqual(resources.names(providerClass), ["main/shop/shop-db", "main/till/till-api", "main/till/till-db"]);
    for (const name of resources.names(providerClass)) {
      asSecretProviderClass(resources.find(providerClass, name).inputs);
    }
    for (const type of ["ExternalSecret", "SecretStore"]) {
      resources.assertNone(`kubernetes:external-secrets.io/v1:${type}`);
    }
    resources.assertNone("kubernetes:rbac.authorization.k8s.io/v1:Role");
    resources.assertNone("kubernetes:core/v1:Secret");
  });

  it("has no driver where the platform brings one", async () => {
    const { resources } = await up(csi({ install: false }));
    resources.assertNone("kubernetes:helm.sh/v3:Release");
    assert.equal(resources.names(providerClass).length, 3);
  });

  it("mounts one Secret where the operator brings the others, by the same identity", async () => {
    const namespaces = {
      shop: { cluster: "main", store: "vault" },
      till: { cluster: "main", store: "vault", secrets: { "till-db": { via: "csi" } } },
    };
    const { via: _, ...others } = driverFacts();
    const { resources } = await up({ facts: { ...others, namespaces } });
    assert.deepEqual(resources.names(providerClass), ["main/till/till-db"]);
    assert.deepEqual(resources.names("kubernetes:external-secrets.io/v1:ExternalSecret"), [
      "main/shop/shop-db",
      "main/till/till-api",
    ]);
    const { inputs } = resources.find("vault:index/policy:Policy", "main/till/policy");
    const paths = [...String(inputs["policy"]).matchAll(/^path "(?<path>[^"]+)"/gm)].map((each) => each[1]);
    assert.deepEqual(paths, ["secret/data/acme-test/shop/db", "secret/data/acme-test/till/api"]);
    assert.equal(
      resources.names("kubernetes:core/v1:ServiceAccount").filter((name) => name.startsWith("main/till")).length,
      1,
    );
  });

  it("meets no Secret of others where Pods have files alone", async () => {
    const { resources } = await up({ ...csi(), ...holding(shopDb) });
    assert.ok(resources.names(providerClass).includes("main/shop/shop-db"));
  });

  it("refuses a Secret that exists where the driver would make one, unless the driver made it", async () => {
    const { error, resources } = await failing({ ...csi({ syncSecret: true }), ...holding(shopDb) });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        "  clusters.main: Secret shop/shop-db exists, and the CSI driver did not make it: it would keep its values, and be deleted with the last Pod that mounts shop-db",
        "    fix: in the catalogue, give the delivery another secretName",
        "    or have files alone: pulumi config set --path 'clusters.main.secretsStoreCsi.syncSecret' false",
        "    or deliver it by the operator: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret",
      ].join("\n"),
    );
    resources.assertNone(providerClass);
    resources.assertNone("kubernetes:helm.sh/v3:Release");
    const labels = { "secrets-store.csi.k8s.io/managed": "true" };
    await up({ ...csi({ syncSecret: true }), ...holding({ ...shopDb, labels }) });
  });

  it("refuses it too where files were mounted so far, and a Secret is to be made of them now", async () => {
    const { state } = await up(csi());
    const { error } = await failing({ ...csi({ syncSecret: true }), ...holding(shopDb), state });
    assert.match(error.message, /Secret shop\/shop-db exists, and the CSI driver did not make it/);
    const { state: synced } = await up(csi({ syncSecret: true }));
    await up({ ...csi({ syncSecret: true }), ...holding(shopDb), state: synced });
  });

  it("refuses a SecretProviderClass of others", async () => {
    const existing = { kind: "SecretProviderClass", namespace: "shop", name: "shop-db" } as const;
    const { error } = await failing({ ...csi(), ...holding(existing) });
    assert.match(error.message, /SecretProviderClass shop\/shop-db exists and is not managed by this stack/);
  });

  it("refuses to give a Secret to another way while Pods may mount it, with the way to move", async () => {
    const { state: mounted } = await up(csi());
    const back = await failing({ facts: { applications: ["shop"] }, state: mounted, secret: {} });
    assert.match(
      back.error.message,
      /Secret shop-db is what Pods mount through a SecretProviderClass of this stack, which this change would delete together with the Secret\n {4}fix: .* csi\n {4}or move/,
    );
  });

  it("never changes the type of a Secret that the driver made", async () => {
    const { state } = await up(csi({ syncSecret: true }));
    const catalogue = {
      shop: {
        secrets: { db: { keys: { password: { kind: "literal", value: "x" } } } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"], type: "kubernetes.io/basic-auth" }],
      },
    } as const;
    const { error } = await failing({ ...csi({ syncSecret: true }), catalogue, state, secret: {} });
    assert.match(
      error.message,
      /Secret shop\/shop-db has type Opaque, and its delivery now says kubernetes\.io\/basic-auth/,
    );
  });
});
