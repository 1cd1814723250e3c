import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { manifestFiles } from "../../../preview/manifest-files.ts";
import { readManifests, writeManifests } from "../../../preview/manifest-folder.ts";
import { renderStack } from "../../../preview/preview.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { cli } from "../support/cli.ts";
import { decode, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { nudge } from "../support/nudge.ts";
import { observe } from "../support/observer.ts";
import { isReady, operatorObjects } from "../support/operator.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces, secretsPerApplication } from "../support/small-stack.ts";
import { open, run, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";

const namespace = "handed";
const first = tenantStack("handed", [namespace]);
const withNamespace = (changes: object): StackOptions & { readonly stack: string } => {
  const own = onlyNamespaces([namespace]);
  return {
    ...first,
    facts: { ...first.facts, namespaces: { ...own, [namespace]: { ...(own[namespace] as object), ...changes } } },
  };
};
const handingOver = withNamespace({ handOverTo: "gitops" });
const gitops = withNamespace({ via: "gitops" });

/** Renders the stack's manifests into a folder. */
async function render(options: StackOptions & { readonly stack: string }, folder: string): Promise<void> {
  // Writes its facts into the project.
  await open(options);
  const { stack, catalogue } = options;
  assert.ok(catalogue !== undefined);
  const root = path.join(connection().root, "project");
  const policies = { ...environments, [stack]: sandbox };
  const rendered = manifestFiles(await renderStack({ root, stack, catalogue, policies }));
  const paths = [...rendered.keys()];
  await writeManifests(folder, rendered, { missing: paths, changed: [], stale: [], foreign: [] });
}

/** SecretStores and ExternalSecrets of the namespace. */
async function operatorsObjects() {
  const all = await Promise.all((["secretstores", "externalsecrets"] as const).map(operatorObjects));
  return all.flat().filter(({ metadata }) => metadata.namespace === namespace);
}

describe("Secrets that a GitOps tool delivers", () => {
  let folder: string;
  const secretName = "secret-0";
  const password = async () => decode((await readSecret(namespace, secretName)) ?? assert.fail())["password"];
  const objects = async () => (await operatorsObjects()).map(({ metadata }) => metadata.name).sort();

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "gitops-"));
    await deployShared();
    await succeed("up", first);
  });
  after(async () => {
    await succeed("destroy", gitops);
    await cli("kubectl", ["delete", "--recursive", "--filename", folder, "--ignore-not-found"]);
    await rm(folder, { recursive: true });
  });

  it("are not taken from this stack's ExternalSecrets at once, since that would delete them", async () => {
    const before = await objects();
    const refused = await run("up", gitops);
    assert.equal(refused.ok, false);
    assert.match(refused.output, /fix: hand it over first \(docs\/deliveries\/gitops\.md\): pulumi config set/);
    assert.deepEqual([await objects(), refused.steps], [before, []]);
  });

  it("are handed over while a reader sees each of them all the time, with its value", async () => {
    const { secrets } = await observe({ secrets: [`${namespace}/${secretName}`] }, async () => {
      await succeed("up", handingOver);
      await render(gitops, folder);
      const applied = await cli("kubectl", ["apply", "--recursive", "--filename", folder]);
      assert.equal(applied.code, 0, applied.output);
      const { steps } = await succeed("up", gitops);
      const gone = steps.filter((step) => /handed\/(?:secret-\d|secret-store)$/.test(step));
      assert.equal(gone.length, secretsPerApplication + 1);
    });
    const sightings = secrets.get(`${namespace}/${secretName}`) ?? [];
    assert.ok(sightings.length > 0);
    assert.deepEqual(
      sightings.filter(({ type }) => type === "DELETED"),
      [],
    );
    assert.equal(new Set(sightings.map(({ values }) => values["password"])).size, 1);
    assert.equal((await objects()).length, secretsPerApplication + 1);
    assert.ok((await operatorsObjects()).every(isReady));
  });

  it("are left alone by the next run, and rendered as they are", async () => {
    const again = await succeed("up", gitops);
    assert.deepEqual(again.steps, []);
    const before = await readManifests(folder);
    await render(gitops, folder);
    assert.deepEqual(await readManifests(folder), before);
  });

  it("follow a rotation by the operator's next read, without a change of any file", async () => {
    const before = await password();
    const rotated = { ...gitops, facts: { ...gitops.facts, rotations: { "handed/secret-0": "2026-11-29" } } };
    await succeed("up", rotated);
    const files = await readManifests(folder);
    await render(rotated, folder);
    assert.deepEqual(await readManifests(folder), files);
    await nudge([namespace]);
    await eventually("the Secret has the rotated value", async () => (await password()) !== before);
  });
});
