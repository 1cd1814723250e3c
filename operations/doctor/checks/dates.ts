import { sourcesOf } from "../../../components/delivery/contract.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { merged, type Examined } from "../model.ts";
import type { AskedSecret } from "../subject.ts";

/** Whether a value of the Secret is due for rotation. */
export function checkDates({ environment, delivery, now }: AskedSecret): Promise<Examined> {
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
          fix: rotationFix(secret, today),
        },
      ],
    };
  });
  return Promise.resolve(merged(results));
}

/** What to do about a secret that is due: the command that rotates it. @param today a date, `YYYY-MM-DD`. */
export function rotationFix(secret: Pick<SecretSpec, "id" | "origin">, today: string): string {
  const move = setCommand(["rotations", secret.id], today, { asText: true });
  return isMadeHere(secret)
    ? `${move} && pulumi up (first read docs/rotation.md where another system keeps a copy of the value)`
    : "whoever makes its value rotates it (docs/rotation.md)";
}
