import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { underWayIn } from "../../../stacks/deploy/under-way.ts";
import { environment, facts, stateResource } from "../../support/fixtures.ts";

const login = (name: string, target: string, key = "") => ({
  keys: { [`username${key}`]: literal(name), [`password${key}`]: password() },
  accounts: [{ target, username: `username${key}`, password: `password${key}` }],
});
const target = (host: string) => ({ kind: "postgresql", host, administrator: "rotator" });
const described = environment({
  catalogue: {
    shop: {
      secrets: {
        db: login("shop", "database"),
        cache: login("shop", "cache", "_of_cache"),
        owned: login("shop", "owned"),
        owner: login("rotator", "owned"),
      },
      deliveries: [
        { namespace: "shop", secretName: "both", from: ["db", "cache"] },
        { namespace: "shop", secretName: "owned", from: ["owned"] },
        { namespace: "shop", secretName: "owner", from: ["owner"] },
      ],
    },
  },
  administered: new Set(["database", "cache"]),
  facts: {
    ...facts,
    targets: {
      database: target("db.example"),
      cache: target("cache.example"),
      owned: { ...target("own.example"), administratorSecret: "shop/owner" },
    },
    rotations: Object.fromEntries(["db", "cache", "owned", "owner"].map((name) => [`shop/${name}`, "2026-12-01"])),
  },
});
const begun = (...names: readonly string[]) =>
  names.flatMap((name) => ["", "@2026-12-01"].map((epoch) => stateResource({ name: `shop/${name}/password${epoch}` })));

/** Each would wait for minutes otherwise. */
describe("a target that fails in a run that goes on", () => {
  it("waits for none whose Secret has its value too", async () => {
    await underWayIn(described, begun("db", "cache")).failed("shop/db");
  });

  it("waits for none that its administrator is told first of", async () => {
    await underWayIn(described, begun("owned", "owner")).failed("shop/owner");
  });

  it("waits for another that has begun, to its end", async () => {
    const run = underWayIn(described, begun("db", "owner"));
    const end = Promise.withResolvers<void>();
    run.endsWith("shop/owner", [end.promise]);
    const events: string[] = [];
    const failed = run.failed("shop/db").then(() => events.push("failed"));
    await new Promise((resolve) => setImmediate(resolve));
    events.push("at its end");
    end.resolve();
    await failed;
    assert.deepEqual(events, ["at its end", "failed"]);
  });
});
