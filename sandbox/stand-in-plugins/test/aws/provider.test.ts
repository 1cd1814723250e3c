import assert from "node:assert/strict";
import { parseConfig } from "../../aws/config.ts";
import { awsProvider } from "../../aws/provider.ts";
import { SILENT } from "../../support/engine.ts";

describe("the aws stand-in: its settings", () => {
  it("come from the program, as JSON text too, and else from the environment", () => {
    const config = {
      ...{ region: "eu-west-1", accessKey: "k", secretKey: "s" },
      ...{ allowedAccountIds: '["123456789012"]', defaultTags: '{"tags":{"team":"x"}}' },
    };
    assert.deepEqual(parseConfig(config, { AWS_REGION: "us-east-1" }), {
      region: "eu-west-1",
      credentials: { accessKeyId: "k", secretAccessKey: "s" },
      allowedAccountIds: ["123456789012"],
      defaultTags: { team: "x" },
      maxRetries: 25,
    });
    assert.equal(parseConfig({}, { AWS_REGION: "us-east-1" }).region, "us-east-1");
    assert.throws(() => parseConfig({}, {}), { message: "aws: no region: set the provider's `region`, or AWS_REGION" });
  });

  it("are refused where they would be ignored", async () => {
    const { failures } = await awsProvider().checkConfig({
      region: "x",
      assumeRoles: "[]",
      skipRegionValidation: "true",
    });
    assert.deepEqual(failures, [
      {
        property: "assumeRoles",
        reason:
          'Provider setting assumeRoles is not implemented by the stand-in for the "aws" plugin. Install the official one: pulumi plugin install resource aws',
      },
    ]);
  });

  it("does not make up resources and functions that it does not have", async () => {
    const provider = awsProvider();
    assert.throws(
      () => provider.resource("aws:s3/bucket:Bucket"),
      /Resource type aws:s3\/bucket:Bucket is not implemented by the stand-in/,
    );
    const call = {
      token: "aws:index/getRegion:getRegion",
      args: {},
      preview: false,
      log: SILENT,
      signal: new AbortController().signal,
    };
    await assert.rejects(
      provider.invoke(call),
      /Function aws:index\/getRegion:getRegion is not implemented by the stand-in/,
    );
  });
});
