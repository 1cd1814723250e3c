import type { DeliveredKey, DeliverySpec } from "../../../components/delivery/contract.ts";
import type { Issue } from "../../../components/support/errors.ts";
import { dnsSubdomain, secretKey } from "../../../components/support/naming.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Catalogue, CatalogueDelivery, KeySource } from "../../environments/catalogue-spec.ts";
import type { Facts } from "../schema/index.ts";
import { applicationsOf } from "./secrets.ts";

export interface ResolveDeliveriesArgs {
  readonly catalogue: Catalogue;
  readonly facts: Pick<Facts, "applications" | "namespaces" | "created" | "rotations" | "adopt" | "reference">;
  readonly secrets: readonly SecretSpec[];
}

/** A Secret of the catalogue, before it is known how and in which clusters it is delivered. */
export type DeliveryDraft = Omit<DeliverySpec, "via" | "existing">;

export interface ResolvedDeliveries {
  readonly deliveries: readonly DeliveryDraft[];
  readonly issues: readonly Issue[];
}

/** Every Kubernetes Secret of one environment, key by key, and everything that is wrong. Pure. */
export function resolveDeliveries(args: ResolveDeliveriesArgs): ResolvedDeliveries {
  const byId = new Map(args.secrets.map((spec) => [spec.id, spec]));
  const issues: Issue[] = [];
  const deliveries = applicationsOf(args).flatMap(([app, application]) =>
    application.deliveries.map((delivery): DeliveryDraft => {
      const path = `catalogue.${app}.deliveries["${delivery.namespace}/${delivery.secretName}"]`;
      const keys = delivery.from.flatMap((source) => keysOf(app, source, byId, path, args.catalogue, issues));
      issues.push(...checkDelivery(path, delivery, keys, args));
      const { namespace, secretName } = delivery;
      return { namespace, secretName, keys, merge: delivery.merge ?? false };
    }),
  );
  issues.push(...duplicates(deliveries));
  return { deliveries: deliveries.filter(({ keys }) => keys.length > 0), issues };
}

function keysOf(
  app: string,
  source: KeySource,
  byId: ReadonlyMap<string, SecretSpec>,
  path: string,
  catalogue: Catalogue,
  issues: Issue[],
): readonly DeliveredKey[] {
  const named = typeof source === "string" ? source : source.secret;
  const id = named.includes("/") ? named : `${app}/${named}`;
  const spec = byId.get(id);
  if (spec === undefined) {
    issues.push({
      path,
      problem: `reads ${id}, which is no secret of this environment; there are ${[...byId.keys()].sort().join(", ")}`,
    });
    return [];
  }
  if (typeof source === "string") return Object.keys(spec.keys).map((key) => ({ key, secret: id, from: key }));
  return Object.entries(source.keys).flatMap(([key, from]): readonly DeliveredKey[] => {
    if (spec.keys[from] !== undefined) return [{ key, secret: id, from }];
    // A key that the catalogue has and this environment has not (high availability only, optional) is left out here too.
    if (catalogue[spec.app]?.secrets[spec.name]?.keys[from] === undefined) {
      issues.push({ path, problem: `reads key "${from}" of ${id}, which has ${Object.keys(spec.keys).join(", ")}` });
    }
    return [];
  });
}

function checkDelivery(
  path: string,
  delivery: CatalogueDelivery,
  keys: readonly DeliveredKey[],
  { facts }: ResolveDeliveriesArgs,
): readonly Issue[] {
  const issues: Issue[] = [];
  const { namespace, secretName } = delivery;
  if (!dnsSubdomain.test(secretName)) issues.push({ path, problem: `"${secretName}" is no legal name for a Secret` });
  if (!Object.hasOwn(facts.namespaces, namespace)) {
    issues.push({
      path: `namespaces["${namespace}"]`,
      problem: `gets Secret ${secretName}, and no store is set for the namespace`,
      fix: `pulumi config set --path 'namespaces["${namespace}"].store' <store> (and .cluster), or leave the application out of "applications"`,
    });
  }
  for (const { key } of keys.filter(({ key }) => !secretKey.test(key))) {
    issues.push({ path, problem: `"${key}" is no legal key of a Secret` });
  }
  const twice = keys.map(({ key }) => key).filter((key, index, all) => all.indexOf(key) !== index);
  for (const key of new Set(twice)) issues.push({ path, problem: `key "${key}" comes from two sources` });
  return issues;
}

function duplicates(deliveries: readonly DeliveryDraft[]): readonly Issue[] {
  const names = deliveries.map(({ namespace, secretName }) => `${namespace}/${secretName}`);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => ({
    path: "catalogue",
    problem: `Secret ${name} is delivered twice`,
  }));
}
