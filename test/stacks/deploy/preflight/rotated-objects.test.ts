import assert from "node:assert/strict";
import type { FoundObject } from "../../../../components/backends/survey.ts";
import { literal, password, provided, type Recipe } from "../../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../../components/values/secret-spec.ts";
import type { PreflightObject, PreflightStore } from "../../../../stacks/deploy/preflight/contract.ts";
import { rotatedObjectIssues } from "../../../../stacks/deploy/preflight/rotated-objects.ts";

const remoteName = "acme-test/shop/db";
const before = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:acme-test/shop/db-AbCdEf";
const after = before.replace("AbCdEf", "ZzZzZz");
const initial = new Set(["shop/db/password", "shop/db/aws"]);

const specOf = (password: Recipe): SecretSpec => ({
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { username: literal("shop"), password },
  epoch: "2026-12-01",
  rotatedAt: "2026-12-01T00:00:00Z",
  origin: { kind: "generated" },
});

interface Scene {
  /** What the store says of the name. Default: it has the object that the state knows. */
  readonly found?: FoundObject | "absent";
  readonly needsObject?: boolean;
  readonly rotated?: readonly string[];
  readonly object?: Partial<PreflightObject>;
  readonly spec?: SecretSpec;
}

async function ask(scene: Scene) {
  const { found = { id: before }, needsObject = true, rotated = ["shop/db"], spec = specOf(password()) } = scene;
  const asked: (readonly string[])[] = [];
  const store: PreflightStore = {
    name: "aws",
    session: {
      ...(needsObject ? { needsObject } : {}),
      owned: () => assert.fail("the survey says what is owned"),
      existing: (names) => {
        asked.push(names);
        return Promise.resolve(new Map(found === "absent" ? [] : [[remoteName, found]]));
      },
    },
    objects: [{ spec, remoteName, resource: "shop/db/aws", ...scene.object }],
  };
  const owned = new Map([[remoteName, { resource: "shop/db/aws", names: { arn: before } }]]);
  const issues = await rotatedObjectIssues({
    stores: [store],
    surveys: new Map([
      ["aws", { owned: scene.object?.remoteName === undefined ? owned : new Map(), untracked: new Map() }],
    ]),
    rotated: new Set(rotated),
    names: initial,
  });
  return { issues, asked };
}

describe("the stores of a rotation, before it changes anything", () => {
  it("are asked for what gets a new value, and nothing is wrong where it is what the state knows", async () => {
    assert.deepEqual(await ask({}), { issues: [], asked: [[remoteName]] });
    assert.deepEqual(await ask({ found: {} }), { issues: [], asked: [[remoteName]] });
  });

  for (const [title, scene] of Object.entries<Scene>({
    "nothing of theirs gets a new value": { rotated: ["shop/token"] },
    "somebody else writes it": { object: { referencedBy: 'reference["shop/db"]' } },
    "the store itself makes it of another": { object: { isReplica: true } },
    "it gets its first value": { object: { remoteName: "acme-test/shop/other" } },
  })) {
    it(`are not asked where ${title}`, async () => {
      assert.deepEqual(await ask({ ...scene, found: "absent" }), { issues: [], asked: [] });
    });
  }

  it("must have the object, where a value is a version of one", async () => {
    const { issues } = await ask({ found: "absent" });
    assert.deepEqual(issues, [
      {
        path: "shop/db",
        problem: `it is to get a new value, and "${remoteName}" was deleted from store aws outside this program`,
        fix: `first write the value of the state again: pulumi config rm --path 'rotations["shop/db"]' && pulumi refresh && pulumi up`,
      },
    ]);
  });

  it("may have lost it, where writing a value makes one", async () => {
    assert.deepEqual(await ask({ found: "absent", needsObject: false }), { issues: [], asked: [[remoteName]] });
  });

  it("must have the same one, where each has an id of its own", async () => {
    const { issues } = await ask({ found: { id: after } });
    assert.deepEqual(issues, [
      {
        path: "shop/db",
        problem: `it is to get a new value, and "${remoteName}" was deleted from store aws and made anew outside this program: it is ${after} now`,
        fix: `first adopt it (refused if any value would be lost): pulumi config rm --path 'rotations["shop/db"]' && pulumi refresh && pulumi config set --path 'adopt["shop/db"]' true && pulumi up`,
      },
    ]);
  });

  it("take no rotation back where a configured value has changed", async () => {
    const spec: SecretSpec = { ...specOf(provided("shopDb")), epoch: "initial" };
    const gone = await ask({ spec, found: "absent" });
    assert.deepEqual(
      gone.issues.map(({ fix }) => fix),
      ["pulumi refresh && pulumi up"],
    );
    const anew = await ask({ spec, found: { id: after } });
    assert.deepEqual(
      anew.issues.map(({ fix }) => fix),
      [
        `first adopt it (refused if any value would be lost): pulumi refresh && pulumi config set --path 'adopt["shop/db"]' true && pulumi up`,
      ],
    );
  });
});
