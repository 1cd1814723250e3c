import assert from "node:assert/strict";
import { demoValues } from "../../sandbox/engine/demo-values.ts";
import { environments } from "../../stacks/environments/index.ts";
import { deployStack } from "../../stacks/index.ts";
import type { EnvironmentOutputs } from "../../stacks/outputs/index.ts";
import { clearTexts, leaks } from "../support/clear-text.ts";
import { knownEntropy } from "../support/entropy.ts";
import { assertGolden, goldenResources } from "../support/golden.ts";
import { runProgram, type Run } from "../support/mocks.ts";
import { emptyExternal } from "../support/external-queries.ts";
import { root, stackConfig, stackFacts } from "../support/project.ts";
import { fakeKeyVaultApi } from "../support/providers/azure.ts";

const secrets = { ...demoValues, vaultToken: "token-of-the-deployer-for-vault" };

/** Values that are no secrets, and stand elsewhere too: user names, database names, the time of rotation. */
const plain = ["mlflow", "minio-admin", "admin", "mlmduser", "deparrow", "2026-11-22T00:00:00Z"];

for (const environment of Object.keys(environments)) {
  describe(`golden: the environment ${environment}`, () => {
    const config = stackConfig(environment, secrets);
    const external = { ...emptyExternal(stackFacts(environment)), keyVaultApi: fakeKeyVaultApi };
    const deploy = () => deployStack({ entropy: knownEntropy(), external: external });
    const options = { config, stack: environment };
    let run: Run<EnvironmentOutputs>;
    before(async () => {
      run = await runProgram(deploy, options);
    });

    it("registers exactly the committed resources and returns the committed outputs", () => {
      assertGolden(`test/golden/${environment}.json`, {
        outputs: run.result,
        resources: goldenResources(run.resources),
      });
    });

    it("registers the same things in each run", async () => {
      const second = await runProgram(deploy, options);
      assert.deepEqual(goldenResources(second.resources), goldenResources(run.resources));
    });

    it("previews without a value being known", async () => {
      const preview = await runProgram(deploy, { ...options, preview: true });
      assert.deepEqual(preview.resources.contents, run.resources.contents);
      assert.deepEqual([preview.vault.paths, preview.memory.payloads], [[], []]);
    });

    it("holds no secret value in clear, in inputs, names, options, logs or outputs", () => {
      const { result, resources, logs, debugLog, calls, vault, memory } = run;
      const stored = [...vault.values, ...memory.payloads.flatMap(valuesIn)].filter((value) => value !== "");
      const values = [...stored.filter((value) => !plain.includes(value)), ...Object.values(secrets)];
      assert.ok(values.length >= 17, `only ${values.length} values to look for`);
      assert.deepEqual(leaks([result, resources.all, logs, debugLog, calls], values), []);
    });

    it("holds no path of the machine that it ran on", () => {
      const texts = clearTexts([goldenResources(run.resources), run.result]);
      assert.deepEqual(
        texts.filter((text) => text.includes(root)),
        [],
      );
    });

    it("holds no wildcard in any right that it gives", () => {
      assert.deepEqual(
        rights(run).filter(({ text }) => /[*]/.test(text)),
        [],
      );
    });
  });
}

/** The values in what a store holds: of a bundle each, else the text itself. */
function valuesIn(payload: string): readonly string[] {
  return payload.startsWith("{") ? Object.values(JSON.parse(payload) as Record<string, string>) : [payload];
}

interface Right {
  readonly resource: string;
  readonly text: string;
}

/** Everything that allows somebody something: policies, roles and bindings, without what they deny. */
function rights({ resources }: Run<EnvironmentOutputs>): readonly Right[] {
  const granting = /[Pp]olicy:|RoleAssignment|IamMember|iAMMember|:Role$|:ClusterRole$|AuthBackendRole/;
  return resources.all
    .filter(({ type }) => granting.test(type) && !type.includes("NetworkPolicy"))
    .flatMap(({ type, name, inputs }) =>
      clearTexts(allowedOf(inputs)).map((text) => ({ resource: `${type} ${name}`, text })),
    );
}

/** Inputs without the statements of an AWS policy that deny. */
function allowedOf(value: unknown): unknown {
  if (typeof value === "string" && value.startsWith("{")) {
    const { Statement = [] } = JSON.parse(value) as { readonly Statement?: readonly { readonly Effect?: string }[] };
    return JSON.stringify(Statement.filter(({ Effect }) => Effect !== "Deny"));
  }
  if (Array.isArray(value)) return value.map(allowedOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, allowedOf(each)]));
}
