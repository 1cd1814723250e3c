import assert from "node:assert/strict";
import type { FindObstacles } from "../../../../components/clusters/readable.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { rotatedPlaceIssues } from "../../../../stacks/deploy/preflight/rotated-places.ts";
import { environment, facts } from "../../../support/fixtures.ts";

const account = { target: "database", username: "username", password: "password" };
const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: { keys: { username: literal("shop"), password: password() }, accounts: [account] },
      token: { keys: { token: password() } },
    },
    deliveries: ["shop", "far"].flatMap((namespace) => [
      { namespace, secretName: "db", from: ["db"] },
      { namespace, secretName: "token", from: ["token"] },
    ]),
  },
};
const described = (...rotated: readonly string[]) =>
  environment({
    catalogue,
    administered: new Set(["database"]),
    facts: {
      ...facts,
      stores: { vault: { ...facts.stores.vault, auth: { mountPaths: { far: "kubernetes-far" } } } },
      clusters: { main: facts.clusters.main, far: { ...facts.clusters.main, context: "far" } },
      namespaces: { ...facts.namespaces, far: { cluster: "far", store: "vault" } },
      targets: { database: { kind: "postgresql", host: "db.example", administrator: "rotator" } },
      rotations: Object.fromEntries(rotated.map((id) => [id, "2026-12-01"])),
    },
  });
const initial = ["shop/db/password", "shop/token/token"];

describe("the clusters of a rotation, before it changes anything", () => {
  let asked: string[];
  const none: FindObstacles = ({ name }, secrets) => {
    asked.push(...secrets.map(({ namespace, secretName, isRead }) => `${name} ${namespace}/${secretName} ${isRead}`));
    return Promise.resolve([]);
  };
  beforeEach(() => {
    asked = [];
  });
  const issues = (rotated: readonly string[], names: readonly string[], ask = none) =>
    rotatedPlaceIssues(described(...rotated), new Set(names), ask);

  it("are asked for each Secret that gets new values, and whether it can be read where it is verified", async () => {
    assert.deepEqual(await issues(["shop/db", "shop/token"], initial), []);
    assert.deepEqual(asked.sort(), [
      "far far/db true",
      "far far/token false",
      "main shop/db true",
      "main shop/token false",
    ]);
  });

  it("are not asked where nothing begins: no rotation, a first value, one that is under way or finished", async () => {
    const now = "shop/db/password@2026-12-01";
    await issues([], initial);
    await issues(["shop/db"], ["shop/token/token"]);
    await issues(["shop/db"], [...initial, now]);
    await issues(["shop/db"], [now]);
    assert.deepEqual(asked, []);
  });

  it("stop it where they do not answer, or refuse what is to be verified", async () => {
    const ask: FindObstacles = ({ name }, secrets) => {
      const [secret] = secrets;
      if (secret === undefined) return Promise.resolve([]);
      const isRefused = name === "main";
      const problem = isRefused ? "user ci may not get secrets in namespace shop" : "connect ECONNREFUSED";
      return Promise.resolve([{ secret, isRefused, problem, fix: `mend ${name}` }]);
    };
    assert.deepEqual(await issues(["shop/db"], initial, ask), [
      {
        path: "clusters.main",
        problem:
          "Secret shop/db is to get new values, and can't be read: user ci may not get secrets in namespace shop",
        fix: "mend main",
      },
      {
        path: "clusters.far",
        problem: "Secret far/db is to get new values, and can't be reached: connect ECONNREFUSED",
        fix: "mend far",
      },
    ]);
  });
});
