import assert from "node:assert/strict";
import { mintToken } from "../support/cluster.ts";
import { deployMain } from "../support/main-stack.ts";
import { operatorClusterRules, operatorMayMint } from "../support/operator.ts";
import { login, policyNames, policyText, roleNames, vault, vaultOk } from "../support/vault.ts";
import { readable } from "./promised.ts";

const prefix = "mlops-platform-sandbox";
const roleOf = (namespace: string) => `mlops-platform.sandbox.local.${namespace}`;

describe("rights after the first up", () => {
  before(deployMain);

  it("are one Vault policy and one role for each namespace, and no others", async () => {
    const names = Object.keys(readable).map(roleOf).sort();
    assert.deepEqual([...(await policyNames())].sort(), names);
    assert.deepEqual([...(await roleNames())].sort(), names);
  });

  for (const [namespace, paths] of Object.entries(readable)) {
    it(`let ${namespace} read exactly ${paths.join(", ")}`, async () => {
      const blocks = paths.map((path) => `path "secret/data/${prefix}/${path}" {\n  capabilities = ["read"]\n}\n`);
      assert.equal(await policyText(roleOf(namespace)), blocks.join("\n"));
      const { body } = await vaultOk(`auth/kubernetes/role/${roleOf(namespace)}`);
      const { data = {} } = body;
      assert.deepEqual(data["bound_service_account_names"], ["secrets-reader"]);
      assert.deepEqual(data["bound_service_account_namespaces"], [namespace]);
      assert.equal(data["audience"], "vault");
      assert.deepEqual(data["token_policies"], [roleOf(namespace)]);
    });
  }

  it("let a namespace's reader read its own paths and no other, list nothing, write nothing", async () => {
    const jwt = await mintToken({ namespace: "mlflow", name: "secrets-reader" }, "vault");
    const { body } = await login(roleOf("mlflow"), jwt);
    const token = body.auth?.client_token ?? "";
    const own = readable["mlflow"] ?? [];
    const foreign = Object.values(readable)
      .flat()
      .filter((path) => !own.includes(path));
    const status = async (path: string) => (await vault(path, { token })).status;
    for (const path of own) assert.equal(await status(`secret/data/${prefix}/${path}`), 200, path);
    for (const path of foreign) assert.equal(await status(`secret/data/${prefix}/${path}`), 403, path);
    assert.equal((await vault(`secret/metadata/${prefix}`, { method: "LIST", token })).status, 403);
    const write = { method: "POST", token, body: { data: { password: "x" } } } as const;
    assert.equal((await vault(`secret/data/${prefix}/mlflow/tracking`, write)).status, 403);
  });

  it("refuse a reader at another namespace's role, another account, and a token for another audience", async () => {
    const reader = { namespace: "mlflow", name: "secrets-reader" };
    const jwt = await mintToken(reader, "vault");
    assert.equal((await login(roleOf("mlflow"), jwt)).status, 200);
    assert.equal((await login(roleOf("deparrow"), jwt)).status, 403);
    const other = await mintToken({ namespace: "mlflow", name: "default" }, "vault");
    assert.equal((await login(roleOf("mlflow"), other)).status, 403);
    const api = await mintToken(reader, "https://kubernetes.default.svc");
    assert.equal((await login(roleOf("mlflow"), api)).status, 403);
  });

  it("let the operator mint tokens for the readers and for nobody else", async () => {
    for (const namespace of Object.keys(readable)) {
      assert.equal(await operatorMayMint({ namespace, name: "secrets-reader" }), true, namespace);
      assert.equal(await operatorMayMint({ namespace, name: "default" }), false, namespace);
    }
    assert.equal(await operatorMayMint({ namespace: "kube-system", name: "default" }), false);
    assert.equal(await operatorMayMint({ namespace: "default", name: "secrets-reader" }), false);
  });

  it("hold no cluster-wide right to mint tokens", async () => {
    const rules = await operatorClusterRules();
    assert.ok(rules.length > 0, "the operator has no cluster-wide rules at all: this test looks at the wrong account");
    const minting = rules.filter(({ resources }) =>
      resources?.some((resource) => resource === "*" || resource.includes("serviceaccounts/")),
    );
    assert.deepEqual(minting, []);
    assert.deepEqual(
      rules.filter(({ verbs }) => verbs.includes("*")),
      [],
    );
  });
});
