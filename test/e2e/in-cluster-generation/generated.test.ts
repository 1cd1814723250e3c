import assert from "node:assert/strict";
import { hexToken, literal, password, provided, template, uuid } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/catalogue-spec.ts";
import { generatorNamespace } from "../../../components/support/naming.ts";
import { cli } from "../support/cli.ts";
import { applicationSecrets, fingerprints, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { destroyMain } from "../support/main-stack.ts";
import { forget } from "../support/mishaps/forget.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { open, run, succeed, type StackOptions } from "../support/stacks.ts";
import { kvVersions, policyText, readKv, vaultOk } from "../support/vault.ts";

const namespace = "unseen";
/** Where the cluster generates. */
const generator = generatorNamespace({
  platform: "mlops-platform",
  environment: "generated",
  store: "vault",
  app: namespace,
});
const path = `mlops-platform-generated/${namespace}/db`;
const catalogue: Catalogue = {
  [namespace]: {
    secrets: {
      db: {
        keys: {
          username: literal("user"),
          password: password(),
          "other-password": password({ length: 32, symbols: "-_.~" }),
          token: hexToken(32),
          id: uuid(),
          uri: template("db://${username}:${other-password|uri}@host"),
        },
      },
      made: { keys: { password: password(), hub: provided("huggingfaceToken") } },
    },
    deliveries: [
      { namespace, secretName: "db", from: ["db"] },
      { namespace, secretName: "made", from: ["made"] },
    ],
  },
};
const base = {
  namespaces: onlyNamespaces([namespace]),
  clusters: { local: { externalSecrets: { pushSecrets: true } } },
};
const stack: StackOptions = {
  stack: "generated",
  catalogue,
  facts: { ...base, generatedInCluster: { [`${namespace}/db`]: "local" } },
};
const madeHere: StackOptions = { ...stack, facts: base };

describe("a secret that is generated in the cluster", () => {
  let first: Readonly<Record<string, string>>;

  before(async () => {
    await destroyMain();
    const { warnings } = await succeed("up", stack);
    assert.deepEqual(warnings, []);
    first = fingerprints(await applicationSecrets([namespace]));
  });
  after(async () => {
    await succeed("destroy", stack);
    // It outlives the stack, and no other test expects it.
    await cli("vault", ["kv", "metadata", "delete", "-mount=secret", path]);
  });

  it("follows its recipes, lies in Vault as the application gets it, and was written once", async () => {
    const values = (await applicationSecrets([namespace])).get(`${namespace}/db`) ?? {};
    assert.deepEqual(Object.keys(values).sort(), ["id", "other-password", "password", "token", "uri", "username"]);
    assert.equal(values["username"], "user");
    assert.match(values["password"] ?? "", /^(?=.*[a-z])(?=.*[A-Z])(?=(.*[0-9]){8})[a-zA-Z0-9]{32}$/);
    assert.match(values["other-password"] ?? "", /^(?=(.*[-_.~]){4})[a-zA-Z0-9._~-]{32}$/);
    assert.match(values["token"] ?? "", /^[0-9a-f]{64}$/);
    assert.match(values["id"] ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(values["uri"], `db://user:${values["other-password"] ?? ""}@host`);
    assert.deepEqual({ ...(await readKv(path)) }, values);
    assert.equal((await kvVersions())[path], 1);
  });

  it("is nowhere in the state", async () => {
    // Decrypted: the Automation API exports with `--show-secrets`, and keeps no transcript.
    const state = JSON.stringify(await (await open(stack)).exportStack());
    const of = async (name: string) => (await applicationSecrets([namespace])).get(`${namespace}/${name}`) ?? {};
    const { username: _, ...values } = await of("db");
    assert.deepEqual(
      Object.entries(values).flatMap(([key, value]) => (state.includes(value) ? [key] : [])),
      [],
    );
    // What is made here is: the state was looked at.
    assert.ok(state.includes((await of("made"))["password"] ?? "?"));
  });

  it("is written by an identity that may make exactly this secret", async () => {
    assert.equal(
      await policyText(`mlops-platform.generated.local.${generator}.writer`),
      [
        `path "secret/data/${path}" {\n  capabilities = ["read", "update"]\n}\n`,
        `path "secret/metadata/${path}" {\n  capabilities = ["create", "update"]\n}\n`,
      ].join("\n"),
    );
  });

  it("is not changed by a second up, nor by one that refreshes", async () => {
    for (const refresh of [false, true]) {
      const { changes, warnings } = await succeed("up", stack, { refresh });
      assert.deepEqual([changes, warnings], [{}, []]);
    }
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), first);
  });

  it("stays as it is when all that generated it is deleted, and made again", async () => {
    const { code, output } = await cli("kubectl", ["delete", "namespace", generator, "--wait"]);
    assert.equal(code, 0, output);
    await succeed("up", stack, { refresh: true });
    assert.notEqual(await readSecret(generator, "db"), undefined);
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), first);
    assert.equal((await kvVersions())[path], 1);
  });

  it("is made again by nobody when it is deleted from Vault by mistake, and comes back as it was", async () => {
    // By now the cluster keeps another value than Vault did.
    await vaultCli("delete", path);
    await succeed("up", stack, { refresh: true });
    assert.equal(await readKv(path), undefined);
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), first);
    await vaultCli("undelete", "-versions=1", path);
    assert.deepEqual((await succeed("up", stack)).changes, {});
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), first);
  });

  it("is refused to be looked for under another mount, where nobody has put it", async () => {
    await vaultOk("sys/mounts/second", { method: "POST", body: { type: "kv", options: { version: "2" } } });
    const refused = await run("up", { ...stack, facts: { ...stack.facts, stores: { vault: { mount: "second" } } } });
    await vaultOk("sys/mounts/second", { method: "DELETE" });
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(`store vault holds no "${path}", which a cluster had generated: it would get another value`),
    );
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), first);
  });

  it("is rotated by people: the old version stays in Vault, and the application gets the new value", async () => {
    const before = (await kvVersions())[path] ?? 0;
    const old = (await readKv(path))?.["password"];
    // As docs/values.md tells it.
    const uid = (await readSecret(generator, "db"))?.metadata?.uid;
    await kubectl("delete", "secret", "db", `--namespace=${generator}`);
    await kubectl("wait", "--for=create", "secret/db", `--namespace=${generator}`);
    assert.notEqual((await readSecret(generator, "db"))?.metadata?.uid, uid);
    await vaultCli("delete", path);
    await kubectl("annotate", "pushsecret", "db", `--namespace=${generator}`, `pushed-at=${Date.now()}`, "--overwrite");
    await eventually("the value is in Vault", async () => (await readKv(path)) !== undefined);
    assert.equal((await kvVersions())[path], before + 1);
    const now = (await readKv(path))?.["password"];
    assert.notEqual(now, old);
    await kubectl("annotate", "externalsecret", "db", `--namespace=${namespace}`, "read-at=now");
    const valueOf = async () => (await applicationSecrets([namespace])).get(`${namespace}/db`)?.["password"];
    await eventually("the Secret has the new value", async () => (await valueOf()) === now);
    first = fingerprints(await applicationSecrets([namespace]));
    // Back, and forth again.
    await vaultCli("undelete", `-versions=${before}`, path);
    await vaultCli("rollback", `-version=${before}`, path);
    assert.equal((await readKv(path))?.["password"], old);
    await vaultCli("rollback", `-version=${before + 1}`, path);
    assert.equal((await readKv(path))?.["password"], now);
  });

  it("outlives the stack, and is taken as it is by the next", async () => {
    const { warnings } = await succeed("destroy", stack);
    assert.deepEqual(warnings, []);
    // The namespaces stay, as all do, and hold no value any more.
    assert.equal((await applicationSecrets([namespace, generator])).size, 0);
    assert.deepEqual(
      Object.keys(await kvVersions()).filter((each) => each === path),
      [path],
    );
    const up = await succeed("up", stack);
    assert.deepEqual(up.warnings, []);
    assert.equal(
      fingerprints(await applicationSecrets([namespace]))[`${namespace}/db password`],
      first[`${namespace}/db password`],
    );
  });

  it("is refused to be made here, unless it is adopted: with its value, and into the state from then on", async () => {
    const refused = await run("up", madeHere);
    assert.equal(refused.ok, false);
    assert.match(refused.errors.join("\n"), new RegExp(`${namespace}/db: store vault already holds "${path}"`));
    const before = fingerprints(await applicationSecrets([namespace]));
    await succeed("up", { ...madeHere, facts: { ...base, adopt: { [`${namespace}/db`]: true } } });
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), before);
    assert.equal((await applicationSecrets([generator])).size, 0);
  });

  it("is refused to be generated in the cluster when the state has it, which would delete it", async () => {
    const versions = await kvVersions();
    const refused = await run("up", stack);
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(`generatedInCluster\\["${namespace}/db"\\]: "${path}" in store vault was made by this stack`),
    );
    assert.deepEqual(await kvVersions(), versions);
  });

  it("is generated in the cluster from its next rotation on, once the state has let go of it", async () => {
    const before = fingerprints(await applicationSecrets([namespace]));
    await forget(stack, `${namespace}/db`);
    const local = { externalSecrets: { pushSecrets: true }, upsertExistingObjects: true };
    await succeed("up", { ...stack, facts: { ...stack.facts, clusters: { local } } });
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), before);
    await succeed("up", stack);
    assert.deepEqual((await succeed("up", stack)).changes, {});
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), before);
  });
});

async function kubectl(...args: readonly string[]): Promise<void> {
  const { code, output } = await cli("kubectl", args);
  assert.equal(code, 0, output);
}

async function vaultCli(command: string, ...args: readonly string[]): Promise<void> {
  const { code, output } = await cli("vault", ["kv", command, "-mount=secret", ...args]);
  assert.equal(code, 0, output);
}
