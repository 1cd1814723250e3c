import assert from "node:assert/strict";
import { simulate } from "../../../fakes/aws/simulate.ts";
import { aCall, anIam, aRole, refusal } from "./scene.ts";

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}`;
const reader = aRole(
  "reader",
  [],
  [
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret("a-123456"), secret("c-123456")] },
    { Effect: "Deny", Action: "*", Resource: secret("c-123456") },
  ],
);

const asked = (PolicySourceArn: string) =>
  aCall("iam", "SimulatePrincipalPolicy", {
    PolicySourceArn,
    "ActionNames.member.1": "secretsmanager:GetSecretValue",
    ...Object.fromEntries(
      ["a", "b", "c"].map((name, index) => [`ResourceArns.member.${index + 1}`, secret(`${name}-123456`)]),
    ),
  });

describe("a simulation of a role's policies", () => {
  it("says of each object whether the role may read it, and whether it is denied", async () => {
    const { status, body } = await simulate(asked(reader.arn), anIam([reader]));
    assert.equal(status, 200);
    assert.deepEqual(
      [...String(body).matchAll(/secret:(\w)-123456<\/EvalResourceName><EvalDecision>(\w+)/g)].map((each) =>
        each.slice(1),
      ),
      [
        ["a", "allowed"],
        ["b", "implicitDeny"],
        ["c", "explicitDeny"],
      ],
    );
  });

  it("knows no role that is not there", async () => {
    const [code, status] = await refusal(simulate(asked("arn:aws:iam::123456789012:role/other"), anIam([reader])));
    assert.deepEqual([code, status], ["NoSuchEntity", 404]);
  });
});
