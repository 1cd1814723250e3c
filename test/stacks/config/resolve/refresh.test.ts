import assert from "node:assert/strict";
import { literal, password } from "../../../../components/values/recipe.ts";
import {
  catalogueOf,
  deliveriesIn,
  environment,
  facts,
  policy,
  refusal,
  refusalOf,
} from "../../../support/fixtures.ts";

const { shop } = facts.namespaces;
const { vault } = facts.stores;

interface Said {
  readonly ofAll?: object;
  readonly ofStore?: object;
  readonly ofNamespace?: object;
  readonly ofSecret?: object;
}

/** Facts that say something of it in some places. */
function saying({ ofAll = {}, ofStore = {}, ofNamespace = {}, ofSecret }: Said) {
  const secrets = ofSecret === undefined ? {} : { secrets: { "shop-db": ofSecret } };
  return {
    facts: {
      ...facts,
      ...ofAll,
      stores: { vault: { ...vault, ...ofStore } },
      namespaces: { shop: { ...shop, ...ofNamespace, ...secrets } },
    },
  };
}

/** One secret without a schedule. */
const unscheduled = { catalogue: catalogueOf({ username: literal("shop") }) };
const refreshOf = (said: Said) =>
  deliveriesIn(environment({ ...saying(said), ...unscheduled })).map(({ refresh }) => refresh);
const every = (seconds: number, from: string) => ({ policy: "Periodic", seconds, from });
const secretAt = `namespaces.shop.secrets.shop-db`;

describe("when the operator reads the store for a Secret", () => {
  it("is at the environment's interval, unless something nearer says otherwise", () => {
    assert.deepEqual(refreshOf({}), [undefined]);
    assert.deepEqual(refreshOf({ ofAll: { refreshSeconds: 600, refreshPolicy: "Periodic" } }), [undefined]);
  });

  it("is said by the nearest: the Secret, its namespace, the store, the environment", () => {
    const all = {
      ofAll: { refreshSeconds: 400 },
      ofStore: { refreshSeconds: 500 },
      ofNamespace: { refreshSeconds: 600 },
      ofSecret: { refreshSeconds: 700 },
    };
    assert.deepEqual(refreshOf(all), [every(700, `${secretAt}.refreshSeconds`)]);
    const { ofSecret: _, ...ofThree } = all;
    assert.deepEqual(refreshOf(ofThree), [every(600, "namespaces.shop.refreshSeconds")]);
    const { ofNamespace: __, ...ofTwo } = ofThree;
    assert.deepEqual(refreshOf(ofTwo), [every(500, "stores.vault.refreshSeconds")]);
  });

  it("is said by the nearest for the policy, too, and `Periodic` takes an interval from farther away again", () => {
    assert.deepEqual(refreshOf({ ofAll: { refreshPolicy: "OnChange" } }), [{ policy: "OnChange" }]);
    const periodic = { ofStore: { refreshPolicy: "OnChange" }, ofSecret: { refreshPolicy: "Periodic" } };
    assert.deepEqual(refreshOf(periodic), [undefined]);
    assert.deepEqual(refreshOf({ ...periodic, ofNamespace: { refreshSeconds: 600, refreshPolicy: "Periodic" } }), [
      every(600, "namespaces.shop.refreshSeconds"),
    ]);
  });

  it("may be once, for values that are never rotated", () => {
    assert.deepEqual(refreshOf({ ofSecret: { refreshPolicy: "CreatedOnce" } }), [{ policy: "CreatedOnce" }]);
  });
});

const rotated = (changes: object = {}) => ({
  ...saying({ ofSecret: { refreshPolicy: "CreatedOnce", ...changes } }),
  catalogue: {
    shop: {
      secrets: { db: { rotateEveryDays: 90, keys: { username: literal("shop") } } },
      deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
    },
  },
});
const choose = [
  `    fix: pulumi config set --path '${secretAt}.refreshPolicy' OnChange`,
  `    or, if its consumers are to keep the first values: pulumi config set --path '${secretAt}.missesRotations' true`,
];

describe("a Secret that is read once, of values that are rotated", () => {
  it("is refused where a schedule is due", () => {
    const line = `  ${secretAt}.refreshPolicy: CreatedOnce keeps Secret shop/shop-db at the values of its first sync, but shop/db is due for rotation by 2026-05-01`;
    assert.equal(refusalOf(rotated()), refusal(1, line, ...choose));
  });

  it("is refused where it was rotated by hand, at the place that says so", () => {
    const said = saying({ ofAll: { refreshPolicy: "CreatedOnce", rotations: { "shop/db": "2026-02-01" } } });
    const line =
      "  refreshPolicy: CreatedOnce keeps Secret shop/shop-db at the values of its first sync, but shop/db was rotated at 2026-02-01 (rotations)";
    assert.equal(refusalOf({ ...said, ...unscheduled }), refusal(1, line, ...choose));
  });

  it("is refused on a change only, too, where a GitOps tool applies it: a rotation changes no manifest", () => {
    const said = saying({ ofNamespace: { via: "gitops" }, ofSecret: { refreshPolicy: "OnChange" } });
    assert.equal(
      refusalOf(said),
      refusal(
        1,
        `  ${secretAt}.refreshPolicy: OnChange keeps Secret shop/shop-db at the values of its first sync, but shop/db is due for rotation by 2026-05-01`,
        `    fix: pulumi config set --path '${secretAt}.refreshPolicy' Periodic`,
        choose[1] ?? "",
      ),
    );
  });

  it("is taken where facts say it twice", () => {
    assert.deepEqual(
      deliveriesIn(environment(rotated({ missesRotations: true }))).map(({ refresh }) => refresh),
      [{ policy: "CreatedOnce" }],
    );
  });
});

describe("a Secret that is read once, of an account's password", () => {
  it("is refused: its target is told each new one, and the Secret would keep the first", () => {
    const said = rotated({ missesRotations: true });
    const account = { target: "main", username: "username", password: "password" };
    const db = { keys: { username: literal("shop"), password: password() }, accounts: [account] };
    const { shop } = said.catalogue;
    const login = { ...said, catalogue: { shop: { ...shop, secrets: { db } } } };
    const targets = { main: { kind: "grafana", url: "https://grafana.example" } };
    assert.equal(
      refusalOf({ ...login, facts: { ...said.facts, targets } }),
      refusal(
        1,
        `  ${secretAt}.missesRotations: keeps Secret shop/shop-db at the first password of shop/db, but target main (grafana at https://grafana.example) is told each new one: whoever reads the Secret would be refused there`,
        `    fix: pulumi config rm --path '${secretAt}.missesRotations' && pulumi config set --path '${secretAt}.refreshPolicy' OnChange`,
      ),
    );
  });
});

const refused: readonly (readonly [name: string, said: Said, ...lines: readonly string[]])[] = [
  [
    "an interval below the floor, in each place",
    { ofStore: { refreshSeconds: 299 } },
    "  stores.vault.refreshSeconds: must be at least 300 in this environment, received 299",
    "    fix: a changed value does not wait for the interval: it is synced at once",
  ],
  [
    "an interval beside a policy without one",
    { ofNamespace: { refreshSeconds: 600, refreshPolicy: "OnChange" } },
    "  namespaces.shop.refreshSeconds: has no effect beside refreshPolicy OnChange, which knows no interval",
    "    fix: pulumi config rm --path 'namespaces.shop.refreshSeconds'",
  ],
  [
    "an interval below a policy without one",
    { ofStore: { refreshPolicy: "OnChange" }, ofSecret: { refreshSeconds: 600 } },
    `  ${secretAt}.refreshSeconds: has no effect: refreshPolicy is OnChange here (stores.vault.refreshPolicy)`,
    `    fix: pulumi config set --path '${secretAt}.refreshPolicy' Periodic`,
  ],
  [
    "an interval of what is delivered plain",
    { ofNamespace: { via: "plain", refreshSeconds: 600 } },
    "  namespaces.shop.refreshSeconds: has no effect: no operator reads a store for its Secrets, which are delivered otherwise (via)",
    "    fix: pulumi config rm --path 'namespaces.shop.refreshSeconds'",
  ],
  [
    "a policy that there is not",
    { ofNamespace: { refreshPolicy: "onchange" } },
    '  namespaces.shop.refreshPolicy: must be Periodic, OnChange or CreatedOnce, received "onchange": did you mean OnChange?',
  ],
  [
    "missed rotations of what misses none",
    { ofSecret: { missesRotations: true } },
    `  ${secretAt}.missesRotations: has no effect: the Secret follows the rotations of its values`,
    `    fix: pulumi config rm --path '${secretAt}.missesRotations'`,
  ],
  [
    "a Secret that is not delivered",
    { ofNamespace: { secrets: { "shop-bd": { refreshSeconds: 600 } } } },
    "  namespaces.shop.secrets.shop-bd: no such Secret is delivered; did you mean shop-db? there is shop-db",
    "    fix: if it is gone: pulumi config rm --path 'namespaces.shop.secrets.shop-bd'",
  ],
];

describe("intervals and policies", () => {
  for (const [name, said, ...lines] of refused) {
    it(`refuse ${name}`, () => {
      const allowPlain = { policy: { ...policy, allowEmbeddedSecrets: true } };
      assert.equal(refusalOf({ ...saying(said), ...allowPlain }), refusal(1, ...lines));
    });
  }
});
