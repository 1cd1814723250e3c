import assert from "node:assert/strict";
import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import { leaks } from "../../support/clear-text.ts";
import { runProgram } from "../../support/mocks.ts";
import { namespaceScene, partialDelivery, storedValues, wholeDelivery, type Scene } from "./scene.ts";

const externalSecret = "kubernetes:external-secrets.io/v1:ExternalSecret";
const secretStore = "kubernetes:external-secrets.io/v1:SecretStore";
const waits = { create: "45s", update: "45s", delete: "60s" };

/** What lies below the namespace's component. */
async function namespaceOf(scene: Partial<Scene> = {}) {
  const { resources } = await runProgram(() => namespaceScene({ via: "external-secret", ...scene }));
  const own = resources.all.filter(({ parent }) => parent === "main/shop").map(({ type, name }) => `${type} ${name}`);
  return { resources, own: own.sort() };
}

describe("secrets of a namespace that reads a remote store", () => {
  it("are exactly these resources, all below the component, which shows nothing", async () => {
    const { own, resources } = await namespaceOf();
    assert.deepEqual(own, [
      "kubernetes:core/v1:ServiceAccount main/shop/service-account",
      "kubernetes:external-secrets.io/v1:ExternalSecret main/shop/shop-db",
      "kubernetes:external-secrets.io/v1:SecretStore main/shop/secret-store",
      "kubernetes:rbac.authorization.k8s.io/v1:Role main/shop/token-request",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding main/shop/token-request-binding",
      "vault:index/policy:Policy main/shop/policy",
      "vault:kubernetes/authBackendRole:AuthBackendRole main/shop/role",
    ]);
    assert.deepEqual(resources.find("secrets:delivery:NamespaceSecrets", "main/shop").inputs, {});
    resources.assertNone("kubernetes:core/v1:Secret");
    resources.assertNone("kubernetes:core/v1:Namespace");
  });

  it("may read what they consume, key by key or whole, and nothing else", async () => {
    const policyOf = async (...deliveries: NonNullable<Scene["deliveries"]>) => {
      const { resources } = await namespaceOf({ deliveries });
      return resources.find("vault:index/policy:Policy", "main/shop/policy").inputs;
    };
    const read = (path: string) => `path "secret/data/acme-test/${path}" {\n  capabilities = ["read"]\n}\n`;
    assert.deepEqual(await policyOf(wholeDelivery), { name: "acme.test.main.shop", policy: read("shop/db") });
    assert.deepEqual(await policyOf(wholeDelivery, partialDelivery), {
      name: "acme.test.main.shop",
      policy: `${read("shop/api")}\n${read("shop/db")}`,
    });
  });

  it("are read by one service account of this namespace, with an audience, for ten minutes", async () => {
    const { resources } = await namespaceOf();
    const { inputs, provider } = resources.find("vault:kubernetes/authBackendRole:AuthBackendRole", "main/shop/role");
    assert.deepEqual(inputs, {
      backend: "kubernetes",
      roleName: "acme.test.main.shop",
      boundServiceAccountNames: ["secrets-reader"],
      boundServiceAccountNamespaces: ["shop"],
      audience: "vault",
      tokenPolicies: ["acme.test.main.shop"],
      tokenTtl: 600,
      tokenMaxTtl: 600,
    });
    assert.equal(provider, "vault");
  });

  it("let the operator speak for that account, and for no other", async () => {
    const { resources } = await namespaceOf();
    const annotations = { "multicloud-secrets/stack": "acme/test" };
    const metadata = { name: "secrets-reader-token-request", namespace: "shop", annotations };
    const role = resources.find("kubernetes:rbac.authorization.k8s.io/v1:Role", "main/shop/token-request");
    const binding = resources.find(
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
      "main/shop/token-request-binding",
    );
    const account = resources.find("kubernetes:core/v1:ServiceAccount", "main/shop/service-account");
    assert.deepEqual(
      [role.inputs["metadata"], role.inputs["rules"]],
      [
        metadata,
        [
          {
            apiGroups: [""],
            resources: ["serviceaccounts/token"],
            verbs: ["create"],
            resourceNames: ["secrets-reader"],
          },
        ],
      ],
    );
    assert.deepEqual(
      [binding.inputs["roleRef"], binding.inputs["subjects"]],
      [
        { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "secrets-reader-token-request" },
        [{ kind: "ServiceAccount", name: "external-secrets", namespace: "external-secrets" }],
      ],
    );
    assert.equal(account.inputs["automountServiceAccountToken"], false);
  });

  it("wait for rights and operator before the store, and for the store before a Secret", async () => {
    const { resources } = await namespaceOf();
    const store = resources.find(secretStore, "main/shop/secret-store").options;
    const external = resources.find(externalSecret, "main/shop/shop-db").options;
    assert.deepEqual(store.dependsOn, [
      "main",
      "main/shop/policy",
      "main/shop/role",
      "main/shop/service-account",
      "main/shop/token-request",
      "main/shop/token-request-binding",
    ]);
    assert.deepEqual(external.dependsOn, ["main/shop/secret-store", "shop/db/vault"]);
    assert.deepEqual([store.customTimeouts, external.customTimeouts], [waits, waits]);
    assert.deepEqual(
      [store.hooks, external.hooks],
      [
        { onError: ["explain"], beforeUpdate: ["change-provider"] },
        { onError: ["explain"], beforeUpdate: ["before-sync"], afterUpdate: ["await-sync-vault-kv"] },
      ],
    );
  });

  it("are declared by manifests that fit the API and wait to be Ready", async () => {
    const { resources } = await namespaceOf({ deliveries: [wholeDelivery, partialDelivery] });
    const manifests = resources.all.filter(({ type }) => type.startsWith("kubernetes:external-secrets.io/"));
    assert.equal(manifests.length, 3);
    for (const { type, inputs } of manifests) {
      const manifest = inputs as unknown as ConstructorParameters<typeof SecretStore>[0] &
        ConstructorParameters<typeof ExternalSecret>[0];
      (type === secretStore ? new SecretStore(manifest) : new ExternalSecret(manifest)).validate();
      assert.equal(manifest?.metadata?.annotations?.["pulumi.com/waitFor"], "condition=Ready");
    }
  });

  it("are synced at once when a version moves, by an annotation that joins the versions of what is read", async () => {
    const { resources } = await namespaceOf({ deliveries: [partialDelivery] });
    const { metadata } = resources.find(externalSecret, "main/shop/shop-mixed").inputs as {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
    };
    assert.equal(metadata.annotations["force-sync"], "1.1");
  });

  it("take their names, keys and refresh interval from the delivery", async () => {
    const { resources } = await namespaceOf({ deliveries: [partialDelivery] });
    const canonical = { conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" };
    assert.deepEqual(resources.find(externalSecret, "main/shop/shop-mixed").inputs["spec"], {
      refreshPolicy: "Periodic",
      refreshInterval: "30m0s",
      secretStoreRef: { kind: "SecretStore", name: "secrets-reader" },
      target: { name: "shop-mixed", creationPolicy: "Owner", deletionPolicy: "Retain" },
      data: [
        { secretKey: "API_TOKEN", remoteRef: { key: "acme-test/shop/api", property: "token", ...canonical } },
        { secretKey: "DB_PASSWORD", remoteRef: { key: "acme-test/shop/db", property: "password", ...canonical } },
      ],
    });
  });

  for (const [refresh, refreshPolicy, refreshInterval] of [
    [{ policy: "Periodic", seconds: 600, from: "stores.vault.refreshSeconds" }, "Periodic", "10m0s"],
    [{ policy: "OnChange" }, "OnChange", "0s"],
    [{ policy: "CreatedOnce" }, "CreatedOnce", "0s"],
  ] as const) {
    it(`are read as the delivery says: ${refreshPolicy}`, async () => {
      const { resources } = await namespaceOf({ deliveries: [{ ...wholeDelivery, refresh }] });
      const { spec } = resources.find(externalSecret, "main/shop/shop-db").inputs as { readonly spec: object };
      assert.deepEqual({ ...spec, refreshPolicy, refreshInterval }, spec);
    });
  }

  for (const [name, scene, creationPolicy] of [
    ["go with their ExternalSecret", {}, "Owner"],
    ["stay after destroy where the policy says so", { retain: true }, "Orphan"],
    ["are merged into what is somebody else's", { deliveries: [{ ...wholeDelivery, merge: true }] }, "Merge"],
    [
      "are merged where the policy says that Secrets stay, too",
      { retain: true, deliveries: [{ ...wholeDelivery, merge: true }] },
      "Merge",
    ],
  ] as const) {
    it(name, async () => {
      const { resources } = await namespaceOf(scene);
      const { spec } = resources.find(externalSecret, "main/shop/shop-db").inputs as {
        readonly spec: { readonly target: { readonly creationPolicy: string } };
      };
      assert.equal(spec.target.creationPolicy, creationPolicy);
    });
  }
});

describe("keys that are merged into somebody else's Secret", () => {
  const merging = { via: "external-secret", deliveries: [{ ...wholeDelivery, merge: true }] } as const;
  const delivered = async (scene: Scene) => {
    const { inputs, options } = (await namespaceOf(scene)).resources.find(externalSecret, "main/shop/shop-db");
    const { annotations } = inputs["metadata"] as { readonly annotations: Readonly<Record<string, string>> };
    return { sync: annotations["force-sync"] ?? "", hooks: options.hooks };
  };

  it("are reported after each write where they wait for it, and others are not", async () => {
    const sync = { beforeUpdate: ["before-sync"], onError: ["explain"] };
    assert.deepEqual((await delivered(merging)).hooks, {
      ...sync,
      afterCreate: ["report-unmerged"],
      afterUpdate: ["await-sync-vault-kv", "report-unmerged"],
    });
    assert.deepEqual((await delivered({ via: "external-secret" })).hooks, {
      ...sync,
      afterUpdate: ["await-sync-vault-kv"],
    });
  });

  it("are asked for again in each run until they are merged, in words that the last run did not use", async () => {
    const { sync } = await delivered(merging);
    const again = async (inVain: string) =>
      (await delivered({ ...merging, unmerged: new Map([["main/shop/shop-db", inVain]]) })).sync;
    assert.equal(await again(sync), `${sync} again`);
    assert.equal(await again(`${sync} again`), sync);
    assert.equal(await again("another version"), sync);
  });
});

for (const via of ["external-secret", "plain"] as const) {
  describe(`secrets of a namespace that are delivered via ${via}`, () => {
    it("bring their namespace only where it is to be made, and everything in it waits for it", async () => {
      const { resources } = await namespaceOf({ via, create: true });
      const { inputs, options } = resources.find("kubernetes:core/v1:Namespace", "main/shop/namespace-kept");
      assert.deepEqual(inputs["metadata"], { name: "shop" });
      assert.deepEqual([options.retainOnDelete, options.aliases], [true, ["main/shop/namespace"]]);
      const inside = resources.all.filter(
        ({ inputs: { metadata } }) => (metadata as { readonly namespace?: string } | undefined)?.namespace === "shop",
      );
      assert.ok(inside.length > 0);
      const early = inside.filter(
        ({ options: { dependsOn } }) =>
          ![
            "main/shop/namespace-kept",
            "main/shop/token-request",
            "main/shop/secret-store",
            "main/shop/service-account",
          ].some((name) => dependsOn.includes(name)),
      );
      assert.deepEqual(
        early.map(({ name }) => name),
        [],
      );
    });

    it("show no value in clear", async () => {
      const { resources } = await namespaceOf({ via, deliveries: [wholeDelivery, partialDelivery] });
      const values = Object.values(storedValues).flatMap((each) => Object.values(each));
      assert.deepEqual(leaks(resources.all, values), []);
    });

    it("are made in the cluster of the namespace", async () => {
      const { resources } = await namespaceOf({ via, create: true });
      const inCluster = resources.all.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.deepEqual([...new Set(inCluster.map(({ provider }) => provider))], ["main"]);
    });
  });
}
