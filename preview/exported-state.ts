import { messageOf, ExpectedError } from "../components/support/messages/errors.ts";

/**
 * The state of a stack as `pulumi stack export` says it: its secrets stay encrypted.
 *
 * @param root folder of `Pulumi.yaml`.
 * @param program the CLI. Default: the one on PATH.
 * @throws ExpectedError where it can't be had.
 */
export async function exportedState(root: string, stack: string, program = "pulumi"): Promise<unknown> {
  const { execa } = await import("execa");
  const { failed, code, stdout, stderr } = await execa(program, ["stack", "export", "--stack", stack], {
    cwd: root,
    reject: false,
  });
  if (failed) {
    const reason = code === "ENOENT" ? `no program named ${program} is on PATH` : stderr.trim();
    throw new ExpectedError(
      `The state of stack ${stack} can't be read, which has what was sealed: ${reason}\n` +
        `    fix: put pulumi on PATH and log in to the backend of the stack, so that this succeeds: pulumi stack export --stack ${stack} --file /dev/null`,
    );
  }
  try {
    return JSON.parse(stdout) as unknown;
  } catch (error) {
    throw new ExpectedError(`pulumi stack export --stack ${stack} printed no JSON: ${messageOf(error)}`);
  }
}
