import { cli } from "../support/cli.ts";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** Fields of a provider's store in the cluster's CRD, in the notation of test/support/crd-fields.ts. */
export async function servedFields(provider: string): Promise<readonly string[]> {
  const { stdout } = await cli("kubectl", ["get", "crd", "secretstores.external-secrets.io", "--output=json"]);
  const { spec } = JSON.parse(stdout) as Definition;
  const v1 = spec.versions.find(({ name }) => name === "v1")?.schema.openAPIV3Schema;
  const store = v1?.properties?.["spec"]?.properties?.["provider"]?.properties?.[provider];
  if (store === undefined) throw new Error(`the CRD has no provider ${provider}`);
  return fieldsOf(store, "").sort();
}

function fieldsOf(schema: Schema, path: string): string[] {
  const { type, properties = {} } = schema;
  const names = Object.keys(properties);
  if (type !== "object" || names.length === 0) return [path];
  if (names.includes("name") && names.includes("namespace")) return [`${path}@${names.sort().join("/")}`];
  return Object.entries(properties).flatMap(([name, each]) => fieldsOf(each, path === "" ? name : `${path}.${name}`));
}
