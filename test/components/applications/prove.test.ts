import assert from "node:assert/strict";
import { prove, type ProveArgs, type VerifiedPlace } from "../../../components/applications/prove.ts";
import { TargetError } from "../../../components/targets/kind.ts";
import { targetFacts, targetSpecOf } from "../../../components/targets/kinds.ts";
import { probeFacts, probeSpecOf } from "../../../components/targets/probes/facts.ts";
import { alternating, literal, password, type Recipe } from "../../../components/values/recipe.ts";

const values = { username: "shop", password: "n3w value" };
const base64 = (text: string) => Buffer.from(text).toString("base64");
const place: VerifiedPlace = {
  cluster: { name: "main" },
  namespace: "shop",
  secretName: "shop-db",
  keys: [
    { key: "USER", from: "username" },
    { key: "PASSWORD", from: "password" },
  ],
  isMerged: false,
};
const delivered = { USER: base64("shop"), PASSWORD: base64(values.password), theirs: base64("kept") };
const accountOf = (kind: "postgresql" | "redis") => ({
  target: targetSpecOf("main", targetFacts.parse({ kind, host: "db.example", administrator: "rotator" })),
  username: "username",
  password: "password",
});
const probe = probeSpecOf(
  "api",
  probeFacts.parse({ kind: "http", request: { url: "https://api.example/me", authentication: "bearer" } }),
);

/** Proves it against a Secret and a target that answer like this. */
async function proving(changes: Partial<ProveArgs> & { readonly keys?: Readonly<Record<string, Recipe>> } = {}) {
  const seen: unknown[] = [];
  let now = 0;
  const { keys = { username: literal("shop"), password: password() }, ...rest } = changes;
  await prove(
    {
      spec: {
        id: "shop/db",
        app: "shop",
        name: "db",
        path: "shop/db",
        keys,
        epoch: "2026-12-01",
        rotatedAt: "2026-12-01T00:00:00Z",
        origin: { kind: "generated" },
      },
      accounts: [accountOf("postgresql")],
      probes: [{ probe, password: "password" }],
      places: [place],
      read: ({ namespace, secretName }) => {
        seen.push(`read ${namespace}/${secretName}`);
        return Promise.resolve(delivered);
      },
      logIn: ({ name }, login) => Promise.resolve(void seen.push([name, login])),
      probe: ({ use, login, attempt }) => Promise.resolve(void seen.push([use.probe.name, login, attempt])),
      clock: { now: () => now, sleep: (milliseconds) => Promise.resolve(void (now += milliseconds)) },
      ...rest,
    },
    { values, attempt: "digest" },
  );
  return seen;
}

const message = (problem: string, remains: string, fix: string) => ({
  message:
    `shop/db: what was delivered does not work: ${problem}. ${remains}.\n` +
    `    fix: ${fix}; then run pulumi up again, which verifies the same value again`,
});
const kept = "The state keeps the previous value";

describe("proving what was delivered", () => {
  it("reads every Secret, logs in to each target, then runs each probe", async () => {
    assert.deepEqual(await proving(), [
      "read shop/shop-db",
      ["main", { username: "shop", password: values.password }],
      ["api", { username: "", password: values.password }, "digest"],
    ]);
  });

  it("waits for a Secret that follows, and tries nothing before", async () => {
    const answers = [{ ...delivered, PASSWORD: base64("old") }, delivered];
    const seen = await proving({ read: () => Promise.resolve(answers.shift()) });
    assert.equal(seen.length, 2);
    assert.deepEqual(answers, []);
  });

  it("compares bytes with what their base64 stands for", async () => {
    const keys = [{ key: "KEY", from: "password", bytes: true as const }];
    await provingBytes({ KEY: values.password }, keys);
    await assert.rejects(provingBytes({ KEY: base64(values.password) }, keys));
  });
  const provingBytes = (data: Readonly<Record<string, string>>, keys: VerifiedPlace["keys"]) =>
    proving({ places: [{ ...place, keys }], read: () => Promise.resolve(data) });

  it("fails where a Secret keeps another value, names its keys and no value", async () => {
    await assert.rejects(
      proving({ read: () => Promise.resolve({ ...delivered, PASSWORD: base64("0ld") }) }),
      message(
        "Secret shop/shop-db of cluster main does not have the new PASSWORD, 30 s after it was synced",
        kept,
        "npx secrets doctor shop/shop-db names what holds it up",
      ),
    );
  });

  it("fails where a Secret is not there, unless somebody else is to make it", async () => {
    const read = () => Promise.resolve(undefined);
    await assert.rejects(
      proving({ read }),
      message(
        "Secret shop/shop-db of cluster main is not there, 30 s after it was synced",
        kept,
        "npx secrets doctor shop/shop-db names what holds it up",
      ),
    );
    assert.equal((await proving({ read, places: [{ ...place, isMerged: true }] })).length, 2);
  });

  const refused = new TargetError("a login of role shop fails: no", "let the role log in from here");
  const logIn = () => Promise.reject(refused);
  const rows: readonly (readonly [string, Parameters<typeof proving>[0], string, string])[] = [
    ["one account", {}, "target main (postgresql at db.example:5432)", kept],
    [
      "two accounts by turns",
      { keys: { username: alternating("shop", "till"), password: password() } },
      "target main (postgresql at db.example:5432)",
      `${kept}, and the account before keeps its password at target main (postgresql at db.example:5432)`,
    ],
    [
      "an account of two passwords",
      { accounts: [accountOf("redis")] },
      "target main (redis at db.example:6379)",
      `${kept}, and target main (redis at db.example:6379) accepts the previous value still`,
    ],
  ];
  for (const [name, changes, target, remains] of rows) {
    it(`fails where the target refuses, and says what is valid still: ${name}`, async () => {
      await assert.rejects(
        proving({ ...changes, logIn }),
        message(`${target}: a login of role shop fails: no`, remains, "let the role log in from here"),
      );
    });
  }

  it("fails where a probe does", async () => {
    await assert.rejects(
      proving({ probe: () => Promise.reject(new TargetError("it answers GET with 401", "see why")) }),
      message("probe api (http at https://api.example): it answers GET with 401", kept, "see why"),
    );
  });

  it("says of a rotation that is rolled back which value does not work, and the way on", async () => {
    const forward = "pulumi config set --path 'rotations[\"shop/db\"]' 2026-12-01";
    const ways = { forward };
    const said = (problem: string, fix: string) => ({
      message:
        `shop/db: what was delivered does not work: ${problem}. The rotation is being rolled back, and the state keeps both values.\n` +
        `    fix: ${fix}; then run pulumi up again, which verifies the same value again\n    or, to go on with the rotation: ${forward} && pulumi up`,
    });
    await assert.rejects(
      proving({ ways, probe: () => Promise.reject(new TargetError("it answers GET with 401", "see why")) }),
      said("probe api (http at https://api.example): it answers GET with 401", "see why"),
    );
    await assert.rejects(
      proving({ ways, read: () => Promise.resolve({}) }),
      said(
        "Secret shop/shop-db of cluster main does not have the previous USER, PASSWORD, 30 s after it was synced",
        "npx secrets doctor shop/shop-db names what holds it up",
      ),
    );
  });

  it("names the way back, where the rotation can be rolled back", async () => {
    const back = "pulumi config rm --path 'rotations[\"shop/db\"]'";
    await assert.rejects(proving({ ways: { back }, read: () => Promise.resolve(undefined) }), {
      message: `${
        message(
          "Secret shop/shop-db of cluster main is not there, 30 s after it was synced",
          kept,
          "npx secrets doctor shop/shop-db names what holds it up",
        ).message
      }\n    or, to roll the rotation back: ${back} && pulumi up`,
    });
  });
});
