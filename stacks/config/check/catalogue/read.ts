import { z } from "zod";
import { workloadIn, workloadKinds } from "../../../../components/clusters/workloads.ts";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { received } from "../../../../components/support/messages/received.ts";
import { closest, didYouMean, listed } from "../../../../components/support/messages/suggestions.ts";
import { recipeFields } from "../../../../components/values/recipe-fields.ts";
import { password, type Recipe } from "../../../../components/values/recipe.ts";
import type {
  CatalogueAccount,
  CatalogueProbe,
  ConditionalKey,
  KeySource,
} from "../../../environments/catalogue-spec.ts";
import type { ApplicationDraft, DeliveryDraft, SecretDraft } from "./draft.ts";
import { readFields, readList, readObject, type Part } from "./fields.ts";
import { cataloguePath } from "./path.ts";

/**
 * Reads a catalogue whose types nothing has checked: Pulumi strips them before an `up`. What can't be read is left out,
 * and told. Pure.
 */
export function readCatalogue(value: unknown, issues: Issue[]): readonly ApplicationDraft[] {
  const applications = readObject({ value, path: [], issues }, "an object of applications by name") ?? {};
  return Object.entries(applications).map(([app, each]) => readApplication(app, { value: each, path: [app], issues }));
}

const anything = z.unknown();

function readApplication(app: string, part: Part): ApplicationDraft {
  const { path, issues } = part;
  const fields = readFields(part, { secrets: anything, deliveries: anything });
  if (fields === undefined) return { app, secrets: [], deliveries: [], namesKnown: false, deliveriesKnown: false };
  const secrets = readObject(
    { value: fields.secrets, path: [...path, "secrets"], issues },
    "an object of secrets by name",
  );
  const deliveries = readList(
    { value: fields.deliveries, path: [...path, "deliveries"], issues },
    "a list of Secrets to deliver, or [] for none",
  );
  const read = (deliveries ?? []).map((value, index) => {
    const before = issues.length;
    const delivery = readDelivery({ value, path: [...path, "deliveries", placeOf(value) ?? index], issues });
    return { delivery, isWhole: issues.length === before };
  });
  return {
    app,
    secrets: Object.entries(secrets ?? {}).map(([name, value]) =>
      readSecret(app, name, { value, path: [...path, "secrets", name], issues }),
    ),
    deliveries: read.flatMap(({ delivery }) => delivery ?? []),
    namesKnown: secrets !== undefined,
    deliveriesKnown: deliveries !== undefined && read.every(({ isWhole }) => isWhole),
  };
}

/** Days between rotations that can be meant: at most ten years. */
const mostDays = 3650;
const daysRule = `must be a whole number of days from 1 to ${mostDays}`;
const days = z.custom<number>((value) => isDays(value), { error: daysRule }).optional();

function isDays(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= mostDays;
}

const secretFields = {
  keys: anything,
  path: z.string({ error: "must be a text" }).optional(),
  primaryKey: z.string({ error: "must be the name of a key" }).optional(),
  delivered: z.literal(false, { error: "must be false, or left out" }).optional(),
  rotateEveryDays: days,
  bootstrapOnly: z.literal(true, { error: "must be true, or left out" }).optional(),
  accounts: anything,
  verify: anything,
};

function readSecret(app: string, name: string, part: Part): SecretDraft {
  const { path, issues } = part;
  const fields = readFields(part, secretFields);
  const at = [...path, "keys"];
  const entries =
    fields === undefined
      ? undefined
      : readObject({ value: fields.keys, path: at, issues }, "an object of recipes by key");
  if (entries !== undefined && Object.keys(entries).length === 0) {
    issues.push({
      path: cataloguePath(at),
      problem: "is empty: a secret needs a key",
      fix: "add one, or remove the secret",
    });
  }
  const keys = Object.fromEntries(
    Object.entries(entries ?? {}).map(([key, value]) => [key, readKey({ value, path: [...at, key], issues })] as const),
  );
  const readable = Object.entries(keys).flatMap(([key, entry]) => (entry === undefined ? [] : [[key, entry] as const]));
  const { path: place, primaryKey, delivered, rotateEveryDays, bootstrapOnly } = fields ?? {};
  const accounts = readAccounts({ value: fields?.accounts, path: [...path, "accounts"], issues });
  const verify = readProbes({ value: fields?.verify, path: [...path, "verify"], issues });
  return {
    app,
    name,
    secret: {
      // One that can't be read stands as a random one, so that what comes after finds no second fault in it.
      keys: Object.fromEntries(Object.entries(keys).map(([key, entry]) => [key, entry ?? password()])),
      ...(place === undefined ? {} : { path: place }),
      ...(primaryKey === undefined ? {} : { primaryKey }),
      ...(delivered === undefined ? {} : { delivered }),
      ...(rotateEveryDays === undefined ? {} : { rotateEveryDays }),
      ...(bootstrapOnly === undefined ? {} : { bootstrapOnly }),
      ...(accounts.length === 0 ? {} : { accounts }),
      ...(verify.length === 0 ? {} : { verify }),
    },
    names: new Set(Object.keys(keys)),
    recipes: Object.fromEntries(readable.map(([key, entry]) => [key, "when" in entry ? entry.recipe : entry])),
    isWhole: entries !== undefined,
  };
}

const accountFields = {
  target: z.string({ error: "must be the name of a target" }),
  username: z.string({ error: "must be the key that holds the account's name" }),
  password: z.string({ error: "must be the key that holds the account's password" }),
  retirePrevious: z.literal(true, { error: "must be true, or left out" }).optional(),
};

function readAccounts(part: Part): readonly CatalogueAccount[] {
  if (part.value === undefined) return [];
  const example = '[{ target: "db", username: "username", password: "password" }]';
  return (readList(part, `a list of accounts, such as ${example}`) ?? []).flatMap((value, index) => {
    const {
      target,
      username,
      password: key,
      retirePrevious,
    } = readFields({ ...part, value, path: [...part.path, index] }, accountFields) ?? {};
    if (target === undefined || username === undefined || key === undefined) return [];
    return [{ target, username, password: key, ...(retirePrevious === undefined ? {} : { retirePrevious }) }];
  });
}

const probeFields = {
  probe: z.string({ error: "must be the name of a probe" }),
  username: z.string({ error: "must be the key that holds the account's name" }).optional(),
  password: z.string({ error: "must be the key that holds the password or token" }),
};

function readProbes(part: Part): readonly CatalogueProbe[] {
  if (part.value === undefined) return [];
  const list = readList(part, 'a list of probes, such as [{ probe: "api", password: "token" }]') ?? [];
  return list.flatMap((value, index) => {
    const {
      probe,
      username,
      password: key,
    } = readFields({ ...part, value, path: [...part.path, index] }, probeFields) ?? {};
    if (probe === undefined || key === undefined) return [];
    return [{ probe, ...(username === undefined ? {} : { username }), password: key }];
  });
}

const when = z.literal("high-availability", { error: 'must be "high-availability"' });

function readKey(part: Part): Recipe | ConditionalKey | undefined {
  const { value, path, issues } = part;
  if (typeof value === "object" && value !== null && (Object.hasOwn(value, "when") || Object.hasOwn(value, "recipe"))) {
    const fields = readFields(part, { when, recipe: anything });
    if (fields === undefined) return undefined;
    const recipe = readRecipe({ value: fields.recipe, path: [...path, "recipe"], issues });
    return recipe === undefined || fields.when === undefined ? undefined : { when: fields.when, recipe };
  }
  return readRecipe(part);
}

const kinds = Object.keys(recipeFields) as readonly Recipe["kind"][];

/** Recipes that are made with an object of options, each with an example. */
const optionsExamples: { readonly [K in Recipe["kind"]]?: string } = {
  password: "password({ length: 40 })",
  passphrase: "passphrase({ words: 12 })",
  "ssh-key-pair": 'sshKeyPair({ type: "rsa-4096" })',
  "key-pair": 'keyPair({ type: "ecdsa-p256" })',
  previous: 'previousOf("<key>", { days: 14 })',
  "public-key": 'publicKeyOf("<key>", { format: "pem" })',
};

function readRecipe(part: Part): Recipe | undefined {
  const { value, path, issues } = part;
  if (typeof value === "string") {
    const problem = `must be a recipe, ${received(value)}`;
    issues.push({ path: cataloguePath(path), problem, fix: 'a value that is no secret is written as literal("…")' });
    return undefined;
  }
  const object = readObject(part, "a recipe, such as password() or hexToken(32)");
  if (object === undefined) return undefined;
  const kind = kinds.find((each) => each === object["kind"]);
  if (kind === undefined) {
    issues.push({ path: cataloguePath(path), ...kindProblem(object["kind"]) });
    return undefined;
  }
  if (Object.hasOwn(object, "options") && optionsExamples[kind] !== undefined) {
    const problem = `takes its options as one object, ${received(object["options"])}`;
    issues.push({ path: cataloguePath(path), problem, fix: `such as ${optionsExamples[kind] ?? ""}` });
    return undefined;
  }
  const before = issues.length;
  const { kind: _, ...rest } = object;
  const fields = readFields({ ...part, value: rest }, recipeFields[kind]);
  return issues.length === before ? ({ kind, ...fields } as unknown as Recipe) : undefined;
}

function kindProblem(kind: unknown): Omit<Issue, "path"> {
  // Shown only where it is nearly one of ours: anything else may be a value.
  if (typeof kind !== "string") return { problem: `has no kind of recipe; there are ${listed(kinds)}` };
  const shown = closest(kind, kinds) === undefined ? received(kind) : `received "${kind}"`;
  return { problem: `is of an unknown kind; there are ${listed(kinds)}; ${shown}`, ...didYouMean(kind, kinds) };
}

/** A delivery is found by what it delivers, where that can be read: lists are long. */
function placeOf(value: unknown): string | undefined {
  const { namespace, secretName } = (value ?? {}) as { readonly namespace?: unknown; readonly secretName?: unknown };
  const place = typeof namespace === "string" && typeof secretName === "string" ? `${namespace}/${secretName}` : "";
  return /^[\w.-]{1,63}\/[\w.-]{1,253}$/.test(place) ? place : undefined;
}

const workloadExample = `such as "Deployment/mlflow" (${workloadKinds.join(", ")})`;
const restarts = z
  .array(
    z.custom<string>((value) => typeof value === "string" && workloadIn(value) !== undefined, {
      error: `must be a workload, ${workloadExample}`,
    }),
    { error: `must be a list of workloads, ${workloadExample}` },
  )
  .optional();

const deliveryFields = {
  namespace: z.string({ error: "must be the name of a namespace" }),
  secretName: z.string({ error: "must be the name of a Secret" }),
  from: anything,
  templates: anything,
  environments: anything,
  merge: z.boolean({ error: "must be true or false" }).optional(),
  type: z.string({ error: "must be a text, such as kubernetes.io/tls" }).optional(),
  restarts,
  labels: anything,
  annotations: anything,
};

function readDelivery(part: Part): DeliveryDraft | undefined {
  const { path, issues } = part;
  const fields = readFields(part, deliveryFields);
  if (fields === undefined) return undefined;
  const at = [...path, "from"];
  const sources = readList({ value: fields.from, path: at, issues }, 'a list of secrets, such as ["db"]');
  const templates = readTexts({ value: fields.templates, path: [...path, "templates"], issues }, "templates");
  const hasTemplates = templates !== undefined && Object.keys(templates).length > 0;
  if (sources?.length === 0 && !hasTemplates) {
    const fix = "name a secret of the application, or remove the delivery";
    issues.push({ path: cataloguePath(at), problem: "is empty: the Secret would have no key", fix });
  }
  const from = (sources ?? []).flatMap((value, index) => readSource({ value, path: [...at, index], issues }) ?? []);
  const labels = readTexts({ value: fields.labels, path: [...path, "labels"], issues }, "labels");
  const annotations = readTexts({ value: fields.annotations, path: [...path, "annotations"], issues }, "annotations");
  const environments = readEnvironments({ value: fields.environments, path: [...path, "environments"], issues });
  const { namespace, secretName, merge, type, restarts: workloads = [] } = fields;
  if (namespace === undefined || secretName === undefined || (from.length === 0 && !hasTemplates)) return undefined;
  const delivery = {
    namespace,
    secretName,
    from,
    ...(hasTemplates ? { templates } : {}),
    ...(environments === undefined ? {} : { environments }),
    ...(merge === undefined ? {} : { merge }),
    ...(type === undefined ? {} : { type }),
    ...(workloads.length === 0 ? {} : { restarts: workloads }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { path, delivery };
}

/** Reads names of environments. Which there are is not known here. */
function readEnvironments(part: Part): readonly string[] | undefined {
  if (part.value === undefined) return undefined;
  const names = readList(part, 'a list of environments, such as ["dev"]');
  if (names?.length === 0) {
    const fix = "name one, or remove the delivery";
    part.issues.push({ path: cataloguePath(part.path), problem: "is empty: no environment has the Secret", fix });
  }
  return (names ?? []).flatMap((name, index) => {
    if (typeof name === "string") return [name];
    const problem = `must be the name of an environment, ${received(name)}`;
    part.issues.push({ path: cataloguePath([...part.path, index]), problem });
    return [];
  });
}

/** Reads texts by name. Kubernetes takes no number or boolean for one. */
function readTexts(part: Part, what: string): Readonly<Record<string, string>> | undefined {
  const { value, path, issues } = part;
  if (value === undefined) return undefined;
  const entries = Object.entries(readObject(part, `an object of ${what} by name`) ?? {});
  const texts = entries.flatMap(([name, text]) => {
    if (typeof text === "string") return [[name, text] as const];
    const fix = "write it in quotation marks";
    issues.push({ path: cataloguePath([...path, name]), problem: `must be a text, ${received(text)}`, fix });
    return [];
  });
  return Object.fromEntries(texts);
}

const sourceFields = { secret: z.string({ error: "must be the name of a secret" }), keys: anything };

function readSource(part: Part): KeySource | undefined {
  const { value, path, issues } = part;
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) {
    const problem = `must be the name of a secret, or an object with secret and keys, ${received(value)}`;
    issues.push({ path: cataloguePath(path), problem });
    return undefined;
  }
  const fields = readFields(part, sourceFields);
  if (fields === undefined) return undefined;
  const at = [...path, "keys"];
  const object = readObject(
    { value: fields.keys, path: at, issues },
    'an object: the key in the Secret first, then the key of the secret, such as { PASSWORD: "password" }',
  );
  if (object !== undefined && Object.keys(object).length === 0) {
    const fix = `to take all keys, name the secret alone`;
    issues.push({ path: cataloguePath(at), problem: "is empty: it takes no key", fix });
  }
  const keys = Object.entries(object ?? {}).flatMap(([key, name]) => {
    if (typeof name === "string") return [[key, name] as const];
    const problem = `must be the name of a key of the secret, ${received(name)}`;
    issues.push({ path: cataloguePath([...at, key]), problem });
    return [];
  });
  if (fields.secret === undefined || keys.length === 0) return undefined;
  return { secret: fields.secret, keys: Object.fromEntries(keys) };
}
