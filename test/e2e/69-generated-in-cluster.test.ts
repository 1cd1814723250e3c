import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { hexToken, literal, password, provided, template, uuid } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/catalogue-spec.ts";
import { cli } from "./support/cli.ts";
import { applicationSecrets, fingerprints, ownNamespaces, readSecret } from "./support/cluster.ts";
import { destroyMain } from "./support/main-stack.ts";
import { onlyNamespaces } from "./support/small-stack.ts";
import { open, run, succeed, type StackOptions } from "./support/stacks.ts";
import { kvVersions, policyText, readKv } from "./support/vault.ts";

const namespace = "unseen";
/** Where the cluster generates. */
const generator = "mlops-platform-generated-vault-generated";
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
      ["data", "metadata"]
        .map((infix) => `path "secret/${infix}/${path}" {\n  capabilities = ["create", "read", "update"]\n}\n`)
        .join("\n"),
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
    assert.notEqual(await readSecret(generator, `${namespace}.db`), undefined);
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), first);
    assert.equal((await kvVersions())[path], 1);
  });

  it("is put back with the same value when it is deleted from Vault: the cluster still has it", async () => {
    // What the cluster generated after the namespace was gone is not what Vault held; from here on it is.
    await rotate();
    const rotated = await readKv(path);
    await deleteFromVault();
    await pushNow();
    await waitFor(async () => JSON.stringify(await readKv(path)) === JSON.stringify(rotated));
  });

  it("is rotated by people: the old version stays in Vault, and the application gets the new value", async () => {
    const before = (await kvVersions())[path] ?? 0;
    const old = (await readKv(path))?.["password"];
    await rotate();
    assert.equal((await kvVersions())[path], before + 1);
    const now = (await readKv(path))?.["password"];
    assert.notEqual(now, old);
    await kubectl("annotate", "externalsecret", "db", `--namespace=${namespace}`, "read-at=now");
    await waitFor(async () => (await applicationSecrets([namespace])).get(`${namespace}/db`)?.["password"] === now);
    first = fingerprints(await applicationSecrets([namespace]));
  });

  it("outlives the stack, and is taken as it is by the next", async () => {
    const { warnings } = await succeed("destroy", stack);
    assert.deepEqual(warnings, []);
    assert.deepEqual(await ownNamespaces(), []);
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
    assert.equal((await ownNamespaces()).includes(generator), false);
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
});

async function kubectl(...args: readonly string[]): Promise<void> {
  const { code, output } = await cli("kubectl", args);
  assert.equal(code, 0, output);
}

/** As docs/values.md tells it. */
async function rotate(): Promise<void> {
  await deleteFromVault();
  const uid = (await readSecret(generator, `${namespace}.db`))?.metadata?.uid;
  await kubectl("delete", "secret", `${namespace}.db`, `--namespace=${generator}`);
  await waitFor(
    async () => ![undefined, uid].includes((await readSecret(generator, `${namespace}.db`))?.metadata?.uid),
  );
  await pushNow();
  await waitFor(async () => (await readKv(path)) !== undefined);
}

async function deleteFromVault(): Promise<void> {
  const { code, output } = await cli("vault", ["kv", "delete", "-mount=secret", path]);
  assert.equal(code, 0, output);
}

async function pushNow(): Promise<void> {
  const now = `pushed-at=${Date.now()}`;
  await kubectl("annotate", "pushsecret", `${namespace}.db`, `--namespace=${generator}`, now, "--overwrite");
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error("it did not come about within 30 s");
}
