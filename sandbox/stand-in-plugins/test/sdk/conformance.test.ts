import assert from "node:assert/strict";
import * as aws from "../../aws/config.ts";
import { FUNCTIONS as awsFunctions } from "../../aws/functions.ts";
import { RESOURCES as awsResources } from "../../aws/provider.ts";
import * as azure from "../../azure-native/config.ts";
import { FUNCTIONS as azureFunctions } from "../../azure-native/functions.ts";
import { RESOURCES as azureResources } from "../../azure-native/provider.ts";
import * as gcp from "../../gcp/config.ts";
import { FUNCTIONS as gcpFunctions } from "../../gcp/functions.ts";
import { RESOURCES as gcpResources } from "../../gcp/provider.ts";
import * as kubernetes from "../../kubernetes/config.ts";
import type { Field } from "../../support/diff.ts";
import * as vault from "../../vault/config.ts";
import { FUNCTIONS as vaultFunctions } from "../../vault/functions.ts";
import { RESOURCES as vaultResources } from "../../vault/provider.ts";
import { replacement } from "./replacement.ts";
import { functionSchema, type Properties, providerSettings, resourceSchema, type Shape } from "./schema.ts";

/** What a stand-in says of a resource, in one form for all of them. */
interface Said {
  readonly token: string;
  readonly inputs: readonly string[];
  readonly required: readonly string[];
  readonly computed: readonly string[];
  readonly secret: readonly string[];
  readonly forceNew: readonly string[];
  readonly fallbacks: Readonly<Record<string, unknown>>;
}

interface Described {
  readonly fields: Readonly<Record<string, Field>>;
  readonly required: readonly string[];
  readonly computed: readonly string[];
  readonly secretOutputs: readonly string[];
}

/** Inputs that a stand-in wants and the SDK does not. */
const stricter: Readonly<Record<string, readonly string[]>> = {
  // pulumi-azure-native, provider/pkg/provider: a resource's location is that of the provider, or of its group.
  "azure-native:keyvault:Vault": ["location"],
  "azure-native:managedidentity:UserAssignedIdentity": ["location"],
  // The stand-in knows no other kind of provider, of which there has to be one.
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": ["oidc"],
};

function bridged(token: string, resource: Described, more: Readonly<Record<string, Field>>): Said {
  const fields = { ...resource.fields, ...more };
  const entries = Object.entries(fields);
  return {
    token,
    inputs: Object.keys(fields),
    required: resource.required,
    computed: resource.computed,
    secret: resource.secretOutputs,
    forceNew: entries.filter(([, { forceNew }]) => forceNew === true).map(([name]) => name),
    fallbacks: Object.fromEntries(
      entries.flatMap(([name, { fallback }]) => (fallback === undefined ? [] : [[name, fallback]])),
    ),
  };
}

async function everything(): Promise<readonly Said[]> {
  const ofAws = await Promise.all(
    Object.entries(awsResources).map(async ([token, load]) => {
      const resource = await load();
      const region = resource.regional ? { region: { forceNew: true } } : {};
      return bridged(token, resource, { ...region, ...(resource.taggable ? { tags: {} } : {}) });
    }),
  );
  const ofAzure = Object.entries(azureResources).map(([token, { shape, required, computed, forceNew }]) => ({
    ...{ token, inputs: Object.keys(shape), required, forceNew, secret: [], fallbacks: {} },
    computed: computed.map((each) => each.split(".", 1).join()),
  }));
  return [
    ...ofAws,
    ...ofAzure,
    ...Object.entries(gcpResources).map(([token, resource]) => bridged(token, resource, {})),
    ...Object.entries(vaultResources).map(([token, resource]) =>
      bridged(token, resource, { namespace: { forceNew: true } }),
    ),
  ];
}

const strangers = (names: readonly string[], known: Properties) => names.filter((name) => !known.has(name));
const sorted = (names: readonly string[]) => [...new Set(names)].sort();

function takes(shape: Shape, value: unknown): boolean {
  if (shape.kind === "union") return shape.of.some((each) => takes(each, value));
  return shape.kind === typeof value;
}

describe("the stand-ins, against the SDKs' own files", () => {
  let all: readonly Said[] = [];
  before(async () => {
    all = await everything();
  });

  /** What differs, by token; a resource without a difference is left out. */
  const differing = (look: (said: Said) => readonly string[]): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(all.map((said) => [said.token, look(said)] as const).filter(([, found]) => found.length > 0));

  it("take inputs that the SDK has, and no others", () => {
    assert.deepEqual(
      differing(({ token, inputs }) => strangers(inputs, resourceSchema(token).inputs)),
      {},
    );
  });

  it("require what the SDK requires", () => {
    const missing = differing(({ token, required }) =>
      resourceSchema(token).required.filter((name) => !required.includes(name)),
    );
    const more = differing(({ token, required }) =>
      required.filter((name) => ![...resourceSchema(token).required, ...(stricter[token] ?? [])].includes(name)),
    );
    assert.deepEqual({ missing, more }, { missing: {}, more: {} });
  });

  it("fill in outputs that the SDK has", () => {
    assert.deepEqual(
      differing(({ token, computed }) => strangers(computed, resourceSchema(token).outputs)),
      {},
    );
  });

  it("keep secret what the SDK does, of what they know", () => {
    assert.deepEqual(
      differing(({ token, inputs, computed, secret }) => {
        const known = [...inputs, ...computed];
        const wanted = resourceSchema(token).secretOutputs.filter((name) => known.includes(name));
        const { writeOnly = [] } = vaultResources[token] ?? gcpResources[token] ?? {};
        const kept = wanted.filter((name) => !writeOnly.includes(name) && !/Wo$/.test(name));
        return [
          ...kept.filter((name) => !secret.includes(name)).map((name) => `${name} is not secret here`),
          ...secret.filter((name) => !wanted.includes(name)).map((name) => `${name} is not secret there`),
        ];
      }),
      {},
    );
  });

  it("have defaults of the SDK's types", () => {
    assert.deepEqual(
      differing(({ token, fallbacks }) =>
        Object.entries(fallbacks)
          .filter(([name, value]) => !takes(resourceSchema(token).inputs.get(name)?.shape ?? { kind: "any" }, value))
          .map(([name]) => name),
      ),
      {},
    );
  });

  it("replace for what makes a new resource, and for nothing else", () => {
    assert.deepEqual(
      Object.fromEntries(all.map(({ token, forceNew }) => [token, sorted(forceNew)])),
      Object.fromEntries(Object.entries(replacement).map(([token, { properties }]) => [token, sorted(properties)])),
    );
  });

  for (const [pack, { USED, IGNORED }] of Object.entries({ aws, "azure-native": azure, gcp, kubernetes, vault })) {
    it(`the settings of ${pack} are those of its provider`, () => {
      const engines = ["version", "pluginDownloadURL", "__internal", "__defaults"];
      const own = [...USED, ...IGNORED].filter((name) => !engines.includes(name));
      const known = providerSettings(pack);
      assert.deepEqual(
        own.filter((name) => !known.includes(name)),
        [],
      );
    });
  }

  for (const token of [awsFunctions, azureFunctions, gcpFunctions, vaultFunctions].flatMap((each) =>
    Object.keys(each),
  )) {
    it(`${token} is a function of the SDK`, () => {
      assert.notEqual(functionSchema(token).result.size, 0);
    });
  }
});

describe("a Kubernetes Secret of the SDK", () => {
  for (const token of ["kubernetes:core/v1:Secret", "kubernetes:core/v1:SecretPatch"]) {
    it(`has the values of a ${token} secret, in and out`, () => {
      const { secretInputs, secretOutputs } = resourceSchema(token);
      assert.deepEqual({ secretInputs, secretOutputs }, { secretInputs: values, secretOutputs: values });
    });
  }
  const values = ["data", "stringData"];
});

describe("a schema read from an SDK", () => {
  it("tells names, types, required and secret properties of a resource", () => {
    const { inputs, required, secretInputs, secretOutputs } = resourceSchema("vault:kv/secretV2:SecretV2");
    assert.deepEqual(required, ["mount"]);
    assert.deepEqual(secretInputs, ["dataJson", "dataJsonWo"]);
    assert.deepEqual(secretOutputs, ["data", "dataJson", "dataJsonWo"]);
    assert.deepEqual(inputs.get("options"), { shape: { kind: "map", of: { kind: "string" } }, optional: true });
    assert.deepEqual(inputs.get("mount"), { shape: { kind: "string" }, optional: false });
  });

  it("follows the type of an object", () => {
    const shape = resourceSchema("aws:secretsmanager/secret:Secret").outputs.get("replicas")?.shape;
    assert.ok(shape?.kind === "list" && shape.of.kind === "object");
    assert.deepEqual([...shape.of.members().keys()].sort(), [
      "kmsKeyId",
      "lastAccessedDate",
      "region",
      "status",
      "statusMessage",
    ]);
  });

  it("refuses a token that the SDK does not have", () => {
    assert.throws(() => resourceSchema("vault:kv/secretV3:SecretV3"), {
      message: "@pulumi/vault has no vault:kv/secretV3:SecretV3",
    });
  });
});
