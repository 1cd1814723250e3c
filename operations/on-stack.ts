/** The stacks that commands of a message are for. */
export interface StackNames {
  /** Has the configuration: that of the environment, whose file its parts read. */
  readonly stack: string;
  /** Runs and is run: that of a part, where the environment is spread over several. */
  readonly deployedBy: string;
}

/**
 * A message whose commands of the engine name their stack, so that they do what it says whichever stack is selected. A command that names
 * one stays as it is. Pure.
 */
export function onStack(message: string, { stack, deployedBy }: StackNames): string {
  return message
    .replaceAll(named("up(?: --refresh)?|refresh|cancel|preview|destroy|state delete"), `$& --stack ${deployedBy}`)
    .replaceAll(named("config (?:set|rm)"), `$& --stack ${stack}`);
}

/** A command with none of `--stack` behind it, up to the next one. */
function named(words: string): RegExp {
  return new RegExp(String.raw`\bpulumi (?:${words})(?![\w-])(?![^&;\n]*--stack\b)`, "g");
}
