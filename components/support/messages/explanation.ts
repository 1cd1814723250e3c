/**
 * Why something does not work, and what puts it right. `up` logs it as text where a wait fails; the doctor reports the same.
 * Never holds a secret value.
 */
export interface Explanation {
  /** The object, as people are told of it: `ExternalSecret shop/db`. */
  readonly subject: string;
  /** What is wrong: the rest of a sentence that begins with the subject, without a full stop. */
  readonly problem: string;
  /** What shows it, one line each, such as `event: …`. Default: the problem says it all. */
  readonly evidence?: readonly string[];
  /** The command or fact that puts it right. Default: none is known. */
  readonly fix?: string;
}

/** An explanation as one paragraph: the sentence, then a line for each piece of evidence and for the fix. */
export function explanationText({ subject, problem, evidence = [], fix }: Explanation): string {
  return [
    `${subject} ${problem}`,
    ...evidence.map((each) => `  ${each}`),
    ...(fix === undefined ? [] : [`  fix: ${fix}`]),
  ].join("\n");
}
