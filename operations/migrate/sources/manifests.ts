import { isRecord } from "../../../components/support/is-record.ts";
import { joined, nothingRead, reading, type Reading } from "../model.ts";
import { readExternalSecret } from "./external-secret.ts";
import { readKubernetesSecret } from "./kubernetes-secret.ts";
import { readSealedSecret } from "./sealed-secret.ts";
import { readSecretProviderClass } from "./secret-provider-class.ts";
import { readSecretStore } from "./secret-store.ts";
import { usesOf } from "./workloads.ts";
import { readYaml, textAt, type YamlDocument } from "./yaml.ts";

/** Reads Kubernetes objects: those that hold or describe secrets, and which workloads use them. Pure. */
export function readManifests({ file, text }: { readonly file: string; readonly text: string }): Reading {
  const { documents, issues } = readYaml(file, text);
  return joined([reading({ issues }), ...documents.map(readObject)]);
}

/** Whether a document is an object of Kubernetes. */
export function isKubernetesObject({ data }: YamlDocument): boolean {
  return isRecord(data) && typeof data["apiVersion"] === "string" && typeof data["kind"] === "string";
}

function readObject(document: YamlDocument): Reading {
  const group = (textAt(document.data, "apiVersion") ?? "").replace(/\/[^/]*$/, "");
  switch (`${group} ${textAt(document.data, "kind") ?? ""}`) {
    case "v1 Secret":
      return readKubernetesSecret({ object: document.data, placeOf: document.placeOf, source: "secret" });
    case "bitnami.com SealedSecret":
      return readSealedSecret(document);
    case "external-secrets.io ExternalSecret":
      return readExternalSecret(document);
    case "external-secrets.io SecretStore":
    case "external-secrets.io ClusterSecretStore":
      return readSecretStore(document);
    case "external-secrets.io ClusterExternalSecret":
      return left(document, "delivers to namespaces by their labels, and the catalogue names each namespace");
    case "external-secrets.io PushSecret":
      return left(document, "writes a Secret into a store: migrate the Secret that it reads");
    case "secrets-store.csi.x-k8s.io SecretProviderClass":
      return readSecretProviderClass(document);
    default: {
      const uses = usesOf(document);
      return uses.length === 0 ? nothingRead : reading({ uses });
    }
  }
}

function left({ data, placeOf }: YamlDocument, reason: string): Reading {
  const namespace = textAt(data, "metadata", "namespace");
  const name = textAt(data, "metadata", "name") ?? "";
  const what = `${textAt(data, "kind") ?? ""} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  return reading({ left: [{ at: placeOf(), what, reason }] });
}
