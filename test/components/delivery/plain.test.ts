import assert from "node:assert/strict";
import { runFailing, runProgram } from "../../support/mocks.ts";
import { SecretInput } from "../../support/recording.ts";
import { namespaceScene, partialDelivery, wholeDelivery, type Scene } from "./scene.ts";

const plain = "kubernetes:core/v1:Secret";
const patch = "kubernetes:core/v1:SecretPatch";

const deliver = async (scene: Partial<Scene> = {}) =>
  (await runProgram(() => namespaceScene({ via: "plain", ...scene }))).resources;

describe("delivering plain Secrets", () => {
  it("makes one Secret, its values secret as a whole, and nothing that a remote store would need", async () => {
    const resources = await deliver();
    assert.deepEqual(resources.contents, [
      "kubernetes:core/v1:Secret main/shop/shop-db",
      "pulumi:providers:kubernetes main",
      "secrets:delivery:NamespaceSecrets main/shop",
    ]);
    const { inputs, options, parent } = resources.find(plain, "main/shop/shop-db");
    assert.deepEqual(inputs, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "shop-db",
        namespace: "shop",
        annotations: { "multicloud-secrets/stack": "acme/test", "pulumi.com/patchForce": "true" },
      },
      stringData: new SecretInput({ password: "value-of-db-5d1f", username: "user-of-db-5d1f" }),
      type: "Opaque",
    });
    assert.deepEqual([options.retainOnDelete, parent], [false, "main/shop"]);
  });

  it("takes single keys of several secrets under the consumer's names", async () => {
    const { inputs } = (await deliver({ deliveries: [partialDelivery] })).find(plain, "main/shop/shop-mixed");
    assert.deepEqual(
      inputs["stringData"],
      new SecretInput({ API_TOKEN: "value-of-api-77aa", DB_PASSWORD: "value-of-db-5d1f" }),
    );
  });

  it("has the bytes of a value that is base64, owned or merged", async () => {
    const keys = [
      { key: "keystore", secret: "shop/db", from: "password", bytes: true as const },
      { key: "username", secret: "shop/db", from: "username" },
    ];
    const owned = (await deliver({ deliveries: [{ ...wholeDelivery, keys }] })).find(plain, "main/shop/shop-db").inputs;
    assert.deepEqual(
      [owned["data"], owned["stringData"]],
      [new SecretInput({ keystore: "value-of-db-5d1f" }), new SecretInput({ username: "user-of-db-5d1f" })],
    );
    const merged = await deliver({ deliveries: [{ ...wholeDelivery, keys, merge: true }] });
    assert.deepEqual(
      merged.find(patch, "main/shop/shop-db").inputs["data"],
      new SecretInput({ keystore: "value-of-db-5d1f", username: "dXNlci1vZi1kYi01ZDFm" }),
    );
  });

  for (const [why, delivery] of [
    ["belongs to somebody else", { ...wholeDelivery, merge: true }],
    ["existed before, and is taken over", { ...wholeDelivery, existing: "adopt" }],
    ["existed before, and is merged into", { ...wholeDelivery, existing: "merge" }],
  ] as const) {
    it(`patches a Secret that ${why}, by force, neither makes nor types it, and takes no key out of it when it ends`, async () => {
      const resources = await deliver({ deliveries: [delivery], retain: false });
      resources.assertNone(plain);
      const { inputs, options, parent } = resources.find(patch, "main/shop/shop-db");
      assert.deepEqual(inputs, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { annotations: { "pulumi.com/patchForce": "true" }, name: "shop-db", namespace: "shop" },
        data: new SecretInput({ password: "dmFsdWUtb2YtZGItNWQxZg==", username: "dXNlci1vZi1kYi01ZDFm" }),
      });
      assert.deepEqual([options.retainOnDelete, parent], [true, "main/shop"]);
    });
  }

  it("replaces a Secret that existed before, where facts say so", async () => {
    const resources = await deliver({ deliveries: [{ ...wholeDelivery, existing: "overwrite" }] });
    resources.assertNone(patch);
    assert.equal(resources.find(plain, "main/shop/shop-db").options.retainOnDelete, false);
  });

  it("leaves a Secret standing where the policy says so", async () => {
    const resources = await deliver({ retain: true });
    assert.equal(resources.find(plain, "main/shop/shop-db").options.retainOnDelete, true);
  });

  it("rejects a secret that lies in no store of this kind", async () => {
    const keys = [{ key: "a", secret: "shop/none", from: "a" }];
    const { errors } = await runFailing(() =>
      namespaceScene({ via: "plain", deliveries: [{ ...wholeDelivery, keys }] }),
    );
    assert.equal((errors[0] as Error).message, "shop/shop-db reads shop/none, which is not embedded");
  });
});
