import assert from "node:assert/strict";
import type { StateResource } from "../../../../components/backends/contract.ts";
import { preflightClusters } from "../../../../stacks/deploy/preflight/clusters.ts";
import { catalogue, environment, facts, stateResource } from "../../../support/fixtures.ts";
import { surveyOf, type Existing } from "../../../support/survey.ts";

const owner = "acme/test";
const main = facts.clusters.main;
const preflight = async (
  externalSecrets: object,
  existing: readonly Existing[],
  { state = [], more = {} }: { readonly state?: readonly StateResource[]; readonly more?: object } = {},
) => {
  const clusters = { main: { ...main, ...more, externalSecrets: { ...main.externalSecrets, ...externalSecrets } } };
  const spec = environment({ catalogue, facts: { ...facts, clusters } });
  const survey = surveyOf({ main: existing });
  return { ...(await preflightClusters({ environment: spec, owner, state, survey, isMadeAnew: () => false })), survey };
};
const account: Existing = { kind: "ServiceAccount", namespace: "external-secrets", name: "external-secrets" };
const policy: Existing = { kind: "ValidatingAdmissionPolicy", name: "external-secrets-stores" };
const installed = stateResource({ type: "secrets:external-secrets:ExternalSecretsOperator", name: "main" });
const refusal = (found: string, uninstall: string) => ({
  path: "clusters.main.externalSecrets.install",
  problem: `cluster main has an operator that this stack did not install (${found}): one stack installs it, and all others of the cluster use it`,
  fix:
    "pulumi config set --path 'clusters.main.externalSecrets.install' false (docs/environments.md#two-environments-in-one-cluster)" +
    `\n    or, if it was this stack's and its state is lost: ${uninstall}`,
});

describe("an operator that a cluster has before this stack installs one", () => {
  it("stops the run, in whichever namespace it is", async () => {
    const found = await preflight({}, [account, policy]);
    const uninstall = "helm uninstall external-secrets -n external-secrets";
    assert.deepEqual(found.issues, [refusal("ServiceAccount external-secrets/external-secrets", uninstall)]);
    const elsewhere = await preflight({ namespace: "eso" }, [account, policy]);
    const find = "find its release (helm list --all-namespaces) and uninstall it";
    assert.deepEqual(elsewhere.issues, [refusal("ValidatingAdmissionPolicy external-secrets-stores", find)]);
  });

  it("is asked for only where this stack is to install one, and has not", async () => {
    const asked = async (...args: Parameters<typeof preflight>) =>
      (await preflight(...args)).survey.asked.filter((each) => /external-secrets/.test(each));
    assert.deepEqual(await asked({}, []), [
      "main ServiceAccount external-secrets/external-secrets",
      "main ValidatingAdmissionPolicy external-secrets-stores",
    ]);
    assert.deepEqual(await asked({ admissionPolicy: false }, []), [
      "main ServiceAccount external-secrets/external-secrets",
    ]);
    assert.deepEqual(await asked({ install: false }, [account, policy]), []);
    assert.deepEqual(await asked({}, [account, policy], { state: [installed] }), []);
  });

  it("does not stop a run that takes policies over after a lost state, once the release is gone", async () => {
    const upsert = { more: { upsertExistingObjects: true } };
    assert.deepEqual((await preflight({}, [policy], upsert)).issues, []);
    assert.equal((await preflight({}, [account, policy], upsert)).issues.length, 1);
  });
});

describe("a namespace of another stack", () => {
  const reader: Existing = {
    kind: "ServiceAccount",
    namespace: "shop",
    name: "secrets-reader",
    annotations: { "multicloud-secrets/stack": "acme/other" },
  };
  const secret: Existing = { kind: "Secret", namespace: "shop", name: "shop-db", controller: "ExternalSecret/shop-db" };

  it("stops the run once, and its Secrets are not offered to be taken over", async () => {
    const { issues } = await preflight({ install: false }, [reader, { ...reader, kind: "SecretStore" }, secret]);
    assert.deepEqual(issues, [
      {
        path: "namespaces.shop",
        problem:
          "namespace shop of cluster main belongs to stack acme/other (SecretStore shop/secrets-reader): a namespace has the identity, and the Secrets, of one stack",
        fix: "give it one of its own: pulumi config set --path 'namespaces.shop.name' <another namespace>",
      },
    ]);
  });

  it("is that of the operator, too, where both share a ClusterSecretStore's reader", async () => {
    const shared = { ...reader, namespace: "external-secrets" };
    const { issues } = await preflight({ install: false, clusterSecretStore: {} }, [shared]);
    assert.deepEqual(issues, [
      {
        path: "clusters.main.externalSecrets.clusterSecretStore",
        problem:
          "ServiceAccount external-secrets/secrets-reader belongs to stack acme/other: one stack of a cluster can have a shared ClusterSecretStore",
        fix: "pulumi config rm --path 'clusters.main.externalSecrets.clusterSecretStore'",
      },
    ]);
  });
});
