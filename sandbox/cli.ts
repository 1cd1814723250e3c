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
    .option("--port-base <number>", "first of the platform's ports (default: 16440, or SANDBOX_PORT_BASE)")
    .enablePositionalOptions()
    .showHelpAfterError();
  const context = (): CommandContext => commandContext(program.opts<GlobalOptions>(), signal);

  program
    .command("start")
    .description("start the platform, deploy the stack `sandbox` and show which Secrets arrived where")
    .addOption(
      new Option(
        "--stores <which>",
        "also deploy one secret to every store, read through every identity, on fakes of AWS, Azure and Google Cloud",
      ).choices(["all"]),
    )
    .action(async (options: { stores?: "all" }) => (await import("./commands/start.ts")).start(context(), options));
  program
    .command("up")
    .description("start the platform; builds what is missing first")
    .option("--clouds", "also start fakes of AWS, Azure and Google Cloud, now and at every later start", false)
    .action(async (options: { clouds: boolean }) => {
      await (await import("./commands/platform.ts")).up(context(), options);
    });
  program
    .command("build")
    .description("download or build the platform's programs, and start none")
    .action(async () => (await import("./commands/platform.ts")).build(context()));
  program
    .command("down")
    .description("stop every process; data is kept")
    .action(async () => (await import("./commands/platform.ts")).down(context()));
  program
    .command("status")
    .description("show every process (exit code 3 if the platform is not running)")
    .option("--json", "print JSON", false)
    .action(async (options: { json: boolean }) => {
      process.exitCode = await (await import("./commands/platform.ts")).status(context(), options);
    });
  program
    .command("reset")
    .description("stop every process and delete all data, including the stack's state")
    .action(async () => (await import("./commands/platform.ts")).reset(context()));
  program
    .command("logs [server]")
    .description("show the last lines of one server's log, or of all logs")
    .option("-f, --follow", "keep printing new lines", false)
    .action(async (server: string | undefined, options: { follow: boolean }) =>
      (await import("./commands/logs.ts")).logs(context(), server, options),
    );
  program
    .command("shell [command...]")
    .description(
      "open a shell, or run the command after --, with kubectl, vault, helm and pulumi set up for the platform",
    )
    .passThroughOptions()
    .action(async (command: string[]) => {
      process.exitCode = await (await import("./commands/shell.ts")).shell(context(), command);
    });
  program
    .command("clean-cache")
    .description("delete the Go toolchain's downloads and build cache; built programs are kept")
    .action(async () => (await import("./commands/platform.ts")).cleanCache(context()));
  return program;
}

await main();
