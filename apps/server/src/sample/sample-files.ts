const readme = `# Hello

The sample of Driftless. Change \`hello/deployment.yaml\`, commit and push: the cluster follows.
An image whose tag begins with \`broken\` cannot be pulled by the embedded cluster, so that you can see a rollout fail.
`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello
  labels:
    app: hello
spec:
  replicas: 2
  progressDeadlineSeconds: 10
  selector:
    matchLabels:
      app: hello
  template:
    metadata:
      labels:
        app: hello
    spec:
      containers:
        - name: web
          image: registry.example/hello:1.0
          ports:
            - name: http
              containerPort: 8080
          envFrom:
            - configMapRef:
                name: hello
`

const service = `apiVersion: v1
kind: Service
metadata:
  name: hello
spec:
  selector:
    app: hello
  ports:
    - name: http
      port: 80
      targetPort: http
`

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: hello
data:
  GREETING: Hello from Git
`

/** Files of the sample repository, by path. */
export const sampleFiles: Record<string, string> = {
  'README.md': readme,
  'hello/configmap.yaml': configMap,
  'hello/deployment.yaml': deployment,
  'hello/service.yaml': service,
}
