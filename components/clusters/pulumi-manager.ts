/** As whom the API server knows Pulumi's provider for Kubernetes before an object is first applied: it goes on as that one. */
export const pulumiManager = "pulumi-kubernetes";
