import assert from "node:assert/strict";
import { literal, password, provided, template } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { configured, typed } from "../support/cli.ts";
import { cluster, decode, readSecret } from "../support/cluster.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type Run, type StackOptions } from "../support/stacks.ts";
import { kvVersions, readKv, vaultOk } from "../support/vault.ts";

const namespace = "existing";
const inUse = { rootUser: "minio-admin", rootPassword: "in-use-since-2019", note: "kept by hand" };
const canaries = ["in-use-since-2019", "kept by hand", "db-in-use-77aa", "extra-in-use-91bc"];

const root = { keys: { rootUser: literal("minio-admin"), rootPassword: password() } };
const db = {
  keys: {
    username: literal("shop"),
    password: password(),
    uri: template("postgresql://${username}:${password|uri}@db"),
  },
};
/** Provided: the configuration has a demo value for it. */
const hub = { keys: { token: provided("huggingfaceToken") } };
const rootOnly: Catalogue = {
  shop: {
    secrets: { root, hub },
    deliveries: [
      { namespace, secretName: "minio-root", from: ["root"] },
      { namespace, secretName: "hub", from: ["hub"] },
    ],
  },
};
const catalogue: Catalogue = {
  shop: {
    secrets: { root, hub, db },
    deliveries: [...(rootOnly["shop"]?.deliveries ?? []), { namespace, secretName: "shop-db", from: ["db"] }],
  },
};

const withFacts = (facts: Record<string, ConfigValue> = {}): StackOptions => ({
  stack: "existing",
  catalogue,
  facts: { namespaces: { ...onlyNamespaces([]), [namespace]: { cluster: "local", store: "vault" } }, ...facts },
});
const adopting = { existingSecrets: { [`${namespace}/minio-root`]: "adopt" } };

/** Runs each `pulumi config set` command of a message that matches, as printed. */
async function typedAll(message: string, which: RegExp): Promise<void> {
  const commands = [...new Set(message.match(/pulumi config set .*/g))].filter((command) => which.test(command));
  assert.ok(commands.length > 0, message);
  for (const command of commands) {
    const { code, output } = await typed(command, "existing");
    assert.equal(code, 0, output);
  }
}

describe("Secrets and values made by hand", () => {
  const live = async () => decode((await readSecret(namespace, "minio-root")) ?? {});

  before(async () => {
    await makeRoom();
    const { core } = await cluster();
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: "minio-root" }, stringData: inUse } });
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: "secrets-reader" } } });
  });
  after(async () => {
    await succeed("destroy", withFacts(adopting));
    await (await cluster()).core.deleteNamespace({ name: namespace });
  });

  it("stop an up before its first write, with one message that names them all and the fixes of each", async () => {
    const versions = await kvVersions();
    const { ok, errors } = await run("up", withFacts());
    assert.equal(ok, false);
    const said = errors.join("\n");
    assert.ok(
      said.includes(
        [
          'Environment "existing" was refused: 2 problems. Nothing was changed.',
          "  clusters.local: ServiceAccount existing/secrets-reader exists and is not managed by this stack",
          "    fix: rename the existing object, or the one of this stack",
          "    or, after a lost state, adopt what exists: pulumi config set --path 'clusters.local.upsertExistingObjects' true",
          '  existingSecrets["existing/minio-root"]: Secret existing/minio-root of cluster local exists and is not managed by this stack: its values would be overwritten',
          `    fix: to adopt it (generated keys keep their existing values, its other keys stay): pulumi config set --path 'existingSecrets["existing/minio-root"]' adopt`,
          `    or overwrite the keys of the same names and keep its others: pulumi config set --path 'existingSecrets["existing/minio-root"]' merge`,
          `    or replace the whole Secret: pulumi config set --path 'existingSecrets["existing/minio-root"]' overwrite`,
          "    or give the delivery of minio-root another secretName in the catalogue",
        ].join("\n"),
      ),
      said,
    );
    assert.deepEqual(await kvVersions(), versions);
    assert.deepEqual(await live(), inUse);
    await typedAll(said, /existingSecrets.* adopt$/);
    assert.deepEqual((await configured("existing"))["existingSecrets"], adopting.existingSecrets);
    await (await cluster()).core.deleteNamespacedServiceAccount({ namespace, name: "secrets-reader" });
  });

  describe("in a Secret that is adopted", () => {
    let previewed: Run;
    let adopted: Run;

    before(async () => {
      previewed = await succeed("preview", withFacts(adopting));
      adopted = await succeed("up", withFacts(adopting));
    });

    it("are reported by preview and up, key by key and without a value", () => {
      for (const { output } of [previewed, adopted]) {
        assert.ok(
          output.includes(
            "adopting shop/root from Secret existing/minio-root of cluster local: rootPassword kept; rootUser configured",
          ),
          output,
        );
        assert.ok(output.includes("Secret existing/minio-root of cluster local: note unchanged"), output);
        assert.deepEqual(
          canaries.filter((canary) => output.includes(canary)),
          [],
        );
      }
    });

    it("stay as they are, and the store gets those of the catalogue", async () => {
      assert.deepEqual(await live(), inUse);
      const { rootUser, rootPassword } = inUse;
      assert.deepEqual(await readKv(`mlops-platform-existing/shop/root`), { rootUser, rootPassword });
    });

    it("are not changed by a second up", async () => {
      const { changes, warnings } = await succeed("up", withFacts(adopting));
      assert.deepEqual([changes, warnings], [{}, []]);
      assert.deepEqual(await live(), inUse);
    });

    it("are not reduced by an up without the entry, which is refused", async () => {
      const { ok, errors } = await run("up", withFacts());
      assert.equal(ok, false);
      assert.match(
        errors.join("\n"),
        /Secret existing\/minio-root of cluster local exists and is not managed by this stack/,
      );
      assert.deepEqual(await live(), inUse);
    });

    it("follow a rotation, except for the key that is not in the catalogue", async () => {
      await succeed("up", withFacts({ ...adopting, rotations: { "shop/root": "2026-11-23" } }));
      const { rootPassword, ...others } = await live();
      assert.match(rootPassword ?? "", /^[a-zA-Z0-9]{32}$/);
      assert.deepEqual(others, { rootUser: inUse.rootUser, note: inUse.note });
    });
  });

  describe("in Vault", () => {
    const path = "mlops-platform-existing/shop/db";
    const rotated = { ...adopting, rotations: { "shop/root": "2026-11-23" } };
    const write = (data: object) => vaultOk(`secret/data/${path}`, { method: "POST", body: { data } });
    const adoptDb = (more: Record<string, ConfigValue> = {}) =>
      withFacts({ ...rotated, adopt: { "shop/db": true }, ...more });
    /** The stack has no such secret, and the store gets one that no stack knows. */
    before(async () => {
      await succeed("up", { ...withFacts(rotated), catalogue: rootOnly });
      await write({ username: "shop", password: "db-in-use-77aa", port: 5432, extra: "extra-in-use-91bc" });
    });

    it("stop an up where they can't be kept, with the fixes for each key", async () => {
      const { ok, errors } = await run("up", adoptDb());
      assert.equal(ok, false);
      const said = errors.join("\n");
      assert.ok(
        said.includes(
          [
            'Environment "existing" was refused: 2 problems. Nothing was changed.',
            '  adopt["shop/db"]: store vault holds "extra", which the catalogue does not have',
            `    fix: add it to the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout["shop/db"][0]' extra`,
            '  adopt["shop/db"]: store vault holds "port", which the catalogue does not have',
            `    fix: add it to the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout["shop/db"][1]' port`,
          ].join("\n"),
        ),
        said,
      );
      assert.equal((await readKv(path))?.["extra"], "extra-in-use-91bc");
      await typedAll(said, /adoptWithout/);
      assert.deepEqual((await configured("existing"))["adoptWithout"], { "shop/db": ["extra", "port"] });
    });

    it("are adopted without the keys that the facts give up", async () => {
      const { output } = await succeed("up", adoptDb({ adoptWithout: { "shop/db": ["port", "extra"] } }));
      assert.ok(
        output.includes(
          "adopting shop/db from store vault: extra, port discarded; password kept; uri, username configured",
        ),
        output,
      );
      assert.deepEqual(
        canaries.filter((canary) => output.includes(canary)),
        [],
      );
      const uri = "postgresql://shop:db-in-use-77aa@db";
      assert.deepEqual(await readKv(path), { password: "db-in-use-77aa", uri, username: "shop" });
      assert.equal(decode((await readSecret(namespace, "shop-db")) ?? {})["password"], "db-in-use-77aa");
    });
  });

  describe("after destroy", () => {
    it("stay: the Secret with every key", async () => {
      const before = await live();
      await succeed("destroy", withFacts(adopting));
      assert.deepEqual(await live(), before);
      assert.deepEqual(Object.keys(before).sort(), ["note", "rootPassword", "rootUser"]);
    });
  });
});
