import { sourcesOf } from "../../../components/delivery/contract.ts";
import { setSecretCommand } from "../../../components/support/messages/config-command.ts";
import { frozenKeys } from "../../../components/values/derived.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { merged, type Examined } from "../model.ts";
import type { AskedSecret } from "../subject.ts";
import { isRefused } from "./answers.ts";

/** Whether a value of the Secret is due for rotation, and whether one from before the last is there longer than it is valid. */
export async function checkDates(asked: AskedSecret): Promise<Examined> {
  const { environment, stack, delivery, now } = asked;
  const ids = new Set(sourcesOf(delivery).map(({ secret }) => secret));
  const today = now.toISOString().slice(0, 10);
  const secrets = environment.secrets.filter(({ id }) => ids.has(id));
  const results = secrets.map((secret): Examined => {
    const { id, rotateBy, rotatedAt } = secret;
    if (rotateBy === undefined) return {};
    if (rotateBy >= today) return { seen: [{ link: "dates", text: `${id} is due for rotation by ${rotateBy}` }] };
    return {
      findings: [
        {
          link: "dates",
          severity: "warning",
          subject: `secret ${id}`,
          problem: `was due for rotation by ${rotateBy}; it was rotated last at ${rotatedAt}`,
          fix: rotationFix(secret, stack),
        },
      ],
    };
  });
  return merged([...results, ...(await previousValues(secrets, asked))]);
}

/** What the state says of values from before the last rotation. Where it can't be asked, the engine's own check says so. */
async function previousValues(secrets: readonly SecretSpec[], { engine }: AskedSecret): Promise<readonly Examined[]> {
  const held = secrets.flatMap((spec) =>
    Object.entries(spec.overlaps ?? {}).map(([key, overlap]) => ({ spec, key, overlap })),
  );
  if (held.length === 0) return [];
  const answer = await engine();
  if (isRefused(answer)) return [];
  return held
    .filter(({ spec, key }) => answer.value.kept.has(epochName(spec, key)))
    .map(({ spec: { id, epoch }, key, overlap: { until, isOver } }): Examined => {
      const text = `${id} ${key} has the value from before ${epoch}`;
      if (!isOver) return { seen: [{ link: "dates", text: `${text}, valid until ${until}` }] };
      const problem = `still has ${key} from before ${epoch}, which is not valid any more (until ${until}, or retired)`;
      return {
        findings: [{ link: "dates", severity: "warning", subject: `secret ${id}`, problem, fix: "pulumi up" }],
      };
    });
}

/** What to do about a secret that is due: the command that rotates it. */
export function rotationFix(secret: Pick<SecretSpec, "id" | "origin" | "keys">, stack: string): string {
  if (!isMadeHere(secret)) return "whoever makes its value rotates it (docs/rotation.md)";
  const { id, keys } = secret;
  if (frozenKeys(secret).length > 0) {
    return `npx secrets rotate ${id} --stack ${stack} (first read docs/rotation.md where another system keeps a copy of the value)`;
  }
  const provided = Object.values(keys).flatMap((recipe) => (recipe.kind === "provided" ? [recipe.config] : []));
  return `change it at its source, then: ${[...provided.map((key) => setSecretCommand(key)), "pulumi up"].join(" && ")}`;
}
