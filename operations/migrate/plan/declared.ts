import { own } from "../../../components/support/own.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";

/** A Secret that the catalogue delivers. */
export interface DeclaredSecret {
  readonly namespace: string;
  readonly name: string;
  /** By key of the Kubernetes Secret. Composed keys are not among them. */
  readonly keys: ReadonlyMap<string, DeclaredKey>;
  /** `<app>/<secret>`. */
  readonly ids: readonly string[];
}

export interface DeclaredKey {
  /** `<app>/<secret>`. */
  readonly id: string;
  readonly recipe: Recipe;
}

/** Every Secret of a catalogue, with the recipes of its keys. Pure. */
export function declaredSecrets(catalogue: Catalogue): readonly DeclaredSecret[] {
  return Object.entries(catalogue).flatMap(([app, { deliveries }]) =>
    deliveries.map(({ namespace, secretName, from }): DeclaredSecret => {
      const sources = from.map((source) => {
        const named = typeof source === "string" ? source : source.secret;
        const id = named.includes("/") ? named : `${app}/${named}`;
        const [owner = "", secret = ""] = id.split("/");
        const recipes = own(own(catalogue, owner)?.secrets ?? {}, secret)?.keys ?? {};
        const names =
          typeof source === "string" ? Object.keys(recipes).map((key) => [key, key]) : Object.entries(source.keys);
        return { id, keys: names.flatMap(([key = "", from = ""]) => keyOf(key, own(recipes, from), id)) };
      });
      return {
        namespace,
        name: secretName,
        keys: new Map(sources.flatMap(({ keys }) => keys)),
        ids: [...new Set(sources.map(({ id }) => id))],
      };
    }),
  );
}

function keyOf(key: string, entry: Recipe | { readonly recipe: Recipe } | undefined, id: string) {
  if (entry === undefined) return [];
  return [[key, { id, recipe: "recipe" in entry ? entry.recipe : entry }] as const];
}
