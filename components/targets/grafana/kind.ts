import { applicationKind } from "../web/application.ts";

/** Grafana: passwords of its own users, by its HTTP API. */
export const grafana = applicationKind("grafana", { title: "Grafana", load: () => import("./actions.ts") });
