import type { Issue } from "../../../../components/support/messages/errors.ts";
import { dnsSubdomain, secretKey, secretPath } from "../../../../components/support/naming.ts";
import {
  dnsLabelRule,
  faultIn,
  firstIllegal,
  slugRule,
  type TextRule,
} from "../../../../components/support/messages/text-rules.ts";

type Problem = Omit<Issue, "path">;

/** A rule that names follow. */
interface NameRule extends TextRule {
  /** What must follow it, as the subject of the message. */
  readonly subject: string;
}

/** What is wrong with a name; `undefined` where nothing is. The name itself is shown by whoever says it. */
export function nameProblem(name: string, rule: NameRule): Problem | undefined {
  if (rule.pattern.test(name)) return undefined;
  const fault = faultIn(name, rule) || "; a dot is not between letters or digits";
  return { problem: `${rule.subject} must be ${rule.rule}${fault}` };
}

/** Of an application or a secret. */
export const ownName: NameRule = { subject: "a name", ...slugRule };

export const namespaceName: NameRule = { subject: "namespace", ...dnsLabelRule };

export const kubernetesName: NameRule = {
  subject: "secretName",
  pattern: dnsSubdomain,
  rule: 'up to 253 lowercase letters, digits, "-" or ".", with a letter or digit at both ends and on both sides of each dot',
  characters: /^[a-z0-9.-]$/,
  most: 253,
};

/** What is wrong with a path below the environment's folder. It is not shown: it is no name, and may be anything. */
export function pathProblem(path: string): Problem | undefined {
  if (secretPath.test(path) && path.length <= longestPath) return undefined;
  return {
    problem: `must be at least two names joined by "/", each of lowercase letters, digits, ".", "-" or "_", beginning with a letter or digit; ${pathFault(path)}`,
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
  return names[index] === "" ? `name ${index + 1} is empty` : `name ${index + 1} begins with another character`;
}

/** What is wrong with a key of a secret, or of a Kubernetes Secret (`IsConfigMapKey`, k8s.io/apimachinery). */
export function keyProblem(key: string): Problem | undefined {
  if (key === "__proto__") {
    return { problem: "__proto__ is a name that JavaScript keeps for itself", fix: "choose another key" };
  }
  if (key === "." || key.startsWith("..")) {
    return { problem: 'Kubernetes takes no key that is "." or begins with ".."', fix: "choose another key" };
  }
  if (secretKey.test(key)) return undefined;
  const fault = faultIn(key, { characters: /^[-._a-zA-Z0-9]$/, most: 253 });
  return { problem: `a key must be up to 253 letters, digits, ".", "-" or "_"${fault}` };
}

/** Of a configuration key that holds a provided value: `pulumi config set --secret <key>` takes it as it is. */
export function configKeyProblem(key: string): Problem | undefined {
  if (/^[A-Za-z][\w-]{0,127}$/.test(key)) return undefined;
  const fault = faultIn(key, { characters: /^[\w-]$/, first: /^[A-Za-z]$/, most: 128 });
  return {
    problem: `a configuration key must be up to 128 letters, digits, "-" or "_", beginning with a letter${fault}`,
    fix: 'such as provided("shopToken")',
  };
}
