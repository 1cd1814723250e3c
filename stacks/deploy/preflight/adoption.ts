import type { Output } from "@pulumi/pulumi";
import { planAdoption, type Adoption } from "../../../components/applications/adoption.ts";
import { heldInObject, type Holder } from "../../../components/applications/held.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import type { StoreSession } from "../../../components/backends/session.ts";
import type { RemoteObject } from "../../../components/backends/remote-object.ts";
import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { settled } from "../../../components/support/settled.ts";
import { isRandom } from "../../../components/values/recipe.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { previousValue, stashesIn } from "../../../components/values/previous.ts";
import { preferredHolder, type SecretSpec } from "../../../components/values/secret-spec.ts";

/** A store of a secret, with the secret's objects that exist there and are not in the state. */
export interface HoldingStore {
  readonly name: string;
  readonly session: StoreSession;
  readonly objects: readonly RemoteObject[];
}

export interface AdoptionPreflightArgs {
  /** Secrets that are made here. */
  readonly specs: readonly SecretSpec[];
  readonly state: readonly StateResource[];
  /** Stores that hold a secret to adopt. */
  readonly stores: (spec: SecretSpec) => readonly HoldingStore[];
  /** Secrets of clusters that hold it. */
  readonly secrets: (spec: SecretSpec) => readonly Holder[];
  /** A secret configuration value. */
  readonly provided: (config: string) => Output<string>;
  /** Outputs of other stacks that templates name, by the fact's name. Maybe secret. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface AdoptionFindings {
  /** By `<app>/<secret>`. A secret that no store could be asked about yet is not among them. */
  readonly adoptions: ReadonlyMap<string, Adoption>;
  /** What can't be kept as it is. */
  readonly issues: readonly Issue[];
  /** For people: what becomes of each key. Names only. */
  readonly notes: readonly string[];
}

/** Decides, before the first write, what adopting each secret does to each of its keys. Values stay in this process. */
export async function preflightAdoption(args: AdoptionPreflightArgs): Promise<AdoptionFindings> {
  const planned = await Promise.all(args.specs.map((spec) => plan(spec, args)));
  const found = planned.flatMap((each) => each ?? []);
  return {
    adoptions: new Map(found.map(({ spec, adoption }) => [spec.id, adoption])),
    issues: found.flatMap(({ adoption }) => adoption.issues),
    notes: found.map(noteOf),
  };
}

interface Planned {
  readonly spec: SecretSpec;
  readonly holders: readonly Holder[];
  readonly adoption: Adoption;
}

async function plan(spec: SecretSpec, args: AdoptionPreflightArgs): Promise<Planned | undefined> {
  const [stores, secrets] = [args.stores(spec), args.secrets(spec)];
  const unread = stores.find(({ session }) => session.read === undefined);
  if (unread !== undefined) {
    // Then the values are compared when they are written (`guardAdopted`).
    if (secrets.length === 0 || stores.some(({ name }) => name === preferredHolder(spec))) return undefined;
    const issue = undecided(spec, unread, secrets);
    if (issue !== undefined) return { spec, holders: secrets, adoption: { values: {}, outcomes: [], issues: [issue] } };
  }
  const readable = stores.flatMap(({ session: { read }, ...store }) =>
    read === undefined ? [] : [{ ...store, read }],
  );
  const holders = [...(await Promise.all(readable.map(holderOf))), ...secrets];
  if (holders.length === 0) return undefined;
  const adoption = planAdoption({
    spec,
    holders,
    provided: await providedValues(spec, args),
    facts: args.facts,
    known: await knownValues(spec, args.state),
  });
  return { spec, holders, adoption };
}

/** Values that can't be compared before the first write, and between which the facts do not choose. */
function undecided(spec: SecretSpec, { name }: HoldingStore, secrets: readonly Holder[]): Issue | undefined {
  const [secret] = secrets;
  if (secret === undefined || secrets.some((each) => each.name === preferredHolder(spec))) return undefined;
  const path = configPath(["adopt", spec.id]);
  const keeping = [name, secret.name].map((each) => setCommand(path, each));
  return {
    path,
    problem: `store ${name} and ${secret.where} hold it, and that store can be read only during the run`,
    fix: `name the one to keep: ${keeping.join(", or ")}`,
  };
}

interface ReadableStore extends Omit<HoldingStore, "session"> {
  readonly read: NonNullable<StoreSession["read"]>;
}

/** What a store holds of a secret, in however many objects. */
async function holderOf({ name, read, objects }: ReadableStore): Promise<Holder> {
  const contents = await Promise.all(
    objects.map(async (object) => {
      const payload = await settled(read(object.name));
      return payload === undefined ? { values: {} } : heldInObject(object, payload);
    }),
  );
  const problem = contents.find((each) => each.problem !== undefined)?.problem;
  return {
    name,
    where: `store ${name}`,
    values: Object.fromEntries(contents.flatMap(({ values }) => Object.entries(values))),
    ...(problem === undefined ? {} : { problem }),
  };
}

async function providedValues({ keys }: SecretSpec, { provided }: AdoptionPreflightArgs) {
  const configs = Object.values(keys).flatMap((recipe) => (recipe.kind === "provided" ? [recipe.config] : []));
  const values = configs.map(async (config) => [config, await settled(provided(config))] as const);
  return Object.fromEntries(await Promise.all(values));
}

/** Generated values of this epoch that the state has, and those of the epoch before that are kept. */
async function knownValues(spec: SecretSpec, state: readonly StateResource[]) {
  const stashes = stashesIn(state);
  const generated = Object.entries(spec.keys).filter(([, recipe]) => isRandom(recipe));
  const before = Object.entries(spec.keys).map(async ([key, { kind }]) => {
    const value = kind === "previous" ? previousValue(state, spec, key) : undefined;
    return value === undefined ? [] : [[key, await settled(value)] as const];
  });
  const known = generated.map(async ([key]) => {
    const stash = stashes.get(epochName(spec, key));
    if (stash === undefined) return [];
    const { output } = (await settled(stash.outputs)) as { readonly output?: { readonly value?: string } };
    return output?.value === undefined ? [] : [[key, output.value] as const];
  });
  return Object.fromEntries((await Promise.all([...known, ...before])).flat());
}

/** `adopting minio/root from store vault: rootPassword kept; rootUser configured`. */
function noteOf({ spec, holders, adoption }: Planned): string {
  const keys = Map.groupBy(adoption.outcomes, ({ outcome }) => outcome);
  const said = [...keys].map(([outcome, each]) => `${each.map(({ key }) => key).join(", ")} ${outcome}`);
  return `adopting ${spec.id} from ${holders.map(({ where }) => where).join(" and ")}: ${said.join("; ")}`;
}
