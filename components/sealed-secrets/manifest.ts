import type { SealingScope } from "./seal.ts";

/** The one API version of SealedSecrets. */
export const apiVersion = "bitnami.com/v1alpha1";
/** Its type, as Pulumi's resources have it. */
export const sealedSecretType = `kubernetes:${apiVersion}:SealedSecret`;

/** Type of the component that holds a SealedSecret which a GitOps tool applies. */
export const sealedManifestType = "secrets:delivery:SealedManifest";

const prefix = "sealedsecrets.bitnami.com";
/**
 * Annotations that the controller looks for. On a Secret: `managed` lets it replace one that no SealedSecret controls,
 * `patch` lets it add keys to one. In the template: `skipOwner` makes a Secret that outlives its SealedSecret (v0.36.6,
 * `pkg/controller/controller.go` and `Unseal`).
 */
export const controllerAnnotations = {
  managed: `${prefix}/managed`,
  patch: `${prefix}/patch`,
  skipOwner: `${prefix}/skip-set-owner-references`,
} as const;

/**
 * Whose the Secret is: `owned` goes with its SealedSecret, `kept` outlives it, `patched` belongs to somebody else, and gets
 * our keys beside its own.
 */
export type SealedOwnership = "owned" | "kept" | "patched";

export interface SealedSecretSpec {
  readonly namespace: string;
  /** Of the SealedSecret, and of the Secret that the controller makes of it. */
  readonly name: string;
  readonly scope: SealingScope;
  readonly ownership: SealedOwnership;
  /** Type of the Secret. The controller sets it in a Secret that it patches, too, where it must be what it is. */
  readonly type: string;
  /** Labels of the Secret. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of the Secret, besides those that the controller needs there. */
  readonly secretAnnotations: Readonly<Record<string, string>>;
  /** Annotations of the SealedSecret, besides that of its scope. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A SealedSecret without its values. */
export interface SealedSecretFrame {
  readonly apiVersion: string;
  readonly kind: "SealedSecret";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly template: {
      readonly type: string;
      readonly metadata: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
      };
    };
  };
}

/** The manifest of a SealedSecret but for its values, which may be Outputs where it is applied. Pure. */
export function sealedSecretFrame(spec: SealedSecretSpec): SealedSecretFrame {
  const { namespace, name, scope, type, labels } = spec;
  const annotations = { ...spec.secretAnnotations, ...scopeAnnotation(scope), ...ownershipAnnotations[spec.ownership] };
  return {
    apiVersion,
    kind: "SealedSecret",
    metadata: { name, namespace, annotations: { ...spec.annotations, ...scopeAnnotation(scope) } },
    spec: {
      template: {
        type,
        metadata: {
          ...(Object.keys(labels).length === 0 ? {} : { labels }),
          ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
        },
      },
    },
  };
}

/** The controller reads the scope from the SealedSecret; `kubeseal` writes it into the template as well. */
function scopeAnnotation(scope: SealingScope): Readonly<Record<string, string>> {
  return scope === "strict" ? {} : { [`${prefix}/${scope}`]: "true" };
}

const { managed, patch, skipOwner } = controllerAnnotations;

/**
 * What the controller copies to the Secret. Without an owner reference it takes a Secret for its own by `managed` or
 * `patch` alone: one without either would fail to sync as soon as it was made.
 */
const ownershipAnnotations: { readonly [K in SealedOwnership]: Readonly<Record<string, string>> } = {
  owned: {},
  kept: { [managed]: "true", [skipOwner]: "true" },
  patched: { [patch]: "true", [skipOwner]: "true" },
};
