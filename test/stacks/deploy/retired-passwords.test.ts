import assert from "node:assert/strict";
import { alternating, literal, password, type Recipe } from "../../../components/values/recipe.ts";
import type { Catalogue, CatalogueDelivery } from "../../../stacks/environments/catalogue-spec.ts";
import { resourceCount } from "../../../stacks/plan/size.ts";
import { roundsOf } from "../../../operations/rotate/leak.ts";
import { stepsOf } from "../../../operations/rotate/steps.ts";
import { environment, facts as fixture, refusalOf } from "../../support/fixtures.ts";
import { SecretInput } from "../../support/recording.ts";
import { up } from "../../support/stack.ts";

const stash = "pulumi:index:Stash";
const account = { target: "cache", username: "username", password: "password" } as const;
const delivery: CatalogueDelivery = {
  namespace: "shop",
  secretName: "shop-db",
  from: ["db"],
  restarts: ["Deployment/shop"],
};
interface Choices {
  readonly deliveries?: readonly CatalogueDelivery[];
  readonly username?: Recipe;
  readonly retire?: boolean;
}
const catalogueOf = ({
  deliveries = [delivery],
  username = literal("shop"),
  retire = true,
}: Choices = {}): Catalogue => ({
  shop: {
    secrets: {
      db: {
        keys: { username, password: password() },
        accounts: [{ ...account, ...(retire ? { retirePrevious: true as const } : {}) }],
      },
    },
    deliveries,
  },
});
const targets = (kind: string) => ({ cache: { kind, host: "cache.example", administrator: "rotator" } });
const facts = { targets: targets("redis"), namespaces: { shop: { cluster: "main", store: "vault" } } };
const secret = { targetPasswords: '{"cache":"password"}' };
const administered = new Set(["cache"]);
const described = (catalogue: Catalogue, more: object = {}) => ({
  catalogue,
  facts: { ...fixture, ...facts, ...more },
  administered,
});

describe("a previous password that is retired", () => {
  const name = "shop/db@retired/password/cache";

  it("goes after the verification, at each change, and never when that is set up", async () => {
    const { resources } = await up({ catalogue: catalogueOf(), facts, secret });
    const found = resources.find(stash, name);
    assert.ok(found.options.dependsOn.includes("shop/db@verified"));
    assert.deepEqual(found.options.hooks, { beforeUpdate: [`retire-${name}`] });
    const { login, ...rest } = found.inputs["input"] as Readonly<Record<string, unknown>>;
    assert.ok(login instanceof SecretInput);
    assert.deepEqual(rest, { target: "target cache (redis at cache.example:6379)", epoch: "initial" });
    const rotated = await up({
      catalogue: catalogueOf(),
      facts: { ...facts, rotations: { "shop/db": "2026-12-01" } },
      secret,
    });
    assert.deepEqual(rotated.resources.find(stash, name).options.hooks, { beforeUpdate: [`retire-${name}`] });
  });

  it("counts among the stack's resources", async () => {
    const { resources } = await up({ catalogue: catalogueOf(), facts, secret });
    assert.equal(resourceCount(environment(described(catalogueOf()))), resources.all.length);
  });

  it("stays where the catalogue does not say so, and is no matter of a target with one password", async () => {
    const kept = await up({ catalogue: catalogueOf({ retire: false }), facts, secret });
    assert.ok(!kept.resources.names(stash).includes(name));
    const other = { ...facts, targets: targets("postgresql") };
    const single = await up({ catalogue: catalogueOf(), facts: other, secret });
    assert.ok(!single.resources.names(stash).includes(name));
  });

  it("is refused where a Secret has clients that no run restarts", () => {
    const { restarts: _, ...followed } = delivery;
    const deliveries = [delivery, { ...followed, secretName: "shop-other" }];
    assert.equal(
      refusalOf(described(catalogueOf({ deliveries }))),
      [
        'The configuration of environment "test" has 1 problem. Nothing was changed.',
        "  catalogue.shop.secrets.db.accounts: retirePrevious: no run restarts what reads Secret shop/shop-other of cluster main, which would go on with a password that target cache (redis at cache.example:6379) no longer accepts",
        "    fix: name its workloads under restarts of the delivery, or leave retirePrevious out: the previous password is then valid until the next rotation",
      ].join("\n"),
    );
    // With one password there is nothing to retire, and clients follow as they do.
    environment(described(catalogueOf({ deliveries }), { targets: targets("postgresql") }));
  });

  it("is refused of two accounts by turns, of which the one before stays", () => {
    assert.match(
      refusalOf(described(catalogueOf({ username: alternating("shop_a", "shop_b") }))),
      /accounts\[0\]\.retirePrevious: has no effect on two accounts by turns: the account before keeps its password until the next rotation/,
    );
  });

  it("is a step of the rotation, which after a leak is one", () => {
    const spec = environment(described(catalogueOf()));
    const [db] = spec.secrets;
    assert.ok(db);
    const retire = stepsOf(spec, db).find(({ step }) => step === "retire");
    assert.ok(retire?.what.includes("target cache (redis at cache.example:6379) forgets the previous value"));
    assert.equal(roundsOf(spec, db), 1);
    const kept = environment(described(catalogueOf({ retire: false })));
    assert.equal(roundsOf(kept, kept.secrets[0] ?? db), 2);
  });
});
