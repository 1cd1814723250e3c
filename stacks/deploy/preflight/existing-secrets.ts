import { heldInSecret, type HeldValue, type Holder } from "../../../components/applications/held.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { ownerAnnotation } from "../../../components/clusters/owner.ts";
import { placeOf, type FoundObject, type ObjectName, type SecretData } from "../../../components/clusters/survey.ts";
import { keyNamesOf, sourcesOf, type DeliverySpec, type Via } from "../../../components/delivery/contract.ts";
import { isOperators, operatorWrote } from "../../../components/external-secrets/provenance.ts";
import { controllerAnnotations } from "../../../components/sealed-secrets/manifest.ts";
import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";

/** The Secret that a delivery creates. */
export function secretOf({ namespace, secretName }: DeliverySpec): ObjectName & { readonly namespace: string } {
  return { kind: "Secret", namespace, name: secretName };
}

export interface SecretIssuesArgs {
  readonly cluster: ClusterSpec;
  readonly delivery: DeliverySpec;
  /** The Secret that has its name; absent where none has. */
  readonly secret: FoundObject | undefined;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  /** Whether this run makes new values for a secret (`<app>/<secret>`). */
  readonly isMadeAnew: (secretId: string, delivery: DeliverySpec) => boolean;
}

/** Why an existing Secret with the name of a new one stops the run. Pure. */
export function secretIssues(args: SecretIssuesArgs): readonly Issue[] {
  const { cluster, delivery, secret } = args;
  const { existing, merge } = delivery;
  // It exists by design, or will.
  if (merge) return [];
  const place = placeOf(secretOf(delivery));
  const path = configPath(["existingSecrets", place]);
  if (secret === undefined) {
    if (existing === undefined || existing === "overwrite") return [];
    return [
      {
        path,
        problem: `cluster ${cluster.name} has no Secret ${place} to ${existing === "adopt" ? "adopt" : "merge into"}`,
        fix: removeCommand(path),
      },
    ];
  }
  // Pulumi refuses to create what exists, unless it is allowed to for the whole cluster.
  if (existing === "overwrite" && delivery.via === "plain" && !cluster.upsertExistingObjects) {
    const fix = setCommand(["clusters", cluster.name, "upsertExistingObjects"], true);
    return [
      {
        path,
        problem: `to overwrite a plain Secret, clusters.${cluster.name}.upsertExistingObjects must be true`,
        fix,
      },
    ];
  }
  if (existing !== undefined || isExplained(args, secret)) return [];
  return [
    {
      path,
      problem: `Secret ${place} of cluster ${cluster.name} exists and is not managed by this stack: its values would be overwritten`,
      fix: waysOut(path, delivery),
    },
  ];
}

/** Whether the Secret is ours, and its values are not about to be made anew while an application uses them. */
function isExplained({ delivery, owner, isMadeAnew }: SecretIssuesArgs, secret: FoundObject): boolean {
  return isOurs[delivery.via](secret, owner) && !sourcesOf(delivery).some((each) => isMadeAnew(each.secret, delivery));
}

/** Whether what delivers a Secret now has written the one that exists. Objects of others that control it are refused themselves. */
const isOurs: { readonly [K in Via]: (secret: FoundObject, owner: string) => boolean } = {
  "external-secret": isOfExternalSecret,
  gitops: isOfExternalSecret,
  // What the driver made is looked at by itself (`syncedIssues`).
  csi: () => false,
  // The operator copies annotations of an ExternalSecret, but never this one.
  "sealed-secret": ({ name, controller, annotations }, owner) =>
    controller === `SealedSecret/${name}` ||
    (annotations[controllerAnnotations.managed] === "true" && annotations[ownerAnnotation] === owner),
  plain: (secret, owner) => secret.annotations[ownerAnnotation] === owner && !isOperators(secret),
};

function isOfExternalSecret(secret: FoundObject): boolean {
  return secret.controller === `ExternalSecret/${secret.name}` || operatorWrote(secret);
}

function waysOut(path: string, { secretName }: DeliverySpec): string {
  const set = (choice: string) => setCommand(path, choice);
  return [
    `to adopt it (generated keys keep their existing values, its other keys stay): ${set("adopt")}`,
    `or overwrite the keys of the same names and keep its others: ${set("merge")}`,
    `or replace the whole Secret: ${set("overwrite")}`,
    `or give the delivery of ${secretName} another secretName in the catalogue`,
  ].join("\n    ");
}

/** What a Secret holds of each secret that it is delivered from. Pure. */
export function holdersIn(
  cluster: ClusterSpec,
  delivery: DeliverySpec,
  data: SecretData,
): readonly (readonly [id: string, holder: Holder])[] {
  const asBytes = delivery.keys.filter(({ bytes }) => bytes === true).map(({ key }) => key);
  const held = heldInSecret(data, new Set(asBytes));
  const where = `Secret ${placeOf(secretOf(delivery))} of cluster ${cluster.name}`;
  return [...Map.groupBy(delivery.keys, ({ secret }) => secret)].flatMap(([id, keys]) => {
    // A key that is delivered under two names may hold two values.
    const rounds: Record<string, HeldValue>[] = [];
    for (const { key, from } of keys) {
      const value = own(held, key);
      if (value === undefined) continue;
      const free = rounds.find((round) => own(round, from) === undefined);
      if (free === undefined) rounds.push({ [from]: value });
      else free[from] = value;
    }
    return rounds.map((values) => [id, { name: cluster.name, where, values }] as const);
  });
}

/**
 * What becomes of the keys of a Secret that belongs to somebody else, in a line: names only. Those that are adopted are
 * accounted for by their secrets. Pure.
 */
export function noteOn({ name }: ClusterSpec, delivery: DeliverySpec, data: SecretData): readonly string[] {
  const ours = new Set(keyNamesOf(delivery));
  const keys = Object.keys(data).sort();
  const said = [
    ...inWords(delivery.existing === "adopt" ? [] : keys.filter((key) => ours.has(key)), "overwritten"),
    ...inWords(
      keys.filter((key) => !ours.has(key)),
      "unchanged",
    ),
  ];
  return said.length === 0 ? [] : [`Secret ${placeOf(secretOf(delivery))} of cluster ${name}: ${said.join("; ")}`];
}

function inWords(keys: readonly string[], what: string): readonly string[] {
  return keys.length === 0 ? [] : [`${keys.join(", ")} ${what}`];
}
