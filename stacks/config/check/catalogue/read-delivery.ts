import { z } from "zod";
import { workloadIn, workloadKinds } from "../../../../components/clusters/workloads.ts";
import { received } from "../../../../components/support/messages/received.ts";
import type { KeySource } from "../../../environments/catalogue-spec.ts";
import type { DeliveryDraft } from "./draft.ts";
import { anything, readFields, readList, readObject, type Part } from "./fields.ts";
import { cataloguePath } from "./path.ts";

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

/** Reads one Secret that an application delivers. */
export function readDelivery(part: Part): DeliveryDraft | undefined {
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
