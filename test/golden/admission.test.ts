import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { AdmissionPolicyManifest } from "../../components/external-secrets/admission/contract.ts";
import { refusals, type AdmittedObject } from "../support/admission-cel.ts";

interface GoldenResource {
  readonly type: string;
  readonly name: string;
  readonly provider?: string;
  readonly inputs: AdmittedObject & { readonly metadata: { readonly name: string; readonly namespace?: string } };
}

describe("what an environment makes", () => {
  for (const environment of ["dev", "staging", "prod", "sandbox"]) {
    it(`is admitted by its own admission policies: ${environment}`, async () => {
      const text = await readFile(new URL(`${environment}.json`, import.meta.url), "utf8");
      const { resources } = JSON.parse(text) as { readonly resources: readonly GoldenResource[] };
      const ofOperator = resources.filter(({ type }) => /^kubernetes:(generators\.)?external-secrets\.io\//.test(type));
      assert.ok(ofOperator.length > 0);
      for (const { name, provider, inputs } of ofOperator) {
        const policies = resources
          .filter((each) => each.type.endsWith(":ValidatingAdmissionPolicy") && each.provider === provider)
          .map((each) => ({ name: each.name, spec: each.inputs.spec }) as AdmissionPolicyManifest);
        assert.ok(policies.length > 0, `${provider ?? "no cluster"} has no policies`);
        assert.deepEqual(refusals(policies, inputs, inputs.metadata.namespace), [], name);
      }
    });
  }
});
