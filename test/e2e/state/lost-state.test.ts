import assert from "node:assert/strict";
import { cli } from "../support/cli.ts";
import { applicationSecrets, cluster, fingerprints } from "../support/cluster.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { connection } from "../support/platform.ts";
import { loseState } from "../support/mishaps/lose-state.ts";
import { smallStack } from "../support/small-stack.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import { kvVersions, readKv } from "../support/vault.ts";

const application = "lost";
const stack = smallStack("lost", [application]);
const ids = Object.keys(stack.catalogue?.[application]?.secrets ?? {}).map((name) => `${application}/${name}`);

/** The stack with the facts that adopt everything: the values in Vault, and the objects in the cluster. */
const adopting = {
  ...stack,
  facts: {
    ...stack.facts,
    adopt: Object.fromEntries(ids.map((id) => [id, true])),
    clusters: { local: { upsertExistingObjects: true } },
  },
};

describe("a lost state", () => {
  let values: Readonly<Record<string, string>>;

  before(async () => {
    await makeRoom();
    await succeed("up", stack);
    values = fingerprints(await applicationSecrets([application]));
    await loseState("lost");
  });
  after(() => succeed("destroy", stack));

  describe("before anything is adopted", () => {
    let refused: Run;
    let unchanged: unknown;

    before(async () => {
      unchanged = await everything();
      refused = await run("up", stack);
    });

    it("stops an up, which names every secret with the command that adopts it", () => {
      assert.equal(refused.ok, false);
      const said = refused.errors.join("\n");
      assert.match(said, new RegExp(`was refused: ${ids.length + 1} problems\\. Nothing was changed\\.`));
      // The operator is the one problem more: Helm can't adopt its release.
      assert.ok(said.includes("helm uninstall external-secrets -n external-secrets"));
      for (const id of ids) assert.ok(said.includes(`pulumi config set --path 'adopt["${id}"]' true`), id);
    });

    it("causes no write, neither to Vault nor to the cluster", async () => {
      assert.deepEqual(await everything(), unchanged);
    });
  });

  describe("with adoption", () => {
    it("lets an up take over values and objects as they are, once the operator's release is removed", async () => {
      // Helm can't adopt a release. Removing it deletes the operator's own objects only; the kinds stay.
      const { code, output } = await cli("helm", ["uninstall", "external-secrets", "--namespace=external-secrets"]);
      assert.equal(code, 0, output);
      assert.deepEqual(fingerprints(await applicationSecrets([application])), values);
      const { warnings } = await succeed("up", adopting);
      assert.deepEqual(warnings, []);
      assert.deepEqual(fingerprints(await applicationSecrets([application])), values);
    });

    it("needs the adoption once: without it, the next up changes only a setting of the provider", async () => {
      const { steps, warnings } = await succeed("up", stack);
      assert.deepEqual(
        steps.filter((step) => !onceMore(step)),
        ["update local"],
      );
      assert.deepEqual(warnings, []);
      assert.deepEqual(fingerprints(await applicationSecrets([application])), values);
      assert.deepEqual((await succeed("up", stack)).steps, []);
    });

    it("allows a rotation afterwards", async () => {
      const [id = ""] = ids;
      const rotated = { ...stack, facts: { ...stack.facts, rotations: { [id]: "2026-11-23" } } };
      await succeed("up", rotated);
      const now = fingerprints(await applicationSecrets([application]));
      const changed = Object.keys(now).filter((key) => now[key] !== values[key]);
      assert.deepEqual(
        changed.sort(),
        ["password", "token", "uri"].map((key) => `${id} ${key}`),
      );
      assert.ok((await readKv(`mlops-platform-lost/${id}`))?.["password"] !== undefined);
    });
  });
});

/**
 * The official plugin may record an ExternalSecret that was Ready when it was taken over as it was one event earlier; the
 * next run shows an update of it, once. The stand-in records what it wrote.
 */
function onceMore(step: string): boolean {
  const standIns = connection().pulumiPlugins.every(({ origin }) => origin === "stand-in");
  return !standIns && ids.some((id) => step.startsWith("update ") && step.endsWith(id));
}

/** Versions of everything in Vault and in the namespace: a write of the same value would show. */
async function everything(): Promise<unknown> {
  const { core, custom } = await cluster();
  const secrets = await core.listNamespacedSecret({ namespace: application });
  const kind = { group: "external-secrets.io", version: "v1", namespace: application, plural: "externalsecrets" };
  const external = (await custom.listNamespacedCustomObject(kind)) as {
    items: { metadata: { resourceVersion: string } }[];
  };
  return [
    await kvVersions(),
    secrets.items.map(({ metadata }) => [metadata?.name, metadata?.resourceVersion]),
    external.items.map(({ metadata }) => metadata.resourceVersion),
  ];
}
