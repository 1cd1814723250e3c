import type { Command } from "commander";
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
  })
    .argument("<target>", "namespace, or <namespace>/<secret>")
    .option("--stack <name>", "stack of the environment (default: the one that `pulumi stack select` chose)")
    .option("--out <file>", "file to write (default: standard output)")
    .option("--check", "change nothing; exit with 1 where the file of --out differs", false)
    .option("--env <file>", "change nothing; exit with 1 where this .env file lacks a variable")
    .addHelpText("after", "\nExit code 1 where a file differs, or lacks a variable.")
    .action((target: string, options: EnvTemplateOptions) =>
      run(options, async ({ root, print }) => {
        const { stackOf } = await import("../stack.ts");
        const { loadStack } = await import("../../preview/preview.ts");
        const { variablesOf } = await import("../../operations/env-template/variables.ts");
        const { renderTemplate } = await import("../../operations/env-template/render.ts");
        const { compareTemplate, compareEnvFile, writeTemplate } =
          await import("../../operations/env-template/files.ts");
        const { stack } = await stackOf({ root, target: undefined, chosen: options.stack });
        const secrets = variablesOf(await loadStack({ root, stack, now: new Date() }), target);
        const command = `npx secrets env-template ${target} --stack ${stack}`;
        if (options.env !== undefined) {
          const { env } = options;
          const { missing, empty } = await compareEnvFile(env, secrets);
          const lines = [...missing.map((each) => `${each}: missing`), ...empty.map((each) => `${each}: empty`)];
          const good = `${env} sets every variable of ${target}`;
          print({
            text: () =>
              `${(lines.length === 0 ? [good] : [`${env} lacks variables of ${target}:`, ...lines.map((each) => `  ${each}`)]).join("\n")}\n`,
            data: { file: env, missing, empty },
          });
          return lines.length === 0 ? EXIT.done : EXIT.found;
        }
        const text = renderTemplate({ environment: stack, target, command }, secrets);
        const { out } = options;
        if (out === undefined) {
          print({ text: () => text, data: { secrets } });
          return EXIT.done;
        }
        if (options.check) {
          const current = await compareTemplate(out, text);
          print({
            text: () =>
              `${out} ${current ? "is up to date" : `differs from the description of ${stack}\n    fix: ${command} --out ${out}`}\n`,
            data: { file: out, current },
          });
          return current ? EXIT.done : EXIT.found;
        }
        await writeTemplate(out, text);
        print({ text: () => `${out} is written\n`, data: { file: out } });
        return EXIT.done;
      }),
    );
}
