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

/** What the docs say to do: what the lost state made is used as it is; what holds nothing was removed by hand. */
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

describe("a lost state of an environment with every store", () => {
  let values: Readonly<Record<string, string>>;
  let versions: unknown;

  before(async () => {
    await deployClouds();
    values = fingerprints(await applicationSecrets(namespaces));
    versions = await allVersions();
    await loseState("clouds");
  });

  after(removeClouds);

  describe("and an up that knows nothing of it", () => {
    let refused: Run;

    before(async () => {
      refused = await run("up", cloudsOptions());
    });

    it("is refused: every secret is named with the command that takes it over, and every store with its objects", () => {
      assert.equal(refused.ok, false);
      const said = refused.errors.join("\n");
      for (const id of ids) assert.ok(said.includes(`pulumi config set --path 'adopt["${id}"]' true`), id);
      for (const [store, names] of Object.entries(proofNames)) {
        assert.ok(said.includes(`"${names[0]}"`), `${store} ${names[0]} is not named:\n${said}`);
      }
    });

    it("writes nothing", async () => {
      assert.deepEqual(await allVersions(), versions);
      assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), values);
    });
  });

  describe("and adoption", () => {
    it("takes over every object with its value, once identities are out of the way", async () => {
      await clearAwsRights();
      await clearAzureRights();
      await succeed("up", adopting(changeClouds(existing())));
      assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), values);
    });

    it("is over after it: without its entries values stay, and then nothing changes any more", async () => {
      await succeed("up", cloudsOptions());
      assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), values);
      const { changes, warnings } = await succeed("up", cloudsOptions());
      assert.deepEqual([changes, warnings], [{}, []]);
    });
  });
});

/** The facts that people add to take everything over. */
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
