import assert from "node:assert/strict";
import { Decimal } from "decimal.js";
import { hexToken, literal, password, previousOf, provided, template } from "../../../components/values/recipe.ts";
import { costOfSecret } from "../../../operations/report/cost.ts";
import { reportOf } from "../../../operations/report/report.ts";
import { previousLines } from "../../../operations/report/words.ts";
import { reportSchema, type ReportedSecret } from "../../../operations/report/schema.ts";
import { loadStack } from "../../../preview/preview.ts";
import type { Environment } from "../../../stacks/config/environment.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { planOf } from "../../../stacks/plan/index.ts";
import { catalogueOf, environment, facts } from "../../support/fixtures.ts";
import { root } from "../../support/project.ts";

const shop: Catalogue = {
  shop: {
    secrets: {
      db: { rotateEveryDays: 90, keys: { username: literal("shop"), password: password() } },
      api: { keys: { token: password() } },
      cache: { rotateEveryDays: 30, keys: { password: password() } },
    },
    deliveries: [
      {
        namespace: "shop",
        secretName: "shop-db",
        from: ["db"],
        templates: { uri: "redis://:${cache/password}@cache" },
      },
      { namespace: "shop", secretName: "shop-api", from: ["api"] },
    ],
  },
};

const reader = { login: "service-account", account: "shop/secrets-reader" } as const;
const free = { storage: "0.00", calls: "0.00", total: "0.00" };

describe("the report of an environment", () => {
  const spec = environment({ catalogue: shop, facts: { ...facts, rotations: { "shop/db": "2026-03-01" } } });
  const reportOn = (asOf: string, today?: string) =>
    reportOf({ environment: spec, stack: "test", asOf, ...(today === undefined ? {} : { today }) });
  const rotationOn = (asOf: string, id: string, today?: string) =>
    reportOn(asOf, today).secrets.find((each) => each.id === id)?.rotation;

  it("says of each secret who makes it, where it lies, who gets it, how and as whom", () => {
    const report = reportOn("2026-03-02");
    assert.deepEqual(reportSchema.parse(report), report);
    const [first] = report.secrets;
    assert.deepEqual(first, {
      id: "shop/cache",
      application: "shop",
      origin: "generated",
      keys: ["password"],
      rotation: {
        state: "due-soon",
        rotatedAt: "2026-01-31T00:00:00Z",
        everRotated: false,
        ageDays: 30,
        everyDays: 30,
        dueOn: "2026-03-02",
        dueInDays: 0,
      },
      stores: [
        { store: "vault", kind: "vault-kv", layout: "bundle", role: "written", objects: ["acme-test/shop/cache"] },
      ],
      consumers: [
        {
          cluster: "main",
          namespace: "shop",
          secret: "shop-db",
          via: "external-secret",
          merged: false,
          store: "vault",
          identity: reader,
        },
      ],
      monthlyCost: free,
    } satisfies ReportedSecret);
  });

  it("puts first what is due first, and last what has no date", () => {
    const ids = reportOn("2026-03-02").secrets.map(({ id, rotation }) => [id, rotation.state]);
    assert.deepEqual(ids, [
      ["shop/cache", "due-soon"],
      ["shop/db", "scheduled"],
      ["shop/api", "unscheduled"],
    ]);
  });

  it("counts from the last rotation, in whole days", () => {
    assert.deepEqual(rotationOn("2026-03-05", "shop/db"), {
      state: "scheduled",
      rotatedAt: "2026-03-01T00:00:00Z",
      everRotated: true,
      ageDays: 4,
      everyDays: 90,
      dueOn: "2026-05-30",
      dueInDays: 86,
    });
    assert.deepEqual(
      ["2026-04-29", "2026-04-30", "2026-05-30", "2026-05-31"].map((day) => rotationOn(day, "shop/db")?.state),
      ["scheduled", "due-soon", "due-soon", "overdue"],
    );
    assert.deepEqual(rotationOn("2026-03-05", "shop/api"), {
      state: "unscheduled",
      rotatedAt: "2026-01-31T00:00:00Z",
      everRotated: false,
      ageDays: 33,
    });
  });

  it("says what to do about what is overdue, but not about a day to come", () => {
    const { fix, dueInDays } = rotationOn("2026-06-02", "shop/db") ?? {};
    assert.equal(dueInDays, -3);
    assert.equal(
      fix,
      "npx secrets rotate shop/db --stack test (first read docs/rotation.md where another system keeps a copy of the value)",
    );
    assert.equal(reportOn("2026-06-02").overdue, 2);
    assert.equal(rotationOn("2026-06-02", "shop/db", "2026-03-05")?.fix, undefined);
    assert.equal(reportOn("2026-06-02", "2026-03-05").overdue, 2);
  });

  it("says of a secret of somebody else that it is read, and that they rotate it", () => {
    const referenced = environment({
      catalogue: shop,
      facts: { ...facts, reference: { "shop/db": true } },
    });
    const secret = reportOf({ environment: referenced, stack: "test", asOf: "2026-09-01" }).secrets.find(
      ({ id }) => id === "shop/db",
    );
    assert.equal(secret?.origin, "referenced");
    assert.deepEqual(
      secret.stores.map(({ role }) => role),
      ["referenced"],
    );
    assert.equal(secret.rotation.fix, "whoever makes its value rotates it (docs/rotation.md)");
  });

  it("prints commands for its stacks, whichever is selected", () => {
    const catalogue: Catalogue = {
      shop: {
        secrets: { token: { rotateEveryDays: 90, keys: { token: provided("shopToken") } } },
        deliveries: [{ namespace: "shop", secretName: "shop-token", from: ["token"] }],
      },
    };
    const fixOf = (stack: string, changes: object) =>
      reportOf({
        environment: environment({ catalogue, facts: { ...facts, ...changes }, secretKeys: new Set(["shopToken"]) }),
        stack,
        asOf: "2026-09-01",
      }).secrets[0]?.rotation.fix;
    assert.equal(
      fixOf("test.blue", {}),
      "change it at its source, then: pulumi config set --stack test.blue --secret shopToken && pulumi up --stack test.blue",
    );
    assert.equal(
      fixOf("test", { parts: { base: [], p1: ["shop"] } }),
      "change it at its source, then: pulumi config set --stack test --secret shopToken && pulumi up --stack test.p1",
    );
  });

  it("knows no store of what is delivered plain", () => {
    const plain = environment({
      facts: { ...facts, stores: {}, namespaces: { shop: { cluster: "main", via: "plain" } } },
    });
    const secret = reportOf({ environment: plain, stack: "test", asOf: "2026-03-02" }).secrets.find(
      ({ id }) => id === "shop/db",
    );
    assert.deepEqual(secret?.stores, []);
    assert.deepEqual(secret.consumers, [
      { cluster: "main", namespace: "shop", secret: "shop-db", via: "plain", merged: false },
    ]);
  });
});

describe("the cost of one secret", () => {
  const paid = environment({
    catalogue: {
      ...shop,
      other: {
        secrets: { key: { keys: { token: password(), url: template("https://${token}@example") } } },
        deliveries: [{ namespace: "shop", secretName: "other", from: [{ secret: "key", keys: { TOKEN: "token" } }] }],
      },
    },
    facts: {
      ...facts,
      stores: { aws: { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "111122223333" } },
      clusters: {
        main: {
          flavour: "eks",
          clusterName: "main",
          issuer: "https://oidc.example/id/A",
          externalSecrets: { version: "2.9.0" },
        },
      },
      namespaces: { shop: { cluster: "main", store: "aws" } },
    },
  });

  const cases: readonly (readonly [string, () => Promise<Environment>])[] = [
    ["one with composed keys and single keys", () => Promise.resolve(paid)],
    ...["dev", "staging", "prod"].map((stack) => [stack, () => loadStack({ root, stack })] as const),
  ];
  for (const [name, load] of cases) {
    it(`is a part of the environment's, and the parts add up to it: ${name}`, async () => {
      const spec = await load();
      const parts = spec.secrets.map(({ id }) => costOfSecret(spec, id));
      const whole = planOf(spec).cost;
      for (const part of ["storage", "calls"] as const) {
        const sum = Decimal.sum(0, ...parts.map((each) => each[part]));
        assert.equal(sum.toFixed(12), whole[part].toFixed(12));
      }
      assert.ok(whole.storage.plus(whole.calls).greaterThan(0));
    });
  }

  it("is what its objects and the reads of its Secrets cost", () => {
    const { storage, calls } = costOfSecret(paid, "other/key");
    assert.equal(storage.toFixed(2), "0.40");
    // An hour between reads: 730 of them a month, at 0.05 USD for 10,000.
    assert.equal(calls.toFixed(5), "0.00365");
  });
});

describe("previous values in the report", () => {
  const keys = { token: hexToken(32), before: previousOf("token", { days: 14 }) };
  const on = (asOf: string, changes: object = {}) =>
    reportOf({
      environment: environment({ catalogue: catalogueOf(keys), facts: { ...facts, ...changes } }),
      stack: "test",
      asOf,
    });
  const rotations = { "shop/db": "2026-03-01" };
  const place = "shop/db before: the value that token had before";

  it("are none before the first rotation", () => {
    const report = on("2026-03-02");
    assert.deepEqual([report.secrets[0]?.previous, previousLines(report)], [undefined, []]);
  });

  it("are named with their last day, and for some time after it", () => {
    const valid = on("2026-03-15", { rotations });
    assert.deepEqual(reportSchema.parse(valid), valid);
    assert.deepEqual(valid.secrets[0]?.previous, [{ key: "before", of: "token", until: "2026-03-15", state: "valid" }]);
    assert.deepEqual(previousLines(valid), [
      `${place} is valid until 2026-03-15; a pulumi up after that day removes it`,
    ]);
    const over = on("2026-03-16", { rotations });
    assert.equal(over.secrets[0]?.previous?.[0]?.state, "over");
    assert.deepEqual(previousLines(over), [
      `${place} was valid until 2026-03-15; pulumi up removes it, unless a run has since`,
    ]);
    assert.deepEqual(previousLines(on("2026-04-15", { rotations })), []);
  });

  it("are retired where facts say so", () => {
    const report = on("2026-03-02", { rotations, retirePrevious: rotations });
    assert.deepEqual(previousLines(report), [`${place} is retired; pulumi up removes it, unless a run has since`]);
  });
});
