import assert from "node:assert/strict";
import { reportText } from "../../../cli/text/report.ts";
import { literal, password } from "../../../components/values/recipe.ts";
import { ACCOUNT_ID, REGION } from "../../../sandbox/fakes/aws/account.ts";
import { aws } from "../support/clouds/clients.ts";
import { changeClouds, cloudsCatalogue, cloudsOptions, deployClouds } from "../support/clouds/stack.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { liveReport } from "../support/live-report.ts";
import { nudge } from "../support/nudge.ts";
import { run, succeed } from "../support/stacks.ts";
import { startRotationFunction, type RotationFunction } from "./rotation-function.ts";

const id = "native/db";
const namespace = "store-secrets-manager";
const SecretId = `mlops-platform-clouds/${id}`;
const lambdaArn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:rotate-db`;
const rotation = { lambdaArn, automaticallyAfterDays: 30, duration: "3h" };

/** Whether a step changes the mark of the ExternalSecret that has the operator read the store again. */
const isMark = (step: string) => /^update \S+\/native$/.test(step);

describe("a secret that Secrets Manager rotates with somebody's function", () => {
  let theirs: RotationFunction;
  const delivered = async () => (await applicationSecrets([namespace])).get(`${namespace}/native`)?.["password"];
  const client = async () => ({ sdk: await import("@aws-sdk/client-secrets-manager"), to: await aws.secretsManager() });
  const described = async () => {
    const { sdk, to } = await client();
    return to.send(new sdk.DescribeSecretCommand({ SecretId }));
  };
  /** Labels by version; a version without one is deprecated, and counts no more. */
  const stages = async () => (await described()).VersionIdsToStages ?? {};
  const withRotation = (nativeRotation: Record<string, typeof rotation> | null) =>
    changeClouds({ facts: { stores: { "secrets-manager": { nativeRotation } } } });

  before(async () => {
    await deployClouds();
    const { sdk, to } = await client();
    const SecretString = JSON.stringify({ username: "theirs", password: "theirs-first" });
    await to.send(new sdk.CreateSecretCommand({ Name: SecretId, SecretString }));
    changeClouds({
      catalogue: cloudsCatalogue({
        native: {
          secrets: { db: { rotateEveryDays: 30, keys: { username: literal("of others"), password: password() } } },
          deliveries: [{ namespace, secretName: "native", from: ["db"] }],
        },
      }),
      facts: { stores: { "secrets-manager": { references: { [id]: true } } } },
    });
    withRotation({ [id]: rotation });
  });
  after(async () => {
    withRotation(null);
    changeClouds({
      catalogue: cloudsCatalogue(),
      facts: { stores: { "secrets-manager": { references: null } } },
    });
    await succeed("up", cloudsOptions());
    const { sdk, to } = await client();
    await to.send(new sdk.DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    await theirs.close();
  });

  it("stops the run in AWS' words where the function may not be invoked", async () => {
    const failed = await run("up", cloudsOptions());
    assert.equal(failed.ok, false);
    assert.match(failed.errors.join("\n"), /cannot invoke the specified Lambda function/);
  });

  it("is delivered as it is, and set up to be rotated: the function is tested, and rotates nothing yet", async () => {
    theirs = await startRotationFunction(lambdaArn);
    assert.deepEqual((await succeed("up", cloudsOptions())).warnings, []);
    await eventually("the function is tested", () => Promise.resolve(theirs.steps.length > 0));
    assert.deepEqual(theirs.steps, ["testSecret"]);
    assert.equal(await delivered(), "theirs-first");
    const { RotationEnabled, RotationLambdaARN, RotationRules } = await described();
    assert.deepEqual(
      [RotationEnabled, RotationLambdaARN, RotationRules],
      [true, lambdaArn, { AutomaticallyAfterDays: 30, Duration: "3h" }],
    );
    await eventually("the version of the test is gone", async () => {
      const labels = Object.values(await stages()).flat();
      return labels.join() === "AWSCURRENT";
    });
    // The version of the test is a change of the secret: the operator is made to read it once more.
    const { steps } = await succeed("up", cloudsOptions());
    assert.ok(steps.every(isMark), steps.join("\n"));
    for (const refresh of [false, true]) {
      const { changes, warnings } = await succeed("up", cloudsOptions(), { refresh });
      assert.deepEqual([changes, warnings], [{}, []], `refresh: ${refresh}`);
    }
  });

  it("reaches its Secret when the function has rotated it, and no run writes it or calls that a drift", async () => {
    const { sdk, to } = await client();
    await to.send(new sdk.RotateSecretCommand({ SecretId }));
    await eventually("the function has rotated", () => Promise.resolve(theirs.steps.includes("finishSecret")));
    assert.deepEqual(theirs.steps.slice(1), ["createSecret", "setSecret", "testSecret", "finishSecret"]);
    await eventually("the Secret has the new value", async () => {
      await nudge([namespace]);
      return (await delivered()) !== "theirs-first";
    });
    const value = await delivered();
    assert.match(value ?? "", /^theirs-[0-9a-f]{24}$/);
    const before = await stages();
    const { steps, warnings } = await succeed("up", cloudsOptions());
    // What changed in the store changes the mark that has the operator read it again, and nothing else.
    assert.deepEqual(warnings, []);
    assert.ok(steps.every(isMark), steps.join("\n"));
    assert.deepEqual((await succeed("up", cloudsOptions())).changes, {});
    assert.deepEqual(await stages(), before);
    assert.equal(await delivered(), value);
    assert.equal(theirs.steps.length, 5, "a run called the function");
  });

  it("is in the report with who rotates it, how often and by when, and no date of the catalogue is due", async () => {
    const report = await liveReport(cloudsOptions());
    const found = report.secrets.find((each) => each.id === id) ?? assert.fail("not reported");
    const [native] = found.stores.map(({ nativeRotation }) => nativeRotation);
    assert.deepEqual(
      [found.origin, found.rotation.state, found.rotation.dueOn, native?.by, native?.everyDays],
      ["referenced", "by-store", undefined, "AWS", 30],
    );
    assert.match(native?.nextOn ?? "", /^20\d\d-\d\d-\d\d$/);
    assert.match(reportText(report), /rotated by AWS every 30 days, next by 20\d\d-\d\d-\d\d/);
  });

  it("is rotated no more when its entry goes, and is delivered as before", async () => {
    const value = await delivered();
    const { warnings } = await succeed("up", withRotation(null));
    assert.deepEqual(warnings, []);
    assert.equal((await described()).RotationEnabled, false);
    assert.equal(await delivered(), value);
  });
});
