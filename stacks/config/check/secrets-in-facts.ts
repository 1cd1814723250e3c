import { blank, configPath, removeCommand, setCommand } from "../../../components/support/config-command.ts";
import type { Issue } from "../../../components/support/errors.ts";

/** What is a secret by its form, wherever it stands. The words follow "holds". */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/, "a private key"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/, "a token (JWT)"],
  [/\bhv[sbr]\.[\w-]{20,}/, "a token of Vault"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an access key of AWS"],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/, "a token of GitHub"],
  [/\bglpat-[\w-]{20,}/, "a token of GitLab"],
  [/\bxox[abeoprs]-[\w-]{10,}/, "a token of Slack"],
  [/\bpul-[0-9a-f]{40}\b/, "a token of Pulumi"],
];

/** A kubeconfig, as YAML or JSON. Nearly every one has somebody's credentials in it. */
const kubeconfig =
  /(?:^|[\s{,"'])(?:client-key-data|client-certificate-data|certificate-authority-data|current-context)["']?\s*:|kind["']?\s*:\s*["']?Config\b/;

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
  if (kubeconfig.test(text)) {
    const problem = "holds a kubeconfig, with the credentials in it; facts are plain data that reviewers read";
    const fix = `replace those credentials, and name the path of a file: ${setCommand(names, blank("path"))}`;
    return [{ path, problem, fix }];
  }
  const what = forms.find(([form]) => form.test(text))?.[1];
  if (what === undefined) return [];
  const problem = `holds ${what}; facts are plain data that reviewers read`;
  return [{ path, problem, fix: `replace it at its source, and remove it here: ${removeCommand(names)}` }];
}
