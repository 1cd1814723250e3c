import assert from "node:assert/strict";
import { Output, output } from "@pulumi/pulumi";
import { ClusterSecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import type { ExternalSecretsSpec } from "../../../components/clusters/contract.ts";
import type { AdmissionSpec } from "../../../components/external-secrets/admission/contract.ts";
import { admissionPolicies } from "../../../components/external-secrets/admission/index.ts";
import { clusterSecretStore, secretStore } from "../../../components/external-secrets/manifests.ts";
import { checkIdentity, loadIdentity, loginKind, storeProvider } from "../../../components/backends/identities.ts";
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

for (const row of Object.values(rows).flat()) describe(`identity: ${row.title}`, () => contract(row));

function contract({ store, cluster, grant, login, wildcard }: Row): void {
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
      const manifest = shared
        ? clusterSecretStore({ name: "all" }, storeProvider(store, result.login, { namespace: reader }), ["shop"])
        : secretStore({ name: "secrets-reader", namespace: reader }, storeProvider(store, result.login));
      const policies = admissionPolicies(admissionFor(shared));
      assert.deepEqual(refusals(policies, manifest, shared ? "" : reader), []);
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
      entry: "shop",
      name: "shop",
      cluster: spec,
      store,
      alsoStores: [],
      storeLabel: store.name,
      create: false,
      handOver: false,
      deliveries,
    };
    const environment = {
      platform: scope.platform,
      name: scope.environment,
      stores: new Map([[store.name, store]]),
      placements: [],
    };
    return admissionOf(environment, { spec, namespaces: [shop], needsOperator: true }) ?? assert.fail();
  }

  it("says how it logs in by facts alone, as is known before it is made", async () => {
    const { result } = await run("acme-test-shop-db");
    assert.equal(result.login.kind, login);
    assert.equal(loginKind(store, cluster), login);
    assert.equal(functionsIn(result.login), 0);
  });

  it("gives a SecretStore that fits the API, with the account where it logs in", async () => {
    const { result } = await run("acme-test-shop-db");
    const manifest = secretStore({ name: "secrets-reader", namespace: "shop" }, storeProvider(store, result.login));
    new SecretStore(manifest).validate();
    assert.deepEqual(accountsIn(manifest), login === "service-account" ? [{ name: "secrets-reader" }] : []);
  });

  it("gives a ClusterSecretStore that fits the API, with the account's namespace", async () => {
    const { result } = await run("acme-test-shop-db");
    const namespace = "external-secrets";
    const manifest = clusterSecretStore({ name: "all" }, storeProvider(store, result.login, { namespace }), undefined);
    new ClusterSecretStore(manifest).validate();
    const account = { name: "secrets-reader", namespace };
    assert.deepEqual(accountsIn(manifest), login === "service-account" ? [account] : []);
  });

  it("says what to wait for, all of it made here", async () => {
    const { result, resources } = await run("acme-test-shop-db");
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

/** The references to service accounts of a store, without the audiences of their tokens. */
function accountsIn(value: unknown): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value as Readonly<Record<string, object>>).flatMap(([key, each]) => {
    if (key !== "serviceAccountRef") return accountsIn(each);
    const { audiences: _, ...reference } = each as { readonly audiences?: unknown };
    return [reference];
  });
}

/** How many functions a login holds: what renders it is no fact. An Output is one, and stands for a text. */
function functionsIn(login: object): number {
  return Object.values(login).filter((each) => typeof each === "function" && !Output.isInstance(each)).length;
}
