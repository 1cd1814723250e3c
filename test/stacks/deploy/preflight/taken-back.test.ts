import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { digestOf } from "../../../../components/targets/told-account.ts";
import { TargetError } from "../../../../components/targets/kind.ts";
import type { VerifyTarget } from "../../../../components/targets/kinds.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import { tellTakenBack } from "../../../../stacks/deploy/preflight/taken-back.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, stateResource } from "../../../support/fixtures.ts";
import { runProgram } from "../../../support/mocks.ts";

const canary = "c4nary-Vq8Zt2";
const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: {
        keys: { username: literal("shop"), password: password() },
        accounts: [{ target: "database", username: "username", password: "password" }],
      },
    },
    deliveries: [{ namespace: "shop", secretName: "db", from: ["db"] }],
  },
};
const described = (rotations: Readonly<Record<string, string>> = {}) =>
  environment({
    catalogue,
    administered: new Set(["database"]),
    facts: {
      ...facts,
      targets: { database: { kind: "postgresql", host: "db.example", administrator: "rotator" } },
      rotations,
    },
  });
const stash = (name: string, outputs: Readonly<Record<string, unknown>>) =>
  stateResource({ name, type: "pulumi:index:Stash" }, outputs);
const kept = (name: string) => stash(name, { output: { rule: "…", value: `${canary} ${name}` } });
const before = { username: "shop", password: `${canary} shop/db/password` };
const state = [
  stash("shop/db@digest-key", { output: "key" }),
  kept("shop/db/password"),
  kept("shop/db/password@2026-12-01"),
  stash("shop/db/password/database", {
    input: {
      target: "target database (postgresql at db.example:5432)",
      epoch: "initial",
      login: digestOf(before, "key"),
    },
  }),
];

async function telling(
  logIn: VerifyTarget,
  {
    env = described(),
    known = state,
    preview = false,
  }: { env?: ReturnType<typeof described>; known?: typeof state; preview?: boolean } = {},
) {
  const { logs } = await runProgram(
    () => tellTakenBack({ environment: env, state: known, secretConfig: () => output(""), logIn }),
    { preview },
  );
  assert.ok(!JSON.stringify(logs).includes(canary));
  return logs;
}

const note = {
  severity: "info",
  message: "shop/db goes back to its value of before, which the state still has: initial",
} as const;

describe("a rotation that is taken back", () => {
  it("is told to people, and the value of before is tried at its target", async () => {
    const tried: unknown[] = [];
    const logs = await telling(({ name }, login) => Promise.resolve(void tried.push([name, login])));
    assert.deepEqual(logs, [note]);
    assert.deepEqual(tried, [["database", before]]);
  });

  it("goes on where the target does not take that value, with a warning", async () => {
    const logs = await telling(() => Promise.reject(new TargetError("connect ECONNREFUSED", "start it")));
    assert.deepEqual(logs, [
      note,
      {
        severity: "warning",
        message:
          "shop/db: whether target database (postgresql at db.example:5432) still has the value of before could not be seen: connect ECONNREFUSED.\n" +
          "    fix: start it; if it has the new one, clients can't log in: rotate the secret once the target answers",
      },
    ]);
  });

  it("asks no target in a preview, nor one that this run tells the value of before", async () => {
    const nobody = () => assert.fail("it was asked");
    assert.deepEqual(await telling(nobody, { preview: true }), [note]);
    const told = state.map((each) =>
      each.name === "shop/db/password/database"
        ? stash(each.name, {
            input: { target: "target database (postgresql at db.example:5432)", epoch: "2026-12-01" },
          })
        : each,
    );
    assert.deepEqual(await telling(nobody, { known: told }), [note]);
  });

  it("is nothing where a rotation goes on, or has ended", async () => {
    const nobody = () => assert.fail("it was asked");
    assert.deepEqual(await telling(nobody, { env: described({ "shop/db": "2026-12-01" }) }), []);
    assert.deepEqual(await telling(nobody, { known: state.filter(({ name }) => !name.includes("2026-12-01")) }), []);
  });
});
