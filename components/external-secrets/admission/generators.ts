import type { Validation } from "./contract.ts";

/** Generators that make their value up: the others ask somebody, at an address that their own object names. */
const localGenerators = ["Password", "UUID"];

const list = `[${localGenerators.map((each) => `'${each}'`).join(", ")}]`;

/** That a reference to a generator, at a path of optionals, is to one of them, or is not there. */
export function isLocalGenerator(path: string): string {
  return `${path}.?kind.orValue('Password') in ${list}`;
}

/** What is said where it is not. */
export const noOtherGenerator = {
  message: `a generator that asks others is a provider that is not in use here: allowed are ${localGenerators.join(", ")}`,
  reason: "Forbidden",
} as const;

/**
 * Rules for generators themselves: what nobody may refer to, nobody needs. A GeneratorState has one in it, which the
 * operator runs once more, to clean up, when the state goes (`generatorstate_controller.go`).
 */
export const generatorRules: readonly Validation[] = [
  {
    expression: `object.kind == 'GeneratorState' ? object.spec.?resource.?kind.orValue('') in ${list} : object.kind in ${list}`,
    ...noOtherGenerator,
  },
];
