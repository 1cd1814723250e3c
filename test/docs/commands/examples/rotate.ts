import { continuing } from "../../../../cli/rotate/continuing.ts";
import { rehearsalResult } from "../../../../cli/text/rehearsal.ts";
import { rotationResult } from "../../../../cli/text/rotation.ts";
import { alternating, literal, password, provided } from "../../../../components/values/recipe.ts";
import { TargetError } from "../../../../components/targets/kind.ts";
import { SecretValue } from "../../../../operations/migrate/secret-value.ts";
import { rehearse } from "../../../../operations/rotate/rehearse.ts";
import type { Choice } from "../../../../operations/rotate/choice.ts";
import type { RotateOptions } from "../../../../operations/rotate/run.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { framed } from "../../../cli/captured.ts";
import { Simulated } from "../../../operations/rotate/simulated.ts";
import type { Example, Examples } from "../example.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: {
        rotateEveryDays: 90,
        keys: { username: alternating("shop_a", "shop_b"), password: password() },
        accounts: [{ target: "database", username: "username", password: "password" }],
      },
      mail: { keys: { user: literal("shop"), token: provided("shopMail") } },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"], restarts: ["Deployment/api"] },
      { namespace: "shop", secretName: "shop-mail", from: ["mail"] },
    ],
  },
};
const database = { database: { kind: "postgresql", host: "db.example", administrator: "rotator" } };

function rotation(
  words: string,
  choice: Choice,
  { change, ...options }: Partial<RotateOptions> & { readonly change?: (stack: Simulated) => void } = {},
): Example {
  return {
    typed: `npx secrets rotate ${words}`,
    run: () => {
      const stack = new Simulated(catalogue, { targets: database }, new Set(["shopMail"]));
      change?.(stack);
      return framed(words.includes("--json"), async ({ print }) =>
        print(rotationResult(await continuing(() => stack.run(choice, options)))),
      );
    },
  };
}

const db: Choice = { kind: "named", ids: ["shop/db"] };

async function rehearsal() {
  const described = new Simulated(catalogue, { targets: database }, new Set(["shopMail"])).environment();
  return rehearse(
    {
      stack: "test",
      load: () => Promise.resolve(described),
      state: () => Promise.resolve({ refused: "nobody asks it" }),
      engine: {
        kept: () => Promise.resolve(undefined),
        secret: () => Promise.resolve(new SecretValue(JSON.stringify({ database: "unknown" }))),
      },
      examine: (_spec, _administrator, name) =>
        name === "shop_a"
          ? Promise.resolve()
          : Promise.reject(
              new TargetError(
                "there is no role shop_b",
                'create it, with the rights that it needs: CREATE ROLE "shop_b" LOGIN',
              ),
            ),
      targetText: ({ name }) => `target ${name} (postgresql at db.example:5432)`,
    },
    { kind: "all" },
  );
}

export const rotate: Examples = {
  plan: rotation("shop/db --stack test --dry-run", db, { mode: "plan" }),
  done: rotation("shop/db --stack test", db),
  "left out": rotation("--all --stack test", { kind: "all" }),
  rehearsal: {
    typed: "npx secrets rotate --rehearse --stack test",
    run: () => framed(false, async ({ print }) => print(rehearsalResult(await rehearsal()))),
  },
  refused: rotation("shop/mail --stack test", { kind: "named", ids: ["shop/mail"] }),
  stopped: rotation("shop/db --stack test", db, { change: (stack) => (stack.failsAt = "shop/db target") }),
  json: rotation("shop/db --stack test --json", db),
};
