import { projectNumber } from "./accounts.ts";
import { echo, kept, valueToWrite, type FakeResources, type Make, type ValueInputs } from "./contract.ts";

const kind = "gcp-secret-manager";

export { projectNumber };

/** The provider of Google Cloud, over a `RemoteMemory`, in which a secret is one when it has a version. */
export const gcp: FakeResources = {
  "pulumi:providers:gcp": echo,
  "gcp:secretmanager/secret:Secret": (args) => secret(args),
  "gcp:secretmanager/secretVersion:SecretVersion": (args) => secretVersion(args),
  "gcp:projects/iAMAuditConfig:IAMAuditConfig": echo,
  "gcp:secretmanager/secretIamMember:SecretIamMember": echo,
  "gcp:serviceaccount/account:Account": (args) => account(args),
  "gcp:serviceaccount/iAMMember:IAMMember": echo,
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": (args) => pool(args),
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": echo,
};

const secret: Make = ({ inputs, world }) => {
  const { project, secretId } = inputs as { readonly project: string; readonly secretId: string };
  const labels = (inputs["labels"] ?? {}) as Readonly<Record<string, string>>;
  if (!world.preview) world.memory.label(kind, `projects/${project}/secrets/${secretId}`, labels);
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
