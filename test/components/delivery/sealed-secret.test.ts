import assert from "node:assert/strict";
import { sealedBefore } from "../../../components/sealed-secrets/resealing.ts";
import { runFailing, runProgram } from "../../support/mocks.ts";
import { unseal } from "../sealed-secrets/unseal.ts";
import { namespaceScene, partialDelivery, sealingKeys, wholeDelivery, type Scene } from "./scene.ts";

const sealed = "kubernetes:bitnami.com/v1alpha1:SealedSecret";
const name = "main/shop/shop-db";
const prefix = "sealedsecrets.bitnami.com";

const deliver = async (scene: Partial<Scene> = {}) =>
  (await runProgram(() => namespaceScene({ via: "sealed-secret", ...scene }))).resources;

interface Inputs {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly encryptedData: Readonly<Record<string, string>>;
    readonly template: { readonly type: string; readonly metadata: object };
  };
}

/** The SealedSecret of a scene with one. */
const one = async (scene: Partial<Scene> = {}, resource = name) => {
  const { inputs, options } = (await deliver(scene)).find(sealed, resource);
  return { inputs: inputs as unknown as Inputs, hooks: options.hooks };
};

const opened = ({ spec }: Inputs, label: string) =>
  Object.fromEntries(
    Object.entries(spec.encryptedData).map(([key, text]) => [key, unseal(text, sealingKeys.privateKey, label)]),
  );

describe("delivering SealedSecrets", () => {
  it("makes one SealedSecret, which its controller can unseal under its name alone, and nothing that a store would need", async () => {
    const resources = await deliver();
    assert.deepEqual(resources.contents, [
      `${sealed} ${name}`,
      "pulumi:providers:kubernetes main",
      "secrets:delivery:NamespaceSecrets main/shop",
    ]);
    const inputs = resources.find(sealed, name).inputs as unknown as Inputs;
    const { encryptedData, ...spec } = inputs.spec;
    const { "multicloud-secrets/sealed": fingerprints = "", ...annotations } = inputs.metadata.annotations;
    assert.deepEqual(
      { ...inputs, metadata: { ...inputs.metadata, annotations }, spec },
      {
        apiVersion: "bitnami.com/v1alpha1",
        kind: "SealedSecret",
        metadata: {
          name: "shop-db",
          namespace: "shop",
          annotations: { "multicloud-secrets/stack": "acme/test", "pulumi.com/waitFor": "condition=Synced" },
        },
        spec: {
          template: { type: "Opaque", metadata: { annotations: { "multicloud-secrets/stack": "acme/test" } } },
        },
      },
    );
    assert.deepEqual(Object.keys(JSON.parse(fingerprints) as object), Object.keys(encryptedData));
    assert.deepEqual(opened(inputs, "shop/shop-db"), { password: "value-of-db-5d1f", username: "user-of-db-5d1f" });
  });

  it("takes single keys of several secrets under the consumer's names", async () => {
    const { inputs } = await one({ deliveries: [partialDelivery] }, "main/shop/shop-mixed");
    assert.deepEqual(opened(inputs, "shop/shop-mixed"), {
      API_TOKEN: "value-of-api-77aa",
      DB_PASSWORD: "value-of-db-5d1f",
    });
  });

  for (const [scope, label] of [
    ["namespace-wide", "shop"],
    ["cluster-wide", ""],
  ] as const) {
    it(`says so where the scope is ${scope}`, async () => {
      const { inputs } = await one({ sealing: { scope } });
      assert.equal(inputs.metadata.annotations[`${prefix}/${scope}`], "true");
      assert.equal(opened(inputs, label)["password"], "value-of-db-5d1f");
    });
  }

  it("uses what was sealed before, key by key", async () => {
    const first = (await one()).inputs;
    const annotation = "multicloud-secrets/sealed";
    const fingerprints = JSON.parse(first.metadata.annotations[annotation] ?? "") as Record<string, string>;
    const stale = { ...fingerprints, password: "of-another-value" };
    const state = (known: object) =>
      new Map([[name, sealedBefore({ ...first, metadata: { annotations: { [annotation]: JSON.stringify(known) } } })]]);
    assert.deepEqual((await one({ sealing: { before: state(fingerprints) } })).inputs, first);
    const { encryptedData } = (await one({ sealing: { before: state(stale) } })).inputs.spec;
    assert.equal(encryptedData["username"], first.spec.encryptedData["username"]);
    assert.notEqual(encryptedData["password"], first.spec.encryptedData["password"]);
    const taken = await one({ sealing: { before: state(fingerprints) }, formerlySynced: new Set([name]) });
    assert.notEqual(taken.inputs.spec.encryptedData["username"], first.spec.encryptedData["username"]);
  });

  it("keeps the Secret when the policy says so, which the controller then knows by an annotation", async () => {
    const { inputs } = await one({ retain: true });
    assert.deepEqual(inputs.spec.template.metadata, {
      annotations: {
        "multicloud-secrets/stack": "acme/test",
        [`${prefix}/managed`]: "true",
        [`${prefix}/skip-set-owner-references`]: "true",
      },
    });
  });

  const waiting = { onError: ["explain-not-unsealed"], afterUpdate: ["await-unsealed"] };
  const before = (hook: string) => ({ beforeCreate: [hook], beforeUpdate: [hook], ...waiting });
  for (const [what, scene, hooks] of [
    ["is new", {}, waiting],
    ["belongs to somebody else", { deliveries: [{ ...wholeDelivery, merge: true }] }, before("patch-secret")],
    ["is adopted", { deliveries: [{ ...wholeDelivery, existing: "adopt" }] }, before("patch-secret")],
    ["is replaced", { deliveries: [{ ...wholeDelivery, existing: "overwrite" }] }, before("replace-secret")],
    ["an ExternalSecret has delivered", { formerlySynced: new Set([name]) }, before("replace-secret")],
  ] as const) {
    it(`asks the controller for the right thing where the Secret ${what}`, async () => {
      assert.deepEqual((await one(scene)).hooks, hooks);
    });
  }

  it("rejects a secret whose value this program does not have", async () => {
    const keys = [{ key: "a", secret: "shop/none", from: "a" }];
    const { errors } = await runFailing(() =>
      namespaceScene({ via: "sealed-secret", deliveries: [{ ...wholeDelivery, keys }] }),
    );
    assert.equal((errors[0] as Error).message, "shop/shop-db reads shop/none, which is not embedded");
  });
});

describe("an ExternalSecret in place of a SealedSecret", () => {
  const external = "kubernetes:external-secrets.io/v1:ExternalSecret";
  const synced = async (release?: Scene["release"]) => {
    const scene = { via: "external-secret" as const, ...(release === undefined ? {} : { release }) };
    return (await runProgram(() => namespaceScene(scene))).resources.find(external, name);
  };
  const version = ({ inputs }: Awaited<ReturnType<typeof synced>>) =>
    (inputs["metadata"] as Inputs["metadata"]).annotations["force-sync"] ?? "";

  it("takes the Secret away from it first", async () => {
    const [usual, released] = [await synced(), await synced({ sealed: new Set([name]), synced: new Set() })];
    assert.deepEqual(released.options.hooks?.beforeCreate, ["release-secret"]);
    assert.deepEqual(released.options.hooks?.beforeUpdate, [
      "release-secret",
      ...(usual.options.hooks?.beforeUpdate ?? []),
    ]);
    assert.equal(version(released), version(usual));
    assert.equal(usual.options.hooks?.beforeCreate, undefined);
  });

  it("does so again where that was interrupted, and leaves other Secrets alone", async () => {
    const usual = await synced();
    const resumed = await synced({ sealed: new Set([name]), synced: new Set([name]) });
    assert.equal(version(resumed), `${version(usual)} taken over`);
    const other = await synced({ sealed: new Set(["main/shop/other"]), synced: new Set([name]) });
    assert.deepEqual([other.options.hooks, version(other)], [usual.options.hooks, version(usual)]);
  });
});
