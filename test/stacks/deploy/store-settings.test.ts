import assert from "node:assert/strict";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import { ClusterSecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore";
import { remoteStoreKinds, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import { storeSettings } from "../../../components/backends/store-settings.ts";
import { admissionPolicies } from "../../../components/external-secrets/admission/index.ts";
import { clusterSecretStore, secretStore } from "../../../components/external-secrets/manifests.ts";
import { rows } from "../../components/backends/rows/index.ts";
import { cluster } from "../../components/backends/identity-rows/row.ts";
import { facts, refusal, refusalOf } from "../../support/fixtures.ts";
import { refusals } from "../../support/admission-cel.ts";
import { up } from "../../support/stack.ts";

const storeType = "kubernetes:external-secrets.io/v1:SecretStore";
const sharedType = "kubernetes:external-secrets.io/v1:ClusterSecretStore";
const release = "kubernetes:helm.sh/v3:Release";

const vault = { ...facts.stores.vault, retrySettings: { maxRetries: 4, intervalSeconds: 10 } };
const operator = (changes: object) => ({
  main: { ...facts.clusters.main, externalSecrets: { ...facts.clusters.main.externalSecrets, ...changes } },
});
const set = { stores: { vault }, clusters: operator({ controllerClass: "platform" }) };
const wanted = { controller: "platform", retrySettings: { maxRetries: 4, retryInterval: "10s" } };

/** What a store says besides its provider and who may use it. */
function settingsIn(inputs: Readonly<Record<string, unknown>>): object {
  const { provider: _, conditions: __, ...settings } = inputs["spec"] as Readonly<Record<string, unknown>>;
  return settings;
}

describe("retry settings of a store and the class of an operator", () => {
  it("are in the SecretStore of each namespace, and the operator gets its class", async () => {
    const { resources } = await up({ facts: set });
    assert.deepEqual(
      resources.names(storeType).map((name) => settingsIn(resources.find(storeType, name).inputs)),
      [wanted, wanted],
    );
    const [installed = ""] = resources.names(release);
    const values = resources.find(release, installed).inputs["values"] as Readonly<Record<string, unknown>>;
    assert.equal(values["controllerClass"], "platform");
  });

  it("are in a shared ClusterSecretStore too", async () => {
    const clusters = operator({ controllerClass: "platform", clusterSecretStore: {} });
    const { resources } = await up({ facts: { ...set, clusters } });
    const [name = ""] = resources.names(sharedType);
    assert.deepEqual(settingsIn(resources.find(sharedType, name).inputs), wanted);
  });

  it("are in the SecretStore that generated secrets are written through", async () => {
    const clusters = operator({ controllerClass: "platform", pushSecrets: true });
    const { resources } = await up({ facts: { ...set, clusters, generatedInCluster: { "shop/db": "main" } } });
    const writers = resources.names(storeType).filter((name) => name.includes("/generated/"));
    assert.deepEqual(
      writers.map((name) => settingsIn(resources.find(storeType, name).inputs)),
      [wanted],
    );
  });

  it("are left out where facts say nothing of them", async () => {
    const { resources } = await up();
    assert.deepEqual(
      resources.names(storeType).map((name) => settingsIn(resources.find(storeType, name).inputs)),
      [{}, {}],
    );
    const [installed = ""] = resources.names(release);
    const values = resources.find(release, installed).inputs["values"] as Readonly<Record<string, unknown>>;
    assert.ok(!("controllerClass" in values));
  });

  it("fit the API, and the cluster's admission policy lets them in", () => {
    const provider = {
      vault: { server: "https://vault.example:8200", auth: { tokenSecretRef: { name: "a", key: "b" } } },
    };
    const own = secretStore({ name: "a", namespace: "shop" }, provider, wanted);
    const shared = clusterSecretStore({ name: "a" }, provider, ["shop"], wanted);
    new SecretStore(own).validate();
    new ClusterSecretStore(shared).validate();
    const policies = admissionPolicies({
      providers: ["vault"],
      clusterStores: true,
      openClusterStores: false,
      pushSecrets: false,
    });
    assert.deepEqual(refusals(policies, own, "shop"), []);
  });

  /** What the operator gets where a request is to be repeated so often. */
  const numberOf = (store: RemoteStoreSpec, maxRetries: number) =>
    storeSettings({ ...store, retrySettings: { maxRetries } }, cluster).retrySettings?.maxRetries;

  it("mean the same for every store: AWS counts the first request, and would never end at 0", () => {
    const numbers = remoteStoreKinds.map((kind) => [kind, numberOf(rows[kind].spec, 0), numberOf(rows[kind].spec, 3)]);
    assert.deepEqual(numbers, [
      ["aws-parameter-store", 1, 4],
      ["aws-secrets-manager", 1, 4],
      ["azure-key-vault", undefined, undefined],
      ["gcp-secret-manager", undefined, undefined],
      ["vault-kv", 0, 3],
    ]);
  });

  for (const [kind, store] of [
    [
      "azure-key-vault",
      {
        subscriptionId: "11111111-1111-4111-8111-111111111111",
        tenantId: "22222222-2222-4222-8222-222222222222",
        resourceGroup: "secrets",
        vault: "kv-acme",
        location: "westeurope",
      },
    ],
    ["gcp-secret-manager", { project: "acme-prod", projectNumber: "123456789012" }],
  ] as const) {
    it(`are refused for ${kind}, of which the operator reads none`, () => {
      const stores = { ...facts.stores, cloud: { kind, ...store, retrySettings: { maxRetries: 4 } } };
      assert.equal(
        refusalOf({ facts: { ...facts, stores } }),
        refusal(
          1,
          `  stores.cloud.retrySettings: must be left out: for a store of kind ${kind} the operator reads no retry settings; it does for aws-parameter-store, aws-secrets-manager, vault-kv`,
          "    fix: pulumi config rm --path 'stores.cloud.retrySettings'",
        ),
      );
    });
  }

  it("are refused with Red Hat's operator, which has no class", () => {
    const clusters = {
      main: {
        flavour: "openshift",
        manager: "operator-lifecycle-manager",
        externalSecrets: { version: "2.9.0", controllerClass: "platform" },
      },
    };
    assert.equal(
      refusalOf({ facts: { ...facts, clusters } }),
      refusal(
        1,
        "  clusters.main.externalSecrets.controllerClass: must be left out: it has no effect with Red Hat's operator (manager)",
      ),
    );
  });
});
