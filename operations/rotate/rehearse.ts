import { textsByName } from "../../components/support/texts-by-name.ts";
import { TargetError, targetPasswordsKey } from "../../components/targets/kind.ts";
import { epochName } from "../../components/values/frozen.ts";
import type { Account, Environment } from "../../stacks/config/environment.ts";
import type { Engine, StateReader } from "../migrate/run/engine.ts";
import { chosen, type Choice } from "./choice.ts";
import { step, type RotationTools } from "./tools.ts";

/**
 * Finds out whether a target would take a new password of an account, and changes nothing.
 *
 * @param administrator password of the target's administrator; empty where there is none.
 * @throws TargetError saying why it would not.
 */
export type ExamineTarget = (target: Account["target"], administrator: string, account: string) => Promise<void>;

export interface RehearsalTools extends Pick<RotationTools, "stack" | "load" | "onStep" | "signal"> {
  /** Reads the passwords of administrators, out of configuration and state, which stay in memory. */
  readonly engine: Pick<Engine, "secret"> & StateReader;
  readonly examine: ExamineTarget;
  /** A target as messages name it. */
  readonly targetText: (target: Account["target"]) => string;
}

/** What was found of one account. */
export interface RehearsedAccount {
  /** `<app>/<secret>`: its login. */
  readonly id: string;
  /** `target mlflow-db (postgresql at db.example:5432)`. */
  readonly target: string;
  readonly account: string;
  /** Why a new password would not be taken; absent where it would. */
  readonly problem?: string;
  readonly fix?: string;
}

/** Whether the targets would take new passwords. Names alone, never a value. */
export interface Rehearsal {
  readonly schemaVersion: 1;
  readonly stack: string;
  readonly accounts: readonly RehearsedAccount[];
}

/**
 * Logs in to the target of every chosen secret as a rotation would, and looks at what the administrator may do there. One
 * after the other: a wrong password that is tried often may lock an account.
 *
 * @throws ExpectedError, EngineError where there is nothing to try with.
 */
export async function rehearse(tools: RehearsalTools, choice: Choice): Promise<Rehearsal> {
  const environment = await tools.load();
  const accounts = accountsOf(environment, choice);
  if (accounts.length === 0) return { schemaVersion: 1, stack: tools.stack, accounts: [] };
  step(tools, "reading the passwords of administrators");
  const kept = await tools.engine.secret(targetPasswordsKey);
  const passwords = kept === undefined ? {} : (textsByName(kept.reveal()) ?? {});
  const passwordOf = async ({ target, administratedBy }: Account): Promise<string> => {
    if (administratedBy === undefined) return passwords[target.name] ?? "";
    const spec = environment.secrets.find(({ id }) => id === administratedBy.secret);
    const held = spec === undefined ? undefined : await tools.engine.kept(epochName(spec, administratedBy.password));
    return held?.reveal() ?? "";
  };
  const found: RehearsedAccount[] = [];
  for (const { account, name } of accounts) {
    const target = tools.targetText(account.target);
    step(tools, `asking ${target} about ${name}`);
    const tried = await attempt(tools.examine, { account, name, password: await passwordOf(account) });
    found.push({ id: account.secret.id, target, account: name, ...tried });
  }
  return { schemaVersion: 1, stack: tools.stack, accounts: found };
}

interface Attempt {
  readonly account: Account;
  readonly name: string;
  readonly password: string;
}

async function attempt(
  examine: ExamineTarget,
  { account, name, password }: Attempt,
): Promise<Pick<RehearsedAccount, "problem" | "fix">> {
  try {
    await examine(account.target, password, name);
    return {};
  } catch (error) {
    if (error instanceof TargetError) return { problem: error.message, fix: error.fix };
    throw error;
  }
}

/** The accounts of the chosen secrets by name: each of two that alternate. */
function accountsOf(environment: Environment, choice: Choice): readonly Omit<Attempt, "password">[] {
  const ids = idsOf(environment, choice);
  return environment.accounts
    .filter(({ secret }) => ids.has(secret.id))
    .flatMap((account) => namesOf(account).map((name) => ({ account, name })));
}

/** A login whose password people provide is told of as well, so that it is tried, whether or not it is rotated here. */
function idsOf(environment: Environment, choice: Choice): ReadonlySet<string> {
  if (choice.kind !== "named") {
    const { secrets, leftOut } = chosen(environment, choice);
    return new Set([...secrets, ...leftOut].map(({ id }) => id));
  }
  const unknown = choice.ids.filter((id) => !environment.secrets.some((spec) => spec.id === id));
  if (unknown.length > 0) chosen(environment, { kind: "named", ids: unknown });
  return new Set(choice.ids);
}

function namesOf({ secret, username }: Account): readonly string[] {
  const recipe = secret.keys[username];
  if (recipe?.kind === "alternating") return recipe.names;
  return recipe?.kind === "literal" ? [recipe.value] : [];
}
