import { configPath } from "../../../../components/support/messages/config-command.ts";
import { clippedName } from "../../../../components/support/messages/printable.ts";

/** Path of a part of the catalogue, as messages name it: `catalogue.shop.secrets.db.keys.password`. */
export function cataloguePath(names: readonly PropertyKey[]): string {
  return configPath(
    ["catalogue", ...names].map((name) => (typeof name === "number" ? name : clippedName(String(name)))),
  );
}

/** Path of one key of a secret. */
export function keyPath(app: string, secret: string, ...rest: readonly PropertyKey[]): string {
  return cataloguePath([app, "secrets", secret, "keys", ...rest]);
}
