import { deliveryTemplateFacts } from "../../../components/delivery/operator-template.ts";
import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { closest, listed } from "../../../components/support/messages/suggestions.ts";
import { secretId } from "../../../components/support/naming.ts";
import { own } from "../../../components/support/own.ts";
import { isMadeElsewhere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { factsNamed } from "../../../components/values/template.ts";
import type { CatalogueApplication } from "../../environments/catalogue-spec.ts";
import type { TemplateFact } from "../schema/template-facts.ts";
import { cataloguePath, keyPath } from "./catalogue/path.ts";

export interface CheckTemplateFactsArgs {
  readonly facts: Readonly<Record<string, TemplateFact>>;
  /** The applications that run here. */
  readonly applications: readonly (readonly [string, CatalogueApplication])[];
  /** The secrets of this environment: templates of those that are referenced need no facts. */
  readonly secrets: readonly Pick<SecretSpec, "id" | "origin" | "keys">[];
  /** The Secrets of this environment, with the templates that it has every value for. */
  readonly deliveries: readonly Delivered[];
  /** Whether all of the catalogue could be read: a fact that no template names may be named by what could not. */
  readonly isWhole: boolean;
}

interface Delivered {
  readonly namespace: string;
  readonly secretName: string;
  readonly templates?: readonly { readonly key: string }[];
}

/** A template of the catalogue: where it is, the facts that it names, and whether its value is made here. */
interface TemplatePlace {
  readonly path: string;
  readonly facts: readonly string[];
  readonly isMade: boolean;
}

/** Facts that templates name and the environment does not have, and facts that no template names. Pure. */
export function checkTemplateFacts(args: CheckTemplateFactsArgs): readonly Issue[] {
  const { facts, isWhole } = args;
  const all = [...templatesOfSecrets(args), ...templatesOfDeliveries(args)];
  const places = Map.groupBy(
    all.filter(({ isMade }) => isMade).flatMap(({ path, facts: named }) => named.map((name) => ({ name, path }))),
    ({ name }) => name,
  );
  const missing = [...places].filter(([name]) => own(facts, name) === undefined);
  const named = new Set(all.flatMap((each) => each.facts));
  const unused = isWhole ? Object.keys(facts).filter((name) => !named.has(name)) : [];
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

function templatesOfSecrets({ applications, secrets }: CheckTemplateFactsArgs): readonly TemplatePlace[] {
  const byId = new Map(secrets.map((spec) => [spec.id, spec]));
  return applications.flatMap(([app, application]) =>
    Object.entries(application.secrets).flatMap(([secret, { keys }]) => {
      const spec = byId.get(secretId({ app, secret }));
      const isMade = (key: string) => spec !== undefined && !isMadeElsewhere(spec) && Object.hasOwn(spec.keys, key);
      return Object.entries(keys).flatMap(([key, entry]) => {
        const recipe = "when" in entry ? entry.recipe : entry;
        if (recipe.kind !== "template") return [];
        return [{ path: keyPath(app, secret, key), facts: factsNamed(recipe.text), isMade: isMade(key) }];
      });
    }),
  );
}

function templatesOfDeliveries({ applications, deliveries }: CheckTemplateFactsArgs): readonly TemplatePlace[] {
  const here = new Map(deliveries.map((each) => [`${each.namespace}/${each.secretName}`, each.templates ?? []]));
  return applications.flatMap(([app, application]) =>
    application.deliveries.flatMap(({ namespace, secretName, templates = {} }) => {
      const place = `${namespace}/${secretName}`;
      return Object.entries(templates).map(([key, text]) => ({
        path: cataloguePath([app, "deliveries", place, "templates", key]),
        facts: deliveryTemplateFacts(text),
        isMade: here.get(place)?.some((each) => each.key === key) ?? false,
      }));
    }),
  );
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
