import type { Issue } from "../../../../components/support/errors.ts";
import { dnsLabel, dnsSubdomain, secretKey, secretPath, slug } from "../../../../components/support/naming.ts";
import { firstIllegal } from "../../../../components/support/wording.ts";

type Problem = Omit<Issue, "path">;

/** A rule that names follow, in words, and what is wrong with a name that does not. */
interface NameRule {
  readonly rule: string;
  readonly legal: RegExp;
  /** Matches one character that such a name may have. */
  readonly character: RegExp;
  /** Matches the first one. */
  readonly first: RegExp;
  readonly longest: number;
}

/** What is wrong with a name; `undefined` where nothing is. The name itself is shown by whoever says it. */
export function nameProblem(name: string, rule: NameRule): Problem | undefined {
  if (rule.legal.test(name)) return undefined;
  return { problem: `${rule.rule}; ${fault(name, rule)}` };
}

function fault(name: string, { character, first, longest }: NameRule): string {
  if (name === "") return "it is empty";
  const illegal = firstIllegal(name, character);
  if (illegal !== undefined) return illegal;
  if (name.length > longest) return `it has ${name.length} characters`;
  const [start = "", end = ""] = [name[0], name.at(-1)];
  if (!first.test(start)) return `it begins with "${start}"`;
  return /[a-z0-9]/.test(end) ? "a dot has another beside it" : `it ends with "${end}"`;
}

/** Of an application or a secret. */
export const ownName: NameRule = {
  rule: "a name must be lower-case letters, digits and dashes, 63 at most, start with a letter and not end with a dash",
  legal: slug,
  character: /^[a-z0-9-]$/,
  first: /^[a-z]$/,
  longest: 63,
};

export const namespaceName: NameRule = {
  rule: "namespace must be lower-case letters, digits and dashes, 63 at most, with no dash at its ends",
  legal: dnsLabel,
  character: /^[a-z0-9-]$/,
  first: /^[a-z0-9]$/,
  longest: 63,
};

export const kubernetesName: NameRule = {
  rule: "secretName must be lower-case letters, digits, dashes and dots, 253 at most, with a letter or digit before and after each dot",
  legal: dnsSubdomain,
  character: /^[a-z0-9.-]$/,
  first: /^[a-z0-9]$/,
  longest: 253,
};

/** What is wrong with a path below the environment's folder. It is not shown: it is no name, and may be anything. */
export function pathProblem(path: string): Problem | undefined {
  if (secretPath.test(path) && path.length <= longestPath) return undefined;
  return {
    problem: `must be at least two names joined by slashes, each of lower-case letters, digits, dots, dashes and underscores, starting with a letter or digit; ${pathFault(path)}`,
    fix: 'such as path: "shop/db"',
  };
}

/** No store takes a longer name. */
const longestPath = 1024;

function pathFault(path: string): string {
  const names = path.split("/");
  const illegal = firstIllegal(path, /^[a-z0-9._/-]$/);
  if (illegal !== undefined) return illegal;
  if (path.length > longestPath) return `it has ${path.length} characters, and ${longestPath} is the most`;
  if (names.length === 1) return "it has no slash";
  const index = names.findIndex((name) => !/^[a-z0-9]/.test(name));
  return names[index] === "" ? `name ${index + 1} is empty` : `name ${index + 1} starts with another`;
}

const keyCharacter = /^[-._a-zA-Z0-9]$/;

/** What is wrong with a key of a secret, or of a Kubernetes Secret (`IsConfigMapKey`, k8s.io/apimachinery). */
export function keyProblem(key: string): Problem | undefined {
  if (key === "__proto__") {
    return { problem: "__proto__ is a name that JavaScript keeps for itself", fix: "choose another key" };
  }
  if (key === "." || key.startsWith("..")) {
    return { problem: 'Kubernetes takes no key that is "." or begins with ".."', fix: "choose another key" };
  }
  if (secretKey.test(key)) return undefined;
  const illegal = firstIllegal(key, keyCharacter);
  const wrong = key === "" ? "it is empty" : (illegal ?? `it has ${key.length} characters`);
  return { problem: `a key must be letters, digits, dots, dashes and underscores, 253 at most; ${wrong}` };
}

/** Of a configuration key that holds a provided value: `pulumi config set --secret <key>` takes it as it is. */
export function configKeyProblem(key: string): Problem | undefined {
  if (/^[A-Za-z][\w-]{0,127}$/.test(key)) return undefined;
  const wrong =
    key === ""
      ? "it is empty"
      : (firstIllegal(key, /^[\w-]$/) ??
        (key.length > 128 ? `it has ${key.length} characters` : "it starts with another"));
  return {
    problem: `a configuration key must be letters, digits, dashes and underscores, 128 at most, and start with a letter; ${wrong}`,
    fix: 'such as provided("shopToken")',
  };
}
