/** A language of policies, and what its statements name. */
export interface PolicyLanguage {
  /** With its article, for the message: `an IAM policy`. */
  readonly policy: string;
  /** What is named, in the plural: `ARNs`. */
  readonly names: string;
  /** Matches what the language reads as a pattern. */
  readonly wildcards: RegExp;
}

/**
 * Allows only exact names into a policy: a pattern would grant more than the catalogue declares.
 *
 * @throws when the name holds a wildcard.
 */
export function exactName(name: string, { policy, names, wildcards }: PolicyLanguage): string {
  if (wildcards.test(name)) throw new Error(`${policy} must name exact ${names}, but "${name}" contains a wildcard`);
  return name;
}
