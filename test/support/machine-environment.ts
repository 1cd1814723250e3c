import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./project.ts";

/** Environment variables that Pulumi's SDKs turn into inputs of a provider, each with a value that its reader accepts. */
export function variablesOfSdks(): Readonly<Record<string, string>> {
  const files = globSync(
    "node_modules/@pulumi/{aws,azure-native,gcp,kubernetes,random,vault}/{provider,types/input}.js",
    {
      cwd: root,
    },
  );
  const calls = files.flatMap((file) => [
    ...readFileSync(path.join(root, file), "utf8").matchAll(/\bgetEnv(?<kind>Boolean|Number)?\((?<names>[^)]*)\)/g),
  ]);
  return Object.fromEntries(
    calls.flatMap(({ groups }) => {
      const value = groups?.["kind"] === "Boolean" ? "true" : groups?.["kind"] === "Number" ? "7" : "of-this-machine";
      return [...(groups?.["names"] ?? "").matchAll(/"(?<name>[^"]+)"/g)].map((name) => [name.groups?.["name"], value]);
    }),
  ) as Record<string, string>;
}

/** More that people set for these clouds, and that only the plugins may read. */
const variablesOfPlugins = {
  AWS_ACCESS_KEY_ID: "of-this-machine",
  AWS_PROFILE: "of-this-machine",
  AWS_SESSION_TOKEN: "of-this-machine",
  ARM_CLIENT_ID: "of-this-machine",
  ARM_LOCATION: "of-this-machine",
  ARM_SUBSCRIPTION_ID: "of-this-machine",
  ARM_TENANT_ID: "of-this-machine",
  ARM_USE_OIDC: "true",
  GOOGLE_CREDENTIALS: "of-this-machine",
  GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: "of-this-machine",
  VAULT_ADDR: "https://of-this-machine.example",
  VAULT_CACERT: "/of-this-machine",
  VAULT_NAMESPACE: "of-this-machine",
  VAULT_TOKEN: "of-this-machine",
};

/** Runs with every one of these variables set. */
export async function onAnotherMachine<T>(run: () => Promise<T>): Promise<T> {
  return withVariables({ ...variablesOfPlugins, ...variablesOfSdks() }, run);
}

/** Runs with none of these variables set, however the tests were started. */
export async function onABareMachine<T>(run: () => Promise<T>): Promise<T> {
  const names = Object.keys({ ...variablesOfPlugins, ...variablesOfSdks() });
  return withVariables(Object.fromEntries(names.map((name) => [name, undefined])), run);
}

async function withVariables<T>(
  variables: Readonly<Record<string, string | undefined>>,
  run: () => Promise<T>,
): Promise<T> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  set(variables);
  try {
    return await run();
  } finally {
    set(before);
  }
}

function set(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
