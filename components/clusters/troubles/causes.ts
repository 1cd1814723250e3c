/**
 * Why Pods do not start, by the words of their status and of events. The doctor reads the status, and `up` the events: where
 * Helm takes back what did not start, they are what is left of it. Pure.
 */

/** What a cause may name in its fix. */
export interface Place {
  readonly namespace: string;
  /** Selects the Pods: `app.kubernetes.io/name=external-secrets`. */
  readonly label: string;
  /** A `kubectl` command for the cluster. */
  readonly kubectl: (words: string) => string;
  /** What lets the Pods have another image. Default: nothing here does. */
  readonly otherImage?: string;
}

interface Cause {
  readonly pattern: RegExp;
  readonly fix: (place: Place) => string;
}

/** The most specific first. */
const causes: readonly Cause[] = [
  {
    pattern: /ImagePull|InvalidImageName|pull(?:ing)? image/i,
    fix: ({ otherImage, kubectl, namespace, label }) =>
      otherImage === undefined
        ? `let the nodes pull that image: ${kubectl(`-n ${namespace} describe pods -l ${label}`)}`
        : `let it pull its image from where the nodes can: ${otherImage}`,
  },
  {
    pattern: /exceeded quota|status unknown for quota/,
    fix: ({ kubectl, namespace }) => quotaFix(namespace, kubectl),
  },
  {
    pattern: /violates PodSecurity/,
    fix: ({ namespace }) =>
      `change what puts the named field into Pods, or the label pod-security.kubernetes.io/enforce of namespace ${namespace}`,
  },
  {
    pattern: /CrashLoopBackOff|OOMKilled|Error|restarting failed container/,
    fix: ({ kubectl, namespace, label }) => kubectl(`-n ${namespace} logs -l ${label} --previous`),
  },
];

/**
 * What puts right why Pods do not start.
 *
 * @param otherwise where the words tell of no known cause. Default: what describes the Pods.
 */
export function fixFor(words: readonly string[], place: Place, otherwise?: string): string {
  const known = causes.find(({ pattern }) => words.some((each) => pattern.test(each)));
  const { kubectl, namespace, label } = place;
  return known?.fix(place) ?? otherwise ?? kubectl(`-n ${namespace} describe pods -l ${label}`);
}

export function quotaFix(namespace: string, kubectl: (words: string) => string): string {
  return `raise the quota, or remove what uses it up: ${kubectl(`-n ${namespace} describe resourcequota`)}`;
}
