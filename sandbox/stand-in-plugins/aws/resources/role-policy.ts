import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { type PropertyMap, textOf } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import { policyState, samePolicy } from "../policy.ts";
import type { AwsContext, AwsResource } from "../resource.ts";

/** An inline policy of a role (hashicorp/terraform-provider-aws, internal/service/iam/role_policy.go); its id is `<role>:<name>`. */
export const rolePolicy: AwsResource = {
  fields: { name: { forceNew: true }, role: { forceNew: true }, policy: { same: samePolicy } },
  required: ["policy", "role"],
  computed: [],
  secretOutputs: [],
  documents: ["policy"],
  unsupported: ["namePrefix"],
  autoname: "name",
  regional: false,
  taggable: false,
  create: async (context, inputs) => {
    await put(context, inputs);
    return `${textOf(inputs["role"])}:${textOf(inputs["name"])}`;
  },
  update: async (context, _id, { inputs }) => put(context, inputs),
  read: async ({ clients, signal }, id, known) => {
    const [RoleName, PolicyName] = idParts(id);
    const iam = await clients.iam();
    const command = new GetRolePolicyCommand({ RoleName, PolicyName });
    return await doing(`reading IAM Role Policy (${id})`, async () => {
      const found = await unless(["NoSuchEntityException", "NoSuchEntity"], () =>
        said("IAM", "GetRolePolicy", iam.send(command, { abortSignal: signal })),
      );
      if (found === undefined) return undefined;
      const document = decodeURIComponent(found.PolicyDocument ?? "");
      return { properties: { role: RoleName, name: PolicyName, policy: policyState(known["policy"], document) } };
    });
  },
  remove: async ({ clients, signal }, id) => {
    const [RoleName, PolicyName] = idParts(id);
    const iam = await clients.iam();
    const command = new DeleteRolePolicyCommand({ RoleName, PolicyName });
    await doing(`deleting IAM Role Policy (${id})`, () =>
      unless(["NoSuchEntityException", "NoSuchEntity"], () =>
        said("IAM", "DeleteRolePolicy", iam.send(command, { abortSignal: signal })),
      ),
    );
  },
};

async function put({ clients, signal }: AwsContext, inputs: PropertyMap): Promise<void> {
  const iam = await clients.iam();
  const [RoleName, PolicyName] = [textOf(inputs["role"]), textOf(inputs["name"])];
  const command = new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: textOf(inputs["policy"]) });
  await doing(`putting IAM Role (${RoleName}) Policy (${PolicyName})`, () =>
    said("IAM", "PutRolePolicy", iam.send(command, { abortSignal: signal })),
  );
}

function idParts(id: string): [string, string] {
  const at = id.indexOf(":");
  if (at <= 0) throw new Error("role_policy id must be of the form <role name>:<policy name>");
  return [id.slice(0, at), id.slice(at + 1)];
}
