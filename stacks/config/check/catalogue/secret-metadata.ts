import type { Issue } from "../../../../components/support/messages/errors.ts";
import { dnsSubdomain } from "../../../../components/support/naming.ts";
import { clippedName, quotedName } from "../../../../components/support/messages/printable.ts";
import { firstIllegal } from "../../../../components/support/messages/text-rules.ts";
import { isKubeconfig, secretIn } from "../secret-forms.ts";
import { cataloguePath } from "./path.ts";

export interface SecretMetadata {
  /** Of the delivery. */
  readonly path: readonly PropertyKey[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What is wrong with the labels and annotations of a Secret. Pure; no value is shown. */
export function metadataProblems({ path, labels = {}, annotations = {} }: SecretMetadata): readonly Issue[] {
  return [
    ...Object.entries(labels).flatMap((entry) => entryProblems("label", [...path, "labels"], entry)),
    ...Object.entries(annotations).flatMap((entry) => entryProblems("annotation", [...path, "annotations"], entry)),
    ...tooLarge([...path, "annotations"], annotations),
  ];
}

type Kind = "label" | "annotation";

function entryProblems(
  kind: Kind,
  path: readonly PropertyKey[],
  [name, value]: readonly [string, string],
): readonly Issue[] {
  const ofName = secretProblem(kind, name) ?? keyProblem(kind, name) ?? reservedProblem(kind, name);
  if (ofName !== undefined) return [{ path: cataloguePath(path), ...ofName }];
  const problem =
    secretProblem(kind, value) ?? (kind === "label" ? labelValueProblem(value) : annotationValueProblem(value));
  return problem === undefined ? [] : [{ path: cataloguePath([...path, name]), ...problem }];
}

type Problem = Omit<Issue, "path">;

function secretProblem(kind: Kind, text: string): Problem | undefined {
  const what = isKubeconfig(text) ? "a kubeconfig, with the credentials in it" : secretIn(text);
  if (what === undefined) return undefined;
  return {
    problem: `holds ${what}, and ${article(kind)} is not secret: whoever may list Secrets reads it`,
    fix: "replace it at its source, and deliver it as a key",
  };
}

const longestName = 63;
const name = /^[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?$/;

/** `IsQualifiedName`, k8s.io/apimachinery. Of an annotation the prefix may have capitals. */
function keyProblem(kind: Kind, key: string): Problem | undefined {
  const parts = key.split("/");
  const [last = "", prefix] = [parts.at(-1), parts.length === 1 ? undefined : parts[0]];
  const isLegalPrefix =
    prefix === undefined ||
    (dnsSubdomain.test(kind === "annotation" ? prefix.toLowerCase() : prefix) && prefix.length <= 253);
  if (parts.length <= 2 && isLegalPrefix && name.test(last) && last.length <= longestName) return undefined;
  return {
    problem: `${quotedName(key)} is not a legal name of ${article(kind)}: it must be up to ${longestName} letters, digits, "-", "_" or ".", beginning and ending with a letter or digit; a domain and a slash may stand before it`,
    fix: `such as ${kind === "label" ? "argocd.argoproj.io/secret-type" : "example.com/owner"}`,
  };
}

/** Who sets what: names and prefixes, the latter with a slash at the end. */
const reserved: Readonly<Record<string, string>> = {
  "app.kubernetes.io/managed-by": "says who makes the Secret, which is not the catalogue",
  "kubectl.kubernetes.io/last-applied-configuration": "is kubectl's own record of an object, with the values in it",
  "kubernetes.io/service-account.name": "names the account whose token Kubernetes writes into a Secret",
  "multicloud-secrets/": "is this program's own",
  "pulumi.com/": "is an instruction to Pulumi, and this program's own",
  "reconcile.external-secrets.io/": "is the operator's own",
  "sealedsecrets.bitnami.com/": "is an instruction to the Sealed Secrets controller, and this program's own",
};

function reservedProblem(kind: Kind, key: string): Problem | undefined {
  const lower = key.toLowerCase();
  const found = Object.entries(reserved).find(([each]) =>
    each.endsWith("/") ? lower.startsWith(each) : lower === each,
  );
  return found === undefined ? undefined : { problem: `${kind} ${clippedName(key)} ${found[1]}`, fix: "remove it" };
}

const labelValue = /^(?:[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?)?$/;

/** `IsValidLabelValue`, k8s.io/apimachinery. */
function labelValueProblem(value: string): Problem | undefined {
  if (labelValue.test(value) && value.length <= longestName) return undefined;
  const illegal = firstIllegal(value, /^[-_.A-Za-z0-9]$/);
  const fault =
    illegal ?? (value.length > longestName ? `it has ${value.length} characters` : "it begins or ends with another");
  return {
    problem: `must be empty, or up to ${longestName} letters, digits, "-", "_" or ".", beginning and ending with a letter or digit; ${fault}`,
    fix: "write what has other characters as an annotation",
  };
}

/** The operator executes what is in double braces, as a template that sees every value of the Secret. */
function annotationValueProblem(value: string): Problem | undefined {
  if (!value.includes("{{")) return undefined;
  return {
    problem: 'has "{{", which the operator would execute as a template over the values of the Secret',
    fix: 'write single braces, or with a space between them: "{ {"',
  };
}

/** `ValidateAnnotationsSize`, k8s.io/apimachinery, without what this program and the operator set themselves. */
const mostBytes = 256 * 1024 - 1024;

function tooLarge(path: readonly PropertyKey[], annotations: Readonly<Record<string, string>>): readonly Issue[] {
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= mostBytes) return [];
  const problem = `have ${bytes} bytes, names and values together, and may have up to ${mostBytes}: the 256 KiB of Kubernetes less 1 KiB for annotations that are set besides`;
  return [{ path: cataloguePath(path), problem, fix: "keep long texts in a ConfigMap" }];
}

function article(kind: Kind): string {
  return kind === "label" ? "a label" : "an annotation";
}
