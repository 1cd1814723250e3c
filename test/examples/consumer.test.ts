import { runtime } from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";
import * as state from "@pulumi/pulumi/runtime/state.js";
import assert from "node:assert/strict";
import { demoValues } from "../../sandbox/engine/demo-values.ts";
import { deployModelServer } from "../../examples/consumer/model-server.ts";
import { catalogue } from "../../stacks/environments/catalogue.ts";
import { outputsOf, outputsSchema } from "../../stacks/outputs/index.ts";
import { resolveEnvironment } from "../../stacks/config/resolve/environment.ts";
import { sandbox } from "../../stacks/environments/sandbox.ts";
import { stackFacts } from "../support/project.ts";

/** What the sandbox environment really puts out. */
const outputs = outputsSchema.parse(
  outputsOf(
    resolveEnvironment({
      environment: "sandbox",
      environments: ["sandbox"],
      facts: stackFacts("sandbox"),
      secretKeys: new Set(Object.keys(demoValues)),
      catalogue,
      policy: sandbox,
    }),
  ),
);

describe("the consumer example", () => {
  it("mounts the keys that it needs as files, read-only, from Secrets that the sandbox environment promises", async () => {
    const { spec } = podTemplate(await deploy(outputs));
    assert.deepEqual(spec.volumes, [
      {
        name: "ml-model-admin-token",
        secret: {
          secretName: "ml-model-admin-token",
          defaultMode: 0o440,
          items: [{ key: "ADMIN_API_TOKEN", path: "ADMIN_API_TOKEN" }],
        },
      },
      {
        name: "ml-model-mlflow-credentials",
        secret: {
          secretName: "ml-model-mlflow-credentials",
          defaultMode: 0o440,
          items: [
            { key: "MLFLOW_TRACKING_USERNAME", path: "MLFLOW_TRACKING_USERNAME" },
            { key: "MLFLOW_TRACKING_PASSWORD", path: "MLFLOW_TRACKING_PASSWORD" },
          ],
        },
      },
    ]);
    const [container] = spec.containers;
    assert.deepEqual(
      container?.volumeMounts.map(({ readOnly, mountPath }) => [readOnly, mountPath]),
      [
        [true, "/run/secrets/ml-model-admin-token"],
        [true, "/run/secrets/ml-model-mlflow-credentials"],
      ],
    );
    assert.equal(container?.env, undefined);
  });

  it("replaces its Pods when a rotation moved its time", async () => {
    const before = podTemplate(await deploy(outputs)).metadata.annotations;
    const rotated = structuredClone(outputs);
    const secret = rotated.namespaces["model-server"]?.secrets["ml-model-admin-token"];
    assert.ok(secret);
    secret.rotatedAt = "2099-01-01T00:00:00Z";
    const after = podTemplate(await deploy(rotated)).metadata.annotations;
    assert.notDeepEqual(after, before);
    assert.equal(after["rotated-at/ml-model-admin-token"], "2099-01-01T00:00:00Z");
  });

  it("rejects a Secret that the platform does not promise, naming those that it does", async () => {
    const changed = structuredClone(outputs);
    delete changed.namespaces["model-server"]?.secrets["ml-model-admin-token"];
    await rejects(
      changed,
      "The platform provides no Secret model-server/ml-model-admin-token; available there: ml-model-mlflow-credentials",
    );
  });

  it("rejects a Secret without a key that it needs", async () => {
    const changed = structuredClone(outputs);
    const secret = changed.namespaces["model-server"]?.secrets["ml-model-mlflow-credentials"];
    assert.ok(secret);
    secret.keys = ["MLFLOW_TRACKING_USERNAME"];
    await rejects(
      changed,
      "Secret model-server/ml-model-mlflow-credentials has no key MLFLOW_TRACKING_PASSWORD; it has MLFLOW_TRACKING_USERNAME",
    );
  });

  it("rejects a stack that was never deployed, and outputs of another version", async () => {
    await rejects({}, "Stack organization/multicloud-secrets/sandbox has no outputs: deploy it first");
    await rejects(
      { ...outputs, schemaVersion: 1 },
      /has outputs that this program cannot read:\n.*expected 2.*schemaVersion/s,
    );
  });
});

interface PodTemplate {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly volumes: unknown;
    readonly containers: readonly {
      readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly: boolean }[];
      readonly env?: unknown;
    }[];
  };
}

function podTemplate(resources: readonly MockResourceArgs[]): PodTemplate {
  const deployment = resources.find(({ type }) => type === "kubernetes:apps/v1:Deployment");
  assert.ok(deployment, "no Deployment was registered");
  return (deployment.inputs as { readonly spec: { readonly template: PodTemplate } }).spec.template;
}

async function rejects(platform: object, message: string | RegExp): Promise<void> {
  const registered: MockResourceArgs[] = [];
  await assert.rejects(deploy(platform, registered), { message });
  assert.deepEqual(
    registered.map(({ type }) => type).filter((type) => type !== "pulumi:pulumi:StackReference"),
    [],
    "nothing is registered when a promise is broken",
  );
}

// Exported by the SDK and missing from its types: what the Automation API isolates its programs with.
const { withLocalStorage } = state as unknown as { readonly withLocalStorage: <R>(callback: () => R) => R };

/** Runs the example against outputs; returns what it registered. */
async function deploy(platform: object, registered: MockResourceArgs[] = []): Promise<readonly MockResourceArgs[]> {
  return withLocalStorage(async () => {
    await runtime.setMocks(
      {
        newResource: (args) => {
          registered.push(args);
          const known = [
            "pulumi:pulumi:StackReference",
            "pulumi:providers:kubernetes",
            "kubernetes:apps/v1:Deployment",
          ];
          if (!known.includes(args.type)) throw new Error(`the example registers no ${args.type}`);
          const isReference = args.type === "pulumi:pulumi:StackReference";
          return {
            id: `${args.name}-id`,
            state: isReference
              ? { name: args.name, outputs: platform, secretOutputNames: [] }
              : (args.inputs as object),
          };
        },
        call: ({ token }) => {
          throw new Error(`the example calls no ${token}`);
        },
      },
      "model-server",
      "sandbox",
      false,
    );
    runtime.setAllConfig({ "model-server:secretsStack": "organization/multicloud-secrets/sandbox" }, []);
    await deployModelServer();
    await runtime.disconnect(); // registrations end after the program has
    return registered;
  });
}
