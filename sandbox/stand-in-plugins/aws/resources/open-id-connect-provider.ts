import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from "@aws-sdk/client-iam";
import { equal, type PropertyMap, reveal, textOf, type Value } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import type { AwsContext, AwsResource, Change } from "../resource.ts";
import { tagChanges, tagList, tagMap, type Tags } from "../tags.ts";

/** Who is trusted to issue tokens (hashicorp/terraform-provider-aws, internal/service/iam/openid_connect_provider.go); its id is its ARN. */
export const openIdConnectProvider: AwsResource = {
  fields: {
    url: { forceNew: true, same: sameUrl },
    clientIdLists: { same: sameSet },
    thumbprintLists: { computed: true },
  },
  required: ["clientIdLists", "url"],
  computed: ["arn", "thumbprintLists"],
  secretOutputs: [],
  unsupported: [],
  regional: false,
  taggable: true,
  validate: ({ url }) =>
    textOf(url).startsWith("https://") ? [] : [{ property: "url", reason: '"url" must begin with https://' }],
  create,
  update,
  retag: async ({ clients, signal }, OpenIDConnectProviderArn, { from, to }) => {
    const iam = await clients.iam();
    const { set, remove } = tagChanges(from, to);
    if (remove.length > 0) {
      const command = new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: [...remove] });
      await said("IAM", "UntagOpenIDConnectProvider", iam.send(command, { abortSignal: signal }));
    }
    if (Object.keys(set).length === 0) return;
    const command = new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: tagList(set) });
    await said("IAM", "TagOpenIDConnectProvider", iam.send(command, { abortSignal: signal }));
  },
  read: async ({ clients, signal }, id) => {
    const iam = await clients.iam();
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id });
    return await doing(`reading IAM OIDC Provider (${id})`, async () => {
      const found = await unless(["NoSuchEntityException", "NoSuchEntity"], () =>
        said("IAM", "GetOpenIDConnectProvider", iam.send(command, { abortSignal: signal })),
      );
      if (found === undefined) return undefined;
      const properties: PropertyMap = {
        ...{ arn: id, url: found.Url },
        clientIdLists: found.ClientIDList ?? [],
        thumbprintLists: found.ThumbprintList ?? [],
      };
      return { properties, tags: tagMap(found.Tags) };
    });
  },
  remove: async ({ clients, signal }, id) => {
    const iam = await clients.iam();
    const command = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id });
    await doing(`deleting IAM OIDC Provider (${id})`, () =>
      unless(["NoSuchEntityException", "NoSuchEntity"], () =>
        said("IAM", "DeleteOpenIDConnectProvider", iam.send(command, { abortSignal: signal })),
      ),
    );
  },
};

async function create({ clients, signal }: AwsContext, inputs: PropertyMap, tags: Tags): Promise<string> {
  const iam = await clients.iam();
  const thumbprints = listOf(inputs["thumbprintLists"]);
  const command = new CreateOpenIDConnectProviderCommand({
    Url: textOf(inputs["url"]),
    ClientIDList: listOf(inputs["clientIdLists"]),
    Tags: tagList(tags),
    ...(thumbprints.length === 0 ? {} : { ThumbprintList: thumbprints }),
  });
  return await doing("creating IAM OIDC Provider", async () => {
    const call = iam.send(command, { abortSignal: signal });
    return (await said("IAM", "CreateOpenIDConnectProvider", call)).OpenIDConnectProviderArn ?? "";
  });
}

async function update({ clients, signal }: AwsContext, id: string, { inputs, state, of }: Change): Promise<void> {
  const iam = await clients.iam();
  const options = { abortSignal: signal };
  const which = { OpenIDConnectProviderArn: id };
  await doing(`updating IAM OIDC Provider (${id})`, async () => {
    const thumbprints = listOf(inputs["thumbprintLists"]);
    if (of("thumbprintLists") && thumbprints.length > 0) {
      const command = new UpdateOpenIDConnectProviderThumbprintCommand({ ...which, ThumbprintList: thumbprints });
      await said("IAM", "UpdateOpenIDConnectProviderThumbprint", iam.send(command, options));
    }
    const [old, wanted] = [listOf(state["clientIdLists"]), listOf(inputs["clientIdLists"])];
    for (const ClientID of wanted.filter((each) => !old.includes(each))) {
      const command = new AddClientIDToOpenIDConnectProviderCommand({ ...which, ClientID });
      await said("IAM", "AddClientIDToOpenIDConnectProvider", iam.send(command, options));
    }
    for (const ClientID of old.filter((each) => !wanted.includes(each))) {
      const command = new RemoveClientIDFromOpenIDConnectProviderCommand({ ...which, ClientID });
      await said("IAM", "RemoveClientIDFromOpenIDConnectProvider", iam.send(command, options));
    }
  });
}

// AWS keeps the address without its scheme.
function sameUrl(old: Value | undefined, next: Value | undefined): boolean {
  const plain = (value: Value | undefined) => textOf(value === undefined ? "" : reveal(value)).replace("https://", "");
  return plain(old) === plain(next) && plain(next) !== "";
}

function sameSet(old: Value | undefined, next: Value | undefined): boolean {
  return equal(listOf(old).sort(), listOf(next).sort());
}

function listOf(value: Value | undefined): string[] {
  const plain = value === undefined ? null : reveal(value);
  return Array.isArray(plain) ? plain.map((item) => textOf(item)) : [];
}
