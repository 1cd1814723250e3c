import assert from "node:assert/strict";
import { rotationText } from "../../../cli/text/rotation.ts";
import { alternating, hexToken, literal, password, previousOf } from "../../../components/values/recipe.ts";
import type { Choice } from "../../../operations/rotate/choice.ts";
import { isSound } from "../../../operations/rotate/model.ts";
import { RotationStopped } from "../../../operations/rotate/up.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { facts } from "../../support/fixtures.ts";
import { killed, Simulated } from "./simulated.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: {
        rotateEveryDays: 90,
        keys: { username: literal("shop"), password: password() },
        accounts: [{ target: "database", username: "username", password: "password" }],
      },
      turns: {
        rotateEveryDays: 90,
        keys: { username: alternating("shop_a", "shop_b"), password: password() },
        accounts: [{ target: "database", username: "username", password: "password" }],
      },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"], restarts: ["Deployment/api"] },
      { namespace: "shop", secretName: "shop-turns", from: ["turns"] },
    ],
  },
};
const targets = { database: { kind: "postgresql", host: "db.example", administrator: "rotator" } };
const world = () => new Simulated(catalogue, { targets });
const db = { kind: "named", ids: ["shop/db"] } as const;
const turns = { kind: "named", ids: ["shop/turns"] } as const;
const all = { kind: "all" } as const;
const rotated = (id: string) => ["value", "target", "store", "retire"].map((step) => `${step} ${id}`);

describe("a rotation", () => {
  it("moves the epoch, runs the engine, and looks at the Secrets", async () => {
    const stack = world();
    const report = await stack.run(db);
    assert.deepEqual(stack.done(), ["move shop/db 2026-12-01", ...rotated("shop/db"), "verify shop/db"]);
    assert.equal(report.outcome, "rotated");
    assert.deepEqual(
      report.rotations.map(({ id, from, to, asked }) => ({ id, from, to, asked })),
      [{ id: "shop/db", from: "initial", to: "2026-12-01", asked: true }],
    );
    assert.deepEqual(report.verified, [{ cluster: "main", namespace: "shop", secret: "shop-db", verdict: "sound" }]);
    assert.deepEqual(report.previousVersions, []);
  });

  it("takes a time where the day has one already", async () => {
    const stack = world();
    await stack.run(db);
    stack.done();
    await stack.run(db);
    assert.equal(stack.done()[0], "move shop/db 2026-12-01T14:00:00Z");
  });

  it("does not begin while another is rolled back, and takes another epoch than that one had", async () => {
    const stack = world();
    stack.kept.add("shop/db/password@2026-12-01");
    stack.rolledBack["shop/db"] = "2026-12-01";
    await assert.rejects(stack.run({ kind: "named", ids: ["shop/turns"] }), {
      message: [
        "A rotation in environment test was refused: 1 problem. Nothing was changed.",
        "  shop/db: its rotation at 2026-12-01 is being rolled back (rollBack), which is not finished",
        "    fix: pulumi up --stack test; then run the same command again",
      ].join("\n"),
    });
    assert.deepEqual(stack.done(), []);
    stack.kept.delete("shop/db/password@2026-12-01");
    await stack.run(db);
    assert.equal(stack.done()[0], "move shop/db 2026-12-01T14:00:00Z");
  });

  it("names its steps, and changes nothing where it is only planned", async () => {
    const stack = world();
    const { outcome, rotations } = await stack.run(db, { mode: "plan" });
    assert.deepEqual({ outcome, log: stack.done() }, { outcome: "planned", log: [] });
    assert.deepEqual(rotations[0]?.steps, [
      { step: "value", what: ["password: generated, and kept in the state, encrypted"] },
      { step: "target", what: ["target database (postgresql at db.example:5432) gets password of shop"] },
      { step: "store", what: ["vault: acme-test/shop/db"] },
      { step: "Secret", what: ["main: shop/shop-db"] },
      { step: "restart", what: ["shop: Deployment/api"] },
      {
        step: "verify",
        what: [
          "every Secret has the new value, and shop logs in to target database (postgresql at db.example:5432) with it",
          "every Secret is synced, and what reads it is looked at",
        ],
      },
      { step: "retire", what: ["the previous value leaves the state", "vault keeps it among the last 10 versions"] },
    ]);
  });

  it("moves epochs alone, without the engine and its state", async () => {
    const stack = world();
    stack.stateRefused = "not logged in";
    const report = await stack.run({ kind: "due", by: "2026-12-01" }, { mode: "move" });
    assert.equal(report.outcome, "moved");
    assert.deepEqual(stack.done(), ["move shop/db 2026-12-01", "move shop/turns 2026-12-01"]);
    // What was moved is due no more.
    const again = await stack.run({ kind: "due", by: "2026-12-01" }, { mode: "move" });
    assert.deepEqual({ outcome: again.outcome, log: stack.done() }, { outcome: "nothing", log: [] });
  });

  it("is refused where the state can't be read, and planned all the same", async () => {
    const stack = world();
    stack.stateRefused = "not logged in";
    await assert.rejects(stack.run(db), {
      message:
        "Nothing was changed: the state of stack test can't be read: not logged in\n" +
        "    fix: log in to its backend (pulumi login), or move the epochs alone: --config-only",
    });
    const { notes } = await stack.run(db, { mode: "plan" });
    assert.deepEqual(notes, ["the state of stack test can't be read: not logged in; what is unfinished is not known"]);
  });

  it("is refused where the secret was never deployed", async () => {
    const stack = world();
    stack.kept.clear();
    await assert.rejects(stack.run(db), {
      message:
        "A rotation in environment test was refused: 1 problem. Nothing was changed.\n" +
        "  shop/db: was never deployed: there is no value to rotate\n    fix: pulumi up --stack test",
    });
    const { outcome, leftOut } = await stack.run(all);
    assert.equal(outcome, "nothing");
    assert.deepEqual(
      leftOut.map(({ id, reason }) => `${id} ${reason}`),
      ["shop/db", "shop/turns"].map((id) => `${id} was never deployed: there is no value to rotate`),
    );
  });

  it("is refused by the stack of its part, where the environment is spread over several", async () => {
    const stack = new Simulated(catalogue, { targets, parts: { base: [], p1: ["shop"] } });
    stack.kept.clear();
    await assert.rejects(stack.run(db), /\n {4}fix: pulumi up --stack test\.p1$/);
    stack.kept.add("shop/db/password");
    stack.kept.add("shop/db/password@2026-12-01");
    stack.rolledBack["shop/db"] = "2026-12-01";
    await assert.rejects(stack.run(db), /\n {4}fix: pulumi up --stack test\.p1; then run the same command again$/);
  });

  it("names the stacks that carry moved epochs out, where the environment is spread over several", async () => {
    const apart: Catalogue = {
      ...catalogue,
      mail: {
        secrets: { token: { keys: { token: hexToken(32) } } },
        deliveries: [{ namespace: "mail", secretName: "mail-token", from: ["token"] }],
      },
    };
    const closingOf = async (ids: readonly string[], parts: Readonly<Record<string, readonly string[]>>) => {
      const namespaces = { ...facts.namespaces, mail: { cluster: "main", store: "vault" } };
      const stack = new Simulated(apart, { targets, namespaces, parts });
      const report = await stack.run({ kind: "named", ids }, { mode: "move" });
      return { stacks: report.stacks, closing: rotationText(report).split("\n").at(-2) };
    };
    const { closing, stacks } = await closingOf(["shop/db", "mail/token"], { base: [], p1: ["shop"], p2: ["mail"] });
    assert.deepEqual(stacks, ["test.p1", "test.p2"]);
    assert.equal(
      closing,
      "The next pulumi up carries it out: commit Pulumi.test.yaml for the pull request, or run pulumi up --stack test.p1 && pulumi up --stack test.p2.",
    );
    assert.deepEqual((await closingOf(["shop/db"], { base: ["mail"], p1: ["shop"] })).stacks, ["test.p1"]);
    assert.deepEqual((await closingOf(["mail/token"], { base: ["mail"], p1: ["shop"] })).stacks, ["test"]);
    assert.deepEqual((await closingOf(["mail/token"], {})).stacks, ["test"]);
  });

  for (const [failing, standing] of [
    ["value", "not begun: no new value was made, and everything keeps the previous one"],
    ["target", "begun: the new value is in the state, and what has not got it keeps the previous one"],
    ["retire", "begun: the new value is in the state, and what has not got it keeps the previous one"],
  ] as const) {
    it(`that fails at its ${failing} says how far it came, and the same call finishes it`, async () => {
      const stack = world();
      stack.failsAt = `shop/db ${failing}`;
      await assert.rejects(stack.run(db), {
        name: "RotationStopped",
        message:
          `The rotation is not finished:\n  shop/db: ${standing}\npulumi up ended with exit code 255:\n  shop/db: ${failing} failed\n` +
          "    fix: put right what is said above, then run the same command again: it goes on with the same new values",
      });
      const before = stack.done();
      stack.failsAt = "";
      const { rotations } = await stack.run(db);
      const steps = [...before, ...stack.done()];
      assert.deepEqual(
        steps.filter((each) => each.startsWith("move") || each.startsWith("value")),
        ["move shop/db 2026-12-01", "value shop/db"],
      );
      assert.deepEqual(steps.slice(-2), ["retire shop/db", "verify shop/db"]);
      assert.deepEqual(
        rotations.map(({ from, to, before: standingBefore }) => ({ from, to, standingBefore })),
        [{ from: "2026-12-01", to: "2026-12-01", standingBefore: failing === "value" ? "moved" : "begun" }],
      );
    });
  }

  it("that is killed at any step is finished by the same call, with one new value", async () => {
    let at = 0;
    for (let ended = false; !ended; at += 1) {
      const stack = world();
      try {
        await stack.run(db, {}, at);
        ended = true;
      } catch (error) {
        assert.equal(error, killed);
        await stack.run(db);
      }
      const log = stack.done();
      assert.deepEqual(
        log.filter((each) => each === "value shop/db"),
        ["value shop/db"],
        `killed at ${at}`,
      );
      assert.equal(log.at(-1), "verify shop/db");
    }
    assert.equal(at, 5);
  });

  it("of others that was not carried out is carried out too, whatever was asked for", async () => {
    const stack = world();
    await stack.run({ kind: "named", ids: ["shop/turns"] }, { mode: "move" });
    stack.done();
    const nothingDue = await stack.run({ kind: "due", by: "2026-02-01" });
    assert.deepEqual(
      nothingDue.rotations.map(({ id, asked, before }) => ({ id, asked, before })),
      [{ id: "shop/turns", asked: false, before: "moved" }],
    );
    assert.deepEqual(stack.done(), [...rotated("shop/turns"), "verify shop/turns"]);
  });
});

describe("a rotation while another run is at work", () => {
  it("says who that is, keeps the epochs, and is carried out by the same call", async () => {
    const stack = world();
    stack.locked = 1;
    await assert.rejects(stack.run(db), {
      name: "RotationStopped",
      message:
        "Another run is at work on stack test: ci@runner-3 (process 478), since 2026-12-01T13:59:00Z. This one made no value; " +
        "the new epochs of shop/db stand in Pulumi.test.yaml.\n" +
        "    fix: when it has ended, run the same command again, which carries them out (--wait <minutes> waits for it)\n" +
        "    or, if it was killed and nobody is at work: pulumi cancel --stack test, then the same command again",
    });
    assert.deepEqual(stack.done(), ["move shop/db 2026-12-01"]);
    await stack.run(db);
    assert.deepEqual(stack.done(), [...rotated("shop/db"), "verify shop/db"]);
  });

  it("names the stack of the part that the run is of, and the file of the whole environment", async () => {
    const stack = world();
    stack.locked = 1;
    stack.lockedStack = "test.p1";
    await assert.rejects(stack.run(db), {
      name: "RotationStopped",
      message:
        "Another run is at work on stack test.p1: ci@runner-3 (process 478), since 2026-12-01T13:59:00Z. This one made no value; " +
        "the new epochs of shop/db stand in Pulumi.test.yaml.\n" +
        "    fix: when it has ended, run the same command again, which carries them out (--wait <minutes> waits for it)\n" +
        "    or, if it was killed and nobody is at work: pulumi cancel --stack test.p1, then the same command again",
    });
  });

  it("is not carried out a second time where that run has finished it, which is said", async () => {
    const stack = world();
    stack.locked = 1;
    await assert.rejects(stack.run(db), RotationStopped);
    await stack.tools().engine.up(["shop/db"]);
    assert.deepEqual(stack.done(), ["move shop/db 2026-12-01", ...rotated("shop/db")]);
    const report = await stack.run(db);
    assert.deepEqual(stack.done(), ["verify shop/db"]);
    assert.equal(
      rotationText(report),
      [
        "test: 1 secret rotated.\n",
        "Rotated:\n  shop/db: 2026-12-01, finished\n",
        "Secrets:\n  main: shop/shop-db is sound\n",
        "shop/db was rotated to its end since this command stopped, and gets no other value. For another rotation, run it once more\n",
      ].join("\n"),
    );
    await stack.run(db);
    assert.equal(stack.done()[0], "move shop/db 2026-12-01T14:00:00Z");
  });

  it("is not carried out a second time either where another command ran in between", async () => {
    const stack = world();
    const stop = async (choice: Choice) => {
      stack.locked = 1;
      await assert.rejects(stack.run(choice), RotationStopped);
      stack.done();
    };
    const ended = (id: string) => [
      `${id} was rotated to its end since this command stopped, and gets no other value. For another rotation, run it once more`,
    ];
    await stop(turns);
    // The other one finishes what the first has begun, and stops before its own Secrets are looked at.
    await stop(db);
    await stack.tools().engine.up([]);
    stack.done();
    assert.deepEqual((await stack.run(db)).notes, ended("shop/db"));
    assert.deepEqual((await stack.run(turns)).notes, ended("shop/turns"));
    assert.deepEqual(stack.done(), ["verify shop/db", "verify shop/turns"]);
    // One that gets to its end, and one after a leak.
    for (const leaked of [false, true]) {
      await stop(turns);
      await stack.run(db, { leaked });
      stack.done();
      assert.deepEqual((await stack.run(turns)).notes, ended("shop/turns"));
      assert.deepEqual(stack.done(), ["verify shop/turns"]);
    }
    stack.now = new Date("2026-12-01T16:00:00Z");
    await stop(turns);
    stack.now = new Date("2026-12-02T15:00:00Z");
    await stack.run(db);
    stack.done();
    // By its own time, whenever the other was.
    stack.now = new Date("2026-12-02T16:00:01Z");
    await stack.run(turns);
    assert.equal(stack.done()[0], "move shop/turns 2026-12-02");
  });

  it("begins another one where that command stopped more than a day ago, or the epoch is another one", async () => {
    const stopped = async () => {
      const stack = world();
      stack.locked = 1;
      await assert.rejects(stack.run(db), RotationStopped);
      await stack.tools().engine.up(["shop/db"]);
      stack.done();
      return stack;
    };
    const later = await stopped();
    later.now = new Date("2026-12-02T14:00:01Z");
    await later.run(db);
    assert.equal(later.done()[0], "move shop/db 2026-12-02");
    const other = await stopped();
    other.kept.delete("shop/db/password@2026-12-01");
    other.kept.add("shop/db/password@2026-12-01T13:00:00Z");
    other.rotations["shop/db"] = "2026-12-01T13:00:00Z";
    await other.run(db);
    assert.equal(other.done()[0], "move shop/db 2026-12-01T14:00:00Z");
  });

  it("waits as long as it is told to", async () => {
    const stack = world();
    stack.locked = 2;
    await stack.run(db, { waitMs: 60_000 });
    assert.deepEqual(stack.done().slice(1, 3), ["pause 5000", "pause 5000"]);
    stack.locked = 100;
    await assert.rejects(stack.run(db, { waitMs: 12_000 }), RotationStopped);
    assert.deepEqual(stack.done().slice(1), ["pause 5000", "pause 5000", "pause 2000"]);
  });
});

describe("a rotation outside of the windows of policy", () => {
  const closed =
    "No rotation may begin in environment test now: Tue 15:00 is in none of its windows; the next one may at 2026-12-02 08:00 (Europe/Berlin)";
  const closedStack = () => {
    const stack = world();
    const days = ["Mon", "Tue", "Wed", "Thu", "Fri"] as const;
    stack.calendar = { timeZone: "Europe/Berlin", windows: [{ days, from: "08:00", to: "12:00" }] };
    return stack;
  };
  const due = { kind: "due", by: "2026-12-01" } as const;

  it("waits where it is by schedule, for a pull request as well", async () => {
    const stack = closedStack();
    for (const mode of ["run", "move"] as const) {
      const { outcome, rotations, notes } = await stack.run(due, { mode });
      assert.deepEqual({ outcome, rotations }, { outcome: "nothing", rotations: [] });
      assert.deepEqual(notes, [`${closed}. It waits: shop/db, shop/turns`]);
    }
    assert.deepEqual(stack.done(), []);
    stack.now = new Date("2026-12-02T07:00:00Z");
    assert.equal((await stack.run(due)).outcome, "rotated");
  });

  it("is refused where it is named, unless it is said twice or values are leaked", async () => {
    const stack = closedStack();
    await assert.rejects(stack.run(db), {
      message:
        `${closed}. Nothing was changed.\n    fix: wait for it\n` +
        "    or, if it can't wait: the same command with --outside-windows; after a leak: --leaked",
    });
    assert.deepEqual(stack.done(), []);
    assert.deepEqual((await stack.run(db, { mode: "plan" })).notes, [closed]);
    assert.equal((await stack.run(db, { outsideWindows: true })).outcome, "rotated");
    assert.equal((await stack.run(db, { leaked: true })).outcome, "rotated");
    assert.equal((await stack.run(db, { mode: "move" })).outcome, "moved");
  });

  it("is finished where it was begun, at any time", async () => {
    const stack = closedStack();
    await stack.run(db, { mode: "move" });
    assert.equal((await stack.run(db)).outcome, "rotated");
  });
});

describe("a rotation after a leak", () => {
  const epochs = (log: readonly string[]) => log.filter((each) => each.startsWith("move"));
  const once = ["move shop/db 2026-12-01", "move shop/turns 2026-12-01"];
  const twice = [...once, "move shop/turns 2026-12-01T14:00:00Z"];

  it("changes both of two accounts by turns, one run after the other, and says what stores still have", async () => {
    const stack = world();
    const report = await stack.run(all, { leaked: true });
    const log = stack.done();
    assert.deepEqual(epochs(log), twice);
    assert.ok(log.indexOf("retire shop/turns") < log.indexOf("move shop/turns 2026-12-01T14:00:00Z"));
    assert.equal(stack.journalText, "");
    assert.deepEqual(
      report.rotations.map(({ id, to, rounds }) => [id, to, rounds]),
      [
        ["shop/db", "2026-12-01", 1],
        ["shop/turns", "2026-12-01T14:00:00Z", 2],
      ],
    );
    assert.deepEqual(report.previousVersions[0], {
      store: "vault",
      object: "acme-test/shop/db",
      kept: "it among the last 10 versions",
      disable:
        "vault kv destroy -address=https://vault.example:8200 -mount=secret " +
        `-versions="$(vault kv metadata get -address=https://vault.example:8200 -mount=secret -format=json acme-test/shop/db | jq -r '.data | [.versions | keys[] | tonumber] - [.current_version] | join(",")')" acme-test/shop/db`,
    });
  });

  describe("with the old versions in stores", () => {
    const leaked = { leaked: true, disableOldVersions: true } as const;
    const place = { store: "vault", object: "acme-test/shop/db" };
    const held = () => {
      const stack = world();
      stack.oldVersions.set("vault acme-test/shop/db", ["1", "2"]);
      return stack;
    };

    it("disables them once everything is verified, and then has no command to type", async () => {
      const stack = held();
      const report = await stack.run(db, leaked);
      const log = stack.done();
      assert.deepEqual(log.slice(-3), [
        "verify shop/db",
        "disable vault acme-test/shop/db 1",
        "disable vault acme-test/shop/db 2",
      ]);
      assert.deepEqual(report.oldVersions, [{ ...place, versions: ["1", "2"], disabled: ["1", "2"] }]);
      assert.ok(isSound(report));
      const text = rotationText(report);
      assert.ok(text.includes("Old versions in stores:\n  vault acme-test/shop/db: versions 1, 2 disabled\n"), text);
      assert.ok(!text.includes("vault kv destroy"), text);
    });

    it("only shows them in a plan", async () => {
      const stack = held();
      const report = await stack.run(db, { ...leaked, mode: "plan" });
      assert.deepEqual(stack.done(), []);
      assert.deepEqual(report.oldVersions, [{ ...place, versions: ["1", "2"] }]);
      assert.ok(
        rotationText(report).includes(
          "Old versions that can be read, and would be disabled with those of the rotation:\n  vault acme-test/shop/db: versions 1, 2 can be read\n",
        ),
      );
    });

    it("leaves them where nobody agrees, and says how it is done by hand", async () => {
      const stack = held();
      stack.agrees = false;
      const report = await stack.run(db, leaked);
      assert.ok(!stack.done().some((each) => each.startsWith("disable")));
      assert.deepEqual(report.oldVersions, [{ ...place, versions: ["1", "2"] }]);
      assert.ok(!isSound(report));
      assert.ok(rotationText(report).includes("vault kv destroy"));
    });

    it("leaves them where the store can't be asked, with the reason", async () => {
      const stack = held();
      stack.storeRefused = "VAULT_TOKEN is not set";
      const report = await stack.run(db, leaked);
      assert.deepEqual(report.oldVersions, [{ ...place, versions: [], problem: "VAULT_TOKEN is not set" }]);
      assert.ok(rotationText(report).includes("  vault acme-test/shop/db: not disabled: VAULT_TOKEN is not set\n"));
      assert.ok(!isSound(report));
    });

    it("leaves them where a run fails before everything is verified", async () => {
      const stack = held();
      stack.failsAt = "shop/db retire";
      await assert.rejects(stack.run(db, leaked));
      assert.ok(!stack.done().some((each) => each.startsWith("disable")));
    });
  });

  it("is two where a target accepts the previous value until the next one, which the steps say", async () => {
    const stack = new Simulated(catalogue, { targets: { database: { ...targets.database, kind: "redis" } } });
    const report = await stack.run(db, { leaked: true });
    assert.deepEqual(epochs(stack.done()), ["move shop/db 2026-12-01", "move shop/db 2026-12-01T14:00:00Z"]);
    assert.deepEqual(
      report.rotations.map(({ rounds, steps }) => [rounds, steps.at(-1)?.what.slice(0, 2)]),
      [
        [
          2,
          [
            "the previous value leaves the state",
            "target database (redis at db.example:6379) accepts the previous value until the next rotation",
          ],
        ],
      ],
    );
  });

  it("that is killed at any step is finished by the same call, and rotates nothing more often than it must", async () => {
    let at = 0;
    for (let ended = false; !ended; at += 1) {
      const stack = world();
      try {
        await stack.run(all, { leaked: true }, at);
        ended = true;
      } catch (error) {
        assert.equal(error, killed);
        if (stack.journalText !== "") {
          await assert.rejects(
            stack.run(db),
            /Nothing was changed: a rotation after a leak, begun at 2026-12-01T14:00/,
          );
        }
        const isDone = stack.journalText === "" && epochs(stack.log).length === twice.length;
        if (!isDone) await stack.run(all, { leaked: true });
      }
      assert.deepEqual(epochs(stack.done()), twice, `killed at ${at}`);
      assert.equal(stack.journalText, "", `killed at ${at}`);
    }
    assert.ok(at > 6, `${at}`);
  });

  it("takes another epoch than one that was rolled back on the same day, whether it is its own", async () => {
    const stack = world();
    stack.rolledBack["shop/db"] = "2026-12-01";
    await stack.run(db, { leaked: true });
    assert.equal(stack.done()[0], "move shop/db 2026-12-01T14:00:00Z");
    // Noted in the journal, and rolled back before it was finished.
    stack.now = new Date("2026-12-02T14:00:00Z");
    stack.failsAt = "shop/turns retire";
    await assert.rejects(stack.run(turns, { leaked: true }), RotationStopped);
    stack.failsAt = "";
    stack.done();
    assert.equal(stack.rotations["shop/turns"], "2026-12-02");
    delete stack.rotations["shop/turns"];
    stack.rolledBack["shop/turns"] = "2026-12-02";
    for (const key of ["password", "username"]) stack.kept.delete(`shop/turns/${key}@2026-12-02`);
    await stack.run(turns, { leaked: true });
    assert.deepEqual(
      stack.done().filter((each) => each.startsWith("move")),
      ["2026-12-02T14:00:00Z", "2026-12-02T14:00:01Z"].map((epoch) => `move shop/turns ${epoch}`),
    );
  });

  it("finishes an earlier rotation first, whose new value may be leaked as well", async () => {
    const stack = world();
    stack.failsAt = "shop/turns target";
    await assert.rejects(stack.run({ kind: "named", ids: ["shop/turns"] }), RotationStopped);
    stack.failsAt = "";
    stack.done();
    await stack.run({ kind: "named", ids: ["shop/turns"] }, { leaked: true });
    const log = stack.done();
    assert.deepEqual(epochs(log), ["move shop/turns 2026-12-01T14:00:00Z", "move shop/turns 2026-12-01T14:00:01Z"]);
    assert.ok(log.indexOf("retire shop/turns") < log.indexOf("move shop/turns 2026-12-01T14:00:00Z"));
  });

  it("that failed is named by another rotation, which waits for it", async () => {
    const stack = world();
    stack.failsAt = "shop/turns target";
    await assert.rejects(stack.run(all, { leaked: true }), RotationStopped);
    await assert.rejects(stack.run(db), {
      message:
        "Nothing was changed: a rotation after a leak, begun at 2026-12-01T14:00:00.000Z, is not finished (shop/turns).\n" +
        "    fix: npx secrets rotate shop/turns --leaked --stack test",
    });
  });
});

describe("a rotation that leaves a secret out", () => {
  const others = { ...all, except: ["shop/db"] } as const;
  /** A run after a leak that was refused, since the target of shop/db is down. */
  const refused = async () => {
    const stack = world();
    stack.failsAt = "shop/db value";
    await assert.rejects(stack.run(all, { leaked: true }), RotationStopped);
    stack.done();
    return stack;
  };

  it("rotates the others to their end after a leak, although the journal names it", async () => {
    const stack = await refused();
    delete stack.rotations["shop/db"];
    const report = await stack.run(others, { leaked: true });
    assert.deepEqual(
      report.rotations.map(({ id }) => id),
      ["shop/turns"],
    );
    assert.deepEqual(
      stack.done().filter((each) => !each.startsWith("verify")),
      [...rotated("shop/turns"), "move shop/turns 2026-12-01T14:00:00Z", ...rotated("shop/turns")],
    );
    assert.equal(stack.journalText, "");
    stack.failsAt = "";
    assert.equal((await stack.run(db, { leaked: true })).outcome, "rotated");
  });

  it("is refused while its new epoch stands in the file, with the command that takes it back", async () => {
    const stack = await refused();
    const message =
      "A rotation in environment test was refused: 1 problem. Nothing was changed.\n" +
      "  shop/db: is left out by --except, and has epoch 2026-12-01 in Pulumi.test.yaml, which the run would carry out\n" +
      "    fix: pulumi config rm --path 'rotations[\"shop/db\"]' --stack test; then run the same command again";
    await assert.rejects(stack.run(others, { leaked: true }), { message });
    assert.deepEqual(stack.done(), []);
    stack.kept.delete("shop/db/password");
    stack.kept.add("shop/db/password@2026-06-01");
    await assert.rejects(
      stack.run(others, { leaked: true }),
      /fix: pulumi config set --path 'rotations\["shop\/db"\]' 2026-06-01 --stack test; then/,
    );
  });

  it("keeps in mind what was rotated once of two times, and finishes what has begun", async () => {
    const stack = world();
    const entry = { id: "shop/turns", rounds: 2, done: 1 };
    const since = "2026-12-01T14:00:00.000Z";
    stack.journalText = JSON.stringify({ version: 1, stack: "test", since, secrets: [entry] });
    await stack.run({ ...all, except: ["shop/turns"] }, { leaked: true });
    assert.deepEqual((JSON.parse(stack.journalText) as { readonly secrets: unknown }).secrets, [
      { id: "shop/db", rounds: 1, done: 1 },
      entry,
    ]);
    await stack.run({ kind: "named", ids: ["shop/turns"] }, { leaked: true });
    assert.equal(stack.journalText, "");
    stack.failsAt = "shop/db target";
    await assert.rejects(stack.run(db), RotationStopped);
    stack.failsAt = "";
    const report = await stack.run(others);
    assert.deepEqual(
      report.rotations.map(({ id, asked }) => [id, asked]),
      [
        ["shop/turns", true],
        ["shop/db", false],
      ],
    );
  });
});

describe("a rotation after a leak, while an earlier one of a secret can't be finished", () => {
  const redis = { database: { ...targets.database, kind: "redis" } };
  const down = async () => {
    const stack = new Simulated(catalogue, { targets: redis });
    stack.failsAt = "shop/turns target";
    await assert.rejects(stack.run(turns), RotationStopped);
    stack.done();
    return stack;
  };
  const moves = (stack: Simulated) => stack.done().filter((each) => each.startsWith("move"));

  for (const [name, choice] of [
    ["", all],
    [", which is left out", { ...all, except: ["shop/turns"] }],
  ] as const) {
    it(`rotates the others as often as they must be${name}`, async () => {
      const stack = await down();
      for (const epoch of ["2026-12-01", "2026-12-01T14:00:00Z"]) {
        await assert.rejects(stack.run(choice, { leaked: true }), RotationStopped);
        const log = stack.done();
        assert.deepEqual(log, [`move shop/db ${epoch}`, ...rotated("shop/db")]);
      }
      await assert.rejects(stack.run(choice, { leaked: true }), RotationStopped);
      assert.deepEqual(stack.done(), []);
      stack.failsAt = "";
      await stack.run(all, { leaked: true });
      assert.deepEqual(moves(stack), ["move shop/turns 2026-12-01T14:00:00Z", "move shop/turns 2026-12-01T14:00:01Z"]);
      assert.equal(stack.journalText, "");
    });
  }
});

describe("a rotation after a leak of a secret that is gone since", () => {
  const since = "2026-12-01T14:00:00.000Z";
  const journalOf = (...ids: readonly string[]) => {
    const secrets = ids.map((id) => ({ id, rounds: 1, done: 0, epoch: "2026-12-01" }));
    return JSON.stringify({ version: 1, stack: "test", since, secrets });
  };
  const note = (id: string) =>
    `${id} was to be rotated after the leak of ${since}, and is not rotated here any more: see to it that what it was is not accepted any longer`;

  it("is no matter for another rotation, which says so", async () => {
    const stack = world();
    stack.journalText = journalOf("shop/gone");
    assert.deepEqual((await stack.run(db, { mode: "plan" })).notes, [note("shop/gone")]);
    assert.notEqual(stack.journalText, "");
    const { outcome, notes } = await stack.run(db);
    assert.deepEqual({ outcome, notes }, { outcome: "rotated", notes: [note("shop/gone")] });
    assert.equal(stack.journalText, "");
  });

  it("that was done to its end holds up nobody either", async () => {
    const stack = world();
    stack.journalText = journalOf("shop/turns").replace('"done":0', '"done":1');
    const { outcome, notes } = await stack.run(db);
    assert.deepEqual({ outcome, notes }, { outcome: "rotated", notes: [] });
    assert.equal(stack.journalText, "");
  });

  it("is not named by the command that comes first, nor rotated by that", async () => {
    const stack = world();
    stack.journalText = journalOf("shop/gone", "shop/turns");
    await assert.rejects(stack.run(db), {
      message:
        "Nothing was changed: a rotation after a leak, begun at 2026-12-01T14:00:00.000Z, is not finished (shop/turns).\n" +
        "    fix: npx secrets rotate shop/turns --leaked --stack test",
    });
    const { notes } = await stack.run({ kind: "named", ids: ["shop/turns"] }, { leaked: true });
    assert.deepEqual(notes, [note("shop/gone")]);
    assert.equal(stack.journalText, "");
  });

  it("is the same where somebody else makes its value now", async () => {
    const stack = new Simulated(catalogue, { targets, reference: { "shop/turns": true } });
    stack.journalText = journalOf("shop/turns").replace(',"epoch":"2026-12-01"', "");
    const { notes } = await stack.run(all, { leaked: true });
    assert.deepEqual(notes, [note("shop/turns")]);
    assert.deepEqual(
      stack.done().filter((each) => each.startsWith("move")),
      ["move shop/db 2026-12-01"],
    );
  });
});

describe("a rotation after a leak that leaves out what an earlier one has begun", () => {
  const others = { ...all, except: ["shop/turns"] } as const;
  const noted = (stack: Simulated) => (JSON.parse(stack.journalText) as { readonly secrets: unknown }).secrets;
  const moves = (stack: Simulated) => stack.done().filter((each) => each.startsWith("move"));
  /** A run after a leak that failed in the first of two rotations. */
  const begunOnce = async () => {
    const stack = world();
    stack.failsAt = "shop/turns target";
    await assert.rejects(stack.run(turns, { leaked: true }), RotationStopped);
    stack.failsAt = "";
    stack.done();
    return stack;
  };

  it("counts the rotation that it finishes, and keeps in mind that another is to follow", async () => {
    const stack = await begunOnce();
    await stack.run(others, { leaked: true });
    assert.deepEqual(moves(stack), ["move shop/db 2026-12-01"]);
    assert.deepEqual(noted(stack), [
      { id: "shop/db", rounds: 1, done: 1 },
      { id: "shop/turns", rounds: 2, done: 1 },
    ]);
    await stack.run(turns, { leaked: true });
    assert.deepEqual(moves(stack), ["move shop/turns 2026-12-01T14:00:00Z"]);
    assert.equal(stack.journalText, "");
  });

  it("counts one that was finished when the run that noted it was killed", async () => {
    const stack = await begunOnce();
    await stack.tools().engine.up(["shop/turns"]);
    await stack.run(others, { leaked: true });
    assert.deepEqual(noted(stack), [
      { id: "shop/db", rounds: 1, done: 1 },
      { id: "shop/turns", rounds: 2, done: 1 },
    ]);
  });

  it("has nothing to keep in mind where that was the last one", async () => {
    const stack = await begunOnce();
    stack.failsAt = "shop/turns retire";
    await assert.rejects(stack.run(turns, { leaked: true }), RotationStopped);
    stack.failsAt = "";
    stack.journalText = stack.journalText.replace('"done":0', '"done":1');
    await stack.run(others, { leaked: true });
    assert.equal(stack.journalText, "");
  });
});

describe("a rotation of a value whose previous one stays valid", () => {
  const tokens: Catalogue = {
    shop: {
      secrets: { jwt: { rotateEveryDays: 90, keys: { key: hexToken(32), before: previousOf("key", { days: 14 }) } } },
      deliveries: [{ namespace: "shop", secretName: "shop-jwt", from: ["jwt"] }],
    },
  };
  const jwt = { kind: "named", ids: ["shop/jwt"] } as const;
  /** Rotated on the first of December, and the value before is kept since. */
  const rotatedOnce = async () => {
    const stack = new Simulated(tokens);
    await stack.run(jwt);
    stack.kept.add("shop/jwt/before@2026-12-01");
    stack.done();
    return stack;
  };
  const reason = "has the value from before 2026-12-01 in before until 2026-12-15, which another rotation would end";

  it("says for how long the previous one stays", async () => {
    const [planned] = (await new Simulated(tokens).run(jwt, { mode: "plan" })).rotations;
    assert.deepEqual(planned?.steps.find(({ step }) => step === "retire")?.what.slice(0, 1), [
      "before has the previous key for 14 days, after a leak not at all; a run after that removes it",
    ]);
  });

  it("is refused within that time where it is named, and left out of all", async () => {
    const stack = await rotatedOnce();
    await assert.rejects(stack.run(jwt), (error: Error) => {
      assert.match(error.message, /shop\/jwt: has the value from before 2026-12-01 in before until 2026-12-15/);
      return true;
    });
    assert.deepEqual((await stack.run(all)).leftOut, [
      { id: "shop/jwt", reason, fix: "rotate it after that day; after a leak: --leaked" },
    ]);
    assert.deepEqual(stack.done(), []);
    assert.deepEqual(stack.rotations, { "shop/jwt": "2026-12-01" });
  });

  it("ends that time after a leak, for what was leaked before and what is now", async () => {
    const stack = await rotatedOnce();
    await stack.run(jwt, { leaked: true });
    assert.deepEqual(stack.done().slice(0, 2), [
      "retire shop/jwt 2026-12-01T14:00:00Z",
      "move shop/jwt 2026-12-01T14:00:00Z",
    ]);
    assert.deepEqual(stack.retired, stack.rotations);
  });

  it("begins again once no run has it to remove", async () => {
    const stack = await rotatedOnce();
    stack.kept.delete("shop/jwt/before@2026-12-01");
    assert.equal((await stack.run(jwt)).outcome, "rotated");
  });
});
