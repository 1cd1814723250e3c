import { ExpectedError } from "../../components/support/messages/errors.ts";
import type { AdministratorLogin } from "../../components/targets/kinds.ts";
import { epochName } from "../../components/values/frozen.ts";
import { otherEpochs } from "../../components/values/previous.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import type { SecretValue } from "../migrate/secret-value.ts";
import type { RotationTools } from "./tools.ts";

export interface KeptReader {
  /** A generated value of a secret (`<app>/<secret>`) by its logical name, out of the state of the stack that has the secret. */
  readonly kept: (name: string, id: string) => Promise<SecretValue | undefined>;
}

interface AdministratorTools extends Pick<RotationTools, "stack" | "state"> {
  readonly engine: KeptReader;
}

/**
 * Reads the passwords that an administrator may have whose login is a secret, the newest first; none where no run has made one. A rotation that no
 * run has seen has no value, so that the target has the one before. Of one that has begun, it may have either.
 */
export function administratorPasswords(
  tools: AdministratorTools,
  { secrets }: Environment,
): (login: AdministratorLogin) => Promise<readonly string[]> {
  let names: Promise<ReadonlySet<string>> | undefined;
  const known = new Map<string, Promise<readonly string[]>>();
  const read = async (id: string, key: string): Promise<readonly string[]> => {
    const spec = secrets.find((each) => each.id === id);
    if (spec === undefined) return [];
    const kept = await (names ??= keptIn(tools));
    const current = epochName(spec, key);
    const candidates = [...(kept.has(current) ? [current] : []), ...otherEpochs(spec, key, kept).toReversed()];
    const values: string[] = [];
    for (const name of candidates) {
      const value = await tools.engine.kept(name, id);
      if (value !== undefined) values.push(value.reveal());
    }
    return values;
  };
  return ({ secret, password }) => {
    const place = `${secret}/${password}`;
    const found = known.get(place) ?? read(secret, password);
    known.set(place, found);
    return found;
  };
}

async function keptIn({ stack, state }: AdministratorTools): Promise<ReadonlySet<string>> {
  const answer = await state();
  if ("value" in answer) return answer.value.kept;
  throw new ExpectedError(
    `Nothing was changed: the state of stack ${stack}, which has the password of an administrator, can't be read: ${answer.refused}\n` +
      "    fix: log in to its backend: pulumi login",
  );
}
