import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { rotationText } from "../../cli/text/rotation.ts";
import { alternating, password } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/environments/catalogue-spec.ts";
import { Simulated } from "../operations/rotate/simulated.ts";
import { root } from "../support/project.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: {
        rotateEveryDays: 90,
        keys: { username: alternating("shop_a", "shop_b"), password: password() },
        accounts: [{ target: "database", username: "username", password: "password" }],
      },
    },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"], restarts: ["Deployment/api"] }],
  },
};
const world = () =>
  new Simulated(catalogue, {
    targets: { database: { kind: "postgresql", host: "db.example", administrator: "rotator" } },
  });
const db = { kind: "named", ids: ["shop/db"] } as const;
const page = readFileSync(path.join(root, "docs/rotate.md"), "utf8");
const isShown = (text: string) => assert.ok(page.includes(`\`\`\`\n${text}\`\`\``), text);

describe("docs/rotate.md", () => {
  it("shows what a plan prints", async () => isShown(rotationText(await world().run(db, { mode: "plan" }))));

  it("shows what a rotation prints", async () => isShown(rotationText(await world().run(db))));

  it("shows what is printed where epochs alone are moved", async () => {
    const { rotations, ...report } = await world().run(db, { mode: "move" });
    isShown(rotationText({ ...report, rotations: rotations.map((each) => ({ ...each, steps: [] })) }));
  });

  it("shows what is printed after a leak", async () => isShown(rotationText(await world().run(db, { leaked: true }))));

  it("shows what is said of another run", async () => {
    const stack = world();
    stack.locked = 1;
    await assert.rejects(stack.run(db), (error: Error) => {
      isShown(`${error.message}\n`);
      return true;
    });
  });
});
