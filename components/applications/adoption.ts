import { blank, configPath, setCommand, setSecretCommand } from "../support/messages/config-command.ts";
import type { Issue } from "../support/messages/errors.ts";
import { own } from "../support/own.ts";
import { derive, isDerived, isFrozen, saltsOf, sourcesOf, withKnownFacts } from "../values/derived.ts";
import { isBytes, isRandom, type DerivedRecipe, type ProvidedRecipe, type Recipe } from "../values/recipe.ts";
import { canonicalBase64 } from "../values/bytes-in-base64.ts";
import { initialEpoch, keysGivenUp, preferredHolder, type SecretSpec } from "../values/secret-spec.ts";
import type { HeldValue, Holder } from "./held.ts";

export interface AdoptionArgs {
  readonly spec: SecretSpec;
  /** Holders of its values, in order of precedence. */
  readonly holders: readonly Holder[];
  /** Provided values, by configuration key. Secret. */
  readonly provided: Readonly<Record<string, string>>;
  /** Outputs of other stacks that templates name, by the fact's name; one that is not known is absent. Maybe secret. */
  readonly facts: Readonly<Record<string, string>>;
  /** Generated values that the state has already, by key: no holder can change those any more. Secret. */
  readonly known: Readonly<Record<string, string>>;
}

/**
 * What becomes of a key:
 *
 * - `kept`: the value that lives there stays;
 * - `generated`: nobody holds the key, and a value is made;
 * - `configured`: it comes from the catalogue or the configuration;
 * - `discarded`: facts allow that the value that lives there is lost.
 */
export type KeyOutcome = "kept" | "generated" | "configured" | "discarded";

export interface Adoption {
  /** Values to start from, by key: those of generated keys, and hashes. Secret. */
  readonly values: Readonly<Record<string, string>>;
  /** By key, in the order of their names. */
  readonly outcomes: readonly { readonly key: string; readonly outcome: KeyOutcome }[];
  /** What can't be kept as it is. Holds no value. */
  readonly issues: readonly Issue[];
}

/**
 * Decides what taking a secret over does to each key that somebody holds, and to each that the catalogue has. Whatever
 * would be lost, and is not named under `adoptWithout`, is an issue. Pure.
 */
export function planAdoption(args: AdoptionArgs): Adoption {
  const { spec } = args;
  const holders = inOrderOfChoice(spec, args.holders);
  const values = startingValues(spec, holders);
  const preferred = preferredHolder(spec);
  const chosen = holders.find(({ name }) => name === preferred)?.name;
  return { values, ...assessed(spec, holders, resultOf(args, values), chosen) };
}

/** What would be lost if these values were written over what a holder has. Pure. */
export function lossesBy(spec: SecretSpec, holder: Holder, values: Readonly<Record<string, string>>): readonly Issue[] {
  // Whoever was chosen instead is known by name alone here.
  const preferred = preferredHolder(spec);
  const chosen = preferred === holder.name ? undefined : preferred;
  return assessed(spec, [holder], values, chosen).issues;
}

/** @param chosen the holder that facts name, where it is one. */
function assessed(
  spec: SecretSpec,
  holders: readonly Holder[],
  result: Readonly<Record<string, string | undefined>>,
  chosen: string | undefined,
): Omit<Adoption, "values"> {
  const outcomes = new Map<string, KeyOutcome>();
  const lost: Lost[] = [];
  for (const holder of holders) {
    const chosenOver = chosen !== undefined && holder.name !== chosen;
    if (holder.problem !== undefined && !chosenOver) lost.push({ holder, problem: holder.problem });
    for (const [key, held] of Object.entries(holder.values)) {
      const loss = lossOf(key, held, { spec, holder, first: holders[0], result });
      if (loss === undefined) outcomes.set(key, outcomes.get(key) ?? outcomeOf(recipeOf(spec, key), "kept"));
      else if (keysGivenUp(spec).includes(key)) outcomes.set(key, "discarded");
      // To choose between values says nothing of a key that has none in the catalogue.
      else if (chosenOver && recipeOf(spec, key) !== undefined) outcomes.set(key, outcomes.get(key) ?? "discarded");
      else lost.push(loss);
    }
  }
  for (const [key, recipe] of Object.entries(spec.keys)) {
    if (!outcomes.has(key)) outcomes.set(key, outcomeOf(recipe, "generated"));
  }
  return {
    outcomes: [...outcomes].map(([key, outcome]) => ({ key, outcome })).sort((a, b) => (a.key < b.key ? -1 : 1)),
    issues: issuesOf(spec, lost),
  };
}

/** Of a value that is random, was before, or is made of one: what is said. All others are configured. */
function outcomeOf(recipe: Recipe | undefined, random: KeyOutcome): KeyOutcome {
  return recipe !== undefined && (isFrozen(recipe) || recipe.kind === "previous") ? random : "configured";
}

/** Whether a key may keep what it holds from before the last rotation. */
function isKeptBefore(key: string, { keys, overlaps = {} }: SecretSpec): boolean {
  return own(keys, key)?.kind === "previous" && own(overlaps, key)?.isOver === false;
}

/** The holder that facts name goes first: what others hold instead is then lost on purpose. */
function inOrderOfChoice(spec: SecretSpec, holders: readonly Holder[]): readonly Holder[] {
  const chosen = holders.filter(({ name }) => name === preferredHolder(spec));
  return [...chosen, ...holders.filter((each) => !chosen.includes(each))];
}

/** Of each generated key, and of each hash, what the first holder has that can be one. */
function startingValues(spec: SecretSpec, holders: readonly Holder[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(spec.keys).flatMap(([key, recipe]) => {
      if (!isFrozen(recipe) && !isKeptBefore(key, spec)) return [];
      const text = holders.map(({ values }) => textOf(own(values, key))).find((each) => each !== undefined);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );
}

/** The values that the secret then has; `undefined` for what only the run itself makes. */
function resultOf(
  { spec, provided, facts, known }: AdoptionArgs,
  start: Readonly<Record<string, string>>,
): Readonly<Record<string, string | undefined>> {
  const current = Object.fromEntries(
    Object.entries(spec.keys).map(([key, recipe]) => {
      if (isRandom(recipe) || recipe.kind === "alternating") return [key, own(known, key) ?? own(start, key)];
      if (recipe.kind === "literal") return [key, recipe.value];
      if (recipe.kind === "rotated-at") return [key, spec.rotatedAt];
      return [key, recipe.kind === "provided" ? providedText(recipe, provided) : undefined];
    }),
  ) as Readonly<Record<string, string | undefined>>;
  const before = Object.entries(spec.keys).flatMap(([key, recipe]) => {
    if (recipe.kind !== "previous") return [];
    const kept = isKeptBefore(key, spec) ? (own(known, key) ?? own(start, key)) : undefined;
    return [[key, kept ?? own(current, recipe.of)] as const];
  });
  const direct = { ...current, ...Object.fromEntries(before) };
  const derived = derivedIn({ spec, facts }, start, direct, ({ kind }) => kind !== "template");
  const standing = { ...direct, ...derived };
  return { ...standing, ...derivedIn({ spec, facts }, start, standing, ({ kind }) => kind === "template") };
}

/** Bytes are compared in their one form; what is no base64 at all is told when the value is made. */
function providedText(recipe: ProvidedRecipe, provided: AdoptionArgs["provided"]): string | undefined {
  const value = own(provided, recipe.config);
  return value !== undefined && isBytes(recipe) ? (canonicalBase64(value) ?? value) : value;
}

/** What is made of other keys, where those are known, and with facts and salts that are known. */
function derivedIn(
  { spec: { id, keys }, facts }: Pick<AdoptionArgs, "spec" | "facts">,
  start: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string | undefined>>,
  isWanted: (recipe: DerivedRecipe) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, written]) => {
      if (!isDerived(written) || !isWanted(written)) return [];
      const recipe = withKnownFacts(written, facts);
      if (recipe === undefined) return [];
      const sources = sourcesOf(recipe);
      const values = texts(sources.map((source) => [source, own(known, source)]));
      const salts = texts(saltsOf(key, recipe).map(({ name, heldIn }) => [name, heldIn(own(start, key) ?? "")]));
      if (values === undefined || salts === undefined) return [];
      return [[key, derive({ id, key, recipe, values, salts })] as const];
    }),
  );
}

/** Texts by name; `undefined` where one is missing. */
function texts(
  entries: readonly (readonly [string, string | undefined])[],
): Readonly<Record<string, string>> | undefined {
  const known = entries.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
  return known.length === entries.length ? Object.fromEntries(known) : undefined;
}

interface Lost {
  readonly holder: Holder;
  readonly problem: string;
  /** Absent where nothing of the holder can be kept. */
  readonly key?: string;
  /** What keeps the value. */
  readonly fix?: string;
}

interface Context {
  readonly spec: SecretSpec;
  readonly holder: Holder;
  readonly first: Holder | undefined;
  readonly result: Readonly<Record<string, string | undefined>>;
}

/** Why what is held under a key would be lost; `undefined` where it is not. */
function lossOf(key: string, held: HeldValue, context: Context): Lost | undefined {
  const { spec, holder, result } = context;
  const recipe = recipeOf(spec, key);
  if (recipe === undefined) {
    return {
      holder,
      key,
      problem: `holds "${key}", which the catalogue does not have`,
      fix: "add it to the catalogue",
    };
  }
  // When a secret was rotated is for this program to say.
  if (recipe.kind === "rotated-at") return undefined;
  if ("text" in held && held.text === own(result, key)) return undefined;
  if ("problem" in held) return { holder, key, problem: `holds a "${key}" that ${held.problem}` };
  return { holder, key, ...difference(key, recipe, context) };
}

function difference(key: string, recipe: Recipe, context: Context): Pick<Lost, "problem" | "fix"> {
  const another = `holds another "${key}" than`;
  switch (recipe.kind) {
    case "literal":
      return { problem: `${another} the catalogue`, fix: "put the existing value into the catalogue" };
    case "provided":
      return {
        problem: `${another} the configuration`,
        fix: `set the existing value: ${setSecretCommand(recipe.config)}`,
      };
    case "docker-config":
      return {
        problem: `${another} its registries and credentials make`,
        fix: "change them so that they produce the existing value",
      };
    case "template":
      return {
        problem: `${another} the catalogue's template makes`,
        fix: "change the template so that it produces the existing value",
      };
    case "public-key":
      return { problem: `holds a "${key}" that is not the public key of the "${recipe.of}" that the secret will have` };
    case "htpasswd":
      return { problem: `holds a "${key}" that is not the htpasswd file of the passwords that the secret will have` };
    case "bcrypt":
      return { problem: `holds a "${key}" that is not a bcrypt hash of the "${recipe.of}" that the secret will have` };
    case "previous":
      if (isKeptBefore(key, context.spec)) return differing(another, context);
      return {
        problem: `${another} "${recipe.of}", which it is the same as: a value before that is valid no longer`,
        fix:
          context.spec.epoch === initialEpoch
            ? `say when it was rotated: ${setCommand(["rotations", context.spec.id], blank("date"))}`
            : "give it more days in the catalogue",
      };
    default:
      return differing(another, context);
  }
}

/** Two holders that have different values, or one that has another than the state. */
function differing(another: string, { spec, holder, first }: Context): Pick<Lost, "problem" | "fix"> {
  const other = first === undefined || first === holder ? undefined : first;
  if (other === undefined) {
    return { problem: `${another} the state`, fix: "to keep that value: docs/operations.md#keep-a-value" };
  }
  // Two Secrets of one cluster can't be told apart by its name.
  if (other.name === holder.name) return { problem: `${another} ${other.where}` };
  const keeping = [other, holder].map(({ name }) => setCommand(["adopt", spec.id], name));
  return { problem: `${another} ${other.where}`, fix: `name the one to keep: ${keeping.join(", or ")}` };
}

function issuesOf(spec: SecretSpec, lost: readonly Lost[]): readonly Issue[] {
  const { id } = spec;
  const keys = [...new Set(lost.flatMap(({ key }) => key ?? []))];
  return lost.map(({ holder, problem, key, fix }) => {
    const path = configPath(["adopt", id]);
    if (key === undefined) return { path, problem: `${holder.where} ${problem}`, fix: formFix };
    const entry = ["adoptWithout", id, keysGivenUp(spec).length + keys.indexOf(key)];
    // A key that looks like a number stays a text: whoever filled the store chose its characters.
    const giveUp = `to discard the value in ${holder.where}: ${setCommand(entry, key, { asText: true })}`;
    return { path, problem: `${holder.where} ${problem}`, fix: fix === undefined ? giveUp : `${fix}; or ${giveUp}` };
  });
}

/** Not what every object has: a store may hold a key of any name. */
function recipeOf({ keys }: SecretSpec, key: string): Recipe | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}

const formFix =
  "let one key be the whole object (`layout: per-key` in the store's facts, and `primaryKey` in the catalogue), or write it as a JSON object with a string for each key";

function textOf(held: HeldValue | undefined): string | undefined {
  return held !== undefined && "text" in held ? held.text : undefined;
}
