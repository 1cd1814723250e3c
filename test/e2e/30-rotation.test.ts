import assert from "node:assert/strict";
import { catalogue } from "../../stacks/catalogue.ts";
import type { Catalogue } from "../../stacks/catalogue-spec.ts";
import { password } from "../../components/values/recipe.ts";
import { applicationSecrets, fingerprints } from "./support/cluster.ts";
import { changeMain, deployMain, mainOptions } from "./support/main-stack.ts";
import { observe, type Observation } from "./support/observer.ts";
import { run, succeed, type Run } from "./support/stacks.ts";
import { kvVersions, readKv } from "./support/vault.ts";

const prefix = "mlops-platform-sandbox";

/** Milliseconds from the change in Vault to the change of the Secret. */
const promisedDelay = 2000;

describe("rotating one secret", () => {
  const consumers = ["mlflow/mlflow-tracking", "model-server/ml-model-mlflow-credentials"];
  let previous: Readonly<Record<string, string>>;
  let now: Readonly<Record<string, string>>;
  let versions: Readonly<Record<string, number>>;
  let old: Readonly<Record<string, string>> | undefined;
  let seen: Observation;
  let rotation: Run;

  before(async () => {
    await deployMain();
    previous = fingerprints(await applicationSecrets());
    versions = await kvVersions();
    old = await readKv(`${prefix}/mlflow/tracking`);
    changeMain({ facts: { rotations: { "mlflow/tracking": "2026-11-23" } } });
    seen = await observe({ secrets: consumers, vaultPath: `${prefix}/mlflow/tracking` }, async () => {
      rotation = await succeed("up", mainOptions());
    });
    now = fingerprints(await applicationSecrets());
  });

  it("changes its value in every namespace that consumes it, and nothing else anywhere", async () => {
    const changed = Object.keys(now).filter((key) => now[key] !== previous[key]);
    assert.deepEqual(changed.sort(), [
      "mlflow/mlflow-tracking password",
      "model-server/ml-model-mlflow-credentials MLFLOW_TRACKING_PASSWORD",
    ]);
    assert.deepEqual(Object.keys(now), Object.keys(previous));
    const [tracking, server] = changed.map((key) => now[key]);
    assert.equal(tracking, server);
    assert.deepEqual(await kvVersions(), { ...versions, [`${prefix}/mlflow/tracking`]: 2 });
  });

  it("replaces its random seed, writes Vault and touches the two ExternalSecrets; no other resource", () => {
    assert.deepEqual([...rotation.steps].sort(), [
      "create mlflow/tracking/password@2026-11-23",
      "delete mlflow/tracking/password",
      "update local/mlflow/mlflow-tracking",
      "update local/model-server/ml-model-mlflow-credentials",
      "update mlflow/tracking/vault",
    ]);
    assert.deepEqual(rotation.warnings, []);
  });

  it(`reaches every consumer within ${promisedDelay} ms of Vault`, async () => {
    // A machine that is busy with other things may be slow once, but not three times.
    const delays = [slowest(seen, consumers)];
    for (const date of ["2026-11-24", "2026-11-25"]) {
      if (Math.min(...delays) < promisedDelay) break;
      changeMain({ facts: { rotations: { "mlflow/tracking": date } } });
      const again = await observe({ secrets: consumers, vaultPath: `${prefix}/mlflow/tracking` }, async () => {
        await succeed("up", mainOptions());
      });
      delays.push(slowest(again, consumers));
    }
    assert.ok(Math.min(...delays) < promisedDelay, `it took ${delays.map(Math.round).join(", ")} ms`);
  });

  for (const name of consumers) {
    it(`never shows ${name} absent, empty or going back`, () => {
      const sightings = seen.secrets.get(name) ?? [];
      assert.deepEqual(
        sightings.filter(({ type }) => type === "DELETED"),
        [],
      );
      const fresh = sightings.map(({ values }) => passwordOf(values) !== old?.["password"]);
      assert.deepEqual([fresh.at(0), fresh.at(-1)], [false, true]);
      assert.equal(fresh.lastIndexOf(false) < fresh.indexOf(true), true, "an old value came back after the new one");
      for (const { values } of sightings) assert.match(passwordOf(values) ?? "", /^[a-zA-Z0-9]{32}$/);
    });
  }

  it("keeps the previous value in Vault, readable as version 1", async () => {
    const first = await readKv(`${prefix}/mlflow/tracking`, 1);
    assert.ok(first?.["password"] !== undefined && first["password"] === old?.["password"]);
  });

  it("is over: the next up changes nothing", async () => {
    const { changes, warnings } = await succeed("up", mainOptions());
    assert.deepEqual([changes, warnings], [{}, []]);
  });

  it("is not undone in silence when its entry is lost: another password must not come by accident", async () => {
    const { facts = {}, ...rest } = mainOptions();
    const { rotations: _, ...others } = facts;
    const preview = await run("preview", { ...rest, facts: others });
    const told = [...preview.errors, ...preview.warnings].join("\n");
    assert.match(told, /mlflow\/tracking/, "nothing says that the password of mlflow/tracking would change");
  });
});

describe("a rule that changed in the catalogue", () => {
  const delivered = "mlflow/mlflow-db-secret";

  before(async () => {
    await deployMain();
    changeMain({ catalogue: withDatabasePassword(48) });
  });

  it("changes no value by itself; a warning names the secret and what to do", async () => {
    const before = fingerprints(await applicationSecrets());
    const { changes, warnings } = await succeed("up", mainOptions());
    assert.deepEqual(changes, {});
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /mlflow\/db-password password/);
    assert.match(warnings[0] ?? "", /rotations\["mlflow\/db-password"\]/);
    assert.deepEqual(fingerprints(await applicationSecrets()), before);
  });

  it("holds from the next rotation on, and no reader sees half of the new secret", async () => {
    changeMain({ facts: { rotations: { "mlflow/db-password": "2026-11-24" } } });
    const vaultPath = `${prefix}/mlflow/db-password`;
    const { secrets } = await observe({ secrets: [delivered], vaultPath }, async () => {
      const { warnings } = await succeed("up", mainOptions());
      assert.deepEqual(warnings, []);
    });
    const sightings = secrets.get(delivered) ?? [];
    assert.match(sightings.at(-1)?.values["password"] ?? "", /^[a-zA-Z0-9]{48}$/);
    for (const { type, values } of sightings) {
      assert.notEqual(type, "DELETED");
      assert.ok(values["uri"]?.includes(`:${values["password"]}@`), "a uri was shown with another password");
    }
  });

  it("makes no change afterwards", async () => {
    const { changes, warnings } = await succeed("up", mainOptions());
    assert.deepEqual([changes, warnings], [{}, []]);
  });
});

/** Milliseconds from Vault's change to that of the last consumer; infinite when one never changed. */
function slowest({ secrets, vaultChangedAt }: Observation, consumers: readonly string[]): number {
  const delays = consumers.map((name) => {
    const [first, ...later] = secrets.get(name) ?? [];
    const changed = later.find(({ values }) => passwordOf(values) !== passwordOf(first?.values ?? {}));
    return (changed?.at ?? Infinity) - (vaultChangedAt ?? 0);
  });
  return Math.max(...delays);
}

function passwordOf(values: Readonly<Record<string, string>>): string | undefined {
  return values["password"] ?? values["MLFLOW_TRACKING_PASSWORD"];
}

/** The platform's catalogue with another length of one password. */
function withDatabasePassword(length: number): Catalogue {
  const { mlflow } = catalogue;
  const secret = mlflow?.secrets["db-password"];
  assert.ok(mlflow !== undefined && secret !== undefined);
  const changed = { ...secret, keys: { ...secret.keys, password: password({ length }) } };
  return { ...catalogue, mlflow: { ...mlflow, secrets: { ...mlflow.secrets, "db-password": changed } } };
}
