import assert from "node:assert/strict";
import { cluster, readSecret } from "../support/cluster.ts";
import { run, succeed } from "../support/stacks.ts";
import { choose, destroyExisting, inUse, live, makeByHand, namespace, withFacts } from "./scene.ts";

describe("a plain Secret made by hand that is overwritten", () => {
  const overwriting = choose("overwrite");
  const allowed = { ...overwriting, clusters: { local: { upsertExistingObjects: true } } };

  before(makeByHand);
  after(async () => {
    await destroyExisting();
    await (await cluster()).core.deleteNamespace({ name: namespace });
  });

  it("stops an up where the cluster's facts do not allow it", async () => {
    const { ok, errors } = await run("up", withFacts(overwriting));
    assert.equal(ok, false);
    const said = errors.join("\n");
    assert.ok(
      said.includes(
        [
          '  existingSecrets["plain-existing/minio-root"]: to overwrite a plain Secret, clusters.local.upsertExistingObjects must be true',
          "    fix: pulumi config set --path 'clusters.local.upsertExistingObjects' true",
        ].join("\n"),
      ),
      said,
    );
    assert.deepEqual(await live(), inUse);
  });

  it("belongs to the stack from then on, and has its values", async () => {
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

  it("is deleted by destroy", async () => {
    await succeed("destroy", withFacts());
    assert.equal(await readSecret(namespace, "minio-root"), undefined);
  });
});
