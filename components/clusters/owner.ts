/**
 * Annotation of every object that a stack makes in a namespace: which one it is. A run that was killed leaves objects that
 * its state does not know; by this the next run tells them from somebody else's.
 */
export const ownerAnnotation = "multicloud-secrets/stack";

/** The annotation as an object's metadata has it. */
export function ownedBy(owner: string): Readonly<Record<string, string>> {
  return { [ownerAnnotation]: owner };
}

/**
 * Annotation of what holds a value: ours wins over whoever wrote it last. Otherwise a Secret that somebody changed by other
 * means than kubectl is a conflict of field managers, at which a rotation fails, and `--refresh` that would put it back.
 */
export const byForce: Readonly<Record<string, string>> = { "pulumi.com/patchForce": "true" };
