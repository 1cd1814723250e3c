import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrationText } from "../../cli/text/migration.ts";
import { planText } from "../../cli/text/plan.ts";
import { machineFiles } from "../../operations/migrate/files.ts";
import { planMigration } from "../../operations/migrate/plan/index.ts";
import { runMigration } from "../../operations/migrate/run/index.ts";
import { byName } from "../../operations/migrate/selection.ts";
import { readSources } from "../../operations/migrate/sources/index.ts";
import { provided } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/environments/catalogue-spec.ts";
import { Simulated } from "../operations/migrate/simulated.ts";
import { root } from "../support/project.ts";

const page = path.join(root, "docs/migrate.md");
const block = /^```(?<language>\w*)\n(?<text>.*?)^```$/gms;

/** Compares a block of the page that is output, or writes it there (`GOLDEN=write`). */
async function holds(index: number, text: string): Promise<void> {
  const content = await readFile(page, "utf8");
  const output = [...content.matchAll(block)].filter(({ groups }) => groups?.["language"] === "")[index];
  if (process.env["GOLDEN"] !== "write") return assert.equal(output?.groups?.["text"], text);
  assert.ok(output !== undefined, "the page has no such block");
  const [whole] = output;
  await writeFile(
    page,
    content.replace(whole, () => `\`\`\`\n${text}\`\`\``),
  );
}

const facts = {
  stores: { vault: { kind: "vault-kv", address: "https://vault.example", mount: "secret" } },
  clusters: { main: {} },
  namespaces: {},
};

describe("docs/migrate.md", () => {
  let folder = "";
  const planned = async (environment: string, catalogue: Catalogue) => {
    const reading = await readSources({
      sources: [path.join(folder, ".env")],
      files: machineFiles,
      cluster: () => Promise.reject(new Error("no cluster")),
      vault: () => assert.fail("no Vault"),
      selection: byName,
    });
    return planMigration({ environment, reading, catalogue, facts, to: { namespace: "shop", name: "shop-env" } });
  };
  const shown = (text: string) => text.replaceAll(`${folder}/`, "");

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "migrate-"));
    await writeFile(path.join(folder, ".env"), "PORT=8080\nAPI_KEY=in-use\n");
  });
  after(() => rm(folder, { recursive: true }));

  it("shows a plan as the command prints it", async () => {
    await holds(0, shown(planText(await planned("dev", {}))));
  });

  it("shows a run as the command prints it", async () => {
    const catalogue: Catalogue = {
      shop: {
        secrets: { "shop-env": { keys: { API_KEY: provided("shopEnvApiKey") } } },
        deliveries: [{ namespace: "shop", secretName: "shop-env", from: ["shop-env"] }],
      },
    };
    const simulated = new Simulated([
      { namespace: "shop", name: "shop-env", keys: { API_KEY: { config: "shopEnvApiKey" } } },
    ]);
    simulated.secrets.set("shop/shop-env", { values: { API_KEY: "in-use" }, writers: ["kubectl-create"] });
    const { engine, journal, cluster } = simulated;
    const plan = await planned("dev", catalogue);
    const report = await runMigration({
      plan,
      sources: [".env"],
      engine,
      journal,
      cluster: () => Promise.resolve(cluster),
    });
    await holds(1, shown(migrationText(report)));
  });
});
