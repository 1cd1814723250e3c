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
 * Annotation of an object that stays in its cluster when its stack no longer has it. By this the next run knows that what it
 * stops managing is not deleted: the option itself is in no output.
 */
export const handOverAnnotation = "multicloud-secrets/handed-over";

/** The annotation as an object's metadata has it. */
export function handedOver(isHandedOver: boolean): Readonly<Record<string, string>> {
  return isHandedOver ? { [handOverAnnotation]: "true" } : {};
}

/**
 * Annotation of what holds a value: ours wins over whoever wrote it last. Otherwise a Secret that somebody changed by other
 * means than kubectl is a conflict of field managers, at which a rotation fails, and `--refresh` that would put it back.
 */
export const byForce: Readonly<Record<string, string>> = { "pulumi.com/patchForce": "true" };
