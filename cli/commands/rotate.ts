import type { Command } from "commander";
import type { ExitCode } from "../exit-codes.ts";
import { run, secretsCommand, type Session } from "../frame.ts";
import type { TypedOptions } from "../rotate/options.ts";

export function rotateCommand(): Command {
  return secretsCommand({
    name: "rotate",
    description: "Gives secrets new values: moves their epochs, runs pulumi up, and looks at every Secret afterwards.",
    examples: [
      ["npx secrets rotate mlflow/db-password --stack prod", "one secret; again to finish what was interrupted"],
      ["npx secrets rotate --due --within 7 --stack prod", "what is due within a week"],
      ["npx secrets rotate --all --application mlflow --leaked --stack prod", "after a leak: all of an application"],
      ["npx secrets rotate --due --config-only --stack prod", "move the epochs alone, for a pull request"],
      ["npx secrets rotate --rehearse --stack prod", "try every target's credentials, and change nothing"],
      ["npx secrets rotate mlflow/db-password --stack prod --dry-run", "show the steps, and change nothing"],
    ],
    exits: {
      0: "rotated, and every Secret is sound; or there was nothing to rotate",
      1: "a Secret is not sound afterwards, a secret was left out, or a target would refuse (--rehearse)",
      2: "refused: nothing was changed",
      3: "failed on the way, or another run is at work: the same command goes on",
    },
  })
    .argument("[secrets...]", "<application>/<secret> of the catalogue")
    .option("--stack <name>", "stack of the environment (default: the one that `pulumi stack select` chose)")
    .option("--due", "every secret whose rotation is due today, or was before", false)
    .option("--within <days>", "with --due: also what is due within so many days")
    .option("--all", "every secret that this program generates", false)
    .option("--application <name>", "with --due or --all: those of one application")
    .option(
      "--except <secret>",
      "leave this one out, such as that of a target that is down; may be given several times",
      (id: string, others: readonly string[]) => [...others, id],
      [],
    )
    .option("--leaked", "the values are known to others: rotate until none of them is accepted any more", false)
    .option(
      "--disable-old-versions",
      "with --leaked: make the versions before unreadable in stores, after asking",
      false,
    )
    .option("--yes", "with --disable-old-versions: do not ask", false)
    .option("--dry-run", "show what would be done, and change nothing", false)
    .option("--config-only", "move the epochs in Pulumi.<stack>.yaml, and run nothing", false)
    .option("--no-up", "the same")
    .option("--rehearse", "ask targets whether they would take new passwords, and change nothing", false)
    .option("--outside-windows", "begin although the environment's policy has no window open", false)
    .option("--wait <minutes>", "wait so long for another run that is at work (default: not at all)")
    .action((ids: readonly string[], typed: TypedOptions) =>
      run(typed, async (session) => {
        const { stackOf } = await import("../stack.ts");
        const { rotateOptions } = await import("../rotate/options.ts");
        const { rotationTools } = await import("../rotate/tools.ts");
        const { rotate } = await import("../../operations/rotate/run.ts");
        const { continuing } = await import("../rotate/continuing.ts");
        const { rotationResult } = await import("../text/rotation.ts");
        if (typed.rehearse) return rehearsed(ids, typed, session);
        const options = rotateOptions(ids, typed, new Date(), {
          canAsk: !session.json && process.stdin.isTTY && process.stderr.isTTY,
        });
        const { stack } = await stackOf({ root: session.root, target: undefined, chosen: typed.stack });
        session.progress.step(`reading the description of ${stack}`);
        return session.print(
          rotationResult(await continuing(() => rotate(rotationTools(stack, session, typed), options))),
        );
      }),
    );
}

async function rehearsed(ids: readonly string[], typed: TypedOptions, session: Session): Promise<ExitCode> {
  const { stackOf } = await import("../stack.ts");
  const { rehearsedChoice } = await import("../rotate/options.ts");
  const { rehearsalTools } = await import("../rotate/tools.ts");
  const { rehearse } = await import("../../operations/rotate/rehearse.ts");
  const { EngineError } = await import("../../operations/migrate/run/engine.ts");
  const { ExpectedError } = await import("../../components/support/messages/errors.ts");
  const { rehearsalResult } = await import("../text/rehearsal.ts");
  const choice = rehearsedChoice(ids, typed, new Date());
  const { stack } = await stackOf({ root: session.root, target: undefined, chosen: typed.stack });
  session.progress.step(`reading the description of ${stack}`);
  try {
    const rehearsal = await rehearse(rehearsalTools(stack, session), choice);
    return session.print(rehearsalResult(rehearsal));
  } catch (error) {
    if (error instanceof EngineError) throw new ExpectedError(`Nothing was changed. ${error.message}`);
    throw error;
  }
}
