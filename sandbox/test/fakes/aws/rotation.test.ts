import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { jsonAnswer } from "../../../fakes/aws/answers.ts";
import type { Input } from "../../../fakes/aws/call.ts";
import { type CallFunction, type RotationEvent, Rotations } from "../../../fakes/aws/rotation.ts";
import { aCall, aMoto, refusal } from "./scene.ts";

const ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db-AbCdEf";
const lambda = "arn:aws:lambda:eu-central-1:123456789012:function:rotate";
const url = "http://127.0.0.1:1/rotate";
const now = Date.parse("2026-12-01T00:00:00Z");
const token = "00000000-0000-4000-8000-000000000001";

describe("rotation by Secrets Manager", () => {
  let folder: string;
  /** What moto was told. */
  let told: [string, Input][];
  /** Events that the function got, and what it does with each. */
  let events: RotationEvent[];
  let works: CallFunction;
  let all: Rotations[];

  const moto = aMoto({
    DescribeSecret: () => ({ ARN, Name: "shop/db" }),
    GetSecretValue: () => ({ SecretString: "current" }),
    PutSecretValue: (input) => (told.push(["PutSecretValue", input]), {}),
    UpdateSecretVersionStage: (input) => (told.push(["UpdateSecretVersionStage", input]), {}),
  });
  const opened = async ({ known = true } = {}) => {
    const call: CallFunction = (at, event) => {
      events.push(event);
      return works(at, event);
    };
    const rotations = await Rotations.open({ folder, moto, call, now: () => now });
    all.push(rotations);
    if (known) rotations.putFunction({ arn: lambda, url });
    return rotations;
  };
  const rotate = (rotations: Rotations, input: Input) =>
    rotations.answer(aCall("secretsmanager", "RotateSecret", { SecretId: ARN, ClientRequestToken: token, ...input }));
  const described = (rotations: Rotations) => {
    const call = aCall("secretsmanager", "DescribeSecret", { SecretId: ARN });
    const { body } = rotations.complete(
      call,
      jsonAnswer({ ARN, Name: "shop/db", VersionIdsToStages: { old: ["AWSCURRENT"] } }),
    );
    return JSON.parse(body.toString()) as Record<string, unknown>;
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "rotations-"));
    [told, events, all] = [[], [], []];
    works = () => Promise.resolve();
  });
  afterEach(async () => {
    await Promise.all(all.map((rotations) => rotations.saved()));
    await rm(folder, { recursive: true });
  });

  const every30 = { RotationLambdaARN: lambda, RotationRules: { AutomaticallyAfterDays: 30 } };

  it("calls the function with each step in turn, and is described with its rules and dates", async () => {
    const rotations = await opened();
    const ended = Promise.withResolvers<void>();
    works = (_, { Step }) => {
      if (Step === "createSecret") {
        assert.deepEqual(described(rotations)["VersionIdsToStages"], { old: ["AWSCURRENT"], [token]: ["AWSPENDING"] });
      }
      if (Step === "finishSecret") ended.resolve();
      return Promise.resolve();
    };
    await rotate(rotations, every30);
    await ended.promise;
    assert.deepEqual(
      events,
      ["createSecret", "setSecret", "testSecret", "finishSecret"].map((Step) => ({
        ...{ Step, SecretId: ARN, ClientRequestToken: token },
      })),
    );
    assert.deepEqual(told, []);
    const { RotationEnabled, RotationLambdaARN, RotationRules, NextRotationDate } = described(rotations);
    assert.deepEqual(
      { RotationEnabled, RotationLambdaARN, RotationRules, NextRotationDate },
      { RotationEnabled: true, ...every30, NextRotationDate: now / 1000 + 30 * 24 * 3600 },
    );
  });

  it("only tests the function where it is not to rotate at once, with a version that goes again", async () => {
    const rotations = await opened();
    await rotate(rotations, { ...every30, RotateImmediately: false });
    while (told.length < 2) await settled();
    assert.deepEqual(
      events.map(({ Step }) => Step),
      ["testSecret"],
    );
    assert.deepEqual(told, [
      [
        "PutSecretValue",
        { SecretId: ARN, SecretString: "current", ClientRequestToken: token, VersionStages: ["AWSPENDING"] },
      ],
      ["UpdateSecretVersionStage", { SecretId: ARN, VersionStage: "AWSPENDING", RemoveFromVersionId: token }],
    ]);
    assert.equal(described(rotations)["LastRotatedDate"], undefined);
  });

  it("is kept in its file, and cancelled", async () => {
    await rotate(await opened(), { ...every30, RotateImmediately: false });
    const again = await opened();
    assert.equal(described(again)["RotationEnabled"], true);
    await again.answer(aCall("secretsmanager", "CancelRotateSecret", { SecretId: ARN }));
    assert.deepEqual([described(again)["RotationEnabled"], described(again)["NextRotationDate"]], [false, null]);
  });

  it("is refused in AWS' words: no function, one that is not there, and a second one at once", async () => {
    assert.deepEqual(await refusal(rotate(await opened(), {})), [
      "InvalidRequestException",
      400,
      "No Lambda rotation function ARN is associated with this secret.",
    ]);
    const [code, , message] = await refusal(rotate(await opened({ known: false }), every30));
    assert.equal(code, "AccessDeniedException");
    assert.match(message, /^Secrets Manager cannot invoke the specified Lambda function\./);
    const rotations = await opened();
    const held = Promise.withResolvers<void>();
    works = () => held.promise;
    await rotate(rotations, every30);
    assert.match((await refusal(rotate(rotations, every30)))[2], /^A previous rotation isn't complete\./);
    held.resolve();
  });

  it("leaves what a function that fails did, and can be tried again", async () => {
    const rotations = await opened();
    works = () => Promise.reject(new Error("it failed"));
    await rotate(rotations, every30);
    await settled();
    assert.equal(described(rotations)["LastRotatedDate"], undefined);
    await rotate(rotations, every30);
    assert.equal(events.length, 2);
  });

  it("takes an address of this machine alone for a function", async () => {
    const rotations = await opened({ known: false });
    assert.throws(
      () => rotations.putFunction({ arn: lambda, url: "https://elsewhere.example/" }),
      /an address on 127\.0\.0\.1/,
    );
  });
});
