import type { Issue } from "../components/support/messages/errors.ts";
import { configValue, fullKey, isMap, type ConfigValue } from "./yaml/config.ts";
import type { Value } from "./yaml/document.ts";

/** What `Pulumi.yaml` says of a configuration key. */
export interface DeclaredKey {
  readonly type?: string;
  readonly default?: ConfigValue;
}

export interface ProjectFile {
  readonly name: string;
  /** By full key. */
  readonly declared: ReadonlyMap<string, DeclaredKey>;
}

/** What the engine takes as the name of a project (pulumi `sdk/go/common/tokens`, `ValidateProjectName`). */
const projectName = /^[A-Za-z0-9_.-]{1,100}$/;

/** Reads what is in `Pulumi.yaml`, and everything that keeps it from being a project. */
export function readProject(content: Value): { readonly project?: ProjectFile; readonly issues: readonly Issue[] } {
  const file = "Pulumi.yaml";
  if (!isMap(content)) {
    const problem = content === null ? "is empty" : "is no map of keys and values";
    return {
      issues: [{ path: file, problem: `${problem}; a project has a name and a runtime at least`, fix: restore }],
    };
  }
  const name = content.get("name");
  if (typeof name !== "string" || !projectName.test(name)) {
    const problem = name === undefined ? "is missing" : "is no name of a project";
    const rule = 'up to 100 letters, digits, ".", "-" or "_"';
    return { issues: [{ path: `${file}, name`, problem: `${problem}: ${rule}`, fix: restore }] };
  }
  const config = content.get("config") ?? null;
  if (config !== null && !isMap(config) && typeof config !== "string") {
    return { issues: [{ path: `${file}, config`, problem: "must be a map of configuration keys", fix: restore }] };
  }
  if ((content.get("stackConfigDir") ?? null) !== null) {
    const problem =
      "names another folder for the files of stacks, which previews and workflows look for beside Pulumi.yaml";
    const fix = "move the files to the folder of Pulumi.yaml, and remove the key";
    return { issues: [{ path: `${file}, stackConfigDir`, problem, fix }] };
  }
  const declared = [...(isMap(config) ? config : [])].flatMap(([key, value]) => {
    const full = fullKey(key, name);
    return full === undefined ? [] : [[full, declaredKey(value)] as const];
  });
  return { project: { name, declared: new Map(declared) }, issues: [] };
}

const restore = "git checkout Pulumi.yaml gives back the one that came with the program";

/** What a key is declared with, or a value alone, which is its default. */
function declaredKey(declaration: Value): DeclaredKey {
  if (!isMap(declaration)) return declaration === null ? {} : { default: configValue(declaration) };
  const type = declaration.get("type");
  const value = declaration.get("value") ?? declaration.get("default") ?? null;
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(value === null ? {} : { default: configValue(value) }),
  };
}

/** Why the engine refuses a value of a declared type, which it does before it runs the program. */
export function typeProblem(type: string | undefined, { text, isObject }: ConfigValue): string | undefined {
  switch (type) {
    case "string":
      return isObject ? "must be a text, and is a list or a map" : undefined;
    case "object":
      return !isObject && text.trimStart().startsWith("{")
        ? "must be a map, and is a text that looks like one"
        : undefined;
    case "array":
      return !isObject && text.trimStart().startsWith("[")
        ? "must be a list, and is a text that looks like one"
        : undefined;
    default:
      return undefined;
  }
}
