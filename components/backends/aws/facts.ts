import { z } from "zod";
import { digits, httpsUrl, tags as texts } from "../../support/facts.ts";
import type { StoreChoices } from "../backend.ts";
import { layout, values, writeOnly } from "../facts.ts";
import { caseTwins, twinProblem } from "../tag-names.ts";
import { mostAwsTags, ownAwsTags, type AwsAccount, type AwsLoginAccount, type AwsRoles } from "./account.ts";
import type { AwsEndpoints } from "./endpoints.ts";
import { nativeRotation, nativeRotationsOf } from "./native-rotation-facts.ts";
import { awsPartitionOf } from "./partitions.ts";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";

const region = z
  .string()
  .refine(
    (text) => awsPartitionOf(text) !== undefined,
    "must be a region of AWS, such as eu-central-1 (all: components/backends/aws/partitions.ts)",
  );
const keyArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
    "must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>); an alias can't be named in a policy",
  );

/**
 * What all services of AWS take as tags that get them here, IAM being the strictest: "Best practices for tagging AWS
 * resources", and "Rules for tagging in IAM and AWS STS".
 */
const tags = texts.superRefine((given, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  for (const [key, value] of Object.entries(given)) {
    const message = tagProblem(key, value);
    if (message !== undefined) refuse([key], message);
  }
  const { objects, identities } = ownAwsTags;
  for (const twin of caseTwins(Object.keys(given), [...objects, ...identities])) {
    refuse([twin.name], twinProblem(twin, "IAM"));
  }
  const count = (ours: readonly string[]) => new Set([...Object.keys(given), ...ours]).size;
  const [most, who] =
    count(identities) >= count(objects) ? [count(identities), "readers' roles"] : [count(objects), "stored objects"];
  if (most > mostAwsTags) {
    refuse(
      [],
      `must leave room for those that are set here: a resource takes ${mostAwsTags} tags, and ${who} would have ${most}`,
    );
  }
});

const roles = z.strictObject({
  path: z
    .string()
    .regex(
      /^\/(?:[A-Za-z0-9_+=,.@-]+\/)*$/,
      "must begin and end with a slash, with letters, digits and _ + = , . @ - between slashes, such as /platform/",
    )
    .max(512, "must have 512 characters at most")
    .default("/"),
  permissionsBoundary: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/[A-Za-z0-9_+=,.@/-]+$/,
      "must be the ARN of an IAM policy (arn:aws:iam::<account>:policy/<name>)",
    )
    .optional(),
});

const loginAccount = z.strictObject({
  accountId: digits(12, "an account number"),
  profile: z
    .string()
    .regex(/^[\w.@-]{1,128}$/, "must be the name of a profile of AWS's configuration")
    .optional(),
  deployerRole: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::\d{12}:role\/[A-Za-z0-9_+=,.@/-]+$/,
      "must be the ARN of a role (arn:aws:iam::<account>:role/<name>)",
    )
    .optional(),
  externalId: z
    .string()
    .regex(/^[A-Za-z0-9_+=,.@:/-]{2,1224}$/, "must be 2 to 1224 letters, digits or _ + = , . @ : / -")
    .optional(),
  sessionTags: texts.refine((each) => Object.keys(each).length <= 50, { error: "must be at most 50" }),
  roles: roles.prefault({}),
});

const account = {
  region,
  accountId: digits(12, "an account number"),
  kmsKeyArn: keyArn.optional(),
  tags,
  oidcProviders: z.record(z.string(), z.enum(["existing", "create"])).default({}),
  roles: roles.prefault({}),
  fips: z.boolean().default(false),
  loginAccount: loginAccount.optional(),
};

const endpoint = httpsUrl.optional();
/** Endpoints by which this program reaches a service, and those that the rights of readers need. */
function endpointFacts<S extends "ssm" | "secretsmanager">(service: S) {
  const own = { [service]: endpoint } as { readonly [K in S]: typeof endpoint };
  return {
    endpoints: z.strictObject({ ...own, iam: endpoint, sts: endpoint }).optional(),
    clusterEndpoints: z.strictObject({ ...own, sts: endpoint }).optional(),
  };
}

/** Facts of a store of kind `aws-parameter-store`. */
export const awsParameterStoreFacts = z.strictObject({
  kind: z.literal("aws-parameter-store"),
  ...account,
  ...endpointFacts("ssm"),
  layout: layout.default("per-key"),
  tier: z.enum(["by-size", "standard", "advanced"]).default("by-size"),
  values,
});

/** Facts of a store of kind `aws-secrets-manager`. */
export const awsSecretsManagerFacts = z.strictObject({
  kind: z.literal("aws-secrets-manager"),
  ...account,
  ...endpointFacts("secretsmanager"),
  layout: layout.default("bundle"),
  replicas: z.array(z.strictObject({ region, kmsKeyArn: keyArn.optional() })).default([]),
  nativeRotation,
  values,
});

export function awsParameterStoreSpec(
  name: string,
  facts: z.output<typeof awsParameterStoreFacts>,
): AwsParameterStoreSpec {
  const { kind, layout: laidOut, tier } = facts;
  return { kind, name, ...accountOf(facts), ...endpointsOf(facts), layout: laidOut, tier, ...writeOnly(facts.values) };
}

export function awsSecretsManagerSpec(
  name: string,
  facts: z.output<typeof awsSecretsManagerFacts>,
  { recoveryDays, retain }: StoreChoices,
): AwsSecretsManagerSpec {
  return {
    kind: facts.kind,
    name,
    ...accountOf(facts),
    ...endpointsOf(facts),
    layout: facts.layout,
    replicas: facts.replicas.map(({ region: where, kmsKeyArn }) => ({
      region: where,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
    })),
    recoveryWindowDays: recoveryDays,
    ...nativeRotationsOf(facts.nativeRotation, { retain }),
    ...writeOnly(facts.values),
  };
}

function accountOf({
  region: where,
  accountId,
  kmsKeyArn,
  tags: given,
  oidcProviders,
  roles: rolesHere,
  loginAccount: login,
}: z.output<z.ZodObject<typeof account>>): AwsAccount {
  return {
    region: where,
    accountId,
    partition: partitionOf(where),
    tags: given,
    oidcProviders,
    roles: rolesOf(rolesHere),
    ...(login === undefined ? {} : { loginAccount: loginAccountOf(login) }),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
  };
}

function rolesOf({ path, permissionsBoundary }: z.output<typeof roles>): AwsRoles {
  return { path, ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }) };
}

function loginAccountOf(facts: z.output<typeof loginAccount>): AwsLoginAccount {
  const { accountId, profile, deployerRole, externalId, sessionTags } = facts;
  return {
    accountId,
    ...(profile === undefined ? {} : { profile }),
    ...(deployerRole === undefined ? {} : { deployerRole }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(Object.keys(sessionTags).length === 0 ? {} : { sessionTags }),
    roles: rolesOf(facts.roles),
  };
}

interface EndpointFacts {
  readonly endpoints?: Urls | undefined;
  readonly clusterEndpoints?: Urls | undefined;
  readonly fips: boolean;
}
type Urls = Readonly<Record<string, string | undefined>>;

function endpointsOf({ endpoints, clusterEndpoints, fips }: EndpointFacts): AwsEndpoints {
  return {
    ...urlsOf("endpoints", endpoints),
    ...urlsOf("clusterEndpoints", clusterEndpoints),
    ...(fips ? { fips } : {}),
  };
}

/** The URLs that facts give; nothing where they give none. */
function urlsOf(name: "endpoints" | "clusterEndpoints", urls: Urls = {}): AwsEndpoints {
  const given = Object.entries(urls).filter(([, url]) => url !== undefined);
  return given.length === 0 ? {} : { [name]: Object.fromEntries(given) };
}

function tagProblem(key: string, value: string): string | undefined {
  if (/^aws:/i.test(key)) return "must not begin with aws:, which AWS keeps for itself";
  if (/^aws:/i.test(value)) return "must not have a value that begins with aws:, which AWS keeps for itself";
  if ([...key].length > 128 || [...value].length > 256) return "must be up to 128 characters, and its value up to 256";
  const legal = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
  return legal.test(key) && legal.test(value) ? undefined : "must be letters, digits, spaces and _ . : / = + - @";
}

/** Partition of a region, the second part of every ARN. */
function partitionOf(where: string): string {
  const partition = awsPartitionOf(where);
  if (partition === undefined) throw new Error(`${where} is no region, which the schema of facts should have found`);
  return partition.id;
}
