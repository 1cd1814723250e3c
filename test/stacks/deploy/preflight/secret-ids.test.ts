import assert from "node:assert/strict";
import type { StateResource } from "../../../../components/backends/contract.ts";
import { clusterStoreName } from "../../../../components/support/naming.ts";
import { preflightClusters } from "../../../../stacks/deploy/preflight/clusters.ts";
import { environment, facts, policy, stateResource } from "../../../support/fixtures.ts";
import { up } from "../../../support/stack.ts";
import { surveyOf, type Existing } from "../../../support/survey.ts";

const auth = { type: "approle", secretId: { name: "vault-approle", key: "secretId" } };
const main = { flavour: "kubeconfig", externalSecrets: { version: "2.9.0", install: false } };
const byAppRole = { stores: { vault: { ...facts.stores.vault, auth } }, clusters: { main } };
const allowed = { ...policy, allowStaticCredentials: true };

const preflight = async (changes: object, existing: readonly Existing[], state: readonly StateResource[] = []) => {
  const spec = environment({ facts: { ...facts, ...byAppRole, ...changes }, policy: allowed });
  const survey = surveyOf({ main: existing });
  const findings = await preflightClusters({
    environment: spec,
    owner: "acme/test",
    state,
    survey,
    isMadeAnew: () => false,
  });
  return { ...findings, asked: survey.asked };
};

const secret: Existing = { kind: "Secret", namespace: "shop", name: "vault-approle" };
const role = stateResource({ type: "vault:appRole/authBackendRole:AuthBackendRole", name: "main/shop/role" });
const storeType = "kubernetes:external-secrets.io/v1:SecretStore";
const waiting = stateResource({ type: storeType, name: "main/shop/secret-store" });
const ready = stateResource({ type: storeType, name: "main/shop/secret-store", ready: true });
const command = (namespace: string) =>
  `vault write -f -field=secret_id auth/approle/role/acme.test.main.${namespace}/secret-id | kubectl -n ${namespace} create secret generic vault-approle --from-file=secretId=/dev/stdin`;

describe("the Secret with the secret id that a namespace logs in with", () => {
  it("is told of before the run that makes the role, which goes on", async () => {
    const { issues, notes } = await preflight({}, []);
    assert.deepEqual(issues, []);
    assert.deepEqual(notes, [
      "Secret shop/vault-approle of cluster main is missing: this run makes the AppRole for it, and stops at the store that reads with it.\n" +
        `    then: ${command("shop")}; and run pulumi up again`,
    ]);
  });

  it("stops every later run before its first write, as long as it is missing", async () => {
    for (const state of [[role], [role, waiting]]) {
      const { issues, notes } = await preflight({}, [], state);
      assert.deepEqual(notes, []);
      assert.deepEqual(issues, [
        {
          path: "stores.vault.auth.secretId",
          problem:
            "Secret shop/vault-approle of cluster main is missing, and its readers log in with the secret id in it",
          fix: command("shop"),
        },
      ]);
    }
  });

  it("is no matter where it is there, and is not asked for once the store was Ready", async () => {
    assert.deepEqual((await preflight({}, [secret], [role])).issues, []);
    const { issues, notes, asked } = await preflight({}, [], [role, ready]);
    assert.deepEqual([issues, notes], [[], []]);
    assert.ok(!asked.includes("main Secret shop/vault-approle"));
  });

  it("is the operator's where namespaces share a ClusterSecretStore", async () => {
    const clusters = { main: { ...main, externalSecrets: { ...main.externalSecrets, clusterSecretStore: {} } } };
    const place = "main/cluster-secret-store/vault";
    const made = stateResource({ type: role.type, name: `${place}/role` });
    const { issues } = await preflight({ clusters }, [], [made]);
    assert.deepEqual(
      issues.map(({ fix }) => fix),
      [command("external-secrets")],
    );
    const name = clusterStoreName({ platform: "acme", environment: "test", store: "vault" });
    assert.deepEqual((await preflight({ clusters }, [], [])).issues, [], name);
  });

  it("is looked for by the names that the program registers", async () => {
    for (const clusterSecretStore of [undefined, {}]) {
      const externalSecrets = {
        ...main.externalSecrets,
        ...(clusterSecretStore === undefined ? {} : { clusterSecretStore }),
      };
      const clusters = { main: { ...main, externalSecrets } };
      const { resources } = await up({
        facts: { ...byAppRole, clusters },
        policy: { allowStaticCredentials: true },
      });
      const roles = resources.names(role.type);
      assert.deepEqual(
        roles,
        clusterSecretStore === undefined
          ? ["main/shop/role", "main/till/role"]
          : ["main/cluster-secret-store/vault/role"],
      );
    }
  });

  it("is no matter of clusters that log in otherwise", async () => {
    const { asked } = await preflight({ stores: facts.stores }, []);
    assert.ok(!asked.includes("main Secret shop/vault-approle"));
  });
});
