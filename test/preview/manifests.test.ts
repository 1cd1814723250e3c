import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { folderChanges, manifestFiles, mark } from "../../preview/manifest-files.ts";
import { readManifests, writeManifests } from "../../preview/manifest-folder.ts";
import { exportedState } from "../../preview/exported-state.ts";
import { renderStack } from "../../preview/preview.ts";
import { needsState, withCiphertexts } from "../../preview/sealed-manifests.ts";
import { rsaCertificate } from "../components/sealed-secrets/certificates.ts";
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

  it("are the alerts of a cluster whose facts leave them to it, and its dashboard", async () => {
    const { main } = testFacts.clusters;
    const alerting = (alerts: object, changes: object = {}) =>
      files({
        clusters: { main: { ...main, externalSecrets: { ...main.externalSecrets, serviceMonitor: true }, alerts } },
        ...changes,
      });
    const alerts = { appliedBy: "gitops", labels: { release: "prometheus" }, dashboard: { namespace: "monitoring" } };
    const found = await alerting(alerts);
    const [rules = "", dates = "", dashboard = ""] = [...found.keys()];
    assert.equal(found.size, 3);
    assert.match(rules, /^main\/external-secrets\/prometheusrule-secrets-test-alerts-[0-9a-f]{8}\.yaml$/);
    assert.match(dates, /^main\/external-secrets\/prometheusrule-secrets-test-dates-[0-9a-f]{8}\.yaml$/);
    assert.match(dashboard, /^main\/monitoring\/configmap-secrets-test-dashboard-[0-9a-f]{8}\.yaml$/);
    const { apiVersion, metadata, spec } = parse(found.get(dates) ?? "") as {
      readonly apiVersion: string;
      readonly metadata: { readonly labels: object; readonly annotations: object };
      readonly spec: { readonly groups: readonly { readonly rules: readonly { readonly record?: string }[] }[] };
    };
    assert.equal(apiVersion, "monitoring.coreos.com/v1");
    assert.deepEqual(metadata.labels, { release: "prometheus" });
    assert.deepEqual(metadata.annotations, { "multicloud-secrets/stack": "multicloud-secrets/test" });
    const series = spec.groups.flatMap((group) => group.rules.flatMap(({ record = [] }) => record));
    assert.deepEqual([...new Set(series)], ["secrets_rotation_due_timestamp_seconds"]);
    assert.deepEqual(await alerting(alerts), found);
    // The date by which it is due next is in the rules.
    const rotated = await alerting(alerts, { rotations: { "shop/db": "2026-03-01" } });
    assert.deepEqual(
      [...rotated].filter(([file, text]) => found.get(file) !== text).map(([file]) => file),
      [dates],
    );
    assert.deepEqual([...(await alerting({ ...alerts, appliedBy: "pulumi" })).keys()], []);
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

describe("SealedSecrets for a GitOps tool", () => {
  const sealing = {
    clusters: {
      main: { ...testFacts.clusters.main, sealedSecrets: { certificate: rsaCertificate, appliedBy: "gitops" } },
    },
    namespaces: { shop: { ...shop, via: "gitops", secrets: { "shop-db": { via: "sealed-secret" } } }, till },
  };
  const rendered = () => withProject(sealing, renderStack);
  const annotations = { "multicloud-secrets/stack": "multicloud-secrets/test" };
  const sealed = { password: "AgA1", uri: "AgA2", username: "AgA3" };
  const kept = "secrets:delivery:SealedManifest";
  /** A state as `pulumi stack export` prints it. */
  const stateWith = (encryptedData: object = sealed, type = "Opaque") => ({
    version: 3,
    deployment: {
      resources: [
        { urn: "urn:pulumi:test::multicloud-secrets::pulumi:pulumi:Stack::it", type: "pulumi:pulumi:Stack" },
        {
          urn: `urn:pulumi:test::multicloud-secrets::secrets:delivery:NamespaceSecrets$${kept}::main/shop/shop-db`,
          type: kept,
          outputs: {
            manifest: {
              apiVersion: "bitnami.com/v1alpha1",
              kind: "SealedSecret",
              metadata: {
                name: "shop-db",
                namespace: "shop",
                annotations: { ...annotations, "multicloud-secrets/sealed": "{}" },
              },
              spec: {
                encryptedData,
                template: {
                  type,
                  metadata: {
                    annotations: {
                      ...annotations,
                      "sealedsecrets.bitnami.com/managed": "true",
                      "sealedsecrets.bitnami.com/skip-set-owner-references": "true",
                    },
                  },
                },
              },
            },
          },
        },
      ],
    },
  });
  const refused = (problem: string) => ({
    message: [
      'Environment "test" was refused: 1 problem. Nothing was changed.',
      `  SealedSecret shop/shop-db of cluster main: ${problem}`,
      "    fix: pulumi up --stack test",
    ].join("\n"),
  });

  it("have their ciphertexts from the state, and nothing that is for the program alone", async () => {
    const described = await rendered();
    assert.ok(needsState(described));
    const files = manifestFiles(withCiphertexts("test", described, stateWith()));
    assert.deepEqual([...files.keys()], ["main/shop/sealedsecret-shop-db.yaml"]);
    assert.equal(
      files.get("main/shop/sealedsecret-shop-db.yaml"),
      [
        mark,
        "apiVersion: bitnami.com/v1alpha1",
        "kind: SealedSecret",
        "metadata:",
        "  annotations:",
        "    multicloud-secrets/stack: multicloud-secrets/test",
        "  name: shop-db",
        "  namespace: shop",
        "spec:",
        "  encryptedData:",
        "    password: AgA1",
        "    uri: AgA2",
        "    username: AgA3",
        "  template:",
        "    metadata:",
        "      annotations:",
        "        multicloud-secrets/stack: multicloud-secrets/test",
        '        sealedsecrets.bitnami.com/managed: "true"',
        '        sealedsecrets.bitnami.com/skip-set-owner-references: "true"',
        "    type: Opaque",
        "",
      ].join("\n"),
    );
  });

  it("are refused where they are not sealed yet, or were from another description", async () => {
    const described = await rendered();
    for (const state of [{}, { deployment: null }, { deployment: { resources: [] } }]) {
      assert.throws(
        () => withCiphertexts("test", described, state),
        refused("is not in the state of stack test: nothing was sealed for it yet"),
      );
    }
    for (const state of [stateWith({ ...sealed, more: "AgA4" }), stateWith({}), stateWith(sealed, "example.com/own")]) {
      assert.throws(
        () => withCiphertexts("test", described, state),
        refused("was sealed from another description than today's"),
      );
    }
  });

  it("are all that the state is read for", async () => {
    assert.equal(needsState(await withProject(gitops, renderStack)), false);
  });

  it("say what to do where the state can't be read", async () => {
    await withProject(sealing, async ({ root }) => {
      await assert.rejects(exportedState(root, "test", "no-such-pulumi"), {
        message: [
          "The state of stack test can't be read, which has what was sealed: no program named no-such-pulumi is on PATH",
          "    fix: put pulumi on PATH and log in to the backend of the stack, so that this succeeds: pulumi stack export --stack test --file /dev/null",
        ].join("\n"),
      });
    });
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
