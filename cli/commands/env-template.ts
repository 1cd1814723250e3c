import type { Command } from "commander";
import type { SecretVariables } from "../../operations/env-template/variables.ts";
import { EXIT } from "../exit-codes.ts";
import { run, secretsCommand, type CommonOptions } from "../frame.ts";

interface EnvTemplateOptions extends CommonOptions {
  readonly stack?: string;
  readonly out?: string;
  readonly check: boolean;
  readonly env?: string;
}

export function envTemplateCommand(): Command {
  return secretsCommand({
    name: "env-template",
    description: "Writes a template of the .env file that runs an application on a laptop. It holds no secret value.",
    examples: [
      ["npx secrets env-template mlflow --stack dev", "every variable of a namespace"],
      ["npx secrets env-template mlflow/mlflow-db-secret --out env.template", "those of one Secret, into a file"],
      ["npx secrets env-template mlflow --out env.template --check", "in CI: whether the file is up to date"],
      ["npx secrets env-template mlflow --env .env", "what your own .env file lacks"],
    ],
    exits: {
      0: "printed, written or up to date; or the .env file sets every variable",
      1: "--check: the file differs; --env: the .env file lacks a variable",
      2: "refused: the target, the stack, or a file that this command did not write. Nothing was written",
    },
  })
    .argument("<target>", "namespace, or <namespace>/<secret>")
    .option("--stack <name>", "stack of the environment (default: the one that `pulumi stack select` chose)")
    .option("--out <file>", "file to write (default: standard output)")
    .option("--check", "change nothing; exit with 1 where the file of --out differs", false)
    .option("--env <file>", "change nothing; exit with 1 where this .env file lacks a variable")
    .action((target: string, options: EnvTemplateOptions) =>
      run(options, async ({ root, print }) => {
        const { stackOf } = await import("../stack.ts");
        const { loadStack } = await import("../../preview/preview.ts");
        const { variablesOf } = await import("../../operations/env-template/variables.ts");
        const { stack } = await stackOf({ root, target: undefined, chosen: options.stack });
        const secrets = variablesOf(await loadStack({ root, stack, now: new Date() }), target);
        const { lines, data, isFound } =
          options.env === undefined
            ? await template({ target, stack, secrets }, options)
            : await checkedEnv(options.env, target, secrets);
        print({ text: () => `${lines.join("\n")}\n`, data });
        return isFound === true ? EXIT.found : EXIT.done;
      }),
    );
}

/** What a command has to say. */
interface Said {
  readonly lines: readonly string[];
  readonly data: unknown;
  /** Whether something is to be looked at. Default: no. */
  readonly isFound?: boolean;
}

/** What somebody's `.env` file lacks. */
async function checkedEnv(file: string, target: string, secrets: readonly SecretVariables[]): Promise<Said> {
  const { compareEnvFile } = await import("../../operations/env-template/files.ts");
  const { missing, empty } = await compareEnvFile(file, secrets);
  const data = { file, missing, empty };
  if (missing.length + empty.length === 0) return { lines: [`${file} sets every variable of ${target}`], data };
  const lacks = [...missing.map((each) => `  ${each}: missing`), ...empty.map((each) => `  ${each}: empty`)];
  return { lines: [`${file} lacks variables of ${target}:`, ...lacks], data, isFound: true };
}

interface Described {
  readonly target: string;
  readonly stack: string;
  readonly secrets: readonly SecretVariables[];
}

/** Prints the template, writes it, or compares it with the file that there is. */
async function template(
  { target, stack, secrets }: Described,
  { out, check }: Pick<EnvTemplateOptions, "out" | "check">,
): Promise<Said> {
  const { renderTemplate } = await import("../../operations/env-template/render.ts");
  const { compareTemplate, writeTemplate } = await import("../../operations/env-template/files.ts");
  const command = `npx secrets env-template ${target} --stack ${stack}`;
  const text = renderTemplate({ environment: stack, target, command }, secrets);
  if (out === undefined) return { lines: [text.trimEnd()], data: { secrets } };
  if (!check) {
    await writeTemplate(out, text);
    return { lines: [`${out} is written`], data: { file: out } };
  }
  const current = await compareTemplate(out, text);
  const lines = current
    ? [`${out} is up to date`]
    : [`${out} differs from the description of ${stack}`, `    fix: ${command} --out ${out}`];
  return { lines, data: { file: out, current }, isFound: !current };
}
