import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { RotationEvent } from "../../../sandbox/fakes/aws/rotation.ts";
import { messageOf } from "../../../sandbox/support/errors.ts";
import { aws, putFunction } from "../support/clouds/clients.ts";

/** A function that Secrets Manager rotates with: a program of whoever owns the secret, and none of this project's. */
export interface RotationFunction {
  /** Steps that it was called with, and what went wrong. */
  readonly steps: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts one that changes the password among a secret's values, as AWS' own templates do: aws-samples/aws-secrets-manager-rotation-lambdas. */
export async function startRotationFunction(arn: string): Promise<RotationFunction> {
  const steps: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      try {
        const event = JSON.parse(await text(request)) as RotationEvent;
        steps.push(event.Step);
        await rotated(event);
        response.writeHead(200).end();
      } catch (error) {
        steps.push(messageOf(error));
        response.writeHead(500).end();
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await putFunction(arn, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    steps,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function rotated({ Step, SecretId, ClientRequestToken: token }: RotationEvent): Promise<void> {
  const sdk = await import("@aws-sdk/client-secrets-manager");
  const client = await aws.secretsManager();
  const { RotationEnabled, VersionIdsToStages: stages = {} } = await client.send(
    new sdk.DescribeSecretCommand({ SecretId }),
  );
  if (RotationEnabled !== true) throw new Error("the secret is not enabled for rotation");
  if (stages[token]?.includes("AWSPENDING") !== true) throw new Error("the version is not set as AWSPENDING");
  switch (Step) {
    case "createSecret": {
      const { SecretString = "{}" } = await client.send(new sdk.GetSecretValueCommand({ SecretId }));
      const values = { ...(JSON.parse(SecretString) as object), password: `theirs-${randomBytes(12).toString("hex")}` };
      await client.send(
        new sdk.PutSecretValueCommand({
          ...{ SecretId, ClientRequestToken: token, VersionStages: ["AWSPENDING"] },
          SecretString: JSON.stringify(values),
        }),
      );
      return;
    }
    case "setSecret":
      return;
    case "testSecret":
      await client.send(new sdk.GetSecretValueCommand({ SecretId, VersionId: token, VersionStage: "AWSPENDING" }));
      return;
    case "finishSecret": {
      const [current] = Object.entries(stages).find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
      await client.send(
        new sdk.UpdateSecretVersionStageCommand({
          ...{ SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: token },
          ...(current === undefined ? {} : { RemoveFromVersionId: current }),
        }),
      );
    }
  }
}
