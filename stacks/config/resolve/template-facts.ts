import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { closest, listed } from "../../../components/support/messages/suggestions.ts";
import { own } from "../../../components/support/own.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import { factsNamed, withFacts } from "../../../components/values/template.ts";
import type { StackOutput, TemplateFact } from "../schema/template-facts.ts";

export type TemplateFacts = Readonly<Record<string, TemplateFact>>;

/** The values that facts give themselves, as text. */
export function givenValues(facts: TemplateFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, fact]) => (typeof fact === "object" ? [] : [[name, String(fact)]])),
  );
}

/** A recipe with the values that facts give written into it. What another stack has stays a placeholder. */
export function withGiven(recipe: Recipe, given: Readonly<Record<string, string>>): Recipe {
  if (recipe.kind !== "template") return recipe;
  const text = withFacts(recipe.text, given);
  return text === recipe.text ? recipe : { ...recipe, text };
}

/** The outputs of other stacks that these recipes name, by the fact's name, in alphabetical order. */
export function outputsNamed(recipes: readonly Recipe[], facts: TemplateFacts): ReadonlyMap<string, StackOutput> {
  const named = new Set(recipes.flatMap((recipe) => (recipe.kind === "template" ? factsNamed(recipe.text) : [])));
  return new Map(
    [...named].sort().flatMap((name): readonly [string, StackOutput][] => {
      const fact = own(facts, name);
      return typeof fact === "object" ? [[name, fact]] : [];
    }),
  );
}

/** A template of the catalogue, and where it is. */
export interface TemplatePlace {
  readonly path: string;
  readonly text: string;
}

export interface CheckTemplateFactsArgs {
  readonly facts: TemplateFacts;
  /** Templates whose values this environment makes. */
  readonly present: readonly TemplatePlace[];
  /** Every template of the applications that run here, those of absent keys among them; `undefined` where not all could be read. */
  readonly all: readonly TemplatePlace[] | undefined;
}

/** Facts that templates name and the environment does not have, and facts that no template names. Pure. */
export function checkTemplateFacts({ facts, present, all }: CheckTemplateFactsArgs): readonly Issue[] {
  const places = Map.groupBy(
    present.flatMap(({ path, text }) => factsNamed(text).map((name) => ({ name, path }))),
    ({ name }) => name,
  );
  const missing = [...places].filter(([name]) => own(facts, name) === undefined);
  const named = new Set((all ?? present).flatMap(({ text }) => factsNamed(text)));
  const unused = all === undefined ? [] : Object.keys(facts).filter((name) => !named.has(name));
  const misspelt = new Map(
    unused.flatMap((name) => {
      const meant = closest(
        name,
        missing.map(([each]) => each),
      );
      return meant === undefined ? [] : [[name, meant] as const];
    }),
  );
  const meant = new Set(misspelt.values());
  return [
    ...missing
      .filter(([name]) => !meant.has(name))
      .map(([name, at]) => ({
        path: configPath(["templateFacts", name]),
        problem: `is missing: ${listed(new Set(at.map(({ path }) => path)))} ${at.length === 1 ? "names" : "name"} it`,
        fix: setCommand(["templateFacts", name], blank("value")),
      })),
    ...unused.map((name) => unusedFact(name, misspelt.get(name), named)),
  ];
}

function unusedFact(name: string, meant: string | undefined, named: ReadonlySet<string>): Issue {
  const path = configPath(["templateFacts", name]);
  const problem = "no template of the applications that run here names it";
  if (meant !== undefined) return { path, problem: `${problem}; did you mean ${meant}?`, fix: `rename it to ${meant}` };
  return {
    path,
    problem: named.size === 0 ? problem : `${problem}; they name ${listed(named)}`,
    fix: removeCommand(["templateFacts", name]),
  };
}
