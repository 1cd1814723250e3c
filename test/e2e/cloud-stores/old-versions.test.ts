import assert from "node:assert/strict";
import path from "node:path";
import type { OldVersionsFound } from "../../../operations/rotate/model.ts";
import { disableOldVersions, findOldVersions, openOldVersions } from "../../../operations/rotate/old-versions.ts";
import { loadStack } from "../../../preview/preview.ts";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { aws, google, keyVault } from "../support/clouds/clients.ts";
import { cloudsOptions, deployClouds, proofNames, rows } from "../support/clouds/stack.ts";
import { vaultName, versionsIn } from "../support/clouds/stores.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { connection } from "../support/platform.ts";
import { succeed } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";

const id = "proof/credentials";
const nameIn = (store: string) =>
  proofNames[store]?.find((name) => !/(token|username)$/.test(name)) ?? assert.fail(store);

const keyIn = (store: string) => `${store} ${nameIn(store)}`;

/** Reads a version of the object with the password, as somebody who may read versions; its value stays in the test. */
const readers: Readonly<Record<string, (version: string) => Promise<unknown>>> = {
  "secrets-manager": async (VersionId) => {
    const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
    const SecretId = nameIn("secrets-manager");
    return (await aws.secretsManager()).send(new GetSecretValueCommand({ SecretId, VersionId }));
  },
  "key-vault": (version) => keyVault("GET", vaultName, `secrets/${nameIn("key-vault")}/${version}`),
  "secret-manager": (version) => google("GET", `${googleVersions}/${version}:access`),
  vault: async (version) => {
    const values = await readKv(nameIn("vault"), Number(version));
    if (values === undefined) throw new Error("it is deleted");
    return values;
  },
};
const googleVersions = `https://secretmanager.googleapis.com/v1/projects/${GCP_SANDBOX.project.id}/secrets/${nameIn("secret-manager")}/versions`;

/** States of the versions in Google Cloud, the newest first. */
async function googleStates(): Promise<readonly { readonly state: string; readonly isDestroyedLater: boolean }[]> {
  const { versions } = (await google("GET", googleVersions)) as {
    readonly versions: readonly { readonly state: string; readonly scheduledDestroyTime?: string }[];
  };
  return versions.map(({ state, scheduledDestroyTime }) => ({
    state,
    isDestroyedLater: scheduledDestroyTime !== undefined,
  }));
}

/** What a rotation works with to look at old versions, with the deployer's credentials. */
async function tools() {
  const { stack, catalogue } = cloudsOptions();
  const env = { ...process.env, ...connectionEnvironment(connection()) };
  const environment = await loadStack({
    root: path.join(connection().root, "project"),
    stack,
    ...(catalogue === undefined ? {} : { catalogue }),
    policies: { ...environments, [stack]: sandbox },
  });
  // Two stores have an object of the same name.
  const of = (found: readonly OldVersionsFound[]) =>
    new Map<string, OldVersionsFound>(found.map((each) => [`${each.store} ${each.object}`, each]));
  const using = {
    oldVersions: (store: Parameters<typeof openOldVersions>[0]) => openOldVersions(store, (name) => env[name]),
  };
  return {
    find: async () => of(await findOldVersions(using, environment, [{ id }])),
    disable: async () =>
      of(
        await disableOldVersions({ ...using, agree: () => Promise.resolve(true) }, environment, {
          rotations: [{ id }],
        }),
      ),
  };
}

describe("old versions of a secret that was rotated, in every store", () => {
  /** The version that readers get, of each store, and one before it that can be read. */
  const newest = new Map<string, string>();
  let found: ReadonlyMap<string, OldVersionsFound>;

  before(async () => {
    await deployClouds();
    for (const store of ["secret-manager", "vault"]) {
      const numbers = ((await versionsIn[store]?.(nameIn(store))) ?? []).map(Number);
      assert.ok(numbers.length > 1, `${store}: it was not rotated`);
      newest.set(store, String(Math.max(...numbers)));
    }
  });

  it("are disabled in Google Cloud by the rotation itself, and destroyed later; latest is the newest one", async () => {
    const [first, ...others] = await googleStates();
    assert.deepEqual(first, { state: "ENABLED", isDestroyedLater: false });
    for (const each of others) assert.deepEqual(each, { state: "DISABLED", isDestroyedLater: true });
    const before = String(Number(newest.get("secret-manager")) - 1);
    await assert.rejects(readers["secret-manager"]?.(before) ?? Promise.resolve(), /400 .* is in DISABLED state/s);
    // Somebody still needs it, and takes the documented way back.
    await google("POST", `${googleVersions}/${before}:enable`, {});
    assert.deepEqual((await googleStates())[1], { state: "ENABLED", isDestroyedLater: false });
  });

  it("are found where they can be read still, and a store that can't disable any says so", async () => {
    found = await (await tools()).find();
    for (const [store, read] of Object.entries(readers)) {
      const { versions = [], problem } = found.get(keyIn(store)) ?? {};
      assert.equal(problem, undefined, store);
      assert.ok(versions.length > 0, `${store}: none was found`);
      assert.ok(!versions.includes(newest.get(store) ?? ""), `${store}: the newest one is no old one`);
      for (const version of versions) await read(version);
    }
    assert.match(
      found.get(keyIn("parameter-store"))?.problem ?? "",
      /the history of Parameter Store can't be disabled/,
    );
  });

  it("can't be read any more once they are disabled, and the newest one can", async () => {
    const disabled = await (await tools()).disable();
    for (const [store, read] of Object.entries(readers)) {
      const each = disabled.get(keyIn(store));
      assert.deepEqual([each?.disabled, each?.problem], [found.get(keyIn(store))?.versions, undefined], store);
      if (store === "secrets-manager") continue;
      for (const version of each?.versions ?? []) await assert.rejects(read(version), `${store} ${version}`);
    }
    // In AWS no label leads to it: a version without one is deprecated, and AWS deletes it.
    const { DescribeSecretCommand } = await import("@aws-sdk/client-secrets-manager");
    const SecretId = nameIn("secrets-manager");
    const { VersionIdsToStages = {} } = await (
      await aws.secretsManager()
    ).send(new DescribeSecretCommand({ SecretId }));
    assert.deepEqual(Object.values(VersionIdsToStages).flat(), ["AWSCURRENT"]);
    const [old = ""] = found.get(keyIn("key-vault"))?.versions ?? [];
    await assert.rejects(readers["key-vault"]?.(old) ?? Promise.resolve(), /403 .*SecretDisabled/s);
    for (const [, { versions, problem }] of await (await tools()).find()) {
      if (problem === undefined) assert.deepEqual(versions, []);
    }
  });

  it("change nothing for readers, and no run takes that for a drift, or enables them again", async () => {
    const before = await applicationSecrets(rows.map(({ namespace }) => namespace));
    for (const refresh of [false, true]) {
      const { changes, warnings } = await succeed("up", cloudsOptions(), { refresh });
      assert.deepEqual([changes, warnings], [{}, []], `refresh: ${refresh}`);
    }
    assert.deepEqual(await applicationSecrets(rows.map(({ namespace }) => namespace)), before);
    const [, second] = await googleStates();
    assert.equal(second?.state, "DISABLED");
  });

  it("are taken back as the documentation says", async () => {
    const [kv = "", version = ""] = ["key-vault", "secrets-manager"].map((store) =>
      found.get(keyIn(store))?.versions.at(-1),
    );
    await keyVault("PATCH", vaultName, `secrets/${nameIn("key-vault")}/${kv}`, { attributes: { enabled: true } });
    await readers["key-vault"]?.(kv);
    const { UpdateSecretVersionStageCommand } = await import("@aws-sdk/client-secrets-manager");
    await (
      await aws.secretsManager()
    ).send(
      new UpdateSecretVersionStageCommand({
        ...{ SecretId: nameIn("secrets-manager"), VersionStage: "AWSPREVIOUS", MoveToVersionId: version },
      }),
    );
    assert.deepEqual((await (await tools()).find()).get(keyIn("secrets-manager"))?.versions, [version]);
  });
});
