import { sourcesOf } from "../../../components/delivery/contract.ts";
import { setSecretCommand } from "../../../components/support/messages/config-command.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { generatedIn } from "../../rotate/standing.ts";
import { merged, type Examined } from "../model.ts";
import type { AskedSecret } from "../subject.ts";

/** Whether a value of the Secret is due for rotation. */
export function checkDates({ environment, stack, delivery, now }: AskedSecret): Promise<Examined> {
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
  return Promise.resolve(merged(results));
}

/** What to do about a secret that is due: the command that rotates it. */
export function rotationFix(secret: Pick<SecretSpec, "id" | "origin" | "keys">, stack: string): string {
  if (!isMadeHere(secret)) return "whoever makes its value rotates it (docs/rotation.md)";
  const { id, keys } = secret;
  if (generatedIn(secret).length > 0) {
    return `npx secrets rotate ${id} --stack ${stack} (first read docs/rotation.md where another system keeps a copy of the value)`;
  }
  const provided = Object.values(keys).flatMap((recipe) => (recipe.kind === "provided" ? [recipe.config] : []));
  return `change it at its source, then: ${[...provided.map((key) => setSecretCommand(key)), "pulumi up"].join(" && ")}`;
}
