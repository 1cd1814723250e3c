import { textsByName } from "../../components/support/texts-by-name.ts";
import { examineAccounts, type AskedAccount } from "../../components/targets/examined.ts";
import { targetPasswordsKey } from "../../components/targets/kind.ts";
import type { ExamineTarget } from "../../components/targets/kinds.ts";
import type { Account, Environment } from "../../stacks/config/environment.ts";
import type { Engine } from "../migrate/run/engine.ts";
import { administratorPasswords, type KeptReader } from "./administrator-passwords.ts";
import { chosen, type Choice } from "./choice.ts";
import { upCommand } from "./situation.ts";
import { step, type RotationTools } from "./tools.ts";

export interface RehearsalTools extends Pick<RotationTools, "stack" | "load" | "state" | "onStep" | "signal"> {
  /** Reads the passwords of administrators, out of configuration and state, which stay in memory. */
  readonly engine: Pick<Engine, "secret"> & KeptReader;
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
 * Logs in to the target of every chosen secret as a rotation would, and looks at what the administrator may do there.
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
  const held = administratorPasswords(tools, environment);
  const looked: Looked[] = [];
  for (const { account, name } of accounts) {
    const { secret, target, administratedBy } = account;
    const place = { id: secret.id, target: tools.targetText(target), account: name };
    const [first, ...others] =
      administratedBy === undefined ? [passwords[target.name] ?? ""] : await held(administratedBy);
    if (first === undefined) looked.push({ ...place, ...unknown(tools, environment, administratedBy?.secret) });
    else looked.push({ ...place, asked: { target, name, administrator: [first, ...others] } });
  }
  const asked = looked.flatMap((each) => each.asked ?? []);
  const problems = await examineAccounts(asked, {
    examine: tools.examine,
    onAsk: ({ target, name }) => step(tools, `asking ${tools.targetText(target)} about ${name}`),
  });
  const found = looked.map(({ asked: one, ...rest }): RehearsedAccount => {
    const problem = one === undefined ? undefined : problems[asked.indexOf(one)];
    return problem === undefined ? rest : { ...rest, problem: problem.message, fix: problem.fix };
  });
  return { schemaVersion: 1, stack: tools.stack, accounts: found };
}

interface Looked extends RehearsedAccount {
  /** Absent where nothing is known to ask with. */
  readonly asked?: AskedAccount;
}

function unknown(
  { stack }: RehearsalTools,
  environment: Environment,
  id = "",
): Pick<RehearsedAccount, "problem" | "fix"> {
  return {
    problem: `its administrator's password is not known: the state has no value of ${id} yet`,
    fix: upCommand(environment, id, stack),
  };
}

interface Named {
  readonly account: Account;
  readonly name: string;
}

/** The accounts of the chosen secrets by name: each of two that alternate. */
function accountsOf(environment: Environment, choice: Choice): readonly Named[] {
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
  return new Set(choice.ids.filter((id) => choice.except?.includes(id) !== true));
}

function namesOf({ secret, username }: Account): readonly string[] {
  const recipe = secret.keys[username];
  if (recipe?.kind === "alternating") return recipe.names;
  return recipe?.kind === "literal" ? [recipe.value] : [];
}
