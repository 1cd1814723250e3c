import { type Answer, AwsError, escapeXml, iamAnswer } from "./answers.ts";
import { type AwsCall, textOf } from "./call.ts";
import type { IamReader } from "./iam.ts";
import { evaluate } from "./policy.ts";

const DECISIONS = { allow: "allowed", "explicit-deny": "explicitDeny", "implicit-deny": "implicitDeny" } as const;

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html, which moto does not have: the policies of a
 * role, without boundaries and organizations, of which the sandbox has none.
 */
export async function simulate(call: AwsCall, iam: IamReader): Promise<Answer> {
  const arn = textOf(call.input, "PolicySourceArn");
  const role = await iam.role(arn);
  if (role === undefined) throw new AwsError("NoSuchEntity", `The role with name ${arn} cannot be found.`, 404);
  const results = members(call, "ActionNames").flatMap((action) =>
    members(call, "ResourceArns").map((resource) => {
      const { decision } = evaluate(role.policies, { action, resource });
      return (
        `<member><EvalActionName>${escapeXml(action)}</EvalActionName>` +
        `<EvalResourceName>${escapeXml(resource)}</EvalResourceName><EvalDecision>${DECISIONS[decision]}</EvalDecision></member>`
      );
    }),
  );
  const list = `<EvaluationResults>${results.join("")}</EvaluationResults><IsTruncated>false</IsTruncated>`;
  return iamAnswer("SimulatePrincipalPolicy", list);
}

/** A list of the Query protocol: `ActionNames.member.1`. */
function members({ input }: AwsCall, name: string): readonly string[] {
  return Object.entries(input).flatMap(([key, value]) =>
    key.startsWith(`${name}.member.`) && typeof value === "string" ? [value] : [],
  );
}
