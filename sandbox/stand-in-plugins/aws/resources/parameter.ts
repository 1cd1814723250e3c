import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
} from "@aws-sdk/client-ssm";
import { equalNullish } from "../../support/nullish.ts";
import type { DiffResult } from "../../support/provider.ts";
import { equal, type PropertyMap, reveal, textOf, type Value } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import type { AwsContext, AwsResource, Change, FoundObject, TagChange } from "../resource.ts";
import { tagChanges, tagList, tagMap, type Tags } from "../tags.ts";

/** A parameter of Parameter Store (hashicorp/terraform-provider-aws, internal/service/ssm/parameter.go); its id is its name. */
export const parameter: AwsResource = {
  fields: {
    name: { forceNew: true },
    type: {},
    value: { computed: true },
    insecureValue: { computed: true },
    valueWo: {},
    valueWoVersion: {},
    keyId: { computed: true },
    tier: { computed: true, same: sameTier },
    description: { same: equalNullish },
    allowedPattern: { same: equalNullish },
    dataType: { computed: true, forceNew: true },
    overwrite: {},
  },
  required: ["type"],
  computed: ["arn", "version", "dataType", "keyId", "tier", "value", "insecureValue", "hasValueWo"],
  secretOutputs: ["value"],
  unsupported: ["arn"],
  writeOnly: ["valueWo"],
  autoname: "name",
  regional: true,
  taggable: true,
  validate,
  refine,
  changing: (state, inputs) =>
    ["value", "description"].some((name) => inputs[name] !== undefined && !equal(state[name], inputs[name]))
      ? ["version"]
      : [],
  create,
  update,
  retag,
  read,
  remove: async ({ clients, region, signal }, id) => {
    const ssm = await clients.ssm(region);
    const command = new DeleteParameterCommand({ Name: id });
    await doing(`deleting SSM Parameter (${id})`, () =>
      unless(["ParameterNotFound"], () => said("SSM", "DeleteParameter", ssm.send(command, { abortSignal: signal }))),
    );
  },
};

function validate(inputs: PropertyMap): { property: string; reason: string }[] {
  const given = ["value", "valueWo", "insecureValue"].filter((name) => inputs[name] !== undefined);
  if (given.length !== 1) {
    return [{ property: "value", reason: 'exactly one of "insecureValue", "value" and "valueWo" must be specified' }];
  }
  if (inputs["valueWo"] !== undefined && inputs["valueWoVersion"] === undefined) {
    return [
      { property: "valueWo", reason: "valueWo needs valueWoVersion: a change of it is how AWS gets the new value" },
    ];
  }
  return [];
}

function sameTier(old: Value | undefined, next: Value | undefined): boolean {
  if (equal(old, next)) return true;
  return old !== undefined && next !== undefined && reveal(next) === "Intelligent-Tiering";
}

// AWS refuses to make a standard parameter of an advanced one: it must go first.
function refine(diff: DiffResult, state: PropertyMap, inputs: PropertyMap): DiffResult {
  const change = diff.detailed["tier"];
  const downgrade = state["tier"] === "Advanced" && inputs["tier"] === "Standard";
  if (change === undefined || !downgrade) return diff;
  return { ...diff, detailed: { ...diff.detailed, tier: { ...change, kind: "update-replace" } } };
}

function request(inputs: PropertyMap): PutParameterCommandInput {
  const secure = inputs["type"] === "SecureString";
  const optional = (name: string, key: string) => {
    const text = textOf(inputs[name]);
    return text === "" ? {} : { [key]: text };
  };
  return {
    Name: textOf(inputs["name"]),
    Value: textOf(inputs["valueWo"] ?? inputs["insecureValue"] ?? inputs["value"]),
    Type: textOf(inputs["type"]) as PutParameterCommandInput["Type"] & string,
    ...optional("description", "Description"),
    ...optional("allowedPattern", "AllowedPattern"),
    ...optional("dataType", "DataType"),
    ...optional("tier", "Tier"),
    ...(secure ? optional("keyId", "KeyId") : {}),
  };
}

async function create(context: AwsContext, inputs: PropertyMap, tags: Tags): Promise<string> {
  const { clients, region, signal } = context;
  const ssm = await clients.ssm(region);
  const name = textOf(inputs["name"]);
  const overwrite = inputs["overwrite"] === true;
  // AWS takes no tags together with Overwrite.
  const extra = overwrite ? { Overwrite: true } : { Overwrite: false, Tags: tagList(tags) };
  const command = new PutParameterCommand({ ...request(inputs), ...extra });
  await doing(`creating SSM Parameter (${name})`, () =>
    said("SSM", "PutParameter", ssm.send(command, { abortSignal: signal })),
  );
  if (overwrite && Object.keys(tags).length > 0) await retag(context, name, { from: {}, to: tags });
  return name;
}

async function update(
  { clients, region, signal }: AwsContext,
  id: string,
  { inputs, state, of }: Change,
): Promise<void> {
  const names = ["type", "value", "insecureValue", "valueWoVersion", "keyId", "tier", "description", "allowedPattern"];
  if (!of(...names)) return;
  const ssm = await clients.ssm(region);
  // What the program leaves out and AWS knows goes along, or AWS would put its own default in its place.
  const value = inputs["value"] ?? inputs["insecureValue"] ?? inputs["valueWo"] ?? state["value"];
  const Description = textOf(inputs["description"]);
  const command = new PutParameterCommand({
    ...request({ ...inputs, ...(inputs["valueWo"] === undefined ? { value } : {}) }),
    ...(of("description") ? { Description } : {}),
    Overwrite: inputs["overwrite"] !== false,
  });
  await doing(`updating SSM Parameter (${id})`, () =>
    said("SSM", "PutParameter", ssm.send(command, { abortSignal: signal })),
  );
}

async function retag(
  { clients, region, signal }: AwsContext,
  id: string,
  { from, to }: Pick<TagChange, "from" | "to">,
): Promise<void> {
  const ssm = await clients.ssm(region);
  const { set, remove } = tagChanges(from, to);
  const which = { ResourceType: "Parameter", ResourceId: id } as const;
  if (remove.length > 0) {
    const command = new RemoveTagsFromResourceCommand({ ...which, TagKeys: [...remove] });
    await said("SSM", "RemoveTagsFromResource", ssm.send(command, { abortSignal: signal }));
  }
  if (Object.keys(set).length === 0) return;
  const command = new AddTagsToResourceCommand({ ...which, Tags: tagList(set) });
  await said("SSM", "AddTagsToResource", ssm.send(command, { abortSignal: signal }));
}

async function read(
  { clients, region, signal }: AwsContext,
  id: string,
  known: PropertyMap,
): Promise<FoundObject | undefined> {
  const ssm = await clients.ssm(region);
  const get = new GetParameterCommand({ Name: id, WithDecryption: true });
  const describe = new DescribeParametersCommand({
    ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [id] }],
  });
  return await doing(`reading SSM Parameter (${id})`, async () => {
    const got = await unless(["ParameterNotFound"], () =>
      said("SSM", "GetParameter", ssm.send(get, { abortSignal: signal })),
    );
    if (got?.Parameter === undefined) return undefined;
    const list = new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: id });
    const [described, tagged] = await Promise.all([
      said("SSM", "DescribeParameters", ssm.send(describe, { abortSignal: signal })),
      said("SSM", "ListTagsForResource", ssm.send(list, { abortSignal: signal })),
    ]);
    const { ARN, Name, Type, Value, Version } = got.Parameter;
    const detail = described.Parameters?.[0] ?? {};
    const writeOnly = known["valueWo"] !== undefined || known["hasValueWo"] === true;
    const insecure = known["insecureValue"] !== undefined && Type !== "SecureString";
    const value = writeOnly
      ? { hasValueWo: true, value: undefined, insecureValue: undefined }
      : { hasValueWo: undefined, value: insecure ? undefined : Value, insecureValue: insecure ? Value : undefined };
    const properties: PropertyMap = {
      ...{ arn: ARN, name: Name, type: Type, version: Version, ...value },
      ...{ keyId: detail.KeyId, tier: detail.Tier, dataType: detail.DataType },
      ...{ description: detail.Description, allowedPattern: detail.AllowedPattern },
    };
    return { properties, tags: tagMap(tagged.TagList) };
  });
}
