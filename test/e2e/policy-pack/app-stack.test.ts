import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { ComponentResource, secret, type Inputs } from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { connection } from "../support/platform.ts";

const pack = path.resolve(import.meta.dirname, "../../../policy-pack");
const canary = "cAnary7Kq2Lw9Xz4Rt8Vb";

/** A resource of any type: rules ask for its type and inputs, and no provider is needed for a component. */
class Any extends ComponentResource {
  constructor(type: string, name: string, inputs: Inputs) {
    super(type, name, inputs);
  }
}

describe("the policy pack on the stack of an app team", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "policy-pack-"));
    // The engine that is built here has no language host, with which the official one runs packs. Without one it looks for
    // this program, as the official archives have it.
    const bin = path.join(folder, "bin");
    const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const script = path.join(bin, "pulumi-analyzer-policy-nodejs");
    await mkdir(bin);
    await writeFile(script, `#!/bin/sh\nexec '${process.execPath}' '${runner}' "$@"\n`);
    await chmod(script, 0o755);
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  /** Runs a stack with the pack. */
  async function run(operation: "up" | "preview", program: () => void, settings: object = {}) {
    const { root } = connection();
    const state = await mkdtemp(path.join(folder, "stack-"));
    const config = path.join(state, "policies.json");
    await writeFile(config, JSON.stringify(settings));
    const backend = { url: `file://${state}` };
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: "test", projectName: "team", program: () => Promise.resolve(program()) },
      {
        workDir: state,
        projectSettings: { name: "team", runtime: "nodejs", backend },
        pulumiCommand: await automation.PulumiCommand.get({ root: path.resolve(root) }),
        envVars: {
          PULUMI_HOME: connection().pulumiHome,
          PULUMI_BACKEND_URL: backend.url,
          PULUMI_CONFIG_PASSPHRASE: "of a test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PATH: `${path.join(folder, "bin")}${path.delimiter}${process.env["PATH"] ?? ""}`,
        },
      },
    );
    let output = "";
    const ok = await stack[operation]({
      policyPacks: [pack],
      policyPackConfigs: [config],
      color: "never",
      onOutput: (text) => (output += text),
    }).then(
      () => true,
      (error: unknown) => {
        output += String(error);
        return false;
      },
    );
    assert.ok(!output.includes(canary), "a value is printed");
    return { ok, output };
  }

  const up = (program: () => void, settings?: object) => run("up", program, settings);

  const metadata = { name: "db", namespace: "shop" };

  it("lets through what keeps its rules", async () => {
    const { ok, output } = await up(() => {
      new Any("kubernetes:core/v1:ConfigMap", "settings", {
        metadata,
        data: { LEVEL: "debug", PASSWORD_MIN_LENGTH: "12" },
      });
      new Any("aws:s3/bucket:Bucket", "bucket", { tags: { team: "shop" } });
    });
    assert.ok(ok, output);
  });

  it("stops an update at what does not", async () => {
    const { ok, output } = await up(() => {
      new Any("kubernetes:core/v1:Secret", "db", { metadata, stringData: { password: secret(canary) } });
    });
    assert.equal(ok, false);
    assert.ok(output.includes("Secret shop/db has values of this stack: password"), output);
  });

  it("shows all of it in a preview, by the names of rules, objects and keys, and without a value", async () => {
    const { ok, output } = await run("preview", () => {
      new Any("kubernetes:core/v1:Secret", "db", { metadata, stringData: { password: secret(canary) } });
      new Any("kubernetes:core/v1:ConfigMap", "settings", { metadata, data: { API_TOKEN: canary } });
      new Any("vault:index/policy:Policy", "reader", { policy: 'path "secret/*" { capabilities = ["read"] }' });
    });
    assert.equal(ok, false);
    for (const text of [
      "no-plain-secret",
      "Secret shop/db has values of this stack: password",
      "key API_TOKEN of ConfigMap shop/db is named like a secret and holds a literal",
      "reader covers secret/*, and whatever is made there later",
    ]) {
      assert.ok(output.includes(text), `${text} is not in:\n${output}`);
    }
  });

  it("knows the prefixes of its configuration", async () => {
    const reading = (key: string) => () => {
      new Any("kubernetes:external-secrets.io/v1:ExternalSecret", "db", {
        metadata,
        spec: { dataFrom: [{ extract: { key } }] },
      });
    };
    const settings = { "own-prefix": { prefixes: { shop: ["mlops-prod/shop/"] } } };
    assert.ok((await up(reading("mlops-prod/shop/db"), settings)).ok);
    const { ok, output } = await up(reading("mlops-prod/till/db"), settings);
    assert.equal(ok, false);
    assert.ok(output.includes("reads mlops-prod/till/db, which is not below mlops-prod/shop/"), output);
  });
});
