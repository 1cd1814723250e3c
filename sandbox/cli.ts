import { Command, Option } from "commander";
import pc from "picocolors";
import { commandContext, type CommandContext, type GlobalOptions } from "./commands/context.ts";
import { hasCode, InterruptedError, SandboxError } from "./support/errors.ts";

/** Exit codes: 0 done, 1 an expected failure (its message says what to do), 3 `status`: not running, 70 a bug, 130 Ctrl-C. */
const EXIT = { failed: 1, bug: 70, interrupted: 130 } as const;

async function main(): Promise<void> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // The first one lets the work end in order; whoever presses again wants out.
      if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
      interrupt.abort();
    });
  }
  // `… | head` closes the pipe: no reason to leave a half-started platform behind.
  process.stdout.on("error", (error) => {
    if (!hasCode(error, "EPIPE")) throw error;
  });
  try {
    await commandLine(interrupt.signal).parseAsync();
  } catch (error) {
    process.exitCode = report(error, interrupt.signal);
  }
}

function report(error: unknown, signal: AbortSignal): number {
  if (signal.aborted || error instanceof InterruptedError) {
    console.error(pc.yellow("Interrupted. Run it again to continue."));
    return EXIT.interrupted;
  }
  if (error instanceof SandboxError) {
    console.error(pc.red(error.message));
    return EXIT.failed;
  }
  console.error(error);
  return EXIT.bug;
}

/** Commands load their code when they run: `status` should not pay for the build's libraries. */
function commandLine(signal: AbortSignal): Command {
  const program = new Command("sandbox")
    .description(
      "The local platform: Kubernetes, Vault and the External Secrets Operator as plain processes on loopback.",
    )
    .option("--root <folder>", "the platform's folder (default: .sandbox in the repository, or SANDBOX_ROOT)")
    .option("--port-base <number>", "first of its ports (default: 16440, or SANDBOX_PORT_BASE)")
    .enablePositionalOptions()
    .showHelpAfterError();
  const context = (): CommandContext => commandContext(program.opts<GlobalOptions>(), signal);

  program
    .command("start")
    .description("bring the platform up, deploy the stack `sandbox` and show what arrived where")
    .addOption(
      new Option(
        "--stores <which>",
        "then one secret in every store, read by every identity, on fakes of AWS, Azure and Google Cloud",
      ).choices(["all"]),
    )
    .action(async (options: { stores?: "all" }) => (await import("./commands/start.ts")).start(context(), options));
  program
    .command("up")
    .description("build what is missing, start what does not run")
    .option("--clouds", "with fakes of AWS, Azure and Google Cloud beside; remembered", false)
    .action(async (options: { clouds: boolean }) => {
      await (await import("./commands/platform.ts")).up(context(), options);
    });
  program
    .command("down")
    .description("stop every process; the data stays")
    .action(async () => (await import("./commands/platform.ts")).down(context()));
  program
    .command("status")
    .description("show every process (exit code 3 when the platform does not run)")
    .option("--json", "as JSON", false)
    .action(async (options: { json: boolean }) => {
      process.exitCode = await (await import("./commands/platform.ts")).status(context(), options);
    });
  program
    .command("reset")
    .description("stop every process and remove the data, the stack's state with it")
    .action(async () => (await import("./commands/platform.ts")).reset(context()));
  program
    .command("logs [server]")
    .description("show the end of one server's log, or of all")
    .option("-f, --follow", "keep showing what comes", false)
    .action(async (server: string | undefined, options: { follow: boolean }) =>
      (await import("./commands/logs.ts")).logs(context(), server, options),
    );
  program
    .command("shell [command...]")
    .description("a shell, or one command after --, with kubectl, vault, helm and pulumi set up for the platform")
    .passThroughOptions()
    .action(async (command: string[]) => {
      process.exitCode = await (await import("./commands/shell.ts")).shell(context(), command);
    });
  program
    .command("clean-cache")
    .description("remove what the Go toolchain downloaded and compiled; the built programs stay")
    .action(async () => (await import("./commands/platform.ts")).cleanCache(context()));
  return program;
}

await main();
