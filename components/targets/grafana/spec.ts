import type { ApplicationSpec } from "../web/application.ts";

/** A Grafana. Its administrator is the login of a server administrator. */
export type GrafanaSpec = ApplicationSpec<"grafana">;
