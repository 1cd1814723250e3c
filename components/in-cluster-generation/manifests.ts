import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { IPushSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1alpha1";
import { apiVersion, generatorApiVersion, type ManifestMetadata } from "../external-secrets/manifests.ts";
import type { GenerationSpec, NamedGenerator } from "./generation-spec.ts";

/** API version of what is pushed into a store. */
export const pushApiVersion = "external-secrets.io/v1alpha1";

/** Name of a secret's generator. */
export function generatorName(secretName: string, { variable }: NamedGenerator): string {
  return `${secretName}.${variable}`;
}

/**
 * ExternalSecret whose values are generated, once: the Secret that a PushSecret takes them from. Nobody else reads it;
 * where it is deleted it is made again, with values that go nowhere as long as the store holds some.
 */
export function generatedSecret(metadata: ManifestMetadata, { generators, template }: GenerationSpec): IExternalSecret {
  return {
    apiVersion,
    kind: "ExternalSecret",
    metadata,
    spec: {
      refreshPolicy: "CreatedOnce",
      refreshInterval: "0s",
      target: {
        name: metadata.name,
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        template: { engineVersion: "v2", mergePolicy: "Replace", data: { ...template } },
      },
      dataFrom: generators.map((each) => ({
        sourceRef: {
          generatorRef: {
            apiVersion: generatorApiVersion,
            kind: each.generator.kind,
            name: generatorName(metadata.name, each),
          },
        },
        rewrite: [{ regexp: { source: `^${each.generator.output}$`, target: each.variable } }],
      })),
    },
  };
}

export interface PushedSecret {
  readonly storeName: string;
  /** Name of the object in the store, which gets all keys of the Secret. */
  readonly remoteKey: string;
}

/**
 * PushSecret of the Secret of the same name. It never writes over what a store holds, and never deletes it. Nor does it
 * look again by itself: what was deleted from the store by mistake would come back as another value where the Secret was
 * made again since.
 */
export function pushSecret(metadata: ManifestMetadata, spec: PushedSecret): IPushSecret {
  return {
    apiVersion: pushApiVersion,
    kind: "PushSecret",
    metadata,
    spec: {
      updatePolicy: "IfNotExists",
      deletionPolicy: "None",
      refreshInterval: "0s",
      secretStoreRefs: [{ kind: "SecretStore", name: spec.storeName }],
      selector: { secret: { name: metadata.name } },
      data: [{ conversionStrategy: "None", match: { remoteRef: { remoteKey: spec.remoteKey } } }],
    },
  };
}
