import assert from "node:assert/strict";
import { evaluate, type Question, type Statement } from "../../../fakes/aws/policy.ts";

const question: Question = { action: "ssm:GetParameter", resource: "arn:aws:ssm:eu-central-1:1:parameter/shop/db" };
const allow: Statement = { Effect: "Allow", Action: "ssm:GetParameter", Resource: question.resource };
const decide = (statements: readonly Statement[], asked: Question = question) =>
  evaluate([{ Statement: statements }], asked).decision;

describe("evaluating IAM policies", () => {
  it("allows the action on the resource, and nothing besides", () => {
    assert.equal(decide([allow]), "allow");
    assert.equal(decide([]), "implicit-deny");
    assert.equal(decide([{ ...allow, Action: "ssm:GetParameters" }]), "implicit-deny");
    assert.equal(decide([{ ...allow, Resource: `${question.resource}2` }]), "implicit-deny");
    assert.equal(decide([{ ...allow, Resource: question.resource.slice(0, -1) }]), "implicit-deny");
  });

  it("denies where any policy denies", () => {
    const deny: Statement = { Effect: "Deny", Action: "*", Resource: "*" };
    assert.equal(evaluate([{ Statement: allow }, { Statement: deny }], question).decision, "explicit-deny");
  });

  it("knows wildcards, and takes a dot for a dot", () => {
    assert.equal(decide([{ ...allow, Action: "ssm:Get*", Resource: "arn:aws:ssm:*:1:parameter/sho?/*" }]), "allow");
    assert.equal(decide([{ ...allow, Resource: "arn.aws.ssm.*" }]), "implicit-deny");
  });

  it("reads actions in any case, and resources only as they are", () => {
    assert.equal(decide([{ ...allow, Action: "SSM:getparameter" }]), "allow");
    assert.equal(decide([{ ...allow, Resource: question.resource.toUpperCase() }]), "implicit-deny");
  });

  it("turns NotAction and NotResource around", () => {
    const { Action: _a, ...anyAction } = allow;
    assert.equal(decide([{ ...anyAction, NotAction: "ssm:GetParameter" }]), "implicit-deny");
    assert.equal(decide([{ ...anyAction, NotAction: "ssm:PutParameter" }]), "allow");
    const { Resource: _r, ...anyResource } = allow;
    assert.equal(decide([{ ...anyResource, NotResource: question.resource }]), "implicit-deny");
  });

  it("asks every condition, and every key of each", () => {
    const context = { "aws:PrincipalTag/team": "a", "aws:RequestedRegion": "eu-central-1" };
    const asked = { ...question, context };
    const when = (Condition: NonNullable<Statement["Condition"]>) => decide([{ ...allow, Condition }], asked);
    assert.equal(when({ StringEquals: { "AWS:requestedregion": "eu-central-1" } }), "allow");
    assert.equal(when({ StringEquals: { "aws:RequestedRegion": ["x", "eu-central-1"] } }), "allow");
    assert.equal(when({ StringEquals: { "aws:RequestedRegion": "eu-*" } }), "implicit-deny");
    assert.equal(when({ StringLike: { "aws:RequestedRegion": "eu-*" } }), "allow");
    assert.equal(when({ StringNotEquals: { "aws:RequestedRegion": "eu-central-1" } }), "implicit-deny");
    const both = { "aws:RequestedRegion": "eu-central-1", "aws:PrincipalTag/team": "b" };
    assert.equal(when({ StringEquals: both }), "implicit-deny");
    assert.equal(when({ StringEquals: { "aws:SourceVpc": "v" } }), "implicit-deny");
    assert.equal(when({ StringEqualsIfExists: { "aws:SourceVpc": "v" } }), "allow");
    assert.equal(when({ Null: { "aws:SourceVpc": "true" } }), "allow");
    assert.equal(when({ StringEquals: { "aws:PrincipalTag/team": "${aws:PrincipalTag/team}" } }), "allow");
  });

  it("never allows by an operator that it does not know", () => {
    const Condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
    const asked = { ...question, context: { "aws:SourceIp": "10.0.0.1" } };
    assert.throws(() => decide([{ ...allow, Condition }], asked), {
      message: "the sandbox's IAM does not know the condition operator IpAddress",
    });
  });

  it("asks who, in a policy of a resource or a role", () => {
    const asker = { type: "AWS", names: ["arn:role/a", "arn:root"] } as const;
    const trust: Statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: ["arn:root"] } };
    const asked: Question = { action: "sts:AssumeRole", resource: "arn:role/b", asker };
    assert.deepEqual(evaluate([{ Statement: trust }], asked), { decision: "allow", by: "arn:root" });
    assert.equal(decide([{ ...trust, Principal: { AWS: "arn:role/c" } }], asked), "implicit-deny");
    assert.equal(decide([{ ...trust, Principal: { Service: "arn:role/a" } }], asked), "implicit-deny");
    assert.equal(decide([{ ...trust, Principal: "*" }], asked), "allow");
    const { Principal: _p, ...nobody } = trust;
    assert.equal(decide([nobody], asked), "implicit-deny");
  });

  it("does not take a policy of an identity for one of a role: without a resource it allows nothing", () => {
    const { Resource: _r, ...nowhere } = allow;
    assert.equal(decide([nowhere]), "implicit-deny");
  });
});
