import type { RemoteStoreKind } from "../../../components/backends/index.ts";
import { issueAt, reading, type FoundStore, type Reading } from "../model.ts";
import { at, mapAt, textAt, type YamlDocument } from "./yaml.ts";

/** What a provider of the operator says of a store. */
interface Described {
  readonly kind: RemoteStoreKind;
  readonly facts: Readonly<Record<string, string | undefined>>;
  /** Facts that are required, and that no SecretStore has. */
  readonly required: readonly string[];
  readonly notes?: readonly string[];
}

/** Reads a SecretStore or ClusterSecretStore, `v1beta1` or `v1`, into facts of a store. Pure. */
export function readSecretStore({ data, placeOf }: YamlDocument): Reading {
  const kind = textAt(data, "kind") ?? "SecretStore";
  const name = textAt(data, "metadata", "name");
  if (name === undefined)
    return reading({ issues: [issueAt(placeOf(["metadata"]), `is a ${kind} without metadata.name`)] });
  const namespace = kind === "SecretStore" ? textAt(data, "metadata", "namespace") : undefined;
  const id = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  const providers = Object.keys(mapAt(data, "spec", "provider"));
  const described = describe(at(data, "spec", "provider"));
  if (described === undefined) {
    const reason = `is of provider ${providers[0] ?? "none"}, which is no kind of store of this program`;
    return reading({ left: [{ at: placeOf(["spec", "provider"]), what: id, reason }] });
  }
  return reading({ stores: [foundStore({ id, name, at: placeOf(), described })] });
}

export function foundStore({
  id,
  name,
  at: place,
  described: { kind, facts, required, notes = [] },
}: {
  readonly id: string;
  readonly name: string;
  readonly at: FoundStore["at"];
  readonly described: Described;
}): FoundStore {
  const known = Object.entries({ kind, ...facts }).flatMap(([fact, value]) =>
    value === undefined ? [] : [[fact, value] as const],
  );
  const missing = required.filter((fact) => facts[fact] === undefined);
  return { id, at: place, name, facts: Object.fromEntries(known), missing, notes };
}

function describe(provider: unknown): Described | undefined {
  const { aws, azurekv, gcpsm, vault } = mapAt(provider);
  if (aws !== undefined) {
    const service = textAt(aws, "service");
    if (service !== "SecretsManager" && service !== "ParameterStore") return undefined;
    return awsStore(service === "SecretsManager" ? "aws-secrets-manager" : "aws-parameter-store", {
      region: textAt(aws, "region"),
      accountId: accountIn(textAt(aws, "role")),
    });
  }
  if (azurekv !== undefined)
    return keyVault({ url: textAt(azurekv, "vaultUrl"), tenantId: textAt(azurekv, "tenantId") });
  if (gcpsm !== undefined) return secretManager(textAt(gcpsm, "projectID"));
  if (vault === undefined || textAt(vault, "version") === "v1") return undefined;
  return vaultStore({
    address: textAt(vault, "server"),
    mount: textAt(vault, "path"),
    namespace: textAt(vault, "namespace"),
  });
}

export function awsStore(
  kind: "aws-secrets-manager" | "aws-parameter-store",
  facts: { readonly region: string | undefined; readonly accountId: string | undefined },
): Described {
  return { kind, facts: { ...facts }, required: ["region", "accountId"] };
}

export function keyVault({
  url,
  tenantId,
}: {
  readonly url: string | undefined;
  readonly tenantId: string | undefined;
}): Described {
  const { vault, suffix } = /^https:\/\/(?<vault>[\w-]+)\.(?<suffix>vault\.[\w.-]+?)\/?$/.exec(url ?? "")?.groups ?? {};
  return {
    kind: "azure-key-vault",
    facts: {
      vault,
      tenantId,
      ...(suffix === undefined || suffix === "vault.azure.net" ? {} : { vaultSuffix: suffix }),
    },
    required: ["vault", "tenantId", "subscriptionId", "resourceGroup", "location"],
  };
}

export function secretManager(project: string | undefined): Described {
  return { kind: "gcp-secret-manager", facts: { project }, required: ["project", "projectNumber"] };
}

export function vaultStore(facts: {
  readonly address: string | undefined;
  readonly mount: string | undefined;
  readonly namespace: string | undefined;
}): Described {
  const mount = facts.mount?.replaceAll(/^\/+|\/+$/g, "");
  return {
    kind: "vault-kv",
    facts: { ...facts, mount },
    required: ["address"],
    notes: [
      ...(mount === undefined ? ["names no mount: the first part of each path is the mount"] : []),
      "check that address can be reached by whoever runs pulumi; clusterAddress is the one that the operator uses",
    ],
  };
}

/** Account of a role, `arn:aws:iam::111122223333:role/reader`. */
export function accountIn(arn: string | undefined): string | undefined {
  return /^arn:aws[a-z-]*:[a-z]+:[a-z\d-]*:(\d{12}):/.exec(arn ?? "")?.[1];
}
