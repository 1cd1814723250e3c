import type { StoreSpec } from "../components/stores/contract.ts";

/**
 * What the program is told when it asks, without anybody being asked: clouds and clusters are empty, the account is the
 * one that the facts name, and only what the facts call existing (`adopt`, `reference`) is there.
 */
export interface World {
  readonly stores: readonly StoreSpec[];
  /** Remote names that exist, by store. */
  readonly held: ReadonlyMap<string, readonly string[]>;
}

type Inputs = Readonly<Record<string, unknown>>;
type Answer = (inputs: Inputs, world: World) => Readonly<Record<string, unknown>>;

/** Stands for values and ids that only the real world knows. It is never shown. */
export const placeholder = "placeholder";
const emptyUuid = "00000000-0000-0000-0000-000000000000";

/** One row for each function that the program calls. */
const answers: Readonly<Record<string, Answer>> = {
  "pulumi:pulumi:readStackResourceOutputs": ({ stackName }) => ({ name: stackName, outputs: {} }),
  "vault:kv/getSecretsListV2:getSecretsListV2": ({ mount, name }, world) => {
    const names = heldBy(world, "vault-kv").filter((each) => each.startsWith(`${text(name)}/`));
    return { mount, name, names: names.map((each) => each.slice(text(name).length + 1)) };
  },
  "vault:generic/getSecret:getSecret": ({ path }) => ({ path, data: {}, dataJson: "{}" }),
  "aws:index/getCallerIdentity:getCallerIdentity": (_, { stores }) => {
    const account = fieldOf(stores, "accountId") ?? "000000000000";
    return { accountId: account, arn: `arn:aws:iam::${account}:user/${placeholder}`, userId: placeholder };
  },
  "aws:ssm/getParametersByPath:getParametersByPath": (inputs, world) => {
    const names = heldBy(world, "aws-parameter-store");
    const all = (value: string) => names.map(() => value);
    return { ...inputs, names, types: all("SecureString"), values: all(placeholder), arns: all(placeholder) };
  },
  "aws:ssm/getParameter:getParameter": (inputs) => ({
    ...inputs,
    arn: placeholder,
    type: "SecureString",
    value: placeholder,
    version: 1,
  }),
  "aws:secretsmanager/getSecrets:getSecrets": (inputs, world) => {
    const names = heldBy(world, "aws-secrets-manager");
    return { ...inputs, names, arns: names.map((name) => secretArn(name, world)) };
  },
  "aws:secretsmanager/getSecret:getSecret": ({ name, arn }, world) => {
    const found = arn ?? secretArn(text(name), world);
    return { name, arn: found, id: found, lastChangedDate: placeholder };
  },
  "aws:secretsmanager/getSecretVersion:getSecretVersion": (inputs) => ({
    ...inputs,
    arn: placeholder,
    secretString: "{}",
    versionId: placeholder,
  }),
  "gcp:organizations/getProject:getProject": ({ projectId }, { stores }) => ({
    projectId: projectId ?? fieldOf(stores, "project") ?? placeholder,
    number: fieldOf(stores, "projectNumber") ?? "000000000000",
  }),
  "gcp:secretmanager/getSecrets:getSecrets": (inputs, world) => ({
    ...inputs,
    secrets: heldBy(world, "gcp-secret-manager").map((secretId) => ({
      secretId,
      name: secretId,
      project: placeholder,
    })),
  }),
  "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess": (inputs) => ({
    ...inputs,
    name: placeholder,
    secretData: "{}",
    version: "1",
  }),
  "azure-native:keyvault:getVault": ({ vaultName, resourceGroupName }, { stores }) => ({
    id: vaultId(resourceGroupName, vaultName, stores),
    name: vaultName,
    type: "Microsoft.KeyVault/vaults",
    location: fieldOf(stores, "location") ?? placeholder,
    properties: {
      tenantId: fieldOf(stores, "tenantId") ?? emptyUuid,
      vaultUri: vaultAddress(vaultName, stores),
      enableRbacAuthorization: true,
      enableSoftDelete: true,
    },
  }),
  "azure-native:keyvault:getSecret": ({ vaultName, resourceGroupName, secretName }, { stores }) => {
    const secretUri = `${vaultAddress(vaultName, stores)}secrets/${text(secretName)}`;
    return {
      id: `${vaultId(resourceGroupName, vaultName, stores)}/secrets/${text(secretName)}`,
      name: secretName,
      properties: { secretUri, secretUriWithVersion: `${secretUri}/${placeholder}` },
    };
  },
  "azure-native:authorization:getClientConfig": (_, { stores }) => ({
    clientId: emptyUuid,
    objectId: emptyUuid,
    subscriptionId: subscription(stores),
    tenantId: fieldOf(stores, "tenantId") ?? emptyUuid,
  }),
  "azure-native:authorization:getClientToken": () => ({ token: placeholder }),
};

/**
 * The answer of a function.
 *
 * @throws Error that names a function without a row: a guess could make the preview say what `up` would not do.
 */
export function answer(token: string, inputs: Inputs, world: World): Readonly<Record<string, unknown>> {
  const make = answers[token];
  if (make === undefined) {
    throw new Error(`the preview has no answer for the function ${token}; add a row to preview/answers.ts`);
  }
  return make(inputs, world);
}

/** Names that the stores of a kind hold. */
function heldBy({ stores, held }: World, kind: StoreSpec["kind"]): readonly string[] {
  return stores.filter((store) => store.kind === kind).flatMap(({ name }) => held.get(name) ?? []);
}

/** A field of the first store that has it: the account or project that the credentials are then of. */
function fieldOf(stores: readonly StoreSpec[], field: string): string | undefined {
  const values = stores.map((store) => (store as unknown as Inputs)[field]);
  return values.find((value) => typeof value === "string");
}

/** AWS puts a dash and six characters of its own behind the name. */
function secretArn(name: string, { stores }: World): string {
  const [partition = "aws", region = "us-east-1", account = "000000000000"] = ["partition", "region", "accountId"].map(
    (field) =>
      fieldOf(
        stores.filter(({ kind }) => kind === "aws-secrets-manager"),
        field,
      ),
  );
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-AAAAAA`;
}

function vaultId(resourceGroup: unknown, vault: unknown, stores: readonly StoreSpec[]): string {
  return `/subscriptions/${subscription(stores)}/resourceGroups/${text(resourceGroup)}/providers/Microsoft.KeyVault/vaults/${text(vault)}`;
}

function vaultAddress(vault: unknown, stores: readonly StoreSpec[]): string {
  return `https://${text(vault)}.${fieldOf(stores, "vaultSuffix") ?? "vault.azure.net"}/`;
}

function subscription(stores: readonly StoreSpec[]): string {
  return fieldOf(stores, "subscriptionId") ?? emptyUuid;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
