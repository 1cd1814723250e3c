import assert from "node:assert/strict";
import { cluster, readSecret } from "../support/cluster.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import { adopting, canaries, destroyExisting, inUse, live, makeByHand, namespace, withFacts } from "./scene.ts";

describe("a plain Secret made by hand", () => {
  before(makeByHand);
  after(destroyExisting);

  it("stops an up before its first write", async () => {
    const { ok, errors } = await run("up", withFacts());
    assert.equal(ok, false);
    const said = errors.join("\n");
    assert.ok(
      said.includes(
        [
          'Environment "plain-existing" was refused: 1 problem. Nothing was changed.',
          '  existingSecrets["plain-existing/minio-root"]: Secret plain-existing/minio-root of cluster local exists and is not managed by this stack: its values would be overwritten',
          `    fix: to adopt it (generated keys keep their existing values, its other keys stay): pulumi config set --path 'existingSecrets["plain-existing/minio-root"]' adopt`,
          `    or overwrite the keys of the same names and keep its others: pulumi config set --path 'existingSecrets["plain-existing/minio-root"]' merge`,
          `    or replace the whole Secret: pulumi config set --path 'existingSecrets["plain-existing/minio-root"]' overwrite`,
          "    or give the delivery of minio-root another secretName in the catalogue",
        ].join("\n"),
      ),
      said,
    );
    assert.deepEqual(await live(), inUse);
    assert.equal(await readSecret(namespace, "hub"), undefined);
  });

  describe("that is adopted", () => {
    let previewed: Run;
    let adopted: Run;

    before(async () => {
      previewed = await succeed("preview", withFacts(adopting));
      adopted = await succeed("up", withFacts(adopting));
    });

    it("is reported by preview and up, key by key and without a value", () => {
      for (const { output } of [previewed, adopted]) {
        for (const line of [
          "adopting shop/root from Secret plain-existing/minio-root of cluster local: rootPassword kept; rootUser configured",
          "Secret plain-existing/minio-root of cluster local: note unchanged",
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

    it("is restored to the adopted value, which the state has", async () => {
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

    it("is not reduced by an up without the entry, which is refused", async () => {
      const { ok, errors } = await run("up", withFacts());
      assert.equal(ok, false);
      assert.match(
        errors.join("\n"),
        /Secret plain-existing\/minio-root of cluster local exists and is not managed by this stack/,
      );
      assert.deepEqual(await live(), inUse);
    });

    it("follows a rotation, and keeps the key that is not in the catalogue", async () => {
      const { steps } = await succeed("up", withFacts({ ...adopting, rotations: { "shop/root": "2026-11-23" } }));
      const { rootPassword, ...others } = await live();
      assert.match(rootPassword ?? "", /^[a-zA-Z0-9]{32}$/);
      assert.deepEqual(others, { rootUser: inUse.rootUser, note: inUse.note });
      assert.ok(steps.includes("update local/plain-existing/minio-root"), steps.join("\n"));
    });

    it("outlives destroy with every key, unlike the Secrets that the stack made", async () => {
      const before = await live();
      await succeed("destroy", withFacts(adopting));
      assert.deepEqual(await live(), before);
      assert.deepEqual(Object.keys(before).sort(), ["note", "rootPassword", "rootUser"]);
      assert.equal(await readSecret(namespace, "hub"), undefined);
    });
  });
});
