/**
 * Logical names of the namespaces that are made here. Whether one may leave the program without being deleted is told by
 * its name: see `keptName`.
 */

/** Type of a namespace in the state. */
export const namespaceType = "kubernetes:core/v1:Namespace";

const suffix = "-kept";

/**
 * The logical name of a namespace that nothing deletes.
 *
 * When a resource leaves the program, the engine does with it what the *state* says; and a program can't read that option
 * from its state. So the name tells it, which the state gets in the same step. What versions before this one made has the
 * name without the suffix, and the engine would delete it.
 */
export function keptName(name: string): string {
  return `${name}${suffix}`;
}

/** Whether a resource of the state is a namespace that the engine would delete, with everything in it, when it leaves. */
export function isUnkept({ type, name }: { readonly type: string; readonly name: string }): boolean {
  return type === namespaceType && !name.endsWith(suffix);
}

/** A namespace that gets Secrets. */
export function consumerNamespace(key: string): string {
  return `${key}/namespace`;
}

/** The namespace of the operator in a cluster. */
export function operatorNamespace(cluster: string): string {
  return `${cluster}/operator-namespace`;
}

/** The namespace of Red Hat's operator in a cluster. */
export function managerNamespace(cluster: string): string {
  return `${cluster}/operator-manager-namespace`;
}

/** The namespace in which a cluster generates the secrets of an application for a store. */
export function generatingNamespace(key: string): string {
  return `${key}/namespace`;
}

/** Key of what a cluster generates for an application and a store. */
export function generatedKey(scope: {
  readonly cluster: string;
  readonly store: string;
  readonly app: string;
}): string {
  return `${scope.cluster}/generated/${scope.store}/${scope.app}`;
}

/** Keeps a Pod that breaks the restricted profile out of a namespace whose accounts may read or write secrets. */
export const restrictedLabels = { "pod-security.kubernetes.io/enforce": "restricted" } as const;

/** Labels of the operator's namespace. The restricted profile, and the baseline too, refuse Pods on their node's network. */
export function operatorLabels({ webhookHostNetwork }: { readonly webhookHostNetwork?: true }) {
  return webhookHostNetwork === true
    ? ({ "pod-security.kubernetes.io/enforce": "privileged" } as const)
    : restrictedLabels;
}

/** Where Red Hat's documentation puts its operator. */
export const managerNamespaceName = "external-secrets-operator";
