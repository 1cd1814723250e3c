import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import type { ClusterSpec, ClusterTraits } from "../../../components/clusters/contract.ts";
import { plainTraits } from "../../../components/clusters/flavours/flavour.ts";
import { clusterFacts, clusterSpec, type ClusterFlavour } from "../../../components/clusters/flavours/index.ts";
import { openCluster, type TakeOver } from "../../../components/clusters/open.ts";
import { runProgram } from "../../support/mocks.ts";
import { root } from "../../support/project.ts";

/** What a flavour must show. */
interface Row {
  /** Its facts, as few as it can do with. */
  readonly facts: object;
  /** What stands for a cluster of it. */
  readonly identifier: string;
  /** Issuer that follows from its facts; `undefined` where they may name any, or none. */
  readonly issuer?: string;
  /** Traits that are not those of a plain cluster. */
  readonly traits: Partial<ClusterTraits>;
  /** Facts that give it more traits. */
  readonly choices?: readonly { readonly facts: object; readonly traits: Partial<ClusterTraits> }[];
}

const googlePool = { project: "acme-clusters", location: "europe-west3", clusterName: "main-1" };

/** A flavour without its row does not compile. */
const rows: { readonly [F in ClusterFlavour]: Row } = {
  kubeconfig: { facts: {}, identifier: "main", traits: {} },
  eks: {
    facts: { clusterName: "Main" },
    identifier: "eks/Main",
    traits: {},
    choices: [{ facts: { identity: "pod-identity" }, traits: { podIdentity: { clusterName: "Main" } } }],
  },
  aks: {
    facts: {},
    identifier: "main",
    traits: {
      issuerCommand:
        "az aks show --name <cluster> --resource-group <group> --query oidcIssuerProfile.issuerUrl --output tsv (before that: az aks update --enable-oidc-issuer)",
    },
  },
  gke: {
    facts: googlePool,
    identifier: "gke/acme-clusters/europe-west3/main-1",
    issuer: "https://container.googleapis.com/v1/projects/acme-clusters/locations/europe-west3/clusters/main-1",
    traits: { googlePool },
    choices: [
      {
        facts: { projectNumber: "210987654321" },
        traits: { googlePool: { ...googlePool, projectNumber: "210987654321" } },
      },
    ],
  },
  openshift: {
    facts: {},
    identifier: "main",
    traits: {
      noPrivilegedCharts:
        "OpenShift lets no Pods of the chart onto its nodes without further rights; Red Hat's Secrets Store CSI Driver Operator brings the driver",
      dnsPorts: [53, 5353],
    },
    choices: [
      { facts: { trustedCaBundle: true }, traits: { trustedCaBundle: true } },
      { facts: { manager: "operator-lifecycle-manager" }, traits: { operatorManager: "operator-lifecycle-manager" } },
    ],
  },
};

for (const [flavour, row] of Object.entries(rows)) {
  const specOf = (more: object = {}): ClusterSpec => {
    const facts = { flavour, externalSecrets: { version: "2.9.0" }, ...row.facts, ...more };
    return clusterSpec("main", clusterFacts.parse(facts));
  };
  const providerOf = async (cluster: ClusterSpec, takesOver?: TakeOver) => {
    const { resources, result } = await runProgram(() => openCluster(cluster, "acme/test", { takesOver }));
    assert.deepEqual(resources.contents, ["pulumi:providers:kubernetes main"]);
    assert.equal(result.spec, cluster);
    return resources.find("pulumi:providers:kubernetes", "main").inputs;
  };

  describe(`cluster of flavour ${flavour}`, () => {
    it("has a provider of its own, which reaches it, applies on the server and never replaces a changed Secret", async () => {
      const reaches = { kubeconfig: "/etc/kubeconfig", context: "admin" };
      assert.deepEqual(await providerOf(specOf({ ...reaches, identifier: "datacenter-1" })), {
        ...reaches,
        clusterIdentifier: "datacenter-1",
        enableServerSideApply: "true",
        enableSecretMutable: "true",
      });
    });

    it("is what kubectl uses where nothing is said, and is told apart by the same text on every machine", async () => {
      const inputs = await providerOf(specOf());
      assert.deepEqual([inputs["kubeconfig"], "context" in inputs], ["", false]);
      assert.equal(inputs["clusterIdentifier"], row.identifier);
      const moved = await providerOf(specOf({ kubeconfig: "/elsewhere" }));
      assert.equal(moved["clusterIdentifier"], row.identifier);
    });

    it("takes over existing objects only where it is told to", async () => {
      const inputs = await providerOf(specOf({ upsertExistingObjects: true }));
      // Their fields belong to a manager whose name went with the state: only force takes them.
      const force = { upsertExistingObjects: "true", enablePatchForce: "true" };
      assert.deepEqual(inputs, { ...(await providerOf(specOf())), ...force });
    });

    it("takes over in one run what the state does not know, by force only where another stack made it", async () => {
      const plain = await providerOf(specOf());
      const upsert = { upsertExistingObjects: "true" };
      assert.deepEqual(await providerOf(specOf(), "unforced"), { ...plain, ...upsert });
      assert.deepEqual(await providerOf(specOf(), "forced"), { ...plain, ...upsert, enablePatchForce: "true" });
    });

    it("has the issuer that its facts say, as it is written there", () => {
      const issuer = "https://issuer.example/main/";
      if (row.issuer === undefined) {
        assert.equal(specOf({ issuer }).issuer, issuer);
        assert.ok(!("issuer" in specOf()));
        return;
      }
      assert.equal(specOf().issuer, row.issuer);
      assert.throws(() => specOf({ issuer }), /Unrecognized key: \\"issuer\\"/);
    });

    it("has its traits, as plain data, and those that its facts choose", () => {
      const { flavour: name, traits } = specOf();
      assert.equal(name, flavour);
      assert.deepEqual(traits, { ...plainTraits, ...row.traits });
      assert.deepEqual(JSON.parse(JSON.stringify(traits)), traits);
      for (const choice of row.choices ?? []) {
        assert.deepEqual(specOf(choice.facts).traits, { ...plainTraits, ...row.traits, ...choice.traits });
      }
    });
  });
}

describe("Red Hat's operator", () => {
  it("installs into a namespace of its own, whatever the facts say", () => {
    const externalSecrets = { version: "2.9.0", namespace: "operators" };
    const namespaceOf = (manager: string) =>
      clusterSpec("main", clusterFacts.parse({ flavour: "openshift", manager, externalSecrets })).externalSecrets
        .namespace;
    assert.deepEqual(["helm", "operator-lifecycle-manager"].map(namespaceOf), ["operators", "external-secrets"]);
  });
});

describe("a cluster's flavour", () => {
  it("is asked nowhere: what differs is among its traits", async () => {
    const asked = /\bflavour\s*[!=]==?|switch \([^)]*\bflavour\)|[!=]==? "(eks|aks|gke|openshift|kubeconfig)"/;
    const found: string[] = [];
    let read = 0;
    for await (const file of glob("{components,stacks,preview}/**/*.ts", { cwd: root })) {
      read += 1;
      if (asked.test(readFileSync(path.join(root, file), "utf8"))) found.push(file);
    }
    assert.ok(read > 150, `only ${read} files`);
    assert.deepEqual(found, []);
  });
});
