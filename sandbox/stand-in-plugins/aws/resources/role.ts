import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRoleCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { equalNullish } from "../../support/nullish.ts";
import { type PropertyMap, textOf } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import { policyState, samePolicy } from "../policy.ts";
import type { AwsContext, AwsResource, Change } from "../resource.ts";
import { tagChanges, tagList, tagMap, type Tags } from "../tags.ts";

/** An IAM role (hashicorp/terraform-provider-aws, internal/service/iam/role.go); its id is its name. */
export const role: AwsResource = {
  fields: {
    name: { forceNew: true },
    assumeRolePolicy: { same: samePolicy },
    description: { same: equalNullish },
    maxSessionDuration: { fallback: 3600 },
    path: { forceNew: true, fallback: "/" },
    permissionsBoundary: { same: equalNullish },
  },
  required: ["assumeRolePolicy"],
  computed: ["arn", "createDate", "uniqueId"],
  secretOutputs: [],
  documents: ["assumeRolePolicy"],
  unsupported: ["forceDetachPolicies", "inlinePolicies", "managedPolicyArns", "namePrefix"],
  autoname: "name",
  regional: false,
  taggable: true,
  validate: ({ name }) =>
    name === undefined || /^[\w+=,.@-]{1,64}$/.test(textOf(name))
      ? []
      : [
          {
            property: "name",
            reason: 'expected length of name to be in the range (1 - 64), of letters, digits and "+=,.@-_"',
          },
        ],
  create,
  update,
  retag: async ({ clients, signal }, id, { from, to }) => {
    const iam = await clients.iam();
    const { set, remove } = tagChanges(from, to);
    if (remove.length > 0) {
      const command = new UntagRoleCommand({ RoleName: id, TagKeys: [...remove] });
      await said("IAM", "UntagRole", iam.send(command, { abortSignal: signal }));
    }
    if (Object.keys(set).length === 0) return;
    const command = new TagRoleCommand({ RoleName: id, Tags: tagList(set) });
    await said("IAM", "TagRole", iam.send(command, { abortSignal: signal }));
  },
  read: async ({ clients, signal }, id, known) => {
    const iam = await clients.iam();
    const command = new GetRoleCommand({ RoleName: id });
    return await doing(`reading IAM Role (${id})`, async () => {
      const found = await unless(["NoSuchEntityException", "NoSuchEntity"], () =>
        said("IAM", "GetRole", iam.send(command, { abortSignal: signal })),
      );
      if (found?.Role === undefined) return undefined;
      const { Role } = found;
      const trust = decodeURIComponent(Role.AssumeRolePolicyDocument ?? "");
      const properties: PropertyMap = {
        ...{ arn: Role.Arn, name: Role.RoleName, path: Role.Path, uniqueId: Role.RoleId },
        ...{ description: Role.Description, maxSessionDuration: Role.MaxSessionDuration },
        createDate: Role.CreateDate?.toISOString(),
        assumeRolePolicy: policyState(known["assumeRolePolicy"], trust),
        permissionsBoundary: Role.PermissionsBoundary?.PermissionsBoundaryArn,
      };
      return { properties, tags: tagMap(Role.Tags) };
    });
  },
  remove: async ({ clients, signal }, id) => {
    const iam = await clients.iam();
    const command = new DeleteRoleCommand({ RoleName: id });
    await doing(`deleting IAM Role (${id})`, () =>
      unless(["NoSuchEntityException", "NoSuchEntity"], () =>
        said("IAM", "DeleteRole", iam.send(command, { abortSignal: signal })),
      ),
    );
  },
};

async function create({ clients, signal }: AwsContext, inputs: PropertyMap, tags: Tags): Promise<string> {
  const iam = await clients.iam();
  const name = textOf(inputs["name"]);
  const description = textOf(inputs["description"]);
  const boundary = textOf(inputs["permissionsBoundary"]);
  const command = new CreateRoleCommand({
    RoleName: name,
    AssumeRolePolicyDocument: textOf(inputs["assumeRolePolicy"]),
    Path: textOf(inputs["path"]),
    MaxSessionDuration: Number(inputs["maxSessionDuration"]),
    Tags: tagList(tags),
    ...(description === "" ? {} : { Description: description }),
    ...(boundary === "" ? {} : { PermissionsBoundary: boundary }),
  });
  await doing(`creating IAM Role (${name})`, () =>
    said("IAM", "CreateRole", iam.send(command, { abortSignal: signal })),
  );
  return name;
}

async function update({ clients, signal }: AwsContext, id: string, { inputs, of }: Change): Promise<void> {
  const iam = await clients.iam();
  const options = { abortSignal: signal };
  await doing(`updating IAM Role (${id})`, async () => {
    if (of("assumeRolePolicy")) {
      const PolicyDocument = textOf(inputs["assumeRolePolicy"]);
      const command = new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument });
      await said("IAM", "UpdateAssumeRolePolicy", iam.send(command, options));
    }
    if (of("description", "maxSessionDuration")) {
      const command = new UpdateRoleCommand({
        ...{ RoleName: id, Description: textOf(inputs["description"]) },
        MaxSessionDuration: Number(inputs["maxSessionDuration"]),
      });
      await said("IAM", "UpdateRole", iam.send(command, options));
    }
    if (!of("permissionsBoundary")) return;
    const PermissionsBoundary = textOf(inputs["permissionsBoundary"]);
    if (PermissionsBoundary === "") {
      const command = new DeleteRolePermissionsBoundaryCommand({ RoleName: id });
      await said("IAM", "DeleteRolePermissionsBoundary", iam.send(command, options));
    } else {
      const command = new PutRolePermissionsBoundaryCommand({ RoleName: id, PermissionsBoundary });
      await said("IAM", "PutRolePermissionsBoundary", iam.send(command, options));
    }
  });
}
