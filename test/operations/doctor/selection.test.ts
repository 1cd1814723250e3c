import assert from "node:assert/strict";
import { hexToken, literal, password, previousOf } from "../../../components/values/recipe.ts";
import { catalogue, catalogueOf, environment, facts } from "../../support/fixtures.ts";
import { diagnose, now, told, type World } from "./scene.ts";

/** Two namespaces, one of which gets its Secret plain. */
const two = environment({
  facts: {
    ...facts,
    namespaces: { ...facts.namespaces, tools: { cluster: "main", via: "plain" } },
  },
  catalogue: {
    ...catalogue,
    tools: {
      secrets: { token: { keys: { user: literal(""), token: password() } } },
      deliveries: [{ namespace: "tools", secretName: "tools-token", from: ["token"] }],
    },
  },
});

const withTools = (world: World) => {
  world.objects.Namespace?.push({ metadata: { name: "tools" } });
  world.objects.Secret?.push({
    metadata: { name: "tools-token", namespace: "tools" },
    type: "Opaque",
    keys: ["token", "user"],
    emptyKeys: ["user"],
  });
};

describe("the target of the doctor", () => {
  const names = async (target?: string) => {
    const report = await diagnose(withTools, { spec: two, ...(target === undefined ? {} : { target }) });
    assert.deepEqual(told(report), []);
    return report.secrets.map(({ namespace, secret }) => `${namespace}/${secret}`);
  };

  it("is every Secret, a namespace, or one Secret", async () => {
    assert.deepEqual(await names(), ["shop/shop-db", "tools/tools-token"]);
    assert.deepEqual(await names("tools"), ["tools/tools-token"]);
    assert.deepEqual(await names("shop/shop-db"), ["shop/shop-db"]);
  });

  it("has no operator and no store in its chain where it is delivered plain", async () => {
    const report = await diagnose(withTools, { spec: two, target: "tools" });
    assert.deepEqual(
      report.secrets[0]?.chain.map(({ link }) => link),
      ["engine", "cluster", "namespace", "secret", "consumers"],
    );
    const gone = await diagnose(() => undefined, { spec: two, target: "tools" });
    assert.deepEqual(told(gone), [
      "namespace first: Namespace tools does not exist in cluster main\nfix: kubectl create namespace tools",
      "secret broken: Secret tools/tools-token does not exist\nfix: pulumi up --refresh --stack test",
    ]);
  });

  const refused: Readonly<Record<string, string>> = {
    shp: 'Environment test delivers nothing to a namespace "shp"; did you mean shop? there are shop, tools.',
    "shop/shop-bd":
      'Environment test delivers no Secret "shop-bd" to namespace shop; did you mean shop-db? there is shop-db.',
    "default/shop-db":
      'Environment test delivers nothing to a namespace "default"; a Secret of that name is delivered to shop/shop-db.',
    "shop-db":
      'Environment test delivers nothing to a namespace "shop-db"; a Secret of that name is delivered to shop/shop-db.',
    "main/shop/shop-db": '"main/shop/shop-db" is no target.\n    fix: name <namespace>/<secret>, or a namespace',
  };
  it("is none of an environment that delivers nothing, nor a namespace that gets nothing", async () => {
    assert.deepEqual((await diagnose(() => undefined, { spec: environment({ catalogue: {} }) })).secrets, []);
    await assert.rejects(
      diagnose(() => undefined, { spec: environment({ catalogue: {} }), target: "shop" }),
      {
        message: 'Environment test delivers no Secret, to namespace "shop" or any other.',
      },
    );
    const spec = environment({
      facts: { ...facts, namespaces: { ...facts.namespaces, tools: facts.namespaces.shop } },
    });
    await assert.rejects(
      diagnose(() => undefined, { spec, target: "tools" }),
      {
        message: 'Environment test delivers nothing to a namespace "tools"; there is shop.',
      },
    );
  });

  for (const [target, message] of Object.entries(refused)) {
    it(`is refused where nothing is called ${target}, with what there is`, async () => {
      await assert.rejects(diagnose(withTools, { spec: two, target }), { message });
    });
  }

  it("is left where somebody interrupts, before the next Secrets are looked at", async () => {
    const catalogue = catalogueOf({ password: password() });
    const deliveries = Array.from({ length: 9 }, (_, each) => ({
      namespace: "shop",
      secretName: `db-${each}`,
      from: ["db"],
    }));
    const spec = environment({ catalogue: { shop: { secrets: catalogue["shop"]?.secrets ?? {}, deliveries } } });
    const interrupt = new AbortController();
    const asked = diagnose((world) => (world.store = { reason: "no token" }), { spec, signal: interrupt.signal });
    interrupt.abort();
    await assert.rejects(asked, { name: "AbortError" });
  });

  it("is told of a problem that Secrets share once, with all of them", async () => {
    const spec = environment({
      catalogue: {
        shop: {
          secrets: { db: { keys: { password: password() } } },
          deliveries: ["one", "other"].map((secretName) => ({ namespace: "shop", secretName, from: ["db"] })),
        },
      },
    });
    const report = await diagnose((world) => (world.objects.SecretStore = []), { spec });
    const [first] = report.problems;
    assert.equal(first?.subject, "SecretStore shop/secrets-reader");
    assert.deepEqual(first.affects, ["main/shop/one", "main/shop/other"]);
    assert.equal(report.problems.filter(({ link }) => link === "store").length, 1);
  });

  it("keeps its first broken link apart from what follows it", async () => {
    const report = await diagnose((world) => {
      world.objects.SecretStore = [];
      world.objects.Secret = [];
    });
    const [secret] = report.secrets;
    assert.equal(secret?.firstBroken, "store");
    const states = secret.chain.filter(({ state }) => state !== "sound").map(({ link, state }) => `${link} ${state}`);
    assert.deepEqual(states, ["store broken", "secret behind"]);
  });
});

describe("an overdue rotation", () => {
  it("is a warning with the command that moves its epoch", async () => {
    const spec = environment({ facts: { ...facts, created: "2025-11-01" } });
    const report = await diagnose(() => undefined, { spec });
    assert.deepEqual(told(report), [
      "dates warning: secret shop/db was due for rotation by 2026-01-30; it was rotated last at 2025-11-01T00:00:00Z\nfix: npx secrets rotate shop/db --stack test (first read docs/rotation.md where another system keeps a copy of the value)",
    ]);
    assert.equal(report.secrets[0]?.verdict, "warning");
  });
});

describe("a previous value", () => {
  const tokens = catalogueOf({ token: hexToken(32), before: previousOf("token", { days: 14 }) });
  const stateWith = (kept: readonly string[]) => ({
    names: new Set(["main/shop/shop-db", ...kept]),
    kept: new Set(kept),
    pending: [],
  });
  const diagnosed = (rotation: string, ...names: readonly string[]) =>
    diagnose((world) => (world.engine = { value: stateWith(names) }), {
      spec: environment({ catalogue: tokens, facts: { ...facts, rotations: { "shop/db": rotation } }, now }),
    });
  // The Secret of the sound world has other keys, of which other links speak.
  const toldOfDates = (report: Awaited<ReturnType<typeof diagnose>>) =>
    told(report).filter((each) => each.startsWith("dates "));
  const datesOf = ({ secrets }: Awaited<ReturnType<typeof diagnose>>) =>
    secrets[0]?.chain.find(({ link }) => link === "dates")?.seen;

  it("is seen while it is valid", async () => {
    const report = await diagnosed("2026-02-20", "shop/db/before@2026-02-20");
    assert.deepEqual(toldOfDates(report), []);
    assert.deepEqual(datesOf(report), ["shop/db before has the value from before 2026-02-20, valid until 2026-03-06"]);
  });

  it("is a warning once its time is over, and only while the state still has it", async () => {
    const report = await diagnosed("2026-02-01", "shop/db/before@2026-02-01");
    assert.deepEqual(toldOfDates(report), [
      "dates warning: secret shop/db still has before from before 2026-02-01, which is not valid any more (until 2026-02-15, or retired)\nfix: pulumi up --stack test",
    ]);
    assert.deepEqual(toldOfDates(await diagnosed("2026-02-01")), []);
  });
});
