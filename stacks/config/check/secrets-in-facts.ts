import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { isKubeconfig, secretIn } from "./secret-forms.ts";

/** Deeper than facts ever are. */
const mostLevels = 20;

/**
 * Facts that hold what only a secret may, by their form alone: a private key, a token, a whole kubeconfig in place of its
 * path. Facts are plain data that reviewers read, and that end up in names, tags and the state. Pure; no value is quoted.
 */
export function secretsInFacts(facts: unknown): readonly Issue[] {
  return search(facts, []);
}

function search(value: unknown, path: readonly PropertyKey[]): readonly Issue[] {
  if (typeof value === "string") return found(value, path);
  if (typeof value !== "object" || value === null || path.length > mostLevels) return [];
  if (Array.isArray(value)) return value.flatMap((each, index) => search(each, [...path, index]));
  return Object.entries(value).flatMap(([key, each]) => search(each, [...path, key]));
}

function found(text: string, names: readonly PropertyKey[]): readonly Issue[] {
  const path = configPath(names);
  if (isKubeconfig(text)) {
    const problem = "holds a kubeconfig, with the credentials in it; facts are plain data that reviewers read";
    const fix = `replace those credentials, and name the path of a file: ${setCommand(names, blank("path"))}`;
    return [{ path, problem, fix }];
  }
  const what = secretIn(text);
  if (what === undefined) return [];
  const problem = `holds ${what}; facts are plain data that reviewers read`;
  return [{ path, problem, fix: `replace it at its source, and remove it here: ${removeCommand(names)}` }];
}
