import { itemsOf, mapOf, parsed, placeOf, type Rule, type Subject } from "./rule.ts";
import { secretReason } from "./secret-looking.ts";

const remedy = "put it into a Secret that the platform delivers, and refer to it with secretKeyRef, or mount it";

/** ConfigMaps are readable by whoever may look at a namespace. */
export const noSecretInConfigMap: Rule = {
  name: "no-secret-in-config-map",
  description: "A ConfigMap holds no password, token or key.",
  remedy,
  check: (subject) => {
    if (!/^kubernetes:core\/v1:ConfigMap(?:Patch|List)?$/.test(subject.type)) return [];
    return (subject.type.endsWith("List") ? itemsOf(subject.props) : [subject]).flatMap(inMap);
  },
};

function inMap(map: Subject): readonly string[] {
  const binary = Object.entries(mapOf(map.props["binaryData"])).map(
    ([key, value]) => [key, typeof value === "string" ? Buffer.from(value, "base64").toString("latin1") : ""] as const,
  );
  return [...Object.entries(mapOf(map.props["data"])), ...binary].flatMap(([key, value]) =>
    typeof value !== "string"
      ? []
      : reasonsIn(key, value).map((reason) => `key ${key} of ConfigMap ${placeOf(map)} ${reason}`),
  );
}

/** Whether a value is a secret, or a file of settings that holds one. */
function reasonsIn(key: string, value: string): readonly string[] {
  const whole = secretReason(key, value);
  if (whole !== undefined) return [whole];
  const settings = value
    .split(/\r?\n/)
    .flatMap((line) => {
      const { name, text } =
        /^\s*(?:export\s+)?"?(?<name>[\w.-]+)"?\s*[=:]\s*(?<text>.*?)\s*,?\s*$/.exec(line)?.groups ?? {};
      const literal = text?.replace(/^(["'])(.*)\1$/, "$2");
      return name === undefined || literal === undefined || /^[[{&*|>]/.test(literal) ? [] : [[name, literal] as const];
    })
    .flatMap(([name, literal]) => {
      const reason = secretReason(name, literal);
      return reason === undefined ? [] : [`has a setting ${name} that ${reason}`];
    });
  return [...new Set(settings)];
}

/** Environments of processes are shown by whatever describes a Pod, a task or a function. */
export const noSecretInEnvironment: Rule = {
  name: "no-secret-in-environment",
  description: "No environment variable of a workload or function has a password, token or key as a literal.",
  remedy,
  check: (subject) =>
    [...new Set(variablesIn(subject.props))].flatMap(([name, value]) => {
      const reason = secretReason(name, value);
      return reason === undefined ? [] : [`environment variable ${name} of ${titleOf(subject)} ${reason}`];
    }),
};

function titleOf(subject: Subject): string {
  const kind = subject.type.split(":").at(-1) ?? subject.type;
  return `${kind} ${subject.type.startsWith("kubernetes:") ? placeOf(subject) : subject.name}`;
}

/** Names of properties that hold environment variables: of containers, tasks, functions and services. */
const lists = new Set(["env", "envs", "environment", "environmentVariables"]);

type Variable = readonly [name: string, value: string];

/** Every environment variable with a literal, wherever it stands: lists of names and values, or maps. */
function variablesIn(value: unknown): readonly Variable[] {
  if (Array.isArray(value)) return value.flatMap(variablesIn);
  return Object.entries(mapOf(value)).flatMap(([key, inner]): readonly Variable[] => {
    // Definitions of ECS tasks are JSON in a text.
    if (key === "containerDefinitions") return variablesIn(parsed(inner));
    if (!lists.has(key)) return variablesIn(inner);
    if (Array.isArray(inner)) return inner.flatMap((each) => literal(mapOf(each)));
    const { variables } = mapOf(inner);
    return Object.entries(mapOf(variables ?? inner)).flatMap(([name, text]) =>
      typeof text === "string" ? [[name, text] as const] : variablesIn(text),
    );
  });
}

function literal({ name, value }: Readonly<Record<string, unknown>>): readonly Variable[] {
  return typeof name === "string" && typeof value === "string" ? [[name, value]] : [];
}
