import assert from "node:assert/strict";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { versionsIn } from "../support/clouds/stores.ts";
import {
  changeClouds,
  cloudsOptions,
  deployClouds,
  movers,
  proofNames,
  removeClouds,
  rows,
} from "../support/clouds/stack.ts";
import { loseState } from "../support/mishaps/lose-state.ts";
import { run, succeed, type Run, type StackOptions } from "../support/stacks.ts";
import { clearAwsRights, clearAzureRights, madeProviderOf } from "./lost-rights.ts";

const namespaces = [...rows, ...movers].map(({ namespace }) => namespace);
const ids = ["proof/credentials", ...movers.map(({ namespace }) => `moving/${namespace}`)];

/** What the docs advise: use what the lost state made as it is, and remove by hand what holds no value. */
function existing(): StackOptions {
  const google = cloudsOptions().facts?.["stores"] as {
    "secret-manager": { identityPools: { local: { id: string } } };
  };
  const { id } = google["secret-manager"].identityPools.local;
  return {
    facts: {
      stores: {
        "parameter-store": { oidcProviders: null },
        "secrets-manager": { oidcProviders: null },
        "key-vault": { create: null, grantDeployer: false },
        "secret-manager": { identityPools: null, identityProviders: { local: madeProviderOf("local", id) } },
      },
    },
  };
}

describe("the lost state of an environment with every store", () => {
  let values: Readonly<Record<string, string>>;
  let versions: unknown;

  before(async () => {
    await deployClouds();
    values = fingerprints(await applicationSecrets(namespaces));
    versions = await allVersions();
    await loseState("clouds");
  });

  after(removeClouds);

  describe("before anything is adopted", () => {
    let refused: Run;

    before(async () => {
      refused = await run("up", cloudsOptions());
    });

    it("stops an up, which names every secret with the command that adopts it, and every store with its objects", () => {
      assert.equal(refused.ok, false);
      const said = refused.errors.join("\n");
      for (const id of ids) assert.ok(said.includes(`pulumi config set --path 'adopt["${id}"]' true`), id);
      for (const [store, names] of Object.entries(proofNames)) {
        assert.ok(said.includes(`"${names[0]}"`), `${store} ${names[0]} is not named:\n${said}`);
      }
    });

    it("causes no write", async () => {
      assert.deepEqual(await allVersions(), versions);
      assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), values);
    });
  });

  describe("with adoption", () => {
    it("lets an up take over every object with its value, once the identities are removed", async () => {
      await clearAwsRights();
      await clearAzureRights();
      await succeed("up", adopting(changeClouds(existing())));
      assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), values);
    });

    it("needs the adoption once: without it, values stay, and a further up changes nothing", async () => {
      await succeed("up", cloudsOptions());
      assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), values);
      const { changes, warnings } = await succeed("up", cloudsOptions());
      assert.deepEqual([changes, warnings], [{}, []]);
    });
  });
});

/** The options with the facts that adopt everything. */
function adopting(options: StackOptions): StackOptions {
  const clusters = ["local", "eks", "eks-pod-identity", "aks", "gke"];
  const taking = Object.fromEntries(clusters.map((name) => [name, { upsertExistingObjects: true }]));
  const merged = { ...(options.facts?.["clusters"] as Record<string, Record<string, ConfigValue>>) };
  for (const name of clusters) merged[name] = { ...merged[name], ...taking[name] };
  return {
    ...options,
    facts: { ...options.facts, clusters: merged, adopt: Object.fromEntries(ids.map((id) => [id, true])) },
  };
}

async function allVersions(): Promise<unknown> {
  return Promise.all(
    Object.entries(proofNames).map(async ([store, [name = ""]]) => [store, await versionsIn[store]?.(name)]),
  );
}
