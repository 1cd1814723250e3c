import assert from "node:assert/strict";
import { hexToken, literal, password } from "../../../components/values/recipe.ts";
import { TargetError } from "../../../components/targets/kind.ts";
import { FakeVault } from "../../support/fake-vault.ts";
import { RemoteMemory } from "../../support/remote-memory.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { resourceCount } from "../../../stacks/plan/size.ts";
import { environment, facts as fixture } from "../../support/fixtures.ts";
import { SecretInput } from "../../support/recording.ts";
import { up, type Changes } from "../../support/stack.ts";

const stash = "pulumi:index:Stash";
const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: {
        keys: { username: literal("shop"), password: password() },
        accounts: [{ target: "main", username: "username", password: "password" }],
      },
      token: { keys: { token: hexToken() }, verify: [{ probe: "api", password: "token" }] },
      other: { keys: { key: hexToken() } },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"], restarts: ["Deployment/shop"] },
      { namespace: "shop", secretName: "shop-token", from: ["token"] },
      { namespace: "till", secretName: "till-db", from: ["db", "other"] },
    ],
  },
};
const facts = {
  targets: { main: { kind: "postgresql", host: "db.example", administrator: "rotator" } },
  probes: { api: { kind: "http", request: { url: "https://api.example/me", authentication: "bearer" } } },
};
const changes: Changes = { catalogue, facts, secret: { targetPasswords: '{"main":"password"}' } };

describe("what was delivered", () => {
  it("is verified after its objects, its Secrets and their restarts, and below its application", async () => {
    const { resources } = await up(changes);
    const found = resources.find(stash, "shop/db@verified");
    assert.equal(found.parent, "shop");
    assert.deepEqual([...found.options.dependsOn].sort(), [
      "main/shop/shop-db",
      "main/shop/shop-db/restarts",
      "main/till/till-db",
      // What it is made of.
      "shop/db/password",
      "shop/db/password/main",
      "shop/db/vault",
      "shop/db@digest-key",
    ]);
  });

  it("is what the state knows by a digest, and by what it is tried with", async () => {
    const { resources } = await up(changes);
    const inputOf = (name: string) => {
      const { values, ...rest } = resources.find(stash, name).inputs["input"] as Readonly<Record<string, unknown>>;
      assert.ok(values instanceof SecretInput);
      assert.match(String(values.value), /^[\w+/]{43}=$/);
      return rest;
    };
    assert.deepEqual(
      [inputOf("shop/db@verified"), inputOf("shop/token@verified")],
      [
        { epoch: "initial", by: ["target main (postgresql at db.example:5432)"] },
        { epoch: "initial", by: ["probe api (http at https://api.example)"] },
      ],
    );
  });

  it("is tried at each change, and at once where the first one is a rotation's", async () => {
    const hooksOf = async (more: object) =>
      (await up({ ...changes, facts: { ...facts, ...more } })).resources.find(stash, "shop/db@verified").options.hooks;
    const hook = ["verify-shop/db@verified"];
    assert.deepEqual(await hooksOf({}), { beforeUpdate: hook });
    assert.deepEqual(await hooksOf({ rotations: { "shop/db": "2026-12-01" } }), {
      beforeUpdate: hook,
      beforeCreate: hook,
    });
  });

  it("is tried again where a rotation is rolled back, once: not by later runs, nor where a target can't be seen", async () => {
    const world = { vault: new FakeVault(), memory: new RemoteMemory() };
    const rollBack = { "shop/db": "2026-12-01" };
    const run = async (
      state: Awaited<ReturnType<typeof up>>["state"],
      more: object,
      external: Changes["external"] = {},
    ) => {
      const result = await up({ ...changes, ...world, state, external, facts: { ...facts, ...more } });
      const { options, inputs } = result.resources.find(stash, "shop/db@verified");
      const { epoch, rolledBack } = inputs["input"] as Readonly<Record<string, unknown>>;
      return { state: result.state, hooks: Object.keys(options.hooks ?? {}), input: { epoch, rolledBack } };
    };
    const first = await run({}, {});
    const second = await run(first.state, { rotations: rollBack });
    // The state of before, with the new values beside the old ones.
    const interrupted = { ...second.state, ...first.state };
    const back = await run(interrupted, { rollBack });
    assert.deepEqual(back.input, { epoch: "initial", rolledBack: "2026-12-01" });
    assert.ok(back.hooks.includes("beforeCreate"));
    assert.deepEqual((await run(back.state, { rollBack })).input, back.input);
    const removed = await run(back.state, {});
    assert.deepEqual(removed.input, back.input);
    const none = { epoch: "initial", rolledBack: undefined };
    assert.deepEqual((await run(first.state, { rollBack })).input, none);
    assert.deepEqual((await run(removed.state, { rotations: { "shop/db": "2026-12-02" } })).input, {
      ...none,
      epoch: "2026-12-02",
    });
    const down = { verifyTarget: () => Promise.reject(new TargetError("connect ECONNREFUSED", "start it")) };
    assert.deepEqual((await run(interrupted, { rollBack }, down)).input, none);
  });

  it("is not tried where nothing can be logged in to", async () => {
    const { resources } = await up(changes);
    assert.deepEqual(
      resources.names(stash).filter((name) => name.endsWith("@verified")),
      ["shop/db@verified", "shop/token@verified"],
    );
  });

  it("counts among the stack's resources", async () => {
    const { resources } = await up(changes);
    const namespaces = { shop: { cluster: "main", store: "vault" }, till: { cluster: "main", store: "vault" } };
    const spec = environment({
      catalogue,
      facts: { ...fixture, ...facts, namespaces },
      administered: new Set(["main"]),
    });
    assert.equal(resourceCount(spec), resources.all.length);
  });
});
