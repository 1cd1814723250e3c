import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { folderChanges, manifestFiles, mark } from "../../preview/manifest-files.ts";
import { readManifests, writeManifests } from "../../preview/manifest-folder.ts";
import { renderStack } from "../../preview/preview.ts";
import { canaries, testFacts, withProject } from "./project.ts";

const { shop, till } = testFacts.namespaces;
const gitops = {
  namespaces: { shop: { ...shop, via: "gitops" }, till: { ...till, secrets: { "till-api": { via: "gitops" } } } },
};
const files = async (facts: Readonly<Record<string, unknown>> = gitops) =>
  manifestFiles(await withProject(facts, renderStack));
const none = { missing: [], changed: [], stale: [], foreign: [] };

describe("manifests for a GitOps tool", () => {
  it("are what a namespace leaves to it: its SecretStore only where nothing of this stack reads through it", async () => {
    assert.deepEqual(
      [...(await files()).keys()],
      [
        "main/shop/externalsecret-shop-db.yaml",
        "main/shop/secretstore-secrets-reader.yaml",
        "main/till/externalsecret-till-api.yaml",
      ],
    );
    assert.deepEqual([...(await files({})).keys()], []);
  });

  it("are one object a file, sorted, and without any value", async () => {
    const text = (await files()).get("main/shop/externalsecret-shop-db.yaml") ?? "";
    assert.equal(
      text,
      [
        mark,
        "apiVersion: external-secrets.io/v1",
        "kind: ExternalSecret",
        "metadata:",
        "  annotations:",
        "    multicloud-secrets/stack: multicloud-secrets/test",
        "  name: shop-db",
        "  namespace: shop",
        "spec:",
        "  dataFrom:",
        "    - extract:",
        "        conversionStrategy: Default",
        "        decodingStrategy: None",
        "        key: acme-test/shop/db",
        "        metadataPolicy: None",
        "  refreshInterval: 1h0m0s",
        "  refreshPolicy: Periodic",
        "  secretStoreRef:",
        "    kind: SecretStore",
        "    name: secrets-reader",
        "  target:",
        "    creationPolicy: Orphan",
        "    deletionPolicy: Retain",
        "    name: shop-db",
        "",
      ].join("\n"),
    );
    const all = [...(await files()).values()].join("\n");
    for (const canary of Object.values(canaries)) assert.ok(!all.includes(canary));
    for (const each of (await files()).values()) assert.ok(parse(each));
  });

  it("have the namespace's name in its cluster, in their folder too", async () => {
    const named = await files({
      namespaces: { ...gitops.namespaces, shop: { ...gitops.namespaces.shop, name: "shop-test" } },
    });
    assert.deepEqual(
      [...named.keys()],
      [
        "main/shop-test/externalsecret-shop-db.yaml",
        "main/shop-test/secretstore-secrets-reader.yaml",
        "main/till/externalsecret-till-api.yaml",
      ],
    );
    const objects = [...named.values()].map(
      (each) => parse(each) as { readonly metadata: { readonly namespace: string } },
    );
    assert.deepEqual(
      objects.map(({ metadata }) => metadata.namespace),
      ["shop-test", "shop-test", "till"],
    );
    const plain = await files();
    assert.equal(
      named.get("main/shop-test/externalsecret-shop-db.yaml"),
      plain.get("main/shop/externalsecret-shop-db.yaml")?.replace("namespace: shop\n", "namespace: shop-test\n"),
    );
  });

  it("are the same bytes each time, a rotation included", async () => {
    const first = await files();
    assert.deepEqual(await files(), first);
    assert.deepEqual(await files({ ...gitops, rotations: { "shop/db": "2026-02-14" } }), first);
  });

  it("are refused where facts are in Pulumi ESC, which is not read here", async () => {
    await assert.rejects(
      withProject({}, async (options) => {
        const file = path.join(options.root, "Pulumi.test.yaml");
        await writeFile(file, `environment: [team/shared]\n${await readFile(file, "utf8")}`);
        return renderStack(options);
      }),
      /names environments of Pulumi ESC, whose values are not read here/,
    );
  });
});

describe("a folder of manifests", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "manifests-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const rendered = new Map([
    ["main/shop/one.yaml", `${mark}\na: 1\n`],
    ["main/shop/two.yaml", `${mark}\na: 2\n`],
  ]);
  const changesIn = async (wanted: ReadonlyMap<string, string> = rendered) =>
    folderChanges(wanted, await readManifests(folder));

  it("is made what is rendered, and is found to be", async () => {
    assert.deepEqual(await changesIn(), { ...none, missing: [...rendered.keys()] });
    await writeManifests(folder, rendered, await changesIn());
    assert.deepEqual(await changesIn(), none);
    assert.deepEqual(await readManifests(folder), rendered);
  });

  it("is found to differ by a file that was edited, one that is gone, and one that is no longer rendered", async () => {
    await writeManifests(folder, rendered, await changesIn());
    await writeFile(path.join(folder, "main/shop/one.yaml"), `${mark}\na: 7\n`);
    await rm(path.join(folder, "main/shop/two.yaml"));
    await writeFile(path.join(folder, "main/shop/old.yaml"), `${mark}\na: 3\n`);
    const changes = await changesIn();
    assert.deepEqual(changes, {
      missing: ["main/shop/two.yaml"],
      changed: ["main/shop/one.yaml"],
      stale: ["main/shop/old.yaml"],
      foreign: [],
    });
    await writeManifests(folder, rendered, changes);
    assert.deepEqual(await readManifests(folder), rendered);
  });

  it("keeps what somebody else wrote, under a name of its own or under one of ours", async () => {
    await writeManifests(folder, rendered, await changesIn());
    await writeFile(path.join(folder, "kustomization.yaml"), "resources: []\n");
    await writeFile(path.join(folder, "main/shop/one.yaml"), "a: mine\n");
    const changes = await changesIn();
    assert.deepEqual(changes, { ...none, foreign: ["main/shop/one.yaml"] });
    await writeManifests(folder, rendered, changes);
    assert.equal(await readFile(path.join(folder, "main/shop/one.yaml"), "utf8"), "a: mine\n");
    assert.equal(await readFile(path.join(folder, "kustomization.yaml"), "utf8"), "resources: []\n");
  });
});
