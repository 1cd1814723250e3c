import assert from "node:assert/strict";
import { applicationSecrets, cluster, readSecret } from "../support/cluster.ts";
import { operatorObjects } from "../support/operator.ts";
import { onlyNamespaces, secretsPerApplication, smallApplication } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { kvVersions } from "../support/vault.ts";

describe("a namespace whose store is of kind kubernetes", () => {
  const namespace = "plain";
  const stack: StackOptions = {
    stack: "plain",
    catalogue: { plain: smallApplication(namespace) },
    facts: { stores: { vault: null, plain: { kind: "kubernetes" } }, namespaces: onlyNamespaces([namespace], "plain") },
  };
  let versions: Readonly<Record<string, number>>;

  before(async () => {
    versions = await kvVersions();
    await succeed("up", stack);
  });
  after(() => succeed("destroy", stack));

  it("gets plain Secrets with values by their recipes", async () => {
    const secrets = await applicationSecrets([namespace]);
    assert.equal(secrets.size, secretsPerApplication);
    for (const [name, values] of secrets) {
      const { username = "", password = "", token = "", uri = "" } = values;
      assert.deepEqual(Object.keys(values).sort(), ["hub", "password", "token", "uri", "username"], name);
      assert.equal(username, "user");
      assert.match(password, /^[a-zA-Z0-9]{32}$/);
      assert.match(token, /^[0-9a-f]{64}$/);
      assert.ok(uri === `db://${username}:${password}@host`, `${name} uri is not made of its parts`);
    }
    assert.equal((await readSecret(namespace, "secret-0"))?.type, "Opaque");
  });

  it("has no object of the operator, and puts nothing into Vault", async () => {
    const objects = [...(await operatorObjects("externalsecrets")), ...(await operatorObjects("secretstores"))];
    assert.deepEqual(
      objects.filter(({ metadata }) => metadata.namespace === namespace),
      [],
    );
    assert.deepEqual(await kvVersions(), versions);
  });

  it("is not changed by a second up", async () => {
    const { changes, warnings } = await succeed("up", stack);
    assert.deepEqual([changes, warnings], [{}, []]);
  });

  it("gets its values back where somebody changed a Secret, under any field manager", async () => {
    const before = await applicationSecrets([namespace]);
    for (const [name, fieldManager] of [
      ["secret-1", "kubectl-edit"],
      ["secret-2", "somebodys-console"],
    ] as const) {
      const found = await readSecret(namespace, name);
      const data = { ...found?.data, password: Buffer.from("by-mistake").toString("base64") };
      const { core } = await cluster();
      await core.replaceNamespacedSecret({ namespace, name, fieldManager, body: { ...found, data } });
    }
    await succeed("up", stack, { refresh: true });
    assert.deepEqual(await applicationSecrets([namespace]), before);
  });

  it("loses a key that leaves the catalogue, even after a rotation", async () => {
    const facts = { ...stack.facts, rotations: { "plain/secret-0": "2026-11-23" } };
    await succeed("up", { ...stack, facts });
    const { secrets, ...application } = smallApplication(namespace);
    const { token, ...keys } = secrets["secret-0"]?.keys ?? {};
    assert.ok(token !== undefined);
    const without = { ...application, secrets: { ...secrets, "secret-0": { keys } } };
    await succeed("up", { ...stack, facts, catalogue: { plain: without } });
    const left = (await applicationSecrets([namespace])).get(`${namespace}/secret-0`) ?? {};
    assert.deepEqual(Object.keys(left).sort(), ["hub", "password", "uri", "username"]);
  });

  it("stops another stack that would write the same Secrets", async () => {
    const other: StackOptions = {
      ...stack,
      stack: "plain-too",
      facts: {
        ...stack.facts,
        namespaces: {
          ...onlyNamespaces([namespace], "plain"),
          [namespace]: { cluster: "local", store: "plain", create: false },
        },
      },
    };
    const { ok, errors } = await run("up", other);
    assert.equal(ok, false);
    assert.match(errors.join("\n"), /Secret plain\/secret-0 of cluster local exists and is not managed by this stack/);
  });
});
