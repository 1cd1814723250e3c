import type {
  MockCallArgs,
  MockCallResult,
  MockResourceArgs,
  MockResourceResult,
} from "@pulumi/pulumi/runtime/mocks.js";
import type { FakeVault, Values } from "./fake-vault.ts";

/** State of a stack as `readStackResourceOutputs` answers it: in clear. */
export type StackState = Readonly<Record<string, { readonly type: string; readonly outputs?: object }>>;

export interface World {
  readonly vault: FakeVault;
  readonly state: StackState;
  readonly preview: boolean;
}

type Inputs = Readonly<Record<string, unknown>>;
type Make = (args: { readonly name: string; readonly inputs: Inputs; readonly world: World }) => MockResourceResult;

const echo: Make = ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs } });
const known = (type: string): readonly [string, Make] => [type, echo];

/** What each resource type answers; a type without a row is an error, never an echo. */
const resources: ReadonlyMap<string, Make> = new Map([
  known("pulumi:pulumi:Stack"),
  known("pulumi:providers:vault"),
  known("pulumi:providers:kubernetes"),
  known("secrets:applications:ApplicationSecrets"),
  known("secrets:delivery:NamespaceSecrets"),
  known("secrets:external-secrets:ExternalSecretsOperator"),
  known("vault:index/policy:Policy"),
  known("vault:kubernetes/authBackendRole:AuthBackendRole"),
  known("kubernetes:core/v1:Namespace"),
  known("kubernetes:core/v1:Secret"),
  known("kubernetes:core/v1:SecretPatch"),
  known("kubernetes:core/v1:ServiceAccount"),
  known("kubernetes:external-secrets.io/v1:ExternalSecret"),
  known("kubernetes:external-secrets.io/v1:SecretStore"),
  known("kubernetes:helm.sh/v3:Release"),
  known("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"),
  known("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"),
  known("kubernetes:rbac.authorization.k8s.io/v1:Role"),
  known("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"),
  ["pulumi:index:Stash", ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, output: inputs["input"] } })],
  ["vault:kv/secretV2:SecretV2", secretV2],
]);

export function newResource({ type, name, inputs }: MockResourceArgs, world: World): MockResourceResult {
  const make = resources.get(type);
  if (make === undefined) throw new Error(`the mocks know no resource type ${type}`);
  return make({ name, inputs: inputs as Inputs, world });
}

function secretV2({ inputs, world }: Parameters<Make>[0]): MockResourceResult {
  const { mount, name } = inputs as { readonly mount: string; readonly name: string };
  const path = `${mount}/data/${name}`;
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const version = world.vault.write(`${mount}/${name}`, JSON.parse(clear(inputs["dataJson"])) as Values);
  return { id: path, state: { ...inputs, path, metadata: { version: String(version) } } };
}

/** A value that may stand in the engine's marker for secrets. */
function clear(value: unknown): string {
  return typeof value === "string" ? value : (value as { readonly value: string }).value;
}

/** What each function answers; a function without a row is an error. */
export function call({ token, inputs }: MockCallArgs, { vault, state }: World): MockCallResult {
  const { mount = "", name = "" } = inputs as { readonly mount?: string; readonly name?: string };
  switch (token) {
    case "pulumi:pulumi:readStackResourceOutputs":
      return { name: (inputs as { readonly stackName: string }).stackName, outputs: state };
    case "vault:kv/getSecretV2:getSecretV2": {
      const data = vault.read(mount, name);
      return {
        mount,
        name,
        id: `${mount}/data/${name}`,
        path: `${mount}/data/${name}`,
        data,
        dataJson: JSON.stringify(data),
      };
    }
    case "vault:kv/getSecretsListV2:getSecretsListV2":
      return {
        mount,
        name,
        id: `${mount}/metadata/${name}`,
        path: `${mount}/metadata/${name}`,
        names: vault.list(mount, name),
      };
    default:
      throw new Error(`the mocks know no function ${token}`);
  }
}
