import assert from "node:assert/strict";
import { demoValues } from "../../../sandbox/engine/demo-values.ts";
import { placeOf, surveyedKinds, type ObjectName } from "../../../components/clusters/survey.ts";
import type { WantedObject } from "../../../components/delivery/wanted.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { deployStack } from "../../../stacks/index.ts";
import type { ExternalQueries } from "../../../stacks/deploy/external-queries.ts";
import { knownEntropy } from "../../support/entropy.ts";
import { facts } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";
import { stackConfig, stackFacts } from "../../support/project.ts";
import { fakeKeyVaultApi } from "../../support/providers/azure.ts";
import type { Recording } from "../../support/recording.ts";
import { emptyClusters, emptyExternal } from "../../support/external-queries.ts";
import { up } from "../../support/stack.ts";

/** Clusters that hold nothing, and what they were asked for: as the API names it, and as the state does. */
function askedClusters() {
  const asked: string[] = [];
  const clusters: ExternalQueries["clusters"] = {
    ...emptyClusters,
    find: ({ name }, wanted) => {
      const others = wanted.filter((each) => !tellsOfOperator(each));
      asked.push(...others.map((each) => lineOf(name, each, (each as Partial<WantedObject>).resource)));
      return Promise.resolve([]);
    },
  };
  return { clusters, asked };
}

function lineOf(cluster: string, object: ObjectName, resource?: { readonly type: string; readonly name: string }) {
  const known = resource === undefined ? "" : ` as ${resource.type} ${resource.name}`;
  return `${cluster}: ${object.kind} ${placeOf(object)}${known}`;
}

/** What shows an operator that another stack installed: its own tests are those of two environments in one cluster. */
function tellsOfOperator({ kind, name }: ObjectName): boolean {
  return kind === "ValidatingAdmissionPolicy" || (kind === "ServiceAccount" && name === "external-secrets");
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
}

/**
 * The objects of surveyed kinds that a run registered, in the same words. What the operator itself needs is not among them,
 * nor what lies in a namespace that secrets are generated in: that one is the stack's own.
 */
function registered(resources: Recording): readonly string[] {
  return resources.all
    .filter(
      ({ type, name }) => type.startsWith("kubernetes:") && !/^[^/]+\/(operator-|admission\/|generated\/)/.test(name),
    )
    .flatMap(({ type, name, inputs }) => {
      const kind = type.split(":").at(-1) ?? "";
      if (!isSurveyed(kind)) return [];
      const { metadata } = inputs as { readonly metadata: Metadata };
      const [cluster = ""] = name.split("/");
      // A delivered Secret is asked for whatever makes it.
      const delivered = kind === "Secret" && name === `${cluster}/${metadata.namespace ?? ""}/${metadata.name}`;
      return [lineOf(cluster, { kind, ...pick(metadata) }, delivered ? undefined : { type, name })];
    });
}

function pick({ name, namespace }: Metadata): Metadata {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

function isSurveyed(kind: string): kind is ObjectName["kind"] {
  return kind in surveyedKinds;
}

/** Secrets that the operator will make: registered is no more than their ExternalSecrets. */
function operatorsSecrets(resources: Recording): readonly string[] {
  return resources.all
    .filter(
      ({ type, name }) => type === "kubernetes:external-secrets.io/v1:ExternalSecret" && !name.includes("/generated/"),
    )
    .map(({ name, inputs }) => {
      const { metadata, spec } = inputs as {
        readonly metadata: Metadata;
        readonly spec: { readonly target: { readonly name: string } };
      };
      const [cluster = ""] = name.split("/");
      return lineOf(cluster, { kind: "Secret", ...pick({ ...metadata, name: spec.target.name }) });
    });
}

/** @param rendered Secrets whose ExternalSecrets a GitOps tool applies. */
const assertSame = (asked: readonly string[], resources: Recording, rendered: readonly string[] = []) => {
  assert.deepEqual([...asked].sort(), [...registered(resources), ...operatorsSecrets(resources), ...rendered].sort());
};

describe("what clusters are asked for", () => {
  for (const environment of Object.keys(environments)) {
    it(`is what is registered there, by its name in the cluster and in the state, and nothing more: ${environment}`, async () => {
      const { clusters, asked } = askedClusters();
      const external = { ...emptyExternal(stackFacts(environment)), keyVaultApi: fakeKeyVaultApi, clusters };
      const secrets = { ...demoValues, vaultToken: "token-of-the-deployer-for-vault" };
      const { resources } = await runProgram(() => deployStack({ entropy: knownEntropy(), external: external }), {
        config: stackConfig(environment, secrets),
        stack: environment,
      });
      assert.ok(asked.length > 10, `only ${asked.length} objects were asked for`);
      assertSame(asked, resources);
    });
  }

  const main = facts.clusters.main;
  const vault = facts.stores.vault;
  const podIdentity = {
    flavour: "eks",
    clusterName: "acme",
    identity: "pod-identity",
    externalSecrets: { version: "2.9.0" },
  };
  const api = { secret: { tillToken: "t", vaultReaderToken: "v" }, policy: { allowStaticCredentials: true } };
  for (const [name, changes] of [
    ["a namespace of its own store", {}],
    ["a store of plain Secrets", { facts: { stores: { vault: { kind: "kubernetes" } } } }],
    ["credentials that people bring", { ...api, facts: { stores: { vault: { ...vault, staticCredentials: true } } } }],
    [
      "a store that namespaces share",
      { facts: { clusters: { main: { ...main, externalSecrets: { version: "2.9.0", clusterSecretStore: {} } } } } },
    ],
    [
      "a store that namespaces share by credentials that people bring",
      {
        ...api,
        facts: {
          stores: { vault: { ...vault, staticCredentials: true } },
          clusters: { main: { ...main, externalSecrets: { version: "2.9.0", clusterSecretStore: {} } } },
        },
      },
    ],
    [
      "a store that is read by the operator's own identity",
      {
        facts: {
          stores: { vault: { kind: "aws-parameter-store", region: "eu-central-1", accountId: "111122223333" } },
          clusters: { main: podIdentity },
        },
      },
    ],
    ["what Pods mount", { facts: { via: "csi", clusters: { main: { ...main, secretsStoreCsi: {} } } } }],
    [
      "what Pods mount beside what the operator brings",
      {
        facts: {
          clusters: { main: { ...main, secretsStoreCsi: {} } },
          namespaces: {
            shop: { cluster: "main", store: "vault" },
            till: { cluster: "main", store: "vault", secrets: { "till-db": { via: "csi" } } },
          },
        },
      },
    ],
    [
      "a secret that the operator generates",
      {
        facts: {
          clusters: { main: { ...main, externalSecrets: { version: "2.9.0", pushSecrets: true } } },
          generatedInCluster: { "shop/db": "main" },
        },
      },
    ],
  ] as const) {
    it(`is what is registered there: ${name}`, async () => {
      const { clusters, asked } = askedClusters();
      const { resources } = await up({ ...changes, clusters });
      assert.ok(asked.length > 0);
      assertSame(asked, resources);
    });
  }

  it("is the Secret too whose ExternalSecret a GitOps tool applies, but neither that nor a SecretStore for it alone", async () => {
    const { clusters, asked } = askedClusters();
    const namespaces = {
      shop: { cluster: "main", store: "vault", via: "gitops" },
      till: { cluster: "main", store: "vault", secrets: { "till-api": { via: "gitops" } } },
    };
    const { resources } = await up({ facts: { namespaces }, clusters });
    assertSame(asked, resources, ["main: Secret shop/shop-db", "main: Secret till/till-api"]);
    const ofOperator = asked.filter((each) => /ExternalSecret|SecretStore/.test(each));
    assert.deepEqual(ofOperator.map((each) => each.split(" ").slice(1, 3).join(" ")).sort(), [
      "ExternalSecret till/till-db",
      "SecretStore till/secrets-reader",
    ]);
  });
});
