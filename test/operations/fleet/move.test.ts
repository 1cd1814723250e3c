import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import { moveApplication, type MoveTools } from "../../../operations/fleet/move.ts";
import {
  familyOf,
  placeOf,
  resourcesIn,
  withoutResources,
  type ExportedState,
} from "../../../operations/fleet/state.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { environment, facts } from "../../support/fixtures.ts";

const killed = new Error("killed");

const catalogue: Catalogue = Object.fromEntries(
  ["shop", "till", "bank"].map((app) => [
    app,
    {
      secrets: { db: { keys: { password: password() } } },
      deliveries: [{ namespace: app === "till" ? "shop" : app, secretName: `${app}-db`, from: ["db"] }],
    },
  ]),
);

const component = (stack: string, type: string, name: string) => ({
  urn: `urn:pulumi:${stack}::acme::${type}::${name}`,
  parent: `urn:pulumi:${stack}::acme::pulumi:pulumi:Stack::acme-${stack}`,
});
const child = (stack: string, parent: string, type: string, name: string, dependencies: readonly string[] = []) => ({
  urn: `urn:pulumi:${stack}::acme::${parent.split("::")[0] ?? ""}$${type}::${name}`,
  parent: `urn:pulumi:${stack}::acme::${parent}`,
  dependencies: dependencies.map((each) => `urn:pulumi:${stack}::acme::${each}`),
});
const apps = "secrets:applications:ApplicationSecrets";
const places = "secrets:delivery:NamespaceSecrets";

/** What a state has of some applications, each with a namespace of its name. */
function stateOf(stack: string, ...applications: readonly string[]): ExportedState {
  return {
    version: 3,
    deployment: {
      secrets_providers: { type: "passphrase" },
      resources: [
        { urn: `urn:pulumi:${stack}::acme::pulumi:pulumi:Stack::acme-${stack}` },
        ...applications.flatMap((app) => [
          component(stack, apps, app),
          child(stack, `${apps}::${app}`, "pulumi:index:Stash", `${app}/db/password`),
        ]),
        ...applications
          .filter((app) => app !== "till")
          .flatMap((app) => [
            component(stack, places, `main/${app}`),
            child(
              stack,
              `${places}::main/${app}`,
              "kubernetes:external-secrets.io/v1:ExternalSecret",
              `main/${app}/db`,
            ),
          ]),
      ],
    },
  };
}

/** States and facts of an environment, and an engine that may be killed. */
class Simulated {
  assigned: ReadonlyMap<string, readonly string[]> = new Map([
    ["base", ["shop", "till"]],
    ["p1", ["bank"]],
  ]);
  readonly states = new Map<string, ExportedState>([
    ["test", stateOf("test", "shop", "till")],
    ["test.p1", stateOf("test.p1", "bank")],
  ]);
  readonly log: string[] = [];
  /** The step before which the process dies. */
  killedAt = "";

  names(stack: string): readonly string[] {
    const state = this.states.get(stack);
    return state === undefined ? [] : resourcesIn(state).map(({ urn }) => urn.split("::").slice(3).join("::"));
  }

  #step(text: string): void {
    if (this.killedAt === text) throw killed;
    this.log.push(text);
  }

  tools(): MoveTools {
    const whole = environment({
      catalogue,
      facts: {
        ...facts,
        namespaces: { shop: facts.namespaces.shop, bank: facts.namespaces.shop },
      },
    });
    return {
      whole: { ...whole, parts: { ...whole.parts, assigned: this.assigned } },
      state: (stack) => Promise.resolve(this.states.get(stack)),
      prepare: (stack) => {
        this.#step("prepare");
        if (!this.states.has(stack)) this.states.set(stack, stateOf(stack));
        return Promise.resolve();
      },
      // As `pulumi state move` does it: the target is saved first.
      move: async ({ source, target, urns }) => {
        this.#step("save target");
        const from = this.states.get(source) ?? {};
        const family = familyOf(from, urns);
        const moved = resourcesIn(from)
          .filter(({ urn }) => family.has(urn))
          .map((each) => ({ ...each, urn: each.urn.replace(`:${source}::`, `:${target}::`) }));
        const to = this.states.get(target);
        assert.ok(to?.deployment);
        this.states.set(target, { ...to, deployment: { ...to.deployment, resources: [...resourcesIn(to), ...moved] } });
        this.#step("save source");
        this.states.set(source, withoutResources(from, family));
        await Promise.resolve();
      },
      replace: (stack, state) => {
        this.#step(`replace ${stack}`);
        this.states.set(stack, state);
        return Promise.resolve();
      },
      writeParts: (assigned) => {
        this.#step("write");
        this.assigned = assigned;
        return Promise.resolve();
      },
    };
  }

  move(application: string, part: string, dryRun = false) {
    return moveApplication(this.tools(), { application, part, dryRun });
  }
}

const shopAndTill = ["shop", "shop/db/password", "till", "till/db/password", "main/shop", "main/shop/db"];

describe("moving an application to another part", () => {
  it("moves its state with that of what shares its namespace, then its name in the facts", async () => {
    const simulated = new Simulated();
    const report = await simulated.move("till", "p1");
    assert.deepEqual(report, {
      schemaVersion: 1,
      environment: "test",
      applications: ["shop", "till"],
      from: "base",
      to: "p1",
      resources: 6,
      outcome: "moved",
    });
    assert.deepEqual(simulated.log, ["prepare", "save target", "save source", "write"]);
    assert.deepEqual(simulated.names("test"), ["acme-test"]);
    assert.deepEqual(simulated.names("test.p1").slice(5), shopAndTill);
    assert.deepEqual(Object.fromEntries(simulated.assigned), { base: [], p1: ["bank", "shop", "till"] });
  });

  it("makes the next part", async () => {
    const simulated = new Simulated();
    await simulated.move("bank", "p2");
    assert.deepEqual(simulated.names("test.p2"), [
      "acme-test.p2",
      "bank",
      "bank/db/password",
      "main/bank",
      "main/bank/db",
    ]);
    assert.deepEqual(Object.fromEntries(simulated.assigned), { base: ["shop", "till"], p1: [], p2: ["bank"] });
  });

  it("is finished by the same call, whenever it was killed, and nothing is ever in no state", async () => {
    for (const step of ["prepare", "save target", "save source", "write"]) {
      const simulated = new Simulated();
      simulated.killedAt = step;
      await assert.rejects(simulated.move("shop", "p1"), killed);
      const left = new Set([...simulated.names("test"), ...simulated.names("test.p1")]);
      assert.ok(
        shopAndTill.every((name) => left.has(name)),
        step,
      );
      simulated.killedAt = "";
      assert.equal((await simulated.move("shop", "p1")).outcome, "moved");
      assert.deepEqual(simulated.names("test"), ["acme-test"], step);
      assert.deepEqual(simulated.names("test.p1").slice(5), shopAndTill, step);
      assert.deepEqual(simulated.assigned.get("p1"), ["bank", "shop", "till"], step);
      assert.equal((await simulated.move("shop", "p1")).outcome, "nothing");
    }
  });

  it("moves facts alone where the application was never deployed", async () => {
    const simulated = new Simulated();
    simulated.states.set("test.p1", stateOf("test.p1"));
    const { resources, outcome } = await simulated.move("bank", "base");
    assert.deepEqual({ resources, outcome }, { resources: 0, outcome: "moved" });
    assert.deepEqual(simulated.assigned.get("base"), ["shop", "till", "bank"]);
  });

  it("changes nothing with --dry-run", async () => {
    const simulated = new Simulated();
    const { outcome, resources } = await simulated.move("shop", "p1", true);
    assert.deepEqual({ outcome, resources, log: simulated.log }, { outcome: "planned", resources: 6, log: [] });
  });

  it("says which applications and parts there are", async () => {
    const simulated = new Simulated();
    await assert.rejects(simulated.move("shops", "p1"), {
      message:
        "Nothing was changed: environment test runs no application shops; did you mean shop? there are bank, shop, till",
    });
    await assert.rejects(simulated.move("shop", "p9"), {
      message: "Nothing was changed: environment test has no part p9; there are base, p1, and p2 would be the next one",
    });
    assert.deepEqual(simulated.log, []);
  });

  it("waits until a killed run is finished", async () => {
    const simulated = new Simulated();
    const state = simulated.states.get("test");
    assert.ok(state?.deployment);
    const { deployment } = state;
    const left = (type: string, urn = deployment.resources?.[0]?.urn ?? "") =>
      simulated.states.set("test", {
        ...state,
        deployment: { ...deployment, pending_operations: [{ type, resource: { urn } }] },
      });
    // What a later run has created is finished, though the engine keeps its note of it.
    left("creating");
    assert.equal((await simulated.move("shop", "p1", true)).outcome, "planned");
    left("creating", "urn:pulumi:test::p::t::new");
    await assert.rejects(simulated.move("shop", "p1"), /a run was killed on its way/);
    left("updating");
    await assert.rejects(simulated.move("shop", "p1"), {
      message:
        "The move was refused: 1 problem. Nothing was changed.\n  test: a run was killed on its way, and its state has operations that are not finished\n    fix: pulumi up --stack test, then this again",
    });
    assert.deepEqual(simulated.log, []);
  });
});

describe("a state without some resources", () => {
  it("has no dependency on them left", () => {
    const state: ExportedState = {
      deployment: {
        resources: [
          { urn: "a" },
          { urn: "b", dependencies: ["a", "c"], propertyDependencies: { spec: ["a"], other: ["c"] } },
          { urn: "c" },
        ],
      },
    };
    assert.deepEqual(resourcesIn(withoutResources(state, new Set(["a"]))), [
      { urn: "b", dependencies: ["c"], propertyDependencies: { spec: [], other: ["c"] } },
      { urn: "c" },
    ]);
  });

  it("is compared by places, which are the same in every stack", () => {
    assert.equal(placeOf("urn:pulumi:test.p1::acme::a$b::main/shop::x"), "a$b::main/shop::x");
  });
});
