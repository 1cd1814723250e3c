import { Environment } from "@marcbachmann/cel-js";
import type { AdmissionPolicyManifest } from "../../components/external-secrets/admission/contract.ts";

/** An object as it is sent to the API server. */
export interface AdmittedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly spec: object;
}

/**
 * What policies say to an object that is new in a namespace: the message of each rule that does not hold. What a real
 * API server answers is asked in test/e2e/admission/tenant-objects.test.ts, of the same objects.
 *
 * @throws where a rule can't be evaluated, which the API server would refuse without saying why.
 */
export function refusals(
  policies: readonly AdmissionPolicyManifest[],
  object: AdmittedObject,
  namespace = "shop",
): readonly string[] {
  const [group = ""] = object.apiVersion.split("/");
  return policies
    .filter((policy) => isFor(policy, group, object.kind))
    .flatMap(({ spec }) => {
      const context = { object, oldObject: null, request: { namespace }, variables: {} as Record<string, unknown> };
      for (const { name, expression } of spec.variables ?? []) {
        context.variables[name] = cel.evaluate(expression, context) as unknown;
      }
      return spec.validations
        .filter(({ expression }) => cel.evaluate(expression, context) !== true)
        .map(({ message, messageExpression }) =>
          messageExpression === undefined ? message : String(cel.evaluate(messageExpression, context)),
        );
    });
}

function isFor({ spec }: AdmissionPolicyManifest, group: string, kind: string): boolean {
  const plural = `${kind.toLowerCase()}s`;
  return spec.matchConstraints.resourceRules.some(
    ({ apiGroups, resources }) => apiGroups.includes(group) && (resources.includes(plural) || resources.includes("*")),
  );
}

/** Objects are maps to the API server too, whatever their CRD says: macros such as `all` run through their keys. */
const cel = new Environment({
  enableOptionalTypes: true,
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxListElements: 10_000, maxAstNodes: 1_000_000 },
});
