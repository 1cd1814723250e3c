import { workloadIn } from "../../../components/clusters/workloads.ts";
import {
  keyNamesOf,
  type DeliveredKey,
  type DeliveredTemplate,
  type DeliverySpec,
} from "../../../components/delivery/contract.ts";
import {
  deliveryTemplateFacts,
  deliveryTemplateSources,
  withDeliveryFacts,
} from "../../../components/delivery/operator-template.ts";
import { blank, configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import { didYouMean, listed } from "../../../components/support/messages/suggestions.ts";
import { isBytes } from "../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Catalogue, CatalogueDelivery, KeySource } from "../../environments/catalogue-spec.ts";
import { placeOf } from "../check/catalogue/delivery-templates.ts";
import { folded } from "../check/catalogue/fold.ts";
import { cataloguePath } from "../check/catalogue/path.ts";
import { mostBytes } from "../check/recipes.ts";
import type { Facts } from "../schema/index.ts";
import { applicationsOf } from "./secrets.ts";
import { knownBytes } from "./secret-shape.ts";
import { typeIssues } from "./secret-type.ts";
import { givenValues } from "./template-facts.ts";

export interface ResolveDeliveriesArgs {
  readonly catalogue: Catalogue;
  readonly facts: Pick<Facts, "applications" | "namespaces" | "templateFacts">;
  readonly secrets: readonly SecretSpec[];
}

/** A Secret of the catalogue, before it is known how and in which clusters it is delivered. */
export type DeliveryDraft = Omit<DeliverySpec, "via" | "existing">;

export interface ResolvedDeliveries {
  readonly deliveries: readonly DeliveryDraft[];
  readonly issues: readonly Issue[];
}

/**
 * Every Kubernetes Secret of one environment, key by key, and what is wrong with them there. What is wrong in any
 * environment, `checkCatalogue` has told. Pure.
 */
export function resolveDeliveries(args: ResolveDeliveriesArgs): ResolvedDeliveries {
  const byId = new Map(args.secrets.map((spec) => [spec.id, spec]));
  const issues: Issue[] = [];
  const drafts = applicationsOf(args).flatMap(([app, application]) =>
    application.deliveries.map((delivery) => {
      const names = [app, "deliveries", `${delivery.namespace}/${delivery.secretName}`];
      const path = cataloguePath(names);
      const pathOf = (key: string) => cataloguePath([...names, "templates", key]);
      const before = issues.length;
      const keys = delivery.from.flatMap((source) => keysOf({ app, source, path, byId, args, issues }));
      const { from: _, merge = false, templates: texts = {}, restarts = [], ...secret } = delivery;
      const templates = templatesOf({ app, texts, path, pathOf, byId, args, issues });
      const workloads = restarts.flatMap((each) => workloadIn(each) ?? []);
      const draft: DeliveryDraft = {
        ...secret,
        keys,
        merge,
        ...(templates.length === 0 ? {} : { templates }),
        ...(workloads.length === 0 ? {} : { restarts: workloads }),
      };
      // Keys of a source that can't be read are missing for that reason alone.
      const isWhole = issues.length === before;
      issues.push(
        ...keyTwice(path, [...keys, ...templates]),
        ...tooLarge(path, draft, byId),
        ...(isWhole ? typeIssues(path, draft, byId) : []),
      );
      return { app, draft };
    }),
  );
  issues.push(
    ...unplaced(
      drafts.map(({ draft }) => draft),
      args,
    ),
    ...duplicates(drafts),
  );
  const deliveries = drafts.map(({ draft }) => draft).filter((draft) => keyNamesOf(draft).length > 0);
  return { deliveries, issues: folded(issues, "catalogue") };
}

interface TemplateArgs extends Omit<SourceArgs, "source"> {
  readonly texts: Readonly<Record<string, string>>;
  /** Path of the template of a key. */
  readonly pathOf: (key: string) => string;
}

/** Templates whose every value the environment has: half a connection string is worse than none. */
function templatesOf({ texts, ...args }: TemplateArgs): readonly DeliveredTemplate[] {
  return Object.entries(texts).flatMap(([key, text]): readonly DeliveredTemplate[] => {
    const named = deliveryTemplateSources(text);
    const sources = named.flatMap((source) => {
      const { secret, from } = placeOf(source);
      return keysOf({ ...args, source: { secret, keys: { [source]: from } } });
    });
    if (sources.length < named.length) return [];
    args.issues.push(...outputsOfOthers(key, text, args));
    // Of an environment that misses one, nothing is deployed.
    const missing = Object.fromEntries(deliveryTemplateFacts(text).map((fact) => [fact, "-"] as const));
    const given = givenValues(args.args.facts.templateFacts);
    const filled = withDeliveryFacts(text, { ...missing, ...given });
    // In a text stands what the store holds: of bytes, their base64.
    const places = sources.map(({ key: source, secret, from }) => [source, { secret, from }] as const);
    return [{ key, text: filled, sources: Object.fromEntries(places) }];
  });
}

/** Everybody who reads the operator's objects sees a template of a Secret, and an output may be secret. */
function outputsOfOthers(
  key: string,
  text: string,
  { pathOf, args: { facts } }: Pick<TemplateArgs, "pathOf" | "args">,
): readonly Issue[] {
  return deliveryTemplateFacts(text)
    .filter((fact) => typeof own(facts.templateFacts, fact) === "object")
    .map((fact) => ({
      path: pathOf(key),
      problem: `names fact "${fact}", an output of another stack, which may be secret: everybody who reads the operator's objects sees its templates`,
      fix: `give the fact its value (${setCommand(["templateFacts", fact], blank("value"))}), or compose the value in a secret that this program makes, by template(…) among its keys`,
    }));
}

interface SourceArgs {
  readonly app: string;
  readonly source: KeySource;
  readonly path: string;
  readonly byId: ReadonlyMap<string, SecretSpec>;
  readonly args: ResolveDeliveriesArgs;
  readonly issues: Issue[];
}

/** Keys that the environment has not (of high availability, optional, made of one that is) are left out here too. */
function keysOf({ app, source, path, byId, args, issues }: SourceArgs): readonly DeliveredKey[] {
  const named = typeof source === "string" ? source : source.secret;
  const id = named.includes("/") ? named : `${app}/${named}`;
  const spec = byId.get(id);
  if (spec === undefined) {
    issues.push(...notRunHere(id, path, args));
    return [];
  }
  const keys = typeof source === "string" ? Object.keys(spec.keys).map((key) => [key, key] as const) : renamed(source);
  return keys.flatMap(([key, from]) => {
    if (!Object.hasOwn(spec.keys, from)) return [];
    return [{ key, secret: id, from, ...(isBytes(own(spec.keys, from)) ? { bytes: true as const } : {}) }];
  });
}

function renamed({ keys }: Exclude<KeySource, string>): readonly (readonly [string, string])[] {
  return Object.entries(keys);
}

/** A secret that the catalogue has, of an application that this environment does not run. */
function notRunHere(id: string, path: string, { catalogue, secrets }: ResolveDeliveriesArgs): readonly Issue[] {
  const [app = "", name = ""] = id.split("/");
  if (own(own(catalogue, app)?.secrets ?? {}, name) === undefined) return [];
  const here = listed(secrets.map((spec) => spec.id));
  return [
    {
      path,
      problem: `reads ${clippedName(id)}, and this environment does not run ${clippedName(app)}; it has ${here}`,
      fix: `add ${app} to applications, or leave out the application that reads it`,
    },
  ];
}

function keyTwice(path: string, keys: readonly Pick<DeliveredKey, "key">[]): readonly Issue[] {
  const sources = Map.groupBy(keys, ({ key }) => key);
  return [...sources].flatMap(([key, from]) =>
    from.length === 1 ? [] : [{ path, problem: `key "${clippedName(key)}" comes from two sources` }],
  );
}

/** The API server counts the bytes of the values: `ValidateSecret` of Kubernetes. */
function tooLarge(path: string, { keys }: DeliveryDraft, byId: ReadonlyMap<string, SecretSpec>): readonly Issue[] {
  const bytes = keys.reduce((sum, { secret, from }) => {
    const recipes = byId.get(secret)?.keys ?? {};
    return sum + (knownBytes(from, recipes) ?? 0);
  }, 0);
  if (bytes <= mostBytes) return [];
  const problem = `has at least ${bytes} bytes, and a Kubernetes Secret holds at most ${mostBytes}`;
  return [{ path, problem, fix: "split it into several Secrets" }];
}

/** Namespaces that get Secrets, and that the facts do not have: each once. */
function unplaced(
  drafts: readonly Pick<CatalogueDelivery, "namespace" | "secretName">[],
  { facts }: ResolveDeliveriesArgs,
): readonly Issue[] {
  const wanted = Map.groupBy(drafts, ({ namespace }) => namespace);
  return [...wanted].flatMap(([namespace, secrets]): readonly Issue[] => {
    if (Object.hasOwn(facts.namespaces, namespace)) return [];
    const names = listed(new Set(secrets.map(({ secretName }) => secretName)));
    const fix = `${setCommand(["namespaces", namespace, "store"], blank("store"))} (and .cluster), or leave the application out of "applications"`;
    const meant = didYouMean(namespace, Object.keys(facts.namespaces)).fix;
    return [
      {
        path: configPath(["namespaces", namespace]),
        problem: `gets Secret ${names}, but the namespace has no store`,
        fix: meant === undefined ? fix : `${meant} Else: ${fix}`,
      },
    ];
  });
}

function duplicates(drafts: readonly { readonly app: string; readonly draft: DeliveryDraft }[]): readonly Issue[] {
  const places = Map.groupBy(drafts, ({ draft: { namespace, secretName } }) => `${namespace}/${secretName}`);
  return [...places].flatMap(([place, each]) => {
    if (each.length === 1) return [];
    const apps = [...new Set(each.map(({ app }) => app))];
    return [
      {
        path: "catalogue",
        problem: `Secret ${clippedName(place)} is delivered twice, by ${listed(apps)}`,
        fix: "let one delivery have all of its sources (from), or give it another secretName",
      },
    ];
  });
}
