/** Manifests to begin with. */

export interface Example {
  readonly name: string
  readonly text: string
}

export const examples: readonly Example[] = [
  {
    name: 'Deployment of nginx',
    text: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx-deployment
  labels:
    app: nginx
spec:
  replicas: 3
  selector:
    matchLabels:
      app: nginx
  template:
    metadata:
      labels:
        app: nginx
    spec:
      containers:
        - name: nginx
          image: nginx:1.14.2
          ports:
            - containerPort: 80
`,
  },
  {
    name: 'Service for it',
    text: `apiVersion: v1
kind: Service
metadata:
  name: nginx
spec:
  selector:
    app: nginx
  ports:
    - port: 80
`,
  },
  {
    name: 'Pod that fits nowhere',
    text: `apiVersion: v1
kind: Pod
metadata:
  name: too-large
spec:
  nodeSelector:
    disk: ssd
  containers:
    - name: main
      image: nginx:1.14.2
      resources:
        requests:
          cpu: "64"
          memory: 1Ti
`,
  },
  {
    name: 'Job',
    text: `apiVersion: batch/v1
kind: Job
metadata:
  name: pi
spec:
  completions: 4
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: pi
          image: perl:5.34
          command: ["true"]
`,
  },
  {
    name: 'StatefulSet',
    text: `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  serviceName: db
  replicas: 3
  selector:
    matchLabels:
      app: db
  template:
    metadata:
      labels:
        app: db
    spec:
      containers:
        - name: db
          image: postgres:16
`,
  },
]
