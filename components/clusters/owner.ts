/**
 * Annotation of every object that a stack makes in a namespace: which one it is. A run that was killed leaves objects that
 * its state does not know; by this the next run tells them from somebody else's.
 */
export const ownerAnnotation = "multicloud-secrets/stack";

/** The annotation as an object's metadata has it. */
export function ownedBy(owner: string): Readonly<Record<string, string>> {
  return { [ownerAnnotation]: owner };
}
