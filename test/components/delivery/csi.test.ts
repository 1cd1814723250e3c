import assert from "node:assert/strict";
import { parse } from "yaml";
import { runProgram } from "../../support/mocks.ts";
import { asSecretProviderClass } from "../../support/secret-provider-class.ts";
import { namespaceScene, partialDelivery, wholeDelivery, type Scene } from "./scene.ts";

const providerClass = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass";
const account = "kubernetes:core/v1:ServiceAccount";

async function deliver(scene: Partial<Scene> = {}) {
  const { resources } = await runProgram(() => namespaceScene({ via: "csi", ...scene }));
  return resources;
}

const manifestOf = async (scene: Partial<Scene>, secretName = "shop-db") =>
  asSecretProviderClass((await deliver(scene)).find(providerClass, `main/shop/${secretName}`).inputs);

describe("delivering through the Secrets Store CSI driver", () => {
  it("makes a SecretProviderClass, and an account for which nobody else may ask for tokens", async () => {
    const resources = await deliver();
    const own = resources.all.filter(({ parent }) => parent === "main/shop").map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(own.sort(), [
      "kubernetes:core/v1:ServiceAccount main/shop/service-account",
      "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass main/shop/shop-db",
      "vault:index/policy:Policy main/shop/policy",
      "vault:kubernetes/authBackendRole:AuthBackendRole main/shop/role",
    ]);
    assert.deepEqual(resources.find(account, "main/shop/service-account").inputs["metadata"], {
      name: "secrets-reader",
      namespace: "shop",
      annotations: { "multicloud-secrets/stack": "acme/test" },
    });
  });

  it("has files with the consumer's names, of several secrets", async () => {
    const { metadata, spec } = await manifestOf({ deliveries: [partialDelivery], driver: {} }, "shop-mixed");
    assert.deepEqual(metadata, {
      name: "shop-mixed",
      namespace: "shop",
      annotations: { "multicloud-secrets/stack": "acme/test" },
    });
    const { objects = "", ...parameters } = spec.parameters;
    assert.deepEqual([spec.provider, spec.secretObjects], ["vault", undefined]);
    assert.deepEqual(parameters, {
      vaultAddress: "https://vault.example:8200",
      vaultAuthMountPath: "kubernetes",
      roleName: "acme.test.main.shop",
      audience: "vault",
    });
    assert.deepEqual(parse(objects), [
      { objectName: "API_TOKEN", secretPath: "secret/data/acme-test/shop/api", secretKey: "token" },
      { objectName: "DB_PASSWORD", secretPath: "secret/data/acme-test/shop/db", secretKey: "password" },
    ]);
  });

  it("may read the objects of those files, and nothing else", async () => {
    const resources = await deliver({ deliveries: [wholeDelivery] });
    assert.deepEqual(resources.find("vault:index/policy:Policy", "main/shop/policy").inputs, {
      name: "acme.test.main.shop",
      policy: 'path "secret/data/acme-test/shop/db" {\n  capabilities = ["read"]\n}\n',
    });
  });

  it("has the driver make a Secret where facts say so, each key of its file, with a type", async () => {
    const { spec } = await manifestOf({});
    assert.deepEqual(spec.secretObjects, [
      {
        secretName: "shop-db",
        type: "Opaque",
        annotations: { "multicloud-secrets/stack": "acme/test" },
        data: [
          { objectName: "password", key: "password" },
          { objectName: "username", key: "username" },
        ],
      },
    ]);
  });

  it("gives that Secret its type, labels and annotations", async () => {
    const shaped = {
      ...wholeDelivery,
      type: "kubernetes.io/basic-auth",
      labels: { "example.com/team": "shop" },
      annotations: { "example.com/owner": "shop" },
    };
    const [secret] = (await manifestOf({ deliveries: [shaped] })).spec.secretObjects ?? [];
    assert.deepEqual(
      [secret?.type, secret?.labels, secret?.annotations],
      [shaped.type, shaped.labels, { ...shaped.annotations, "multicloud-secrets/stack": "acme/test" }],
    );
  });

  it("calls the provider of GKE's add-on by its name", async () => {
    const driver = { install: false, driver: "secrets-store-gke.csi.k8s.io" };
    assert.equal((await manifestOf({ driver })).spec.provider, "gke");
  });

  it("stays no longer than the stack, also where Secrets do: its Secret is the Pods'", async () => {
    const { options } = (await deliver({ retain: true })).find(providerClass, "main/shop/shop-db");
    assert.notEqual(options.retainOnDelete, true);
  });
});
