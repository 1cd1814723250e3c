import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  RotateSecretCommand,
  type RotationRulesType,
} from "@aws-sdk/client-secrets-manager";
import { type PropertyMap, revealMap, textOf } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import type { AwsContext, AwsResource } from "../resource.ts";

const SERVICE = "Secrets Manager";

/**
 * The rotation of a secret (hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret_rotation.go); its id is
 * the secret's. `rotateImmediately` is no part of the secret: it says what a write does.
 */
export const secretRotation: AwsResource = {
  fields: { secretId: { forceNew: true }, rotationLambdaArn: {}, rotationRules: {}, rotateImmediately: {} },
  required: ["secretId"],
  computed: ["rotationEnabled"],
  secretOutputs: [],
  documents: [],
  unsupported: ["externalSecretRotationMetadatas", "externalSecretRotationRoleArn", "rotationEnabled"],
  regional: true,
  taggable: false,
  create: async (context, inputs) => {
    await put(context, inputs);
    return textOf(inputs["secretId"]);
  },
  update: async (context, _id, { inputs }) => put(context, inputs),
  read: async ({ clients, region, signal }, id, known) => {
    const client = await clients.secretsManager(region);
    const command = new DescribeSecretCommand({ SecretId: id });
    return await doing(`reading Secrets Manager Secret Rotation (${id})`, async () => {
      const found = await unless(["ResourceNotFoundException"], () =>
        said(SERVICE, "DescribeSecret", client.send(command, { abortSignal: signal })),
      );
      if (found?.RotationEnabled !== true) return undefined;
      const {
        AutomaticallyAfterDays: days,
        ScheduleExpression: schedule,
        Duration: duration,
      } = found.RotationRules ?? {};
      return {
        properties: {
          secretId: id,
          rotationEnabled: true,
          ...(found.RotationLambdaARN === undefined ? {} : { rotationLambdaArn: found.RotationLambdaARN }),
          ...(known["rotateImmediately"] === undefined ? {} : { rotateImmediately: known["rotateImmediately"] }),
          rotationRules: {
            // AWS tells the days of a schedule too, which nobody asked for.
            ...(days === undefined || schedule !== undefined ? {} : { automaticallyAfterDays: days }),
            ...(schedule === undefined ? {} : { scheduleExpression: schedule }),
            ...(duration === undefined ? {} : { duration }),
          },
        },
      };
    });
  },
  remove: async ({ clients, region, signal }, id) => {
    const client = await clients.secretsManager(region);
    await doing(`cancelling Secrets Manager Secret Rotation (${id})`, () =>
      unless(["ResourceNotFoundException"], () =>
        said(
          SERVICE,
          "CancelRotateSecret",
          client.send(new CancelRotateSecretCommand({ SecretId: id }), { abortSignal: signal }),
        ),
      ),
    );
  },
};

async function put({ clients, region, signal }: AwsContext, inputs: PropertyMap): Promise<void> {
  const client = await clients.secretsManager(region);
  const id = textOf(inputs["secretId"]);
  const command = new RotateSecretCommand({
    SecretId: id,
    RotationLambdaARN: textOf(inputs["rotationLambdaArn"]),
    RotationRules: rulesOf(inputs["rotationRules"]),
    RotateImmediately: inputs["rotateImmediately"] !== false,
  });
  await doing(`rotating Secrets Manager Secret (${id})`, () =>
    said(SERVICE, "RotateSecret", client.send(command, { abortSignal: signal })),
  );
}

function rulesOf(value: PropertyMap[string]): RotationRulesType {
  const rules =
    typeof value === "object" && value !== null && !Array.isArray(value) ? revealMap(value as PropertyMap) : {};
  const days = rules["automaticallyAfterDays"];
  const schedule = textOf(rules["scheduleExpression"]);
  const duration = textOf(rules["duration"]);
  return {
    ...(typeof days === "number" ? { AutomaticallyAfterDays: days } : {}),
    ...(schedule === "" ? {} : { ScheduleExpression: schedule }),
    ...(duration === "" ? {} : { Duration: duration }),
  };
}
