import assert from "node:assert/strict";
import { applicationSecrets, fingerprint } from "../support/cluster.ts";
import { requests, resetRequests } from "../support/clouds/clients.ts";
import { versionsIn } from "../support/clouds/stores.ts";
import { cloudsOptions, deployClouds, proofNames, rows } from "../support/clouds/stack.ts";
import { isReady, operatorMayMint, operatorObjects } from "../support/operator.ts";
import { succeed, type Run } from "../support/stacks.ts";

describe("one secret in every store", () => {
  let first: Run;

  before(async () => {
    first = await deployClouds();
  });

  it("is deployed without a warning", () => {
    assert.deepEqual([first.warnings, first.errors], [[], []]);
  });

  it("arrives in the namespace of each identity with all of its keys, and has one value everywhere", async () => {
    const secrets = await applicationSecrets(rows.map(({ namespace }) => namespace));
    assert.deepEqual([...secrets.keys()], rows.map(({ namespace }) => `${namespace}/credentials`).sort());
    for (const [name, values] of secrets) {
      assert.deepEqual(Object.keys(values).sort(), ["password", "token", "username"], name);
      assert.equal(values["username"], "proof");
      assert.match(values["password"] ?? "", /^[a-zA-Z0-9]{32}$/);
      assert.match(values["token"] ?? "", /^[0-9a-f]{64}$/);
    }
    const passwords = new Set([...secrets.values()].map(({ password = "" }) => fingerprint(password)));
    assert.equal(passwords.size, 1);
  });

  it("is written once: each store holds one version of each object, under the names in the outputs", async () => {
    for (const [store, names] of Object.entries(proofNames)) {
      for (const name of names) assert.equal((await versionsIn[store]?.(name))?.length, 1, `${store} ${name}`);
    }
    const told = Object.entries(first.outputs?.namespaces ?? {}).flatMap(([, { secrets }]) =>
      Object.entries(secrets["credentials"]?.remoteNames ?? {}),
    );
    assert.deepEqual(Object.fromEntries(told), proofNames);
  });

  it("is read with identities: no SecretStore names a password or a key", async () => {
    const stores = await operatorObjects("secretstores");
    assert.equal(stores.filter(isReady).length, stores.length);
    const text = JSON.stringify(stores.map(({ spec }) => spec));
    assert.doesNotMatch(text, /secretRef|authSecretRef|tokenSecretRef|clientSecret|accessKeyID/);
  });

  it("lets the operator mint tokens for the readers only, and for nobody where it reads with Pod Identity", async () => {
    for (const { namespace, store, cluster } of rows) {
      const expected = cluster !== "eks-pod-identity";
      assert.equal(await operatorMayMint({ namespace, name: "secrets-reader" }), expected, `${store} ${namespace}`);
      assert.equal(await operatorMayMint({ namespace, name: "default" }), false, namespace);
    }
  });

  it("is not changed by a second up, which writes to no cloud", async () => {
    await resetRequests();
    const { changes, warnings } = await succeed("up", cloudsOptions());
    assert.deepEqual([changes, warnings], [{}, []]);
    const operations = Object.values(await requests()).flatMap((each) => Object.keys(each));
    assert.ok(operations.length > 0, "the clouds were not even asked for names");
    assert.deepEqual(
      operations.filter((each) => /^(Put|Create|Update|Delete|Set|Add|Tag|Import|Restore|Recover)/i.test(each)),
      [],
    );
  });
});
