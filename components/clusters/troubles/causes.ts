import { quotaFix, refusedIn } from "./refusals.ts";

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
  /** The fact that says what the Pods ask of a node. Default: none does. */
  readonly asks?: string;
  /** What allows more time to start. Default: time is not short. */
  readonly moreTime?: string;
  /** Whether Helm has taken the Pods back, so that a look at them needs another run. Default: they are there. */
  readonly takenBack?: true;
}

interface Cause {
  readonly pattern: RegExp;
  readonly fix: (place: Place) => string;
}

/** The most specific first. */
const causes: readonly Cause[] = [
  {
    pattern: /ImagePull|InvalidImageName|pull(?:ing)? image/i,
    fix: (place) =>
      place.otherImage === undefined
        ? `let the nodes pull that image: ${described(place)}`
        : `let it pull its image from where the nodes can: ${place.otherImage}`,
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
    pattern: /(?:maximum|minimum) \S+ usage per (?:Container|Pod)|limit to request ratio/i,
    fix: (place) =>
      `change the limits of the namespace: ${place.kubectl(`-n ${place.namespace} describe limitrange`)}${orLess(place)}`,
  },
  {
    pattern: /nodes? (?:are|is) available/,
    fix: (place) =>
      `let a node take them, by room, labels or taints: ${place.kubectl("describe nodes")}${orLess(place)}` +
      (place.moreTime === undefined ? "" : `; or, where nodes are made on demand, allow more time: ${place.moreTime}`),
  },
  {
    pattern: /CrashLoopBackOff|OOMKilled|last ended as Error|restarting failed container/,
    fix: (place) => looked(place, `-n ${place.namespace} logs -l ${place.label} --previous`),
  },
];

/**
 * What puts right why Pods do not start.
 *
 * @param words the newest first: the first that tell of a known cause count, since others may be of an earlier attempt.
 * @param otherwise where the words tell of no known cause. Default: what describes the Pods.
 */
export function fixFor(words: readonly string[], place: Place, otherwise?: string): string {
  for (const each of words) {
    const known = causes.find(({ pattern }) => pattern.test(each));
    const fix = known === undefined ? refusedIn(each, place.namespace)?.fix : known.fix(place);
    if (fix !== undefined) return fix;
  }
  return otherwise ?? described(place);
}

function orLess({ asks }: Place): string {
  return asks === undefined ? "" : `; or change what the Pods ask for: ${asks}`;
}

function described(place: Place): string {
  return looked(place, `-n ${place.namespace} describe pods -l ${place.label}`);
}

/** A look at Pods: while a run waits for them, where Helm takes them back. */
function looked({ kubectl, takenBack }: Place, words: string): string {
  return takenBack === true ? `run pulumi up again, and while it waits: ${kubectl(words)}` : kubectl(words);
}
