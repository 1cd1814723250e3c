import { isRecord } from "../../../components/support/is-record.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import { secretKey } from "../../../components/support/naming.ts";
import { issueAt, reading, type FoundKey, type Left, type Reading } from "../model.ts";
import { isPlaceholder, isReference, looksSecret } from "../secret-looking.ts";
import { SecretValue } from "../secret-value.ts";
import { selects, type Selection } from "../selection.ts";
import { readYaml, type YamlDocument } from "./yaml.ts";

export interface HelmValuesArgs {
  readonly file: string;
  readonly text: string;
  readonly selection: Selection;
}

interface Setting {
  /** `env.mlflow.password`, `users[0].token`. */
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly siblings: readonly string[];
}

/**
 * Reads the secrets that stand in a Helm values file. Which settings hold secrets is decided by their names; what was left
 * for its name alone is listed, and `selection` overrules it. The chart decides which key of which Secret a setting
 * becomes, so each key has the setting's whole path for a name. Pure.
 */
export function readHelmValues({ file, text, selection }: HelmValuesArgs): Reading {
  const { documents, issues } = readYaml(file, text);
  const [document, ...others] = documents;
  if (issues.length > 0 || document === undefined) return reading({ issues });
  if (others.length > 0 || !isRecord(document.data)) {
    const fix = "name a file of Helm values, or of Kubernetes objects with apiVersion and kind";
    return reading({ issues: [issueAt({ file, line: 1, column: 1 }, "is no map of Helm values", fix)] });
  }
  const read = settingsOf(document.data, []).map((each) => readSetting(each, document, selection));
  const keys = read.flatMap(({ key }) => key ?? []);
  const twice = keys.filter(({ name }, index) => keys.findIndex((each) => each.name === name) !== index);
  const secret = { source: "helm-values" as const, at: { file }, keys, consumers: [], notes: [chartNote] };
  return reading({
    secrets: keys.length === 0 ? [] : [secret],
    left: read.flatMap(({ left }) => left ?? []),
    issues: twice.map(({ name, at }) =>
      issueAt(
        at,
        `is a second setting that becomes key ${clippedName(name)}`,
        `give one of them another key: --take <setting>=<key>`,
      ),
    ),
  });
}

const chartNote =
  "the chart decides which Secret and which keys it reads: point it at the delivered Secret, and name the keys as it wants them (--take <setting>=<key>)";

function settingsOf(value: unknown, path: Setting["path"], siblings: readonly string[] = []): readonly Setting[] {
  if (Array.isArray(value)) {
    // An environment variable of a container, as most charts let one set them.
    return value.flatMap((item: unknown, index) => settingsOf(item, [...path, index]));
  }
  if (!isRecord(value)) return path.length === 0 ? [] : [{ name: nameOf(path), path, value, siblings }];
  const names = Object.keys(value);
  if (typeof value["name"] === "string" && typeof value["value"] === "string") {
    const at = [...path, "value"];
    return [{ name: value["name"], path: at, value: value["value"], siblings: [] }];
  }
  return names.flatMap((name) => settingsOf(value[name], [...path, name], names));
}

function nameOf(path: Setting["path"]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

function readSetting(
  { name, path, value, siblings }: Setting,
  { placeOf }: YamlDocument,
  selection: Selection,
): { readonly key?: FoundKey; readonly left?: Left } {
  const at = placeOf(path);
  const last = String(path.findLast((part) => typeof part === "string" && part !== "value") ?? name);
  const own = looksSecret(last) || looksSecret(name.split(".").at(-1) ?? "");
  const reference = isReference(last, siblings);
  const as = selects(selection, name, own && !reference && value !== null && typeof value !== "boolean");
  if (as === undefined) {
    if (!own && !hasSecretWord(name)) return {};
    const reason = reference
      ? "names a Secret or a key of one, and holds no value"
      : `its name is not that of a secret; to migrate it: --take ${clippedName(name)}`;
    return { left: { at, what: name, reason } };
  }
  if (typeof value !== "string") {
    const reason = `holds ${value === null || value === undefined ? "nothing" : `a ${typeof value}`}, and secrets are texts; put it in quotation marks if the chart takes it as it is written`;
    return { left: { at, what: name, reason } };
  }
  const key = secretKey.test(as) ? as : as.replaceAll(/[^-._a-zA-Z0-9]+/g, "_").replace(/_+$/, "");
  const hasValue = !isPlaceholder(value);
  return {
    key: {
      name: key,
      at,
      ...(hasValue ? { value: new SecretValue(value) } : {}),
      notes: hasValue ? [] : [value === "" ? "has no value here" : "its value is a placeholder"],
    },
  };
}

/** Worth listing among what was left: some part of the path is a word for secrets. */
function hasSecretWord(name: string): boolean {
  return /secret|passw|token|credential|api_?key/i.test(name);
}
