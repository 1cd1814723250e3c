import assert from "node:assert/strict";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { changeMain, deployMain, mainOptions } from "../support/main-stack.ts";
import { assertStoreFirst, observe, type Observation, type Sighting } from "../support/observer.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import { kvVersions, readKv } from "../support/vault.ts";
import { prefix, versionsIn } from "./scene.ts";

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
    const storedVersions = () => versionsIn("mlflow/tracking");
    seen = await observe({ secrets: consumers, storedVersions }, async () => {
      rotation = await succeed("up", mainOptions());
    });
    now = fingerprints(await applicationSecrets());
  });

  it("changes its value in every namespace that consumes it, and no other value", async () => {
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

  it("replaces its random seed, writes Vault and updates the two ExternalSecrets; no other resource", () => {
    assert.deepEqual([...rotation.steps].sort(), [
      "create mlflow/tracking/password@2026-11-23",
      "delete mlflow/tracking/password",
      "update local/mlflow/mlflow-tracking",
      "update local/model-server/ml-model-mlflow-credentials",
      "update mlflow/tracking/vault",
    ]);
    assert.deepEqual(rotation.warnings, []);
  });

  it("generates the value, then writes Vault, then updates the ExternalSecrets", () => {
    const position = (step: string) => rotation.steps.indexOf(step);
    const made = position("create mlflow/tracking/password@2026-11-23");
    const written = position("update mlflow/tracking/vault");
    assert.ok(made < written, rotation.steps.join("\n"));
    for (const name of consumers) assert.ok(written < position(`update local/${name}`), rotation.steps.join("\n"));
  });

  for (const name of consumers) {
    it(`has put the new value into ${name} when the run is over, and never before Vault had it`, async () => {
      const current = await readKv(`${prefix}/mlflow/tracking`, 2);
      assert.ok(passwordOf(seen.atEnd.get(name) ?? {}) === current?.["password"], "the run was over too early");
      assertStoreFirst(seen.secrets.get(name) ?? [], name);
    });

    it(`never shows ${name} missing, empty, reverted or with a value that Vault does not have`, async () => {
      const sightings = seen.secrets.get(name) ?? [];
      assert.deepEqual(
        sightings.filter(({ type }) => type === "DELETED"),
        [],
      );
      for (const { values } of sightings) assert.match(passwordOf(values) ?? "", /^[a-zA-Z0-9]{32}$/);
      const shown = await vaultVersions(sightings);
      assert.deepEqual([shown.at(0), shown.at(-1)], [1, 2]);
      assert.deepEqual(shown, [...shown].sort(), "an old value came back after the new one");
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

  it("is not undone silently when its entry in the facts is lost", async () => {
    const { facts = {}, ...rest } = mainOptions();
    const { rotations: _, ...others } = facts;
    const preview = await run("preview", { ...rest, facts: others });
    const told = [...preview.errors, ...preview.warnings].join("\n");
    assert.match(told, /mlflow\/tracking/, "nothing says that the password of mlflow/tracking would change");
  });
});

/** For each state of a Secret, the version in Vault that has this password; 0 for none. */
async function vaultVersions(sightings: readonly Sighting[]): Promise<readonly number[]> {
  const versions = [1, 2];
  const stored = await Promise.all(versions.map((version) => readKv(`${prefix}/mlflow/tracking`, version)));
  return sightings.map(({ values }) => stored.findIndex((each) => each?.["password"] === passwordOf(values)) + 1);
}

function passwordOf(values: Readonly<Record<string, string>>): string | undefined {
  return values["password"] ?? values["MLFLOW_TRACKING_PASSWORD"];
}
