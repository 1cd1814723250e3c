import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import { openStore } from "../../components/backends/index.ts";
import { demoValues } from "../../sandbox/engine/demo-values.ts";
import { environments } from "../../stacks/environments/index.ts";
import { deployStack } from "../../stacks/index.ts";

import { rows } from "../components/backends/rows/index.ts";
import { knownEntropy } from "../support/entropy.ts";
import { goldenResources } from "../support/golden.ts";
import { onABareMachine, onAnotherMachine, variablesOfSdks } from "../support/machine-environment.ts";
import { runProgram } from "../support/mocks.ts";
import { emptyExternal } from "../support/external-queries.ts";
import { stackConfig, stackFacts } from "../support/project.ts";
import { fakeKeyVaultApi } from "../support/providers/azure.ts";

describe("environment variables of the machine", () => {
  it("are known: each that an SDK makes an input of a provider", () => {
    const names = Object.keys(variablesOfSdks());
    for (const one of ["KUBECONFIG", "CLOUDSDK_COMPUTE_ZONE", "AWS_REGION", "VAULT_SKIP_VERIFY"]) {
      assert.ok(names.includes(one), one);
    }
  });

  for (const environment of Object.keys(environments)) {
    it(`change nothing that is registered for ${environment}`, async () => {
      const external = { ...emptyExternal(stackFacts(environment)), keyVaultApi: fakeKeyVaultApi };
      const options = { config: stackConfig(environment, demoValues), stack: environment };
      const registered = async () => {
        const { resources } = await runProgram(
          () => deployStack({ entropy: knownEntropy(), external: external }),
          options,
        );
        return goldenResources(resources);
      };
      assert.deepEqual(await onAnotherMachine(registered), await onABareMachine(registered));
    });
  }

  for (const { spec, keyVaultApi } of Object.values(rows)) {
    it(`change nothing of the provider of a store of kind ${spec.kind}`, async () => {
      const registered = async () => {
        const args = { spec, secretConfig: (key: string) => secret(`value of ${key}`), options: {} };
        const open = () => openStore({ ...args, ...(keyVaultApi === undefined ? {} : { keyVaultApi }) });
        return goldenResources((await runProgram(open)).resources);
      };
      const bare = await onABareMachine(registered);
      assert.equal(bare.length, 1);
      assert.deepEqual(await onAnotherMachine(registered), bare);
    });
  }
});
