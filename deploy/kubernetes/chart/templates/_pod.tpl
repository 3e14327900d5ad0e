{{/*
The template of a pod: labels and spec. Besides what sensors.variables takes: "component", "image", "port" (0: it serves no
HTTP), "grace" (seconds that it has after SIGTERM), "resources"; optionally "command", "args", "env" (a list), "envFrom",
"mounts", "volumes", "restartPolicy", "spread" (over the nodes), "readiness" (the path of its probe; what answers users also
during an outage is ready while its loop makes progress).
*/}}
{{- define "sensors.pod" -}}
metadata:
  labels:
    {{- include "sensors.labels" . | nindent 4 }}
spec:
  serviceAccountName: {{ .root.Release.Name }}
  automountServiceAccountToken: false
  # Kubernetes would set RABBITMQ_PORT to tcp://… for a Service of the name rabbitmq.
  enableServiceLinks: false
  # The first process of the pod is then Kubernetes' own, which reaps the processes of jobs whose parent was killed.
  shareProcessNamespace: true
  terminationGracePeriodSeconds: {{ .grace }}
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with .root.Values.scheduling.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .root.Values.scheduling.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.scheduling.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.scheduling.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .spread }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sensors.selector" . | nindent 10 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "sensors.image" . }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      {{- with .command }}
      command: {{ toJson . }}
      {{- end }}
      {{- with .args }}
      args: {{ toJson . }}
      {{- end }}
      env:
        {{- with .env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- range $name, $value := include "sensors.variables" . | fromYaml }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      {{- with .envFrom }}
      envFrom: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if .port }}
      ports:
        - {name: http, containerPort: {{ .port }}}
      startupProbe:
        httpGet: {path: /livez, port: http}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 60
      livenessProbe:  # a lost broker or database does not fail it
        httpGet: {path: /livez, port: http}
        periodSeconds: 10
        timeoutSeconds: 8
        failureThreshold: 3
      readinessProbe:
        httpGet: {path: {{ .readiness | default "/readyz" }}, port: http}
        periodSeconds: 10
        timeoutSeconds: 8
        failureThreshold: 3
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources: {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: secrets, mountPath: /run/secrets/sensors, readOnly: true}
        {{- range .mounts }}
        - {{ toJson . }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 16Mi}
    - name: secrets
      {{- include "sensors.secretsVolume" . | nindent 6 }}
    {{- range .volumes }}
    - {{ toJson . }}
    {{- end }}
{{- end }}
