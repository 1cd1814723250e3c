import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { TargetError } from "../../../../components/targets/kind.ts";
import type { VerifyTarget } from "../../../../components/targets/kinds.ts";
import { digestOf } from "../../../../components/targets/told-account.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import { examineRolledBack, type RolledBack } from "../../../../stacks/deploy/preflight/rolled-back.ts";
import { toldState } from "../../../../stacks/deploy/preflight/told-state.ts";
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
const postgresql = { kind: "postgresql", host: "db.example", administrator: "rotator" };
const text = "target database (postgresql at db.example:5432)";

interface Choices {
  readonly target?: Readonly<Record<string, unknown>>;
  readonly rollBack?: Readonly<Record<string, string>>;
  readonly rotations?: Readonly<Record<string, string>>;
  readonly known?: typeof state;
  readonly preview?: boolean;
}

const stash = (name: string, outputs: Readonly<Record<string, unknown>>) =>
  stateResource({ name, type: "pulumi:index:Stash" }, outputs);
const kept = (name: string) => stash(name, { output: { rule: "…", value: `${canary} ${name}` } });
const before = { username: "shop", password: `${canary} shop/db/password` };
const after = { username: "shop", password: `${canary} shop/db/password@2026-12-01` };
const toldOf = (target: string, epoch = "initial") =>
  stash("shop/db/password/database", {
    input: { target, epoch, login: digestOf(epoch === "initial" ? before : after, "key") },
  });
const values = [
  stash("shop/db@digest-key", { output: "key" }),
  kept("shop/db/password"),
  kept("shop/db/password@2026-12-01"),
];
const state = [...values, toldOf(text)];

async function examining(logIn: VerifyTarget, choices: Choices = {}): Promise<RolledBack> {
  const { target = postgresql, rollBack = { "shop/db": "2026-12-01" }, rotations = {}, known = state } = choices;
  const { result } = await runProgram(
    () =>
      examineRolledBack({
        ...toldState({
          environment: environment({
            catalogue,
            administered: new Set(["database"]),
            facts: { ...facts, targets: { database: target }, rotations, rollBack },
          }),
          state: known,
          secretConfig: () => output(""),
        }),
        logIn,
      }),
    { preview: choices.preview ?? false },
  );
  assert.ok(!JSON.stringify(result).includes(canary));
  return result;
}

const notes = ["shop/db goes back to the value of its rotation before, which the state still has: initial"];
const forward = `pulumi config set --path 'rotations["shop/db"]' 2026-12-01 && pulumi config rm --path 'rollBack["shop/db"]'`;
const down = new TargetError("connect ECONNREFUSED", "start it");
const again = new Map([["shop/db", "2026-12-01"]]);
const never: typeof again = new Map();
const nobody = () => assert.fail("it was asked");

describe("a rotation that is rolled back", () => {
  it("is told to people, and the previous value is tried at its target", async () => {
    const tried: unknown[] = [];
    const found = await examining(({ name }, login) => Promise.resolve(void tried.push([name, login])));
    assert.deepEqual(found, { issues: [], warnings: [], notes, verified: again });
    assert.deepEqual(tried, [["database", before]]);
  });

  it("is refused where the target has the new value, of which the state would lose the only copy", async () => {
    const logIn: VerifyTarget = (_, login) =>
      login.password === after.password ? Promise.resolve() : Promise.reject(new TargetError("refused", "see why"));
    assert.deepEqual(await examining(logIn), {
      issues: [
        {
          path: 'rollBack["shop/db"]',
          problem: `${text} has the new value already, by a login with it`,
          fix: `to go on with the rotation: ${forward}`,
        },
      ],
      warnings: [],
      notes,
      verified: never,
    });
  });

  it("goes on where that can't be seen, with a warning, since the administrator can set another", async () => {
    const warning = (place: string, problem: string, fix: string) =>
      `shop/db: whether ${place} still has the previous value could not be seen: ${problem}.\n` +
      `    fix: ${fix}; if it has the new one, clients can't log in: rotate the secret once the target answers`;
    assert.deepEqual(await examining(() => Promise.reject(down)), {
      issues: [],
      warnings: [warning(text, "connect ECONNREFUSED", "start it")],
      notes,
      // A target that stays down holds nothing up.
      verified: never,
    });
    const elsewhere = { kind: "mysql", host: "db.example", administrator: "rotator", accountHost: "10.%" };
    const place = "target database (mysql at db.example:3306)";
    assert.deepEqual(await examining(nobody, { target: elsewhere, known: [...values, toldOf(place)] }), {
      issues: [],
      warnings: [warning(place, "nobody can log in to it", "try a login by hand")],
      notes,
      verified: again,
    });
  });

  it("is refused where that can't be seen of an account that sets its own password by the one before", async () => {
    const place = "target database (grafana at https://grafana.example)";
    const target = { kind: "grafana", url: "https://grafana.example" };
    const { issues, warnings } = await examining(() => Promise.reject(down), {
      target,
      known: [...values, toldOf(place)],
    });
    assert.deepEqual(issues, [
      {
        path: 'rollBack["shop/db"]',
        problem: `whether ${place} has the new value could not be seen, and without it no other could be set there: connect ECONNREFUSED`,
        fix: `start it\n    or, to go on with the rotation: ${forward}`,
      },
    ]);
    assert.deepEqual(warnings, []);
  });

  it("asks no target in a preview, nor one that this run tells the previous value", async () => {
    assert.deepEqual(await examining(nobody, { preview: true }), { issues: [], warnings: [], notes, verified: again });
    const told = [...values, toldOf(text, "2026-12-01")];
    assert.deepEqual(await examining(nobody, { known: told }), { issues: [], warnings: [], notes, verified: again });
  });

  it("is nothing where a rotation goes on or has ended, or facts do not give it up", async () => {
    const nothing = { issues: [], warnings: [], notes: [], verified: never };
    const goesOn = { rotations: { "shop/db": "2026-12-01" }, rollBack: {} };
    assert.deepEqual(await examining(nobody, goesOn), nothing);
    assert.deepEqual(await examining(nobody, { rollBack: {} }), nothing);
    const ended = state.filter(({ name }) => !name.includes("2026-12-01"));
    assert.deepEqual(await examining(nobody, { known: ended }), nothing);
    // What was verified then, the state knows for as long as the secret has that epoch.
    const verified = stash("shop/db@verified", { input: { epoch: "initial", rolledBack: "2026-12-01" } });
    const since = { known: [...ended, verified], rollBack: {} };
    assert.deepEqual(await examining(nobody, since), { ...nothing, verified: again });
    assert.deepEqual(await examining(nobody, { ...since, rotations: { "shop/db": "2026-12-02" } }), nothing);
  });
});
