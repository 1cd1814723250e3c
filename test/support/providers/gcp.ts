import {
  echo,
  kept,
  valueToWrite,
  type Answer,
  type FakeProvider,
  type Inputs,
  type Make,
  type ValueInputs,
} from "./contract.ts";

const kind = "gcp-secret-manager";
/** Number of every project here. */
export const projectNumber = "123456789012";

/** The provider of Google Cloud, over a `RemoteMemory`, in which a secret is one when it has a version. */
export const gcp: FakeProvider = {
  resources: {
    "pulumi:providers:gcp": echo,
    "gcp:secretmanager/secret:Secret": (args) => secret(args),
    "gcp:secretmanager/secretVersion:SecretVersion": (args) => secretVersion(args),
    "gcp:secretmanager/secretIamMember:SecretIamMember": echo,
    "gcp:serviceaccount/account:Account": (args) => account(args),
    "gcp:serviceaccount/iAMMember:IAMMember": echo,
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": (args) => pool(args),
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": echo,
  },
  functions: {
    "gcp:secretmanager/getSecrets:getSecrets": (inputs, world) => getSecrets(inputs, world),
    "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess": (inputs, world) => access(inputs, world),
  },
};

const secret: Make = ({ inputs }) => {
  const { project, secretId } = inputs as { readonly project: string; readonly secretId: string };
  // Inputs name the project by its id; Google answers with its number.
  const name = `projects/${projectNumber}/secrets/${secretId}`;
  return { id: `projects/${project}/secrets/${secretId}`, state: { ...inputs, name } };
};

const secretData: ValueInputs = {
  type: "gcp:secretmanager/secretVersion:SecretVersion",
  plain: "secretData",
  writeOnly: "secretDataWo",
  number: "secretDataWoVersion",
};

const secretVersion: Make = (args) => {
  const { inputs, world } = args;
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const name = String(inputs["secret"]);
  const version = String(world.memory.put(kind, name, valueToWrite(secretData, args)));
  const id = `${name}/versions/${version}`;
  return { id, state: { ...kept(secretData, inputs), name: id, version, enabled: true } };
};

const account: Make = ({ inputs }) => {
  const { project, accountId } = inputs as { readonly project: string; readonly accountId: string };
  const email = `${accountId}@${project}.iam.gserviceaccount.com`;
  const name = `projects/${project}/serviceAccounts/${email}`;
  return { id: name, state: { ...inputs, email, name, member: `serviceAccount:${email}` } };
};

const pool: Make = ({ inputs }) => {
  const { project, workloadIdentityPoolId: id } = inputs as Readonly<Record<string, string>>;
  const name = `projects/${projectNumber}/locations/global/workloadIdentityPools/${id ?? ""}`;
  return {
    id: `projects/${project ?? ""}/locations/global/workloadIdentityPools/${id ?? ""}`,
    state: { ...inputs, name },
  };
};

/** Filters as Google does: `name:<part>` is found anywhere in a name. */
const getSecrets: Answer = (inputs, { memory }) => {
  const { project = "", filter = "" } = inputs as { readonly project?: string; readonly filter?: string };
  const [, part = ""] = /^name:(.+)$/.exec(filter) ?? [];
  const prefix = `projects/${project}/secrets/`;
  const ids = memory
    .names(kind)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((id) => id.includes(part));
  return {
    ...inputs,
    id: prefix,
    secrets: ids.map((secretId) => ({
      secretId,
      project,
      name: `projects/${projectNumber}/secrets/${secretId}`,
      replications: [{ autos: [{ customerManagedEncryptions: [] }], userManageds: [] }],
    })),
  };
};

const access: Answer = (inputs, { memory }) => {
  const name = fullName(inputs);
  const held = memory.read(kind, name);
  if (held === undefined) {
    throw new Error(
      `Error retrieving available secret manager secret version access: googleapi: Error 404: Secret [${name}] not found or has no versions.`,
    );
  }
  const version = String(held.version);
  return { ...inputs, id: `${name}/versions/${version}`, name, secretData: held.payload, version };
};

function fullName({ project, secret: id }: Inputs): string {
  return `projects/${String(project)}/secrets/${String(id)}`;
}
