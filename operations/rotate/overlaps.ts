import { setCommand } from "../../components/support/messages/config-command.ts";
import { initialEpoch, type SecretSpec } from "../../components/values/secret-spec.ts";
import type { LeftOut } from "./choice.ts";

/** Whether a key of the secret has the value before a rotation for some time (`previousOf`). */
export function hasPrevious({ keys }: Pick<SecretSpec, "keys">): boolean {
  return Object.values(keys).some(({ kind }) => kind === "previous");
}

/** Why a rotation would come too soon: a previous value that is valid still would stop working. Nothing where it would not. */
export function tooSoon({ id, epoch, overlaps = {} }: SecretSpec): readonly LeftOut[] {
  const running = Object.entries(overlaps).find(([, { isOver }]) => !isOver);
  if (running === undefined || epoch === initialEpoch) return [];
  const [key, { until }] = running;
  return [
    {
      id,
      reason: `has a previous value that is valid until ${until} (${key}), and another rotation would end that`,
      fix:
        `rotate after that day; or, where that value may stop working: ${setCommand(["retirePrevious", id], epoch, { asText: true })}\n` +
        "    or, after a leak: the same command with --leaked",
    },
  ];
}
