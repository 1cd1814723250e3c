import {
  all,
  log,
  output,
  secret,
  type CustomResourceOptions,
  type Output,
  type Resource,
  Stash,
} from "@pulumi/pulumi";
import * as random from "@pulumi/random/randomBytes.js";
import { derive, saltFrom } from "./derive.ts";
import { bcryptHash } from "./bcrypt.ts";
import { isGenerated, type GeneratedRecipe } from "./recipe.ts";
import { ruleOf } from "./rule.ts";
import { initialEpoch, type SecretSpec } from "./secret-spec.ts";
import { fillTemplate } from "./template.ts";
import { unreachable } from "../support/errors.ts";

/** Values of a secret by key, marked secret. */
export type SecretValues = Output<Readonly<Record<string, string>>>;

export interface ValuesArgs {
  readonly spec: SecretSpec;
  /** Value of a configuration key that the parser found to be set. */
  readonly provided: (config: string) => Output<string>;
  /** What the store holds now; read only to adopt it. */
  readonly existing: () => SecretValues;
  /** Options of every resource made here; `parent` among them. */
  readonly options: CustomResourceOptions;
}

/**
 * Makes the values of one secret.
 *
 * Resources: one `RandomBytes` for each generated or bcrypt key, and a `Stash` when the secret is adopted. Their names
 * carry the rotation epoch, so a rotation is a new resource beside the old one: its rule is the catalogue's rule of
 * today, which `ignoreChanges` on a replaced resource would not allow.
 */
export function makeValues(args: ValuesArgs): SecretValues {
  const { spec } = args;
  const adopted = spec.adopt ? adoptedValues(args) : output<Readonly<Record<string, string>>>({});
  const made: Record<string, Output<string>> = {};

  const own = (key: string, value: () => Output<string>): Output<string> => {
    if (!spec.adopt) return value();
    return all([adopted, value()]).apply(([found, generated]) => found[key] ?? generated);
  };

  for (const [key, recipe] of Object.entries(spec.keys)) {
    if (isGenerated(recipe)) made[key] = own(key, () => generated(args, key, recipe));
    else if (recipe.kind === "literal") made[key] = output(recipe.value);
    else if (recipe.kind === "provided") made[key] = args.provided(recipe.config);
    else if (recipe.kind === "rotated-at") made[key] = output(spec.rotatedAt);
  }

  const basis = all(made);
  const derived: Record<string, Output<string>> = {};
  for (const [key, recipe] of Object.entries(spec.keys)) {
    switch (recipe.kind) {
      case "bcrypt": {
        const salt = seed(args, key, "bcrypt-salt").base64.apply(saltFrom);
        derived[key] = own(key, () =>
          all([basis, salt]).apply(([values, bytes]) => bcryptHash(values[recipe.of], bytes)),
        );
        break;
      }
      case "template":
        derived[key] = basis.apply((values) => fillTemplate(recipe.text, values) ?? "");
        break;
      case "password":
      case "hex":
      case "base64":
      case "uuid":
      case "literal":
      case "provided":
      case "rotated-at":
        break;
      default:
        unreachable(recipe);
    }
  }
  return secret(all([basis, all(derived)]).apply(([first, second]) => sorted({ ...first, ...second })));
}

/** Logical name of a resource that belongs to one epoch of a secret. */
export function epochName(spec: Pick<SecretSpec, "id" | "epoch">, role: string): string {
  return spec.epoch === initialEpoch ? `${spec.id}/${role}` : `${spec.id}/${role}@${spec.epoch}`;
}

/** Role, within a secret, of the resource that holds adopted values. */
export const adoptedRole = "adopted";

function generated(args: ValuesArgs, key: string, recipe: GeneratedRecipe): Output<string> {
  const rule = ruleOf(recipe);
  const bytes = seed(args, key, rule);
  return all([bytes.base64, bytes.keepers]).apply(([base64, keepers]) => {
    const frozen = keepers?.["rule"] ?? rule;
    if (frozen !== rule) warnFrozenRule(args.spec, key, bytes);
    return derive(base64, frozen);
  });
}

/** A random seed and the rule it is bound to. Nothing but a new epoch can change either. */
function seed(args: ValuesArgs, key: string, rule: string): random.RandomBytes {
  return new random.RandomBytes(
    epochName(args.spec, key),
    { length: 32, keepers: { rule } },
    { ...args.options, ignoreChanges: ["length", "keepers"] },
  );
}

/** Adopted values, kept from the run that adopted them: later changes of the input are ignored by design. */
function adoptedValues(args: ValuesArgs): SecretValues {
  const stash = new Stash(
    epochName(args.spec, adoptedRole),
    { input: args.existing() },
    { ...args.options, ignoreChanges: ["input"] },
  );
  return secret(stash.output as Output<Readonly<Record<string, string>>>);
}

function warnFrozenRule(spec: SecretSpec, key: string, resource: Resource): void {
  void log.warn(
    `The rule of ${spec.id} ${key} changed in the catalogue; its value stays as it is until the secret is rotated ` +
      `(rotations["${spec.id}"] in the environment's facts).`,
    resource,
  );
}

function sorted<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
