import { placeText, type Place } from "../model.ts";
import { placeOf, type MigrationPlan, type PlannedSecret } from "../plan/model.ts";
import type { LiveSecret } from "./cluster.ts";
import type { JournalSecret } from "./model.ts";

/** Something that is to be taken away. */
export interface Leftover {
  /** Where it is in a file. Absent where it is in none that is known. */
  readonly at?: Place;
  readonly text: string;
}

/** What is left to be taken away, exactly, by names and places. Pure. */
export function retirement(
  plan: Pick<MigrationPlan, "secrets">,
  secrets: readonly (JournalSecret & { readonly live: LiveSecret | undefined })[],
): readonly Leftover[] {
  return secrets.flatMap((secret) => {
    const planned = plan.secrets.find((each) => placeOf(each) === placeOf(secret));
    const sources = planned === undefined ? [] : [...sourceLines(planned), ...manifests(planned)];
    const others = [...new Set([...imperative(secret), ...previousOf(secret)])].map((text) => ({ text }));
    return [...sources, ...others];
  });
}

/** As people read it. */
export function leftoverText({ at, text }: Leftover): string {
  return at === undefined ? text : `${placeText(at)}: ${text}`;
}

/** Values that still lie in files. */
function sourceLines(secret: PlannedSecret): readonly Leftover[] {
  return secret.keys.flatMap(({ name, old }) =>
    old
      .filter(({ source }) => source !== "live-secret")
      .map(({ source, at }) => ({ at, text: `remove the value of ${name} (${kindsOfFiles[source] ?? "a file"})` })),
  );
}

const kindsOfFiles: Readonly<Partial<Record<string, string>>> = {
  "env-file": "an .env file; whoever runs the application locally may still need the line",
  "helm-values": "Helm values: name the Secret in the chart instead, such as existingSecret",
  kustomization: "a secretGenerator: remove it, and the suffix of its name in what refers to the Secret",
  secret: "a manifest of a Secret",
};

/** Objects in files that name a store, or hold a sealed value. */
function manifests(secret: PlannedSecret): readonly Leftover[] {
  return secret.sources.flatMap(({ source, at }) => {
    if (source === "external-secret")
      return [{ at, text: "remove this ExternalSecret, which the cluster no longer has" }];
    if (source === "sealed-secret")
      return [{ at, text: `remove this SealedSecret; it no longer owns Secret ${placeOf(secret)}` }];
    if (source === "secret-provider-class")
      return [{ at, text: "remove this SecretProviderClass once no Pod mounts it" }];
    return [];
  });
}

/** Who made the Secret by hand, by what the API server noted. */
function imperative({ live, ...secret }: JournalSecret & { readonly live: LiveSecret | undefined }): readonly string[] {
  const byHand = (live?.writers ?? []).filter((writer) => /^(?:kubectl|oc)(?:-|$)/.test(writer));
  if (byHand.length === 0) return [];
  return [
    `scripts: remove what creates Secret ${placeOf(secret)} (${byHand.join(", ")} wrote it): kubectl create secret … ${secret.name} -n ${secret.namespace}, or kubectl apply`,
  ];
}

function previousOf({ previous, ...secret }: JournalSecret): readonly string[] {
  const spec = previous?.["spec"] as { readonly secretStoreRef?: { kind?: string; name?: string } } | undefined;
  const { kind = "SecretStore", name } = spec?.secretStoreRef ?? {};
  if (name === undefined) return [];
  return [
    `${kind} ${kind === "SecretStore" ? `${secret.namespace}/` : ""}${name}: remove it when no ExternalSecret uses it any more, with its role in the store`,
  ];
}
