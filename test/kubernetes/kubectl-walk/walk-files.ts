/** The files that the walk works with, by name. */
export const walkFiles: Record<string, string> = {
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: nginx:1.29
          ports: [{ containerPort: 80 }]
          env: [{ name: COLOR, value: blue }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: 80 }]
`,
  'web-next.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: nginx:1.29
          ports: [{ containerPort: 80 }]
          env: [{ name: COLOR, value: green }]
`,
  'settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, labels: { part: settings } }
data: { color: blue, size: small }
`,
  'settings-next.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, labels: { part: settings } }
data: { color: green }
`,
  'pruned.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: kept, labels: { set: pruned } }
data: { a: '1' }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: dropped, labels: { set: pruned } }
data: { a: '1' }
`,
  'pruned-next.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: kept, labels: { set: pruned } }
data: { a: '2' }
`,
  'bad.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: bad }
dta: { a: '1' }
`,
  'store.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store }
spec:
  serviceName: store
  replicas: 2
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec: { containers: [{ name: store, image: 'redis:7' }] }
`,
  'agent.yaml': `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: 'agent:1' }] }
`,
  'widgets.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.walk.example.com }
spec:
  group: walk.example.com
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, shortNames: [wd] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      additionalPrinterColumns: [{ name: Size, type: string, jsonPath: .spec.size }]
      schema:
        openAPIV3Schema:
          type: object
          description: A widget of the walk.
          properties:
            spec:
              type: object
              description: What the widget is to be.
              properties:
                size: { type: string, description: How large it is., enum: [small, big] }
                count: { type: integer }
            status: { type: object, properties: { phase: { type: string } } }
`,
  'widget.yaml': `apiVersion: walk.example.com/v1
kind: Widget
metadata: { name: first }
spec: { size: small, count: 2 }
`,
  'widget-bad.yaml': `apiVersion: walk.example.com/v1
kind: Widget
metadata: { name: second }
spec: { size: huge }
`,
  'editor.sh': `#!/bin/sh
sed -i 's/color: blue/color: purple/' "$1"
`,
}
