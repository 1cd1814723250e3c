import assert from "node:assert/strict";
import { operationOf, parseCall } from "../../../fakes/aws/call.ts";
import { endpointOf } from "../../../fakes/aws/hosts.ts";

describe("a request to AWS", () => {
  it("is for a service in a region, or for a global one", () => {
    assert.deepEqual(endpointOf("ssm.eu-west-1.amazonaws.com"), { service: "ssm", region: "eu-west-1" });
    assert.deepEqual(endpointOf("sts.amazonaws.com"), { service: "sts", region: "eu-central-1" });
    assert.deepEqual(endpointOf("iam.amazonaws.com"), { service: "iam", region: "us-east-1" });
  });

  it("is for nobody at any other host", () => {
    for (const host of [
      "ssm.amazonaws.com",
      "s3.eu-west-1.amazonaws.com",
      "ssm.eu-west-1.amazonaws.com.evil.example",
    ]) {
      assert.equal(endpointOf(host), undefined, host);
    }
  });

  it("says what it asks for, in JSON, as a form and in its path", () => {
    const headers = {
      ":authority": "ssm.eu-central-1.amazonaws.com",
      "X-Amz-Target": "AmazonSSM.GetParameter",
      authorization: "AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-central-1/ssm/aws4_request, SignedHeaders=host",
      "x-amz-security-token": "t",
    };
    const request = { method: "POST", path: "/", headers, body: Buffer.from('{"Name":"/a"}') };
    const call = parseCall({ service: "ssm", region: "eu-central-1" }, request);
    const { action, input, accessKeyId, sessionToken } = call;
    assert.deepEqual([action, input, accessKeyId, sessionToken], ["GetParameter", { Name: "/a" }, "AKIA1", "t"]);
    assert.ok(!(":authority" in call.headers));

    const form = { method: "POST", path: "/", headers: {}, body: Buffer.from("Action=GetRole&RoleName=a%2Fb") };
    const query = parseCall({ service: "iam", region: "us-east-1" }, form);
    assert.deepEqual([query.action, query.input["RoleName"], query.accessKeyId], ["GetRole", "a/b", undefined]);

    const rest = { method: "GET", path: "/clusters/sandbox?x=1", headers: {}, body: Buffer.alloc(0) };
    assert.equal(parseCall({ service: "eks", region: "eu-central-1" }, rest).action, "GET /clusters/sandbox");
  });

  it("is counted by its action where a header names it, never by a name of a secret", () => {
    assert.equal(operationOf({ "x-amz-target": "secretsmanager.GetSecretValue" }, "POST"), "GetSecretValue");
    assert.equal(operationOf({}, "POST"), "POST");
  });
});
