import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-secrets-manager";
import { type PropertyMap, textOf } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import { policyState, samePolicy } from "../policy.ts";
import type { AwsContext, AwsResource } from "../resource.ts";

const SERVICE = "Secrets Manager";

/** The resource policy of a secret (hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret_policy.go); its id is the secret's ARN. */
export const secretPolicy: AwsResource = {
  fields: { secretArn: { forceNew: true }, policy: { same: samePolicy }, blockPublicPolicy: {} },
  required: ["policy", "secretArn"],
  computed: [],
  secretOutputs: [],
  documents: ["policy"],
  unsupported: [],
  regional: true,
  taggable: false,
  create: async (context, inputs) => {
    await put(context, inputs);
    return textOf(inputs["secretArn"]);
  },
  update: async (context, _id, { inputs }) => put(context, inputs),
  read: async ({ clients, region, signal }, id, known) => {
    const client = await clients.secretsManager(region);
    const command = new GetResourcePolicyCommand({ SecretId: id });
    return await doing(`reading Secrets Manager Secret Policy (${id})`, async () => {
      const found = await unless(["ResourceNotFoundException"], () =>
        said(SERVICE, "GetResourcePolicy", client.send(command, { abortSignal: signal })),
      );
      if (found === undefined) return undefined;
      // A policy that was removed by hand is an empty one: the next update puts it back.
      return { properties: { secretArn: id, policy: policyState(known["policy"], found.ResourcePolicy ?? "") } };
    });
  },
  remove: async ({ clients, region, signal }, id) => {
    const client = await clients.secretsManager(region);
    const command = new DeleteResourcePolicyCommand({ SecretId: id });
    await doing(`removing Secrets Manager Secret ${JSON.stringify(id)} policy`, () =>
      unless(["ResourceNotFoundException"], () =>
        said(SERVICE, "DeleteResourcePolicy", client.send(command, { abortSignal: signal })),
      ),
    );
  },
};

async function put({ clients, region, signal }: AwsContext, inputs: PropertyMap): Promise<void> {
  const client = await clients.secretsManager(region);
  const id = textOf(inputs["secretArn"]);
  const block = inputs["blockPublicPolicy"];
  const command = new PutResourcePolicyCommand({
    ...{ SecretId: id, ResourcePolicy: textOf(inputs["policy"]) },
    ...(typeof block === "boolean" ? { BlockPublicPolicy: block } : {}),
  });
  await doing(`setting Secrets Manager Secret ${JSON.stringify(id)} policy`, () =>
    said(SERVICE, "PutResourcePolicy", client.send(command, { abortSignal: signal })),
  );
}
