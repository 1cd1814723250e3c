import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { ValidatingAdmissionPolicy } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy.js";
import { ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding.js";
import type { AdmissionSpec } from "./contract.ts";
import { admissionPolicies } from "./index.ts";

/** The admission policies of a cluster, each with the binding that puts it into force everywhere. */
export function admissionResources(
  name: string,
  spec: AdmissionSpec | undefined,
  options: CustomResourceOptions,
): readonly Resource[] {
  if (spec === undefined) return [];
  return admissionPolicies(spec).map((each) => {
    const metadata = { name: each.name };
    const policy = new ValidatingAdmissionPolicy(
      `${name}/admission/${each.name}`,
      { metadata, spec: each.spec },
      options,
    );
    return new ValidatingAdmissionPolicyBinding(
      `${name}/admission/${each.name}/binding`,
      // `Audit` too: what was refused stands in the API server's audit log.
      { metadata, spec: { policyName: each.name, validationActions: ["Deny", "Audit"] } },
      { ...options, dependsOn: policy },
    );
  });
}
