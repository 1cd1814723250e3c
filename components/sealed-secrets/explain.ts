import type { ClusterSpec } from "../clusters/contract.ts";
import { configPath, removeCommand, setCommand } from "../support/messages/config-command.ts";
import type { Explanation } from "../support/messages/explanation.ts";
import { fetchCertificateCommand } from "./kubeseal.ts";

/** The part of a SealedSecret that is read. */
export interface SealedSecretObject {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
  };
}

/**
 * Where a SealedSecret stands. Until the controller has looked at its newest generation, what it says is about an older one
 * (v0.36.6, `updateSealedSecretStatus`).
 */
export function syncedState({ metadata, status }: SealedSecretObject): "synced" | "pending" | "failed" {
  const condition = status?.conditions?.find(({ type }) => type === "Synced");
  const { generation = 0 } = metadata ?? {};
  if (condition === undefined || (status?.observedGeneration ?? 0) < generation) return "pending";
  return condition.status === "True" ? "synced" : "failed";
}

/** Why a SealedSecret was not unsealed, and what to do. Pure. */
export function explainNotSynced(cluster: ClusterSpec, object: SealedSecretObject): Explanation {
  const { name = "", namespace = "" } = object.metadata ?? {};
  const subject = `SealedSecret ${namespace}/${name}`;
  const words = object.status?.conditions?.find(({ type }) => type === "Synced")?.message ?? "";
  const controller = cluster.sealedSecrets?.controller;
  if (syncedState(object) === "pending") {
    return {
      subject,
      problem: `was not looked at by the Sealed Secrets controller of cluster ${cluster.name}`,
      fix: `check that it runs and watches namespace ${namespace}: kubectl -n ${controller?.namespace ?? ""} get deployments`,
    };
  }
  return { subject, problem: `was not unsealed: ${words}`, fix: fixOf(cluster, words, { name, namespace }) };
}

function fixOf(
  cluster: ClusterSpec,
  words: string,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): string {
  if (/no key could decrypt/i.test(words)) return newCertificate(cluster);
  const place = ["existingSecrets", `${namespace}/${name}`];
  if (/already exists and is not managed/i.test(words)) {
    return (
      `keep the keys that the existing Secret has besides: ${setCommand(place, "merge")}` +
      `\n    or replace the whole Secret: ${setCommand(place, "overwrite")}`
    );
  }
  if (/immutable/i.test(words)) {
    return `in the catalogue, give the delivery another secretName: neither the type of a Secret nor one that is immutable can be changed`;
  }
  return "remove the cause, and run `pulumi up` again: it seals the values anew, so that the controller tries again";
}

/** The controller has no private key for the certificate: it is another cluster's, or its key was deleted. */
function newCertificate(cluster: ClusterSpec): string {
  const facts = ["clusters", cluster.name, "sealedSecrets"];
  const { certificate } = cluster.sealedSecrets ?? {};
  const opening = "the certificate is not one of this controller's keys (another cluster's, or of a deleted key)";
  switch (certificate?.from) {
    case "file":
      return `${opening}: ${fetchCertificateCommand(cluster, certificate.path)}, then pulumi up`;
    case "facts":
      return `${opening}: fetch it in each run instead: ${removeCommand([...facts, "certificate"])} && ${setCommand([...facts, "fetchCertificate"], true)}`;
    default:
      return `${opening}: check that ${configPath(facts)} names the Service of the controller that unseals (controllerNamespace, controllerName)`;
  }
}
