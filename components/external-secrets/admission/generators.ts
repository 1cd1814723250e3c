import type { OwnGenerator, Validation } from "./contract.ts";

/** Generators that make their value up: the others ask somebody, at an address that their own object names. */
const localGenerators = ["Password", "UUID"];

const list = `[${localGenerators.map((each) => `'${each}'`).join(", ")}]`;

/**
 * That a reference to a generator, at a path of optionals, is to a local one, to one that this program made for the
 * namespace, or is not there.
 */
export function isAllowedGenerator(path: string, generators: readonly OwnGenerator[]): string {
  const isLocal = `${path}.?kind.orValue('Password') in ${list}`;
  if (generators.length === 0) return isLocal;
  const own = generators.map(({ kind, namespace, name }) => literal([kind, namespace, name].join("/"))).sort();
  const asked = `${path}.?kind.orValue('') + '/' + request.namespace + '/' + ${path}.?name.orValue('')`;
  return `(${isLocal} || (${asked}) in [${own.join(", ")}])`;
}

/** What is said where it is not. */
export function noOtherGenerator(generators: readonly OwnGenerator[]): Pick<Validation, "message" | "reason"> {
  const others = generators.length === 0 ? "" : ", and those that the platform makes for credentials of a store";
  return {
    message: `a generator that asks others is a provider that is not in use here: allowed are ${localGenerators.join(", ")}${others}`,
    reason: "Forbidden",
  };
}

/**
 * Rules for generators themselves: what nobody may refer to, nobody needs. One of this program is allowed where it is
 * exactly as this program makes it: another address or role would be a tenant's. A GeneratorState has a generator in it,
 * which the operator runs once more, to clean up, when the state goes (`generatorstate_controller.go`).
 */
export function generatorRules(generators: readonly OwnGenerator[]): readonly Validation[] {
  const own = generators.map(
    ({ kind, namespace, name, spec }) =>
      ` || (object.kind == ${literal(kind)} && request.namespace == ${literal(namespace)} && ` +
      `object.metadata.name == ${literal(name)} && object.spec == ${literal(spec)})`,
  );
  return [
    {
      expression: `object.kind == 'GeneratorState' ? object.spec.?resource.?kind.orValue('') in ${list} : object.kind in ${list}${own.join("")}`,
      ...noOtherGenerator(generators),
    },
  ];
}

/** Plain data in CEL. The API server takes no literal whose members are of different types, unless each is `dyn`. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => `dyn(${literal(each)})`).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}: dyn(${literal(each)})`).join(", ")}}`;
}
