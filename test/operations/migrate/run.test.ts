import assert from "node:assert/strict";
import { ConfigError } from "../../../components/support/messages/errors.ts";
import { password, provided } from "../../../components/values/recipe.ts";
import { joined } from "../../../operations/migrate/model.ts";
import { planMigration } from "../../../operations/migrate/plan/index.ts";
import type { MigrationPlan } from "../../../operations/migrate/plan/model.ts";
import { MigrationStopped, type MigrationReport } from "../../../operations/migrate/run/context.ts";
import { retire } from "../../../operations/migrate/retire/index.ts";
import { runMigration, type RunOptions } from "../../../operations/migrate/run/index.ts";
import { rollBack } from "../../../operations/migrate/run/rollback.ts";
import { readLiveSecrets } from "../../../operations/migrate/sources/live.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { canary, filesOf, read } from "./reading.ts";
import { Simulated } from "./simulated.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: {
      env: { keys: { API_KEY: provided("shopApiKey") } },
      root: { keys: { password: password() } },
      legacy: { keys: { TOKEN: provided("shopLegacyToken") } },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-env", from: ["env"] },
      { namespace: "shop", secretName: "shop-root", from: ["root"] },
      { namespace: "shop", secretName: "legacy", from: ["legacy"] },
    ],
  },
};
const facts = {
  stores: { vault: { kind: "vault-kv", address: "https://vault.example", mount: "secret" } },
  clusters: { main: {} },
  namespaces: { shop: { cluster: "main", store: "vault" } },
};
const inUse = { env: `${canary}-env`, root: `${canary}-root`, token: `${canary}-token` };
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** An application with a Secret from each kind of source. */
function world(): Simulated {
  const simulated = new Simulated([
    { namespace: "shop", name: "shop-env", keys: { API_KEY: { config: "shopApiKey" } } },
    { namespace: "shop", name: "shop-root", keys: { password: { value: "generated" } } },
    { namespace: "shop", name: "legacy", keys: { TOKEN: { config: "shopLegacyToken" } } },
  ]);
  simulated.secrets.set("shop/shop-env", {
    values: { API_KEY: inUse.env, note: "theirs" },
    isHelms: true,
    writers: ["helm"],
  });
  simulated.secrets.set("shop/shop-root", { values: { password: inUse.root }, writers: ["kubectl-create"] });
  simulated.secrets.set("shop/legacy", {
    values: { TOKEN: inUse.token },
    controller: { kind: "ExternalSecret", name: "legacy" },
  });
  simulated.externalSecrets.set("shop/legacy", {
    labels: {},
    annotations: {},
    spec: { secretStoreRef: { kind: "SecretStore", name: "vault-backend" } },
  });
  return simulated;
}

async function planOf(simulated: Simulated, env = inUse.env): Promise<MigrationPlan> {
  const { secrets } = simulated;
  const names = ["shop-env", "shop-root"].filter((name) => secrets.has(`shop/${name}`));
  const live = names.map((name) => ({
    metadata: { name, namespace: "shop" },
    data: Object.fromEntries(
      Object.entries(secrets.get(`shop/${name}`)?.values ?? {}).map(([key, value]) => [key, base64(value)]),
    ),
  }));
  const reading = joined([
    await read({ ".env": `API_KEY=${env}\nTOKEN=${inUse.token}\n` }),
    await readLiveSecrets(["shop"], () => Promise.resolve(live)),
  ]);
  return planMigration({ environment: "dev", reading, catalogue, facts });
}

interface Attempt extends RunOptions {
  /** Number of the step before which the run is killed. Default: it is not. */
  readonly killedAt?: number;
}

const killed = new Error("killed");

/** Runs it as one process would, and checks at each step what applications read. */
async function attempt(simulated: Simulated, { killedAt, ...options }: Attempt = {}): Promise<MigrationReport> {
  const plan = await planOf(simulated);
  return runMigration({ plan, sources: [".env", "live:shop"], ...contextOf(simulated, killedAt) }, options);
}

/** What a process works with, which checks at each step what applications read, and ends at one of them. */
function contextOf(simulated: Simulated, killedAt: number | undefined) {
  let count = 0;
  return {
    engine: simulated.engine,
    cluster: () => Promise.resolve(simulated.cluster),
    journal: simulated.journal,
    onStep: (text: string) => {
      readers(simulated, text);
      if (count++ === killedAt) throw killed;
    },
  };
}

/** What applications read is there, and as it was, at every moment. */
function readers({ secrets, journalText }: Simulated, when: string): void {
  const read = ["shop-env", "shop-root", "legacy"].map((name) => secrets.get(`shop/${name}`)?.values);
  const expected = [{ API_KEY: inUse.env, note: "theirs" }, { password: inUse.root }, { TOKEN: inUse.token }];
  assert.deepEqual(read, expected, when);
  assert.ok(!journalText.includes(canary), "a value in the journal");
}

const back = (simulated: Simulated, killedAt?: number) => rollBack(contextOf(simulated, killedAt));

describe("a migration", () => {
  it("takes each Secret over in place, and lists what people take away", async () => {
    const simulated = world();
    const report = await attempt(simulated);
    readers(simulated, "at the end");
    assert.deepEqual(report.done, ["install", "store", "beside", "prove", "switch"]);
    assert.deepEqual(
      report.proofs.map(({ secret, key, result }) => `${secret} ${key} ${result}`),
      ["shop/shop-env API_KEY equal", "shop/legacy TOKEN equal", "shop/shop-root password equal"],
    );
    assert.deepEqual(report.retire, [
      ".env, line 1: remove the value of API_KEY (an .env file; whoever runs the application locally may still need the line)",
      ".env, line 2: remove the value of TOKEN (an .env file; whoever runs the application locally may still need the line)",
      "SecretStore shop/vault-backend: remove it when no ExternalSecret uses it any more, with its role in the store",
      "scripts: remove what creates Secret shop/shop-root (kubectl-create wrote it): kubectl create secret … shop-root -n shop, or kubectl apply",
    ]);
    assert.deepEqual([...simulated.secrets.keys()].sort(), ["shop/legacy", "shop/shop-env", "shop/shop-root"]);
    assert.deepEqual([...simulated.externalSecrets.keys()], []);
    assert.equal(simulated.secrets.get("shop/shop-env")?.isHelms, false);
    assert.deepEqual(Object.fromEntries(simulated.facts), {
      "existingSecrets shop/shop-env": "adopt",
      "existingSecrets shop/legacy": "adopt",
      "existingSecrets shop/shop-root": "adopt",
    });
    assert.deepEqual(Object.fromEntries(simulated.config), { shopApiKey: inUse.env, shopLegacyToken: inUse.token });
  });

  it("is finished by running again, wherever it was killed", async () => {
    const whole = world();
    await attempt(whole);
    for (let killedAt = 0; ; killedAt += 1) {
      const simulated = world();
      const ended = await attempt(simulated, { killedAt }).then(
        () => true,
        (error: unknown) => {
          assert.equal(error, killed);
          return false;
        },
      );
      if (ended) {
        assert.ok(killedAt > 10, "steps");
        return;
      }
      const { done } = await attempt(simulated);
      assert.deepEqual(done, ["install", "store", "beside", "prove", "switch"]);
      assert.deepEqual(simulated.secrets, whole.secrets, `killed at ${killedAt}`);
      assert.deepEqual(simulated.facts, whole.facts, `killed at ${killedAt}`);
    }
  });

  it("is taken back from wherever it was killed, itself killed or not", async () => {
    for (let killedAt = 5; killedAt < 20; killedAt += 1) {
      const simulated = world();
      await attempt(simulated, { killedAt }).catch((error: unknown) => {
        assert.equal(error, killed);
      });
      await back(simulated, killedAt % 4).catch((error: unknown) => {
        assert.equal(error, killed);
      });
      await back(simulated);
      readers(simulated, `taken back, killed at ${killedAt}`);
      assert.equal(simulated.journalText, "");
      assert.deepEqual([...simulated.externalSecrets.keys()], ["shop/legacy"], `killed at ${killedAt}`);
      assert.deepEqual(
        [...simulated.facts.keys()].filter((path) => path.startsWith("existingSecrets")),
        [],
      );
    }
  });

  it("is carried out again after it was taken back", async () => {
    const simulated = world();
    await attempt(simulated);
    await back(simulated);
    const { done } = await attempt(simulated);
    assert.deepEqual(done, ["install", "store", "beside", "prove", "switch"]);
    readers(simulated, "again");
    assert.deepEqual([...simulated.secrets.keys()].sort(), ["shop/legacy", "shop/shop-env", "shop/shop-root"]);
  });

  it("touches nothing that applications read before the values are proved equal", async () => {
    const simulated = world();
    const { done, retire: left } = await attempt(simulated, { until: "prove" });
    assert.deepEqual([done, left], [["install", "store", "beside", "prove"], []]);
    assert.equal(simulated.secrets.get("shop/shop-env-beside")?.values["API_KEY"], inUse.env);
    assert.equal(simulated.secrets.get("shop/legacy")?.controller?.kind, "ExternalSecret");
  });

  it("stops before the switch where a value differs, and names the key alone", async () => {
    const simulated = world();
    await attempt(simulated, { until: "beside" });
    const beside = simulated.secrets.get("shop/legacy-beside");
    if (beside !== undefined) beside.values = { TOKEN: "other" };
    await assert.rejects(attempt(simulated), (error: unknown) => {
      assert.ok(error instanceof MigrationStopped);
      assert.equal(
        error.message,
        "Old and new values are not proved equal, so nothing was taken over:\n  Secret shop/legacy, TOKEN: differs\n" +
          "    fix: take the migration back, put the value right where it comes from, and run it again: npx secrets migrate rollback --stack dev",
      );
      return true;
    });
    readers(simulated, "refused");
  });

  it("refuses before it changes anything what it would overwrite or can't take over", async () => {
    const simulated = world();
    simulated.config.set("shopApiKey", "another");
    const env = simulated.secrets.get("shop/shop-env");
    if (env !== undefined) env.isImmutable = true;
    await assert.rejects(attempt(simulated), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.issues.map(({ path, problem }) => `${path}: ${problem}`),
        [
          "Secret shop/shop-env: is immutable, so it can't be taken over in place",
          "shopApiKey: the configuration has another value than the source of API_KEY of Secret shop/shop-env",
        ],
      );
      return true;
    });
    assert.deepEqual([simulated.ups, simulated.facts.size, simulated.journalText], [0, 0, ""]);
  });

  it("finds who would write a Secret again, before it changes anything and before it takes it over", async () => {
    const belongs = "is written by ExternalSecret shop/legacy, which belongs to Argo CD, and would be made again";
    const argo = (simulated: Simulated) => {
      const legacy = simulated.externalSecrets.get("shop/legacy");
      if (legacy !== undefined) legacy.annotations = { "argocd.argoproj.io/tracking-id": "shop" };
    };
    const simulated = world();
    argo(simulated);
    const root = simulated.secrets.get("shop/shop-root");
    if (root !== undefined) root.controller = { kind: "Certificate", name: "root" };
    await assert.rejects(attempt(simulated), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.issues.map(({ path, problem }) => `${path}: ${problem}`),
        [
          `Secret shop/legacy: ${belongs}`,
          "Secret shop/shop-root: is controlled by Certificate root, which would write it again",
        ],
      );
      return true;
    });
    assert.deepEqual([simulated.ups, simulated.journalText], [0, ""]);

    const later = world();
    await attempt(later, { until: "prove" });
    argo(later);
    await assert.rejects(attempt(later), (error: unknown) => {
      assert.ok(error instanceof MigrationStopped);
      assert.ok(
        error.message.startsWith(`Secret shop/legacy ${belongs}. Nothing of it was changed.\n    fix: set its `),
      );
      return true;
    });
    readers(later, "stopped");
    assert.ok(later.externalSecrets.has("shop/legacy"));
  });

  it("waits while another one is not finished", async () => {
    const simulated = world();
    await attempt(simulated, { until: "prove" });
    const { engine, journal, cluster } = simulated;
    const reading = await read({ ".env": `TOKEN=${inUse.token}\n` });
    const plan = planMigration({ environment: "dev", reading, catalogue, facts });
    const another = runMigration({
      plan,
      sources: ["other.env"],
      engine,
      journal,
      cluster: () => Promise.resolve(cluster),
    });
    await assert.rejects(another, (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      const [issue] = error.issues;
      assert.equal(
        issue?.problem,
        "one of shop/shop-env, shop/legacy, shop/shop-root is not finished, and these sources are of others",
      );
      assert.equal(
        issue?.fix,
        "finish it first: npx secrets migrate run .env live:shop --stack dev\n    or take it back: npx secrets migrate rollback --stack dev",
      );
      return true;
    });
  });

  it("is retired once it has switched, and not before", async () => {
    const simulated = world();
    const end = async () => {
      const { secrets } = await planOf(simulated);
      return retire(
        {
          cluster: () => Promise.resolve(simulated.cluster),
          journal: simulated.journal,
          files: filesOf({ ".env": `API_KEY=${inUse.env}\nTOKEN=${inUse.token}\n` }),
          sources: () => Promise.resolve({ secrets, issues: [] }),
          revision: () => Promise.resolve("committed"),
          rewrite: () => assert.fail("a file was to be written"),
        },
        "keep",
      );
    };
    await assert.rejects(end(), /No migration runs in this environment/);
    await attempt(simulated, { until: "prove" });
    await assert.rejects(
      end(),
      /has not taken the Secrets over yet\.\n {4}fix: npx secrets migrate run \.env live:shop --stack dev$/,
    );
    await attempt(simulated);
    assert.deepEqual((await end()).secrets, ["shop/shop-env", "shop/legacy", "shop/shop-root"]);
    assert.equal(await back(simulated), undefined);
    readers(simulated, "retired");
  });
});
