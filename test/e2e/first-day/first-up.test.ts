import assert from "node:assert/strict";
import { argoCd } from "../../../sandbox/fixtures.ts";
import { applicationSecrets, decode, readSecret, type SecretValues } from "../support/cluster.ts";
import { deployMain } from "../support/main-stack.ts";
import { isReady, operatorObjects } from "../support/operator.ts";
import type { Run } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";
import { bcryptMatches, merged, promised, readable } from "./promised.ts";

describe("the first up", () => {
  let first: Run;
  let secrets: SecretValues;
  let foreignKeys: Readonly<Record<string, string>>;

  before(async () => {
    ({ run: first, foreignKeys } = await deployMain());
    secrets = await applicationSecrets();
  });

  it("reports no warning and no error", () => {
    assert.deepEqual(first.warnings, []);
    assert.deepEqual(first.errors, []);
  });

  it("delivers exactly the promised Secrets with exactly the promised keys", () => {
    const expected = Object.entries(promised).map(([name, checks]) => [name, Object.keys(checks).sort()]);
    const delivered = [...secrets]
      .filter(([name]) => name !== `${argoCd.namespace}/${argoCd.secret}`)
      .map(([name, values]) => [name, Object.keys(values).sort()]);
    assert.deepEqual(Object.fromEntries(delivered), Object.fromEntries(expected));
  });

  for (const [name, checks] of Object.entries(promised)) {
    it(`fills ${name} by its recipes`, () => {
      const values = secrets.get(name) ?? {};
      for (const [key, check] of Object.entries(checks)) {
        assert.doesNotThrow(() => {
          check(values[key] ?? "", values);
        }, key);
      }
    });
  }

  it("gives consumers of one secret one value", () => {
    const app = secrets.get("deparrow/deparrow-secrets");
    const postgres = secrets.get("deparrow/postgres-credentials");
    const redis = secrets.get("deparrow/redis-credentials");
    const server = secrets.get("model-server/ml-model-mlflow-credentials");
    assert.ok(app?.["POSTGRES_PASSWORD"] === postgres?.["POSTGRES_PASSWORD"], "POSTGRES_PASSWORD differs");
    assert.ok(app?.["REDIS_PASSWORD"] === redis?.["REDIS_PASSWORD"], "REDIS_PASSWORD differs");
    const tracking = secrets.get("mlflow/mlflow-tracking");
    assert.ok(server?.["MLFLOW_TRACKING_PASSWORD"] === tracking?.["password"], "the tracking password differs");
  });

  it("generates each password for one secret only", () => {
    const shared = new Set(["deparrow/deparrow-secrets", "model-server/ml-model-mlflow-credentials"]);
    const random = [...secrets].flatMap(([name, values]) =>
      shared.has(name) ? [] : Object.values(values).filter((value) => value.length >= 20),
    );
    assert.equal(new Set(random).size, random.length);
  });

  it("merges its keys into Argo CD's Secret without owning it", async () => {
    const secret = await readSecret(argoCd.namespace, argoCd.secret);
    assert.ok(secret !== undefined);
    const values = decode(secret);
    assert.deepEqual(Object.keys(values).sort(), [...Object.keys(merged), ...Object.keys(foreignKeys)].sort());
    for (const [key, value] of Object.entries(foreignKeys)) assert.ok(values[key] === value, `${key} was changed`);
    for (const [key, check] of Object.entries(merged)) check(values[key] ?? "", values);
    assert.equal(secret.metadata?.ownerReferences, undefined);
    assert.equal(secret.metadata?.labels?.["app.kubernetes.io/part-of"], "argocd");
  });

  it("keeps Argo CD's password in Vault only; the Secret has its hash", async () => {
    const stored = await readKv("mlops-platform-sandbox/argocd/admin");
    const hash = secrets.get(`${argoCd.namespace}/${argoCd.secret}`)?.["admin.password"] ?? "";
    assert.match(stored?.["password"] ?? "", /^[a-zA-Z0-9]{24}$/);
    assert.ok(bcryptMatches(stored?.["password"] ?? "", hash));
    assert.ok(!bcryptMatches("another password", hash));
  });

  it("leaves every ExternalSecret and SecretStore Ready", async () => {
    const external = await operatorObjects("externalsecrets");
    const stores = await operatorObjects("secretstores");
    const names = external.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();
    assert.deepEqual(names, [...Object.keys(promised), `${argoCd.namespace}/${argoCd.secret}`].sort());
    assert.deepEqual(stores.map(({ metadata }) => metadata.namespace).sort(), Object.keys(readable).sort());
    assert.deepEqual(
      [...external, ...stores].filter((each) => !isReady(each)).map(({ metadata }) => metadata),
      [],
    );
  });

  it("makes Secrets owned by their ExternalSecret, which takes them along in this environment", async () => {
    const [name = "", owner] = await ownerOf("mlflow", "mlflow-tracking");
    assert.deepEqual([name, owner], ["ExternalSecret", "mlflow-tracking"]);
  });

  it("names the promised keys in its outputs, and no value", () => {
    const outputs = Object.entries(first.outputs?.namespaces ?? {}).flatMap(([namespace, { secrets: each }]) =>
      Object.entries(each).map(([secret, { keys }]) => [`${namespace}/${secret}`, keys] as const),
    );
    const expected = Object.entries({ ...promised, [`${argoCd.namespace}/${argoCd.secret}`]: merged });
    assert.deepEqual(
      Object.fromEntries(outputs),
      Object.fromEntries(expected.map(([name, checks]) => [name, Object.keys(checks).sort()])),
    );
    const text = JSON.stringify(first.outputs);
    const all = [...secrets.values()].flatMap((each) => Object.values(each));
    // Fixed texts such as user names are short, or dates.
    const values = all.filter((value) => value.length > 16 && !/^\d{4}-\d{2}-\d{2}T/.test(value));
    assert.ok(values.length > 15);
    assert.equal(values.filter((value) => text.includes(value)).length, 0);
  });
});

async function ownerOf(namespace: string, name: string): Promise<readonly (string | undefined)[]> {
  const owners = (await readSecret(namespace, name))?.metadata?.ownerReferences ?? [];
  return owners.flatMap((owner) => [owner.kind, owner.name]);
}
