import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import type { ExternalSecretsSpec } from "../../../components/clusters/contract.ts";
import type { AdmissionSpec } from "../../../components/external-secrets/admission/contract.ts";
import { admissionPolicies } from "../../../components/external-secrets/admission/index.ts";
import { apiVersion, clusterSecretStoreSpec } from "../../../components/external-secrets/manifests.ts";
import { checkIdentity, loadIdentity } from "../../../components/backends/identities.ts";
import { remoteStoreKinds } from "../../../components/backends/index.ts";
import { admissionOf } from "../../../stacks/deploy/admission.ts";
import { refusals } from "../../support/admission-cel.ts";
import { clearTexts } from "../../support/clear-text.ts";
import { runProgram } from "../../support/mocks.ts";
import { SecretInput, type Recording } from "../../support/recording.ts";
import { rows } from "./identity-rows/index.ts";
import type { Namespace } from "../../../stacks/config/environment.ts";
import { wholeDelivery } from "../delivery/scene.ts";
import type { Row } from "./identity-rows/row.ts";

const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };

describe("identities", () => {
  it("are under contract for every remote store", () => {
    const kinds = new Set(rows.map(({ store }) => store.kind));
    assert.deepEqual([...kinds].sort(), [...remoteStoreKinds].sort());
  });
});

for (const row of rows) describe(`identity: ${row.title}`, () => contract(row));

function contract({ store, cluster, grant, via, wildcard }: Row): void {
  const make = async (names: readonly string[], namespace = "shop") => {
    const identity = await loadIdentity(store.kind);
    return identity(`main/${namespace}`, {
      store,
      cluster,
      scope: { ...scope, namespace },
      grants: names.map(grant),
      options: {},
    });
  };
  const run = async (...names: string[]) => runProgram(() => make(names));
  const textsOf = (resources: Recording) => clearTexts(resources.all.map(({ inputs }) => inputs));

  it("is possible on the cluster of the row", () => {
    assert.deepEqual(checkIdentity(store, cluster), []);
  });

  it("may read what is granted and not what lies beside it", async () => {
    const { resources } = await run("acme-test-shop-db");
    const texts = textsOf(resources).join("\n");
    assert.ok(texts.includes("acme-test-shop-db"), "the grant is nowhere");
    const { resources: wider } = await run("acme-test-shop-db", "acme-test-shop-api");
    assert.ok(!texts.includes("shop-api") && textsOf(wider).join("\n").includes("acme-test-shop-api"));
  });

  it("holds no wildcard", async () => {
    const { resources } = await run("acme-test-shop-db");
    assert.deepEqual(
      textsOf(resources).filter((text) => /[*+]/.test(text)),
      [],
    );
  });

  if (wildcard !== undefined) {
    it("rejects a grant with a wildcard", async () => {
      await assert.rejects(run(wildcard.remoteName), wildcard.message);
    });
  }

  it("needs no secret: the cluster speaks for the account", async () => {
    const { resources } = await run("acme-test-shop-db");
    const secrets = resources.all
      .flatMap(({ inputs }) => Object.values(inputs))
      .filter((each) => each instanceof SecretInput);
    assert.deepEqual(secrets, []);
  });

  it("names its namespace, so that another one can't use it", async () => {
    const { resources } = await run("acme-test-shop-db");
    const { resources: other } = await runProgram(() => make(["acme-test-shop-db"], "till"));
    assert.ok(
      textsOf(resources).some((text) => /\bshop\b/.test(text)) && !textsOf(resources).join("\n").includes("till"),
    );
    assert.ok(textsOf(other).join("\n").includes("till"));
  });

  for (const shared of [false, true]) {
    it(`gives a ${shared ? "ClusterSecretStore" : "SecretStore"} that the cluster's admission policy lets in`, async () => {
      const reader = shared ? "external-secrets" : "shop";
      const { result } = await runProgram(() => make(["acme-test-shop-db"], reader));
      const { spec } = result.secretStore({ name: "secrets-reader", namespace: reader });
      const object = shared
        ? clusterSecretStoreSpec(spec, { accountNamespace: reader, namespaces: ["shop"] })
        : { ...spec };
      const kind = shared ? "ClusterSecretStore" : "SecretStore";
      const policies = admissionPolicies(admissionFor(shared));
      assert.deepEqual(refusals(policies, { apiVersion, kind, spec: object }, shared ? "" : reader), []);
    });
  }

  function admissionFor(shared: boolean): AdmissionSpec {
    const externalSecrets: ExternalSecretsSpec = {
      ...cluster.externalSecrets,
      admissionPolicy: { providers: [], podIdentity: false },
      ...(shared ? { clusterSecretStore: { conditions: true } } : {}),
    };
    const deliveries = [{ ...wholeDelivery, namespace: "shop" }];
    const spec = { ...cluster, externalSecrets };
    const shop: Namespace = {
      key: "main/shop",
      name: "shop",
      cluster: spec,
      store,
      alsoStores: [],
      storeLabel: store.name,
      create: false,
      deliveries,
    };
    const environment = {
      platform: scope.platform,
      name: scope.environment,
      stores: new Map([[store.name, store]]),
    };
    return admissionOf(environment, { spec, namespaces: [shop], needsOperator: true }) ?? assert.fail();
  }

  it("gives a SecretStore that fits the API, and what to wait for", async () => {
    const { result, resources } = await run("acme-test-shop-db");
    const manifest = result.secretStore({ name: "secrets-reader", namespace: "shop" });
    new SecretStore(manifest).validate();
    assert.deepEqual([manifest.metadata?.name, manifest.metadata?.namespace], ["secrets-reader", "shop"]);
    assert.equal(result.via, via);
    assert.equal(
      /"serviceAccountRef":\{"name":"secrets-reader"/.test(JSON.stringify(manifest)),
      via === "service-account",
    );
    assert.ok(result.dependsOn.length > 0);
    const made = resources.all.filter(({ custom }) => custom).map(({ urn }) => urn);
    const awaited = await Promise.all(
      result.dependsOn.map((each) => new Promise((resolve) => output(each.urn).apply(resolve))),
    );
    assert.deepEqual(
      awaited.filter((urn) => !made.includes(String(urn))),
      [],
    );
  });
}
