/** What the checks give to kubectl. */
export const CONFIG_MAP: string = `apiVersion: v1
kind: ConfigMap
metadata:
  name: one
data:
  a: "1"
`;

export const DEPLOYMENT: string = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "image:1", ports: [{containerPort: 80}]}]}
`;
