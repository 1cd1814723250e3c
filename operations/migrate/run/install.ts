import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { placeOf, type MigrationPlan, type PlannedFact, type PlannedSecret } from "../plan/model.ts";
import type { LiveSecret } from "./cluster.ts";
import { step, type MigrationContext } from "./context.ts";
import { holdersOf } from "./holders.ts";
import { besideName, type Journal, type JournalSecret, type Mode } from "./model.ts";

/** A migration that begins: nothing was changed yet. */
export interface Beginning {
  readonly journal: Journal;
  readonly issues: readonly Issue[];
}

/** Looks at what exists, and decides how each Secret is migrated. Changes nothing. */
export async function begin(context: MigrationContext): Promise<Beginning> {
  const { plan, engine, sources, folder } = context;
  const issues: Issue[] = [...plan.issues, ...undeclared(plan)];
  const secrets: JournalSecret[] = [];
  for (const secret of plan.secrets) {
    step(context, `looking at Secret ${placeOf(secret)}`);
    const cluster = await context.cluster(secret.namespace);
    const live = await cluster.secret(secret);
    const mode = modeOf(secret, live);
    issues.push(...immutable(secret, live));
    if (live !== undefined) {
      const { namespace, name } = secret;
      const { environment } = plan;
      const { obstacle } = await holdersOf({ cluster, secret: { namespace, name, mode }, live, environment });
      if (obstacle !== undefined) issues.push({ path: `Secret ${placeOf(secret)}`, ...obstacle });
    }
    const isReferenced = secret.keys.some(({ origin }) => origin.from === "referenced");
    secrets.push({
      namespace: secret.namespace,
      name: secret.name,
      mode,
      takeover: isReferenced ? "merge" : "adopt",
      keys: secret.keys.map(({ name }) => name),
    });
  }
  for (const { key, value, of } of providedValues(plan)) {
    const present = await engine.secret(key);
    if (present === undefined || present.equals(value)) continue;
    issues.push({
      path: configPath([key]),
      problem: `the configuration has another value than the source of ${of}`,
      fix: `leave out the source that is not in use, or remove the value: pulumi config rm ${key}`,
    });
  }
  const facts = [...plan.facts];
  return {
    journal: {
      version: 1,
      environment: plan.environment,
      sources: [...sources],
      ...(folder === undefined ? {} : { folder }),
      secrets,
      facts: copies(facts),
      done: [],
    },
    issues,
  };
}

function copies(facts: readonly PlannedFact[]): Journal["facts"] {
  return facts.map(({ path, value }) => ({ path: [...path], value }));
}

function undeclared({ catalogue, secrets }: MigrationPlan): readonly Issue[] {
  if (catalogue === "") return [];
  const places = secrets.filter(({ isDeclared }) => !isDeclared).map(placeOf);
  return [
    {
      path: "stacks/environments/catalogue.ts",
      problem: `does not have ${places.join(", ")} yet`,
      fix: "add the entries that npx secrets migrate plan shows, and commit them",
    },
  ];
}

function immutable(secret: PlannedSecret, live: LiveSecret | undefined): readonly Issue[] {
  if (live?.isImmutable !== true) return [];
  const problem = "is immutable, so it can't be taken over in place";
  const fix = "give the delivery another secretName in the catalogue, and move its consumers there";
  return [{ path: `Secret ${placeOf(secret)}`, problem, fix }];
}

function modeOf({ keys }: PlannedSecret, live: LiveSecret | undefined): Mode {
  if (live === undefined) return "new";
  return keys.some(({ origin }) => origin.from === "adopted") ? "in-place" : "beside";
}

export function providedValues({ secrets }: MigrationPlan) {
  return secrets.flatMap((secret) =>
    secret.keys.flatMap(({ name, origin, old: [old] }) =>
      origin.from === "provided" && old !== undefined
        ? [{ key: origin.config, value: old.value, of: `${name} of Secret ${placeOf(secret)}` }]
        : [],
    ),
  );
}

/** Sets values and facts, and has the engine deploy beside what exists. */
export async function install(context: MigrationContext, { secrets, facts }: Journal): Promise<void> {
  const { engine, plan } = context;
  for (const { key, value, of } of providedValues(plan)) {
    step(context, `setting ${key} from ${of}`);
    if ((await engine.secret(key)) === undefined) await engine.setSecret(key, value);
  }
  for (const fact of facts) {
    step(context, `setting ${configPath(fact.path)}`);
    await engine.setFact(fact);
  }
  for (const secret of secrets) {
    // One that was taken back before is still beside.
    if (secret.mode !== "beside") await engine.removeFact(besidePath(secret));
    for (const fact of placing(secret)) await engine.setFact(fact);
  }
  step(context, "pulumi up, beside what exists");
  await engine.up();
}

/** The fact that keeps a Secret out of the way of the one that exists. A new one is in nobody's way. */
function placing(secret: JournalSecret): readonly PlannedFact[] {
  const { mode, takeover } = secret;
  if (mode === "new") return [];
  if (mode === "in-place") return [{ path: takeoverPath(secret), value: takeover }];
  return [{ path: besidePath(secret), value: besideName(secret) }];
}

export function besidePath({ namespace, name }: Pick<JournalSecret, "namespace" | "name">): readonly string[] {
  return ["namespaces", namespace, "secrets", name, "deliveredAs"];
}

export function takeoverPath({ namespace, name }: Pick<JournalSecret, "namespace" | "name">): readonly string[] {
  return ["existingSecrets", `${namespace}/${name}`];
}
