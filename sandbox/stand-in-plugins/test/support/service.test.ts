import assert from "node:assert/strict";
import { InitializationFailed, NotInStandIn } from "../../support/errors.ts";
import { providerPb, statusPb } from "../../support/proto.ts";
import { toServiceError } from "../../support/status.ts";
import { Secret } from "../../support/values.ts";
import { decode } from "../../support/wire.ts";

describe("errors for the engine", () => {
  it("carries the half-made object, so that the engine keeps it", () => {
    const outputs = { data: new Secret("s") };
    const error = toServiceError(new InitializationFailed("not live", { id: "ns/a", outputs, reasons: ["why"] }));
    const [binary] = error.metadata.get("grpc-status-details-bin");
    const [any] = statusPb.Status.deserializeBinary(binary as Buffer).getDetailsList();
    assert.equal(any?.getTypeName(), "pulumirpc.ErrorResourceInitFailed");
    const detail = providerPb.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
    assert.equal(detail.getId(), "ns/a");
    assert.deepEqual(detail.getReasonsList(), ["why"]);
    assert.deepEqual(decode(detail.getProperties()), outputs);
  });

  it("names the official plugin where the stand-in ends", () => {
    const error = toServiceError(new NotInStandIn("vault", "Resource type x"));
    assert.match(error.details, /pulumi plugin install resource vault/);
  });
});
