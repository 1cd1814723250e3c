import type { IssuedObject, RoleInspection } from "../issued.ts";
import { rolePathOf } from "./kv.ts";

/** What Vault answers of a role of its database engine, as far as it matters here. */
export interface RoleAnswer {
  readonly default_ttl?: number;
  readonly max_ttl?: number;
  readonly rotation_period?: number;
}

/** How a role issues credentials, by its settings. Pure. */
export function roleOf(issued: IssuedObject, answer: RoleAnswer): RoleInspection {
  if (issued.kind === "static") return { role: { seconds: answer.rotation_period ?? 0 } };
  const { default_ttl: usual = 0, max_ttl: most = 0 } = answer;
  if (usual > 0) return { role: { seconds: most > 0 ? Math.min(usual, most) : usual } };
  return {
    problem: `role "${issued.role}" of the database secrets engine at ${issued.mount}/ has no default_ttl, so that nobody can tell how long its credentials are valid`,
    fix: `vault patch ${issued.mount}/${rolePathOf(issued)} default_ttl=1h`,
  };
}
