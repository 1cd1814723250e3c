import type { TellTarget } from "./contract.ts";
import { tellPostgresql } from "./postgresql/tell.ts";

/** Tells a target of any kind. */
export const tellTarget: TellTarget = (target, administrator, login) => tellPostgresql(target, administrator, login);
