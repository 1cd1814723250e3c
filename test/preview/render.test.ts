import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { hexToken, previousOf } from "../../components/values/recipe.ts";
import { previewStack } from "../../preview/preview.ts";
import { renderPreview } from "../../preview/render.ts";
import { previewSchema, type Preview } from "../../preview/schema.ts";
import { root } from "../support/project.ts";
import { withProject } from "./project.ts";

const plain = pc.createColors(false);
const escape = String.fromCodePoint(27);

describe("preview for people", () => {
  let found: Preview;
  before(async () => {
    const real = await withProject({}, previewStack);
    const [store] = real.plan.stores;
    assert.ok(store !== undefined);
    const cost = { storage: "12.00", calls: "0.34", total: "12.34" };
    const name = "a-rather-long-name";
    found = {
      ...real,
      resources: {
        total: 7,
        byType: {
          "cloud:a/other:Other": 1,
          "cloud:a/thing:Thing": 3,
          "pulumi:providers:vault": 1,
          "secrets:delivery:NamespaceSecrets": 2,
        },
      },
      plan: {
        ...real.plan,
        firstUpSeconds: 300,
        stores: [{ ...store, name, readQuota: 40, readShare: 0.0123, burstShare: 0.5, firstUpSeconds: 300 }],
        cost: { ...real.plan.cost, ...cost, stores: { [name]: cost } },
      },
      warnings: ["careful\n    fix: so"],
    };
  });

  it("says of a previous value until when it is valid, and else what it is the same as", async () => {
    const jwt = (rotations: Readonly<Record<string, unknown>>): Promise<Preview> =>
      withProject(rotations, (options) =>
        previewStack({
          ...options,
          now: new Date("2026-03-02T00:00:00Z"),
          catalogue: {
            shop: {
              secrets: { jwt: { keys: { key: hexToken(32), before: previousOf("key", { days: 14 }) } } },
              deliveries: [
                { namespace: "shop", secretName: "shop-jwt", from: ["jwt"] },
                { namespace: "till", secretName: "till-jwt", from: ["jwt"] },
              ],
            },
          },
        }),
      );
    const shown = async (facts: Readonly<Record<string, unknown>>) =>
      renderPreview(await jwt(facts), plain)
        .split("\n")
        .find((line) => line.includes("before ("));
    const rotated = (date: string) => ({ rotations: { "shop/jwt": date } });
    assert.equal(await shown({}), "      before (same as key), key (generated)");
    assert.equal(await shown(rotated("2026-02-20")), "      before (previous key until 2026-03-06), key (generated)");
    assert.equal(await shown(rotated("2026-02-01")), "      before (same as key), key (generated)");
    assert.equal(
      await shown({ ...rotated("2026-03-01"), retirePrevious: { "shop/jwt": "2026-03-01" } }),
      "      before (same as key), key (generated)",
    );
  });

  it("says beside a Secret, and in the plan, when its store is read otherwise", () => {
    const shown = (policy: object, refresh: NonNullable<Preview["plan"]["refresh"]>) => {
      const applications = found.applications.map((application) => ({
        ...application,
        stores: application.stores.map((store) => ({
          ...store,
          namespaces: store.namespaces.map((namespace) => ({
            ...namespace,
            secrets: namespace.secrets.map((each) => ({ ...each, ...policy })),
          })),
        })),
      }));
      const lines = renderPreview({ ...found, applications, plan: { ...found.plan, refresh } }, plain).split("\n");
      return [lines.find((line) => line.includes("till-db")), lines.find((line) => line.includes("About $"))];
    };
    assert.deepEqual(
      shown({ refreshSeconds: 600 }, { seconds: { shortest: 600, longest: 3600 }, onChange: 1, createdOnce: 0 }),
      [
        "        till-db: PASSWORD · read every 10 min",
        "  About $12.34 per month. Stores are read every 10 min to 1 h, for 1 Secret only",
      ],
    );
    assert.deepEqual(shown({ refreshPolicy: "OnChange" }, { onChange: 3, createdOnce: 0 }), [
      "        till-db: PASSWORD · read only when a run changes it",
      "  About $12.34 per month. Stores are read for 3 Secrets only when a run changes",
    ]);
    assert.deepEqual(shown({ refreshPolicy: "CreatedOnce" }, { onChange: 0, createdOnce: 2 }), [
      "        till-db: PASSWORD · read once, no rotation reaches it",
      "  About $12.34 per month. Stores are read for 2 Secrets once. Write quotas make",
    ]);
  });

  it("is this", () => {
    assert.equal(
      renderPreview(found, plain),
      [
        "Preview of test: a first up would create 7 resources. No cloud or cluster was",
        "contacted, and nothing was changed.",
        "",
        "shop",
        "  vault (vault-kv)",
        "    acme-test/shop/db · rotate by 2026-05-01",
        "      password (generated), uri (derived), username (fixed)",
        "    → shop on main",
        "        shop-db: password, uri, username",
        "    → till on main",
        "        till-db: PASSWORD",
        "",
        "till",
        "  vault (vault-kv)",
        "    acme-test/till/api",
        "      token (must be set: tillToken)",
        "    → till on main",
        "        till-api: token",
        "",
        "Resources",
        "  cloud: 3 Thing, 1 Other",
        "  components: 2 NamespaceSecrets",
        "  providers: 1 vault",
        "",
        "Configuration",
        "  must be set: pulumi config set --secret tillToken",
        "  optional, not set: tillExtra",
        "",
        "Plan",
        "  About $12.34 per month. Stores are read every 1 h. Write quotas make the first",
        "  up take at least 5 min.",
        "",
        "  store               objects  calls/month   mean   burst  first up  $/month",
        "  a-rather-long-name        2        2,190  1.2 %  50.0 %     5 min    12.34",
        "  cluster             ExternalSecrets  API requests/s  of client QPS",
        "  main                              3            0.00        < 0.1 %",
        "  List prices as of 2026-11-22, excluding free tiers and taxes. Mean and burst",
        "  are shares of the read quota (docs/planner.md).",
        "",
        "Left after destroy",
        "  namespaces on main: external-secrets",
        "  3 Secrets on main",
        "  2 objects in store vault",
        "  the operator's CRDs on main",
        "",
        "Warning",
        "  careful",
        "      fix: so",
        "",
      ].join("\n"),
    );
  });

  it("says that destroy leaves nothing where that is so, and names stores that stay", () => {
    const none = { namespaces: {}, crds: [], secrets: {}, objects: {}, stores: [], auditLogs: [] };
    const of = (leftByDestroy: Preview["leftByDestroy"]) =>
      renderPreview({ ...found, warnings: [], leftByDestroy }, plain)
        .split("\n")
        .slice(-3);
    assert.deepEqual(of(none), ["Left after destroy", "  nothing", ""]);
    assert.deepEqual(of({ ...none, secrets: { main: 1 }, stores: ["vault"] }), [
      "  1 Secret on main",
      "  the store vault itself",
      "",
    ]);
  });

  it("is broken into the same lines with colours and without", () => {
    const optional = Array.from({ length: 6 }, (_, index) => `optionalKey${index}`);
    const text = renderPreview({ ...found, optional }, plain);
    const coloured = renderPreview({ ...found, optional }, pc.createColors(true));
    assert.notEqual(coloured, text);
    assert.equal(stripVTControlCharacters(coloured), text);
  });

  it("has no line of more than 80 characters, and colours only if wanted", async () => {
    const sandbox = await previewStack({ root, stack: "sandbox" });
    const text = renderPreview(sandbox, plain);
    assert.deepEqual(
      text.split("\n").filter((line) => line.length > 80),
      [],
    );
    assert.ok(!text.includes(escape));
    assert.ok(renderPreview(sandbox, pc.createColors(true)).includes(escape));
  });
});

describe("npm run preview", () => {
  const cli = (...args: readonly string[]) =>
    spawnSync(process.execPath, ["--no-warnings", path.join(root, "preview/cli.ts"), ...args], {
      encoding: "utf8",
      // No engine, cloud or cluster can be meant by accident; and CI must not bring colours.
      env: { CI: "true" },
    });

  it("prints the preview as data", () => {
    const { status, stdout, stderr } = cli("sandbox", "--json");
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.equal(previewSchema.parse(JSON.parse(stdout)).environment, "sandbox");
  });

  it("ends with 2 when the program refuses, and prints nothing else", () => {
    const { status, stdout, stderr } = cli("nowhere");
    assert.deepEqual({ status, stdout }, { status: 2, stdout: "" });
    assert.match(stderr, /^The configuration of environment "nowhere" has 1 problem\. Nothing was changed\.\n/);
    assert.ok(!stderr.includes(escape));
  });
}).timeout(20_000);
