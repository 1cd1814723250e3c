import * as grpc from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import { execa } from "execa";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../layout.ts";

/** Exit code of the SDK's runner when it has already reported the error (`sdk/nodejs/cmd/run/index.ts`). */
const alreadyReported = 32;

export interface LanguageHost {
  /** For the CLI's `--client`. */
  readonly address: string;
  readonly stop: () => void;
}

export interface LanguageHostOptions {
  /** File of the program, below the repository. Default: that of `Pulumi.yaml`. */
  readonly main?: string;
  /** Variables of the program's process, besides those of this one. Default: none. */
  readonly variables?: Readonly<Record<string, string>>;
}

interface Project {
  readonly main: string;
  readonly runtime: { readonly name: string; readonly options: { readonly typescript: boolean } };
}

/**
 * Runs the program as `pulumi up` does: the SDK's own runner in a Node process of its own, with the arguments and
 * variables that Pulumi's language host for Node passes (pulumi/pulumi `sdk/nodejs/cmd/pulumi-language-nodejs`), which is
 * a program that a machine without Pulumi's official download does not have. The engine that it talks to is the real one.
 */
export async function startLanguageHost({ main, variables = {} }: LanguageHostOptions = {}): Promise<LanguageHost> {
  const project = parse(await readFile(path.join(repositoryRoot, "Pulumi.yaml"), "utf8")) as Project;
  const server = new grpc.Server();
  server.addService(language.LanguageRuntimeService, {
    handshake: unimplemented,
    getRequiredPlugins: answer(() => new messages.GetRequiredPluginsResponse()),
    getRequiredPackages: unimplemented,
    getPluginInfo: answer(() => {
      const info = new plugins.PluginInfo();
      info.setVersion("1.0.0");
      return info;
    }),
    run: (call: grpc.ServerUnaryCall<RunRequest, unknown>, callback: grpc.sendUnaryData<unknown>) => {
      runProgram({ ...project, main: main ?? project.main, variables }, call.request).then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    stop: () => {
      server.forceShutdown();
    },
  };
}

type RunRequest = InstanceType<typeof messages.RunRequest>;

interface Program extends Project {
  readonly variables: Readonly<Record<string, string>>;
}

async function runProgram({ main, runtime, variables }: Program, request: RunRequest) {
  const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run/index.js");
  const [engine = ""] = request.getArgsList();
  const options = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: repositoryRoot,
    "root-directory": repositoryRoot,
    parallel: String(request.getParallel()),
  };
  const flags = Object.entries(options).flatMap(([key, value]) => (value === "" ? [] : [`--${key}`, value]));
  const { exitCode, all } = await execa(
    process.execPath,
    [runner, ...flags, ...(request.getDryrun() ? ["--dry-run"] : []), main],
    {
      cwd: repositoryRoot,
      reject: false,
      all: true,
      timeout: 300_000,
      env: {
        ...variables,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: String(runtime.options.typescript),
      },
    },
  );
  const response = new messages.RunResponse();
  if (exitCode === alreadyReported) response.setBail(true);
  else if (exitCode !== 0) response.setError(`the program ended with exit code ${exitCode}: ${all}`);
  return response;
}

/**
 * A shell script that is the CLI at `pulumi`, but for `up` and `preview`, whose program a language host runs. It stands
 * for a CLI that is installed with Pulumi's own host beside it.
 */
export function pulumiWithHost(pulumi: string, { address }: LanguageHost): string {
  return `#!/bin/sh
case "$1" in up|preview)
  command="$1"; shift
  exec ${pulumi} "$command" --client=${address} --exec-kind=auto.inline "$@";;
esac
exec ${pulumi} "$@"
`;
}

function answer(make: () => unknown) {
  return (_: unknown, callback: grpc.sendUnaryData<unknown>) => {
    callback(null, make());
  };
}

/** Answers optional calls of the engine, which then treats this as an older host. */
function unimplemented(_: unknown, callback: grpc.sendUnaryData<unknown>): void {
  callback({ code: grpc.status.UNIMPLEMENTED, message: "not implemented" });
}
