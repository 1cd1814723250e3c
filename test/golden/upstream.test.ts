import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { environments } from "../../stacks/environments/index.ts";
import { crdFields } from "../support/crd-fields.ts";
import { root } from "../support/project.ts";
import {
  chartTypes,
  externalSecretFields,
  sandboxChart,
  secretStoreFields,
  sinceSandboxChart,
  upstream,
} from "../support/upstream.ts";

interface Resource {
  readonly name: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}
type Tree = Readonly<Record<string, unknown>>;

const EXTERNAL_SECRETS = "kubernetes:external-secrets.io/";
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** The resources of an environment's golden file. */
function resourcesOf(environment: string): readonly Resource[] {
  const file = path.join(root, "test", "golden", `${environment}.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly resources: readonly Resource[] }).resources;
}

/** The operator's releases of an environment: its chart and values. */
const releases = (environment: string) =>
  resourcesOf(environment)
    .filter(({ type, name }) => type === "kubernetes:helm.sh/v3:Release" && name.endsWith("/operator"))
    .map(({ inputs }) => ({ version: String(inputs["version"]), values: inputs["values"] as Tree }));

/** What the chart does not have, or has with another type. */
function strangeValues(values: Tree, base = ""): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const place = `${base}${name}`;
    const type = chartTypes.get(place);
    if (type === undefined) return isTree(value) ? strangeValues(value, `${place}.`) : [`${place} is unknown`];
    return type.split("|").includes(typeOf(value)) ? [] : [`${place} is ${typeOf(value)}, not ${type}`];
  });
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** Every field that is set, without indices; `*` for a key of a map in `maps`. */
function fieldsOf(value: unknown, maps: readonly string[], base = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(each, maps, base));
  if (!isTree(value)) return [base];
  return Object.entries(value).flatMap(([name, each]) => {
    const prefix = base === "" ? "" : `${base}.`;
    return maps.includes(`${prefix}*`) ? [`${prefix}*`] : fieldsOf(each, maps, prefix + name);
  });
}

const strangeFields = (spec: unknown, known: readonly string[]): readonly string[] => [
  ...new Set(fieldsOf(spec, known).filter((field) => !known.includes(field))),
];

/** Fields of a SecretStore: its own, and those of its provider, within a reference too. */
const storeFields = [
  ...secretStoreFields,
  ...Object.entries(crdFields).flatMap(([provider, fields]) =>
    fields.flatMap((field) => {
      const [place = "", parts] = field.split("@");
      const inner = parts === undefined ? [""] : parts.split("/").map((part) => `.${part}`);
      return inner.map((part) => `provider.${provider}.${place}${part}`);
    }),
  ),
];

for (const environment of Object.keys(environments)) {
  describe(`what external-secrets publishes, against the environment ${environment}`, () => {
    it("is of the version that is installed", () => {
      const wanted = environment === "sandbox" ? sandboxChart : upstream.version;
      const versions = releases(environment).map(({ version }) => version);
      assert.ok(versions.length > 0);
      const other = versions.filter((version) => version !== wanted);
      assert.deepEqual(
        other,
        [],
        `test/support/upstream.ts and crd-fields.ts are of external-secrets ${upstream.version}: read values.schema.json and the CRDs of ${other.join()}, and put what is new there`,
      );
    });

    it("has every value of the chart, with its type", () => {
      for (const { values } of releases(environment)) assert.deepEqual(strangeValues(values), []);
    });

    it("has every field of ExternalSecrets and SecretStores", () => {
      const objects = resourcesOf(environment).filter(({ type }) => type.startsWith(EXTERNAL_SECRETS));
      assert.ok(objects.length > 0);
      const strange = objects.flatMap(({ name, type, inputs }) => {
        const known = type.endsWith(":ExternalSecret") ? externalSecretFields : storeFields;
        return strangeFields(inputs["spec"], known).map((field) => `${name}: spec.${field}`);
      });
      assert.deepEqual(strange, []);
    });
  });
}

describe("what external-secrets publishes", () => {
  it("tells a misspelt value and a wrong type", () => {
    assert.deepEqual(strangeValues({ replicas: 1, rbac: { create: "yes", made: true }, webhook: { port: 9443 } }), [
      "replicas is unknown",
      "rbac.create is string, not boolean",
      "rbac.made is unknown",
    ]);
  });

  it("tells a misspelt field, and leaves keys of maps alone", () => {
    const target = { name: "db", template: { data: { any: "x" }, typ: "Opaque" } };
    assert.deepEqual(strangeFields({ data: [{ remoteRef: { key: "a", id: 1 } }], target }, externalSecretFields), [
      "data.remoteRef.id",
      "target.template.typ",
    ]);
  });

  it("has nothing that the sandbox's older chart lacks among the values there", () => {
    const values = releases("sandbox").map((release) => release.values);
    const set = values.flatMap((each) => fieldsOf(each, []));
    assert.deepEqual(
      set.filter((place) => sinceSandboxChart.includes(place)),
      [],
    );
  });
});
