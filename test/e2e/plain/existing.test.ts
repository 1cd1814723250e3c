import assert from "node:assert/strict";
import { literal, password, provided } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import type { Catalogue } from "../../../stacks/catalogue-spec.ts";
import { cluster, decode, ifExists, readSecret } from "../support/cluster.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type Run, type StackOptions } from "../support/stacks.ts";

const namespace = "plain-existing";
const inUse = { rootUser: "minio-admin", rootPassword: "plain-in-use-2019", note: "plain, kept by hand" };
const canaries = [inUse.rootPassword, inUse.note];

const catalogueWith = (root: Catalogue[string]["secrets"][string]): Catalogue => ({
  shop: {
    secrets: { root, hub: { keys: { token: provided("huggingfaceToken") } } },
    deliveries: [
      { namespace, secretName: "minio-root", from: ["root"] },
      { namespace, secretName: "hub", from: ["hub"] },
    ],
  },
});
const root = { keys: { rootUser: literal("minio-admin"), rootPassword: password() } };
const withAnother = { keys: { ...root.keys, another: password() } };

const withFacts = (facts: Record<string, ConfigValue> = {}, keys = root): StackOptions => ({
  stack: "plain-existing",
  catalogue: catalogueWith(keys),
  facts: {
    stores: { vault: null, plain: { kind: "kubernetes" } },
    namespaces: { ...onlyNamespaces([]), [namespace]: { cluster: "local", store: "plain" } },
    ...facts,
  },
});
const choose = (choice: string) => ({ existingSecrets: { [`${namespace}/minio-root`]: choice } });
const adopting = choose("adopt");

describe("a Secret made by hand, in a namespace whose store is of kind kubernetes", () => {
  const live = async () => decode((await readSecret(namespace, "minio-root")) ?? {});
  /** As `kubectl create secret` does it: which manager wrote a key decides about what becomes of it. */
  const makeByHand = async () => {
    const { core } = await cluster();
    await ifExists(core.deleteNamespacedSecret({ namespace, name: "minio-root" }));
    await core.createNamespacedSecret({
      namespace,
      fieldManager: "kubectl-create",
      body: { metadata: { name: "minio-root" }, stringData: inUse },
    });
  };

  before(async () => {
    await (await cluster()).core.createNamespace({ body: { metadata: { name: namespace } } });
    await makeByHand();
  });
  after(async () => {
    await succeed("destroy", withFacts(adopting));
    await (await cluster()).core.deleteNamespace({ name: namespace });
  });

  it("stops an up before its first write", async () => {
    const { ok, errors } = await run("up", withFacts());
    assert.equal(ok, false);
    const said = errors.join("\n");
    assert.ok(
      said.includes(
        [
          'Environment "plain-existing" was refused: 1 problem. Nothing was changed.',
          '  existingSecrets["plain-existing/minio-root"]: Secret plain-existing/minio-root of cluster local exists, and was not made by this stack: its values would be overwritten',
          `    fix: to take its values over (generated keys keep the value that lives there, its other keys stay): pulumi config set --path 'existingSecrets["plain-existing/minio-root"]' adopt`,
          `    or write over the keys of the same names, and leave its others: pulumi config set --path 'existingSecrets["plain-existing/minio-root"]' merge`,
          `    or replace it, on purpose: pulumi config set --path 'existingSecrets["plain-existing/minio-root"]' overwrite`,
          "    or give the delivery of minio-root another secretName in the catalogue",
        ].join("\n"),
      ),
      said,
    );
    assert.deepEqual(await live(), inUse);
    assert.equal(await readSecret(namespace, "hub"), undefined);
  });

  describe("taken over", () => {
    let previewed: Run;
    let adopted: Run;

    before(async () => {
      previewed = await succeed("preview", withFacts(adopting));
      adopted = await succeed("up", withFacts(adopting));
    });

    it("says in preview and up what becomes of each key, and shows no value", () => {
      for (const { output } of [previewed, adopted]) {
        for (const line of [
          "adopting shop/root from Secret plain-existing/minio-root of cluster local: rootPassword kept; rootUser configured",
          "Secret plain-existing/minio-root of cluster local: note left alone",
        ])
          assert.ok(output.includes(line), output);
        assert.deepEqual(
          canaries.filter((canary) => output.includes(canary)),
          [],
        );
      }
    });

    it("keeps every value", async () => {
      assert.deepEqual(await live(), inUse);
    });

    it("is not changed by a second up", async () => {
      const { changes, warnings } = await succeed("up", withFacts(adopting));
      assert.deepEqual([changes, warnings], [{}, []]);
    });

    it("is put back to the value that was taken over, which the state has", async () => {
      const { core } = await cluster();
      await core.deleteNamespacedSecret({ namespace, name: "minio-root" });
      await core.createNamespacedSecret({
        namespace,
        fieldManager: "kubectl-create",
        body: { metadata: { name: "minio-root" }, stringData: { ...inUse, rootPassword: "by-mistake" } },
      });
      await succeed("up", withFacts(adopting), { refresh: true });
      assert.deepEqual(await live(), inUse);
    });

    it("is not narrowed by an up without the entry, which is refused", async () => {
      const { ok, errors } = await run("up", withFacts());
      assert.equal(ok, false);
      assert.match(
        errors.join("\n"),
        /Secret plain-existing\/minio-root of cluster local exists, and was not made by this stack/,
      );
      assert.deepEqual(await live(), inUse);
    });

    it("follows a rotation, and keeps the key that is not ours", async () => {
      const { steps } = await succeed("up", withFacts({ ...adopting, rotations: { "shop/root": "2026-11-23" } }));
      const { rootPassword, ...others } = await live();
      assert.match(rootPassword ?? "", /^[a-zA-Z0-9]{32}$/);
      assert.deepEqual(others, { rootUser: inUse.rootUser, note: inUse.note });
      assert.ok(steps.includes("update local/plain-existing/minio-root"), steps.join("\n"));
    });

    it("outlives destroy with every key, and Secrets of our own don't", async () => {
      const before = await live();
      await succeed("destroy", withFacts(adopting));
      assert.deepEqual(await live(), before);
      assert.deepEqual(Object.keys(before).sort(), ["note", "rootPassword", "rootUser"]);
      assert.equal(await readSecret(namespace, "hub"), undefined);
    });
  });

  describe("merged into", () => {
    const merging = choose("merge");

    before(async () => {
      await makeByHand();
      await succeed("up", withFacts(merging, withAnother));
    });

    it("has our values under our keys, and keeps its other", async () => {
      const { rootUser, rootPassword, another, note, ...others } = await live();
      assert.deepEqual([rootUser, note, others], [inUse.rootUser, inUse.note, {}]);
      for (const made of [rootPassword, another]) assert.match(made ?? "", /^[a-zA-Z0-9]{32}$/);
    });

    it("loses a key of ours that the catalogue drops, and no other, however often we wrote it", async () => {
      const rotated = { ...merging, rotations: { "shop/root": "2026-11-23" } };
      await succeed("up", withFacts(rotated, withAnother));
      const before = await live();
      await succeed("up", withFacts(rotated));
      const { another, ...others } = before;
      assert.match(another ?? "", /^[a-zA-Z0-9]{32}$/);
      assert.deepEqual(await live(), others);
    });

    it("outlives its delivery with every key", async () => {
      const before = await live();
      await succeed("destroy", withFacts(merging));
      assert.deepEqual(await live(), before);
    });
  });

  describe("written over", () => {
    const overwriting = choose("overwrite");
    const allowed = { ...overwriting, clusters: { local: { upsertExistingObjects: true } } };
    before(makeByHand);

    it("is refused where the cluster does not allow it", async () => {
      const { ok, errors } = await run("up", withFacts(overwriting));
      assert.equal(ok, false);
      const said = errors.join("\n");
      assert.ok(
        said.includes(
          [
            '  existingSecrets["plain-existing/minio-root"]: a plain Secret is written over only where the cluster allows it',
            "    fix: pulumi config set --path 'clusters.local.upsertExistingObjects' true",
          ].join("\n"),
        ),
        said,
      );
      assert.deepEqual(await live(), inUse);
    });

    it("is ours from then on, and has our values", async () => {
      await succeed("up", withFacts(allowed));
      const { rootPassword, ...others } = await live();
      assert.match(rootPassword ?? "", /^[a-zA-Z0-9]{32}$/);
      assert.deepEqual(others, { rootUser: inUse.rootUser, note: inUse.note });
    });

    it("needs no entry afterwards, and loses its other keys with the first change", async () => {
      await succeed("up", withFacts());
      assert.equal((await live())["note"], inUse.note);
      await succeed("up", withFacts({ rotations: { "shop/root": "2026-11-23" } }));
      assert.deepEqual(Object.keys(await live()).sort(), ["rootPassword", "rootUser"]);
    });

    it("goes with destroy", async () => {
      await succeed("destroy", withFacts());
      assert.equal(await readSecret(namespace, "minio-root"), undefined);
    });
  });
});
