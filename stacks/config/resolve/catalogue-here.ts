import { deliveryTemplateSources } from "../../../components/delivery/operator-template.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { didYouMean, listed } from "../../../components/support/messages/suggestions.ts";
import { secretId } from "../../../components/support/naming.ts";
import { own } from "../../../components/support/own.ts";
import type { Catalogue, CatalogueDelivery } from "../../environments/catalogue-spec.ts";
import { placeOf } from "../check/catalogue/delivery-templates.ts";
import { folded } from "../check/catalogue/fold.ts";
import { cataloguePath } from "../check/catalogue/path.ts";
import type { Facts } from "../schema/index.ts";

export interface CatalogueHereArgs {
  readonly catalogue: Catalogue;
  /** The environment that runs. */
  readonly environment: string;
  /** Every environment that there is. */
  readonly environments: readonly string[];
  readonly facts: Pick<Facts, "storedIn">;
}

export interface CatalogueHere {
  /** Without the deliveries of other environments, and without the secrets that only those read. */
  readonly catalogue: Catalogue;
  /** Secrets that are left out, by `<app>/<secret>`. */
  readonly elsewhere: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** The part of a catalogue that an environment has. Pure. */
export function catalogueHere({ catalogue, environment, environments, facts }: CatalogueHereArgs): CatalogueHere {
  const isHere = ({ environments: named }: CatalogueDelivery) => named === undefined || named.includes(environment);
  const all = Object.entries(catalogue).flatMap(([app, { deliveries }]) =>
    deliveries.flatMap((delivery) => sourceIds(app, delivery).map((id) => ({ id, delivery }))),
  );
  const readers = Map.groupBy(all, ({ id }) => id);
  const elsewhere = new Set<string>();
  const parts = Object.entries(catalogue).map(([app, { secrets, deliveries }]) => {
    const kept = Object.entries(secrets).filter(([secret, { delivered }]) => {
      const id = secretId({ app, secret });
      const wanted = readers.get(id) ?? [];
      const stores = own(facts.storedIn, id);
      const isElsewhere =
        delivered === false
          ? Array.isArray(stores) && stores.length === 0
          : wanted.length > 0 && !wanted.some(({ delivery }) => isHere(delivery));
      if (isElsewhere) elsewhere.add(id);
      return !isElsewhere;
    });
    return [app, { secrets: Object.fromEntries(kept), deliveries: deliveries.filter(isHere) }] as const;
  });
  return { catalogue: Object.fromEntries(parts), elsewhere, issues: unknownEnvironments(catalogue, environments) };
}

/** The secrets that a delivery reads, for keys and for templates. */
export function sourceIds(app: string, { from, templates = {} }: CatalogueDelivery): readonly string[] {
  const named = [
    ...from.map((source) => (typeof source === "string" ? source : source.secret)),
    ...Object.values(templates).flatMap((text) =>
      deliveryTemplateSources(text).map((source) => placeOf(source).secret),
    ),
  ];
  return [...new Set(named.map((name) => (name.includes("/") ? name : `${app}/${name}`)))];
}

/** A misspelt environment would leave a delivery out without a word. */
function unknownEnvironments(catalogue: Catalogue, environments: readonly string[]): readonly Issue[] {
  const issues = Object.entries(catalogue).flatMap(([app, { deliveries }]) =>
    deliveries.flatMap(({ namespace, secretName, environments: named = [] }) =>
      named
        .filter((each) => !environments.includes(each))
        .map((each) => ({
          path: cataloguePath([app, "deliveries", `${namespace}/${secretName}`, "environments"]),
          problem: `names ${quotedName(each)}, which is no environment; there are ${listed(environments)}`,
          ...didYouMean(each, environments),
        })),
    ),
  );
  return folded(issues, "catalogue");
}
