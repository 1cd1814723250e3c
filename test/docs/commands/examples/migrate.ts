import { continuing } from "../../../../cli/migrate/run.ts";
import { migrationResult, rollbackResult } from "../../../../cli/text/migration.ts";
import { planResult } from "../../../../cli/text/plan.ts";
import { retirementResult } from "../../../../cli/text/retirement.ts";
import type { Session } from "../../../../cli/frame.ts";
import { provided } from "../../../../components/values/recipe.ts";
import { planMigration } from "../../../../operations/migrate/plan/index.ts";
import { retire, type RetireChoice } from "../../../../operations/migrate/retire/index.ts";
import { ClusterError, type MigrationCluster } from "../../../../operations/migrate/run/cluster.ts";
import { EngineError, type Engine } from "../../../../operations/migrate/run/engine.ts";
import { runMigration } from "../../../../operations/migrate/run/index.ts";
import { rollBack } from "../../../../operations/migrate/run/rollback.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { framed } from "../../../cli/captured.ts";
import { filesOf, read } from "../../../operations/migrate/reading.ts";
import { Simulated } from "../../../operations/migrate/simulated.ts";
import type { Example, Examples } from "../example.ts";
import { withFiles } from "./files.ts";

const env = ".env";
const files = { [env]: "PORT=8080\nAPI_KEY=in-use\n" };
const catalogue: Catalogue = {
  shop: {
    secrets: { "shop-env": { keys: { API_KEY: provided("shopEnvApiKey") } } },
    deliveries: [{ namespace: "shop", secretName: "shop-env", from: ["shop-env"] }],
  },
};
const facts = {
  stores: { vault: { kind: "vault-kv", address: "https://vault.example", mount: "secret" } },
  clusters: { main: {} },
  namespaces: { shop: { cluster: "main", store: "vault" } },
};

async function planned(described: Catalogue = catalogue, contents: Readonly<Record<string, string>> = files) {
  const reading = await read(contents);
  return planMigration({
    environment: "dev",
    reading,
    catalogue: described,
    facts,
    to: { namespace: "shop", name: "shop-env" },
  });
}

/** A stack before its migration, with the Secret that somebody created. */
class Moving {
  readonly simulated = new Simulated([
    { namespace: "shop", name: "shop-env", keys: { API_KEY: { config: "shopEnvApiKey" } } },
  ]);
  readonly contents: Record<string, string> = { ...files };
  engine: Engine = this.simulated.engine;
  cluster: MigrationCluster = this.simulated.cluster;

  constructor() {
    this.simulated.secrets.set("shop/shop-env", { values: { API_KEY: "in-use" }, writers: ["kubectl-create"] });
  }

  async run() {
    return runMigration({ ...this.#tools, plan: await planned(), sources: [env] });
  }

  async rollBack() {
    return rollBack(this.#tools);
  }

  get #tools() {
    const { engine, cluster } = this;
    return { engine, journal: this.simulated.journal, cluster: () => Promise.resolve(cluster) };
  }

  retire(choice: RetireChoice) {
    return retire(
      {
        ...this.#tools,
        files: filesOf(this.contents),
        revision: () => Promise.resolve("committed"),
        rewrite: (file, text) => {
          this.contents[file] = text;
          return Promise.resolve();
        },
        sources: async () => {
          const plan = await planned(catalogue, this.contents);
          return { secrets: plan.secrets, issues: [] };
        },
      },
      choice,
    );
  }
}

type Work = (moving: Moving, print: Session["print"]) => Promise<unknown>;

/** What a command does with a stack, after what came before it. */
function moving(words: string, work: Work, before: (moving: Moving) => unknown = () => undefined): Example {
  return {
    typed: `npx secrets migrate ${words}`,
    run: async () => {
      const stack = new Moving();
      await before(stack);
      return framed(words.includes("--json"), async ({ print }) => {
        const code = await continuing(() => work(stack, print));
        return code as 0;
      });
    },
  };
}

const line = "run .env --stack dev --to shop/shop-env";
const run: Work = async (stack, print) => print(migrationResult(await stack.run()));
const rollback: Work = async (stack, print) => print(rollbackResult(await stack.rollBack(), "dev"));
const retired =
  (choice: RetireChoice): Work =>
  async (stack, print) =>
    print(retirementResult(await stack.retire(choice), choice));
const engineFails = (stack: Moving) => {
  const up = () => Promise.reject(new EngineError("pulumi up ended with exit code 255:\n  Vault is sealed"));
  stack.engine = { ...stack.engine, up };
};
const clusterFails = (stack: Moving) => {
  const secret = () => Promise.reject(new ClusterError("cluster main: connect ECONNREFUSED 10.0.0.1:6443"));
  stack.cluster = { ...stack.cluster, secret };
};
const plan = (words: string, described: Catalogue): Example => ({
  typed: `npx secrets migrate plan ${words}`,
  run: () => framed(words.includes("--json"), async ({ print }) => print(planResult(await planned(described)))),
});

export const migrateRead: Examples = {
  found: withFiles("npx secrets migrate read .env values.yaml", {
    ...files,
    "values.yaml": "image: shop\nauth:\n  password: in-use\n",
  }),
  json: withFiles("npx secrets migrate read .env --json", files),
  refused: withFiles("npx secrets migrate read .env.production"),
};

export const migratePlan: Examples = {
  plan: plan(".env --stack dev --to shop/shop-env", {}),
  json: plan(".env --stack dev --to shop/shop-env --json", catalogue),
  refused: withFiles("npx secrets migrate plan .env --stack sandbox", files),
};

export const migrateRun: Examples = {
  done: moving(line, run),
  json: moving(`${line} --json`, run),
  refused: withFiles("npx secrets migrate run .env --stack sandbox", { [env]: "HF_TOKEN=in-use\n" }),
  stopped: moving(line, run, engineFails),
};

export const migrateRetire: Examples = {
  obsolete: moving("retire --stack dev", retired("look"), (stack) => stack.run()),
  written: moving("retire --stack dev --write", retired("write"), (stack) => stack.run()),
  json: moving("retire --stack dev --json", retired("look"), (stack) => stack.run()),
  refused: withFiles("npx secrets migrate retire --stack sandbox"),
  stopped: moving("retire --stack dev --write", retired("write"), async (stack) => {
    await stack.run();
    clusterFails(stack);
  }),
};

export const migrateRollback: Examples = {
  back: moving("rollback --stack dev", rollback, (stack) => stack.run()),
  json: moving("rollback --stack dev --json", rollback, (stack) => stack.run()),
  none: withFiles("npx secrets migrate rollback --stack sandbox"),
  refused: withFiles("npx secrets migrate rollback --stack nowhere"),
  stopped: moving("rollback --stack dev", rollback, async (stack) => {
    await stack.run();
    engineFails(stack);
  }),
};
