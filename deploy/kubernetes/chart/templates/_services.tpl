{{/* A headless Service, which resolves to the address of each pod, also of those that are not ready. */}}
{{- define "sensors.headlessService" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels:
    {{- include "sensors.labels" . | nindent 4 }}
    sensors/scraped: "true"
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "sensors.selector" . | nindent 4 }}
  ports:
    - {name: http, port: {{ .port }}, targetPort: http}
{{- end }}

{{- define "sensors.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels:
    {{- include "sensors.labels" . | nindent 4 }}
spec:
  selector:
    {{- include "sensors.selector" . | nindent 4 }}
  ports:
    - {name: http, port: {{ .port }}, targetPort: http}
{{- end }}

{{- define "sensors.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels:
    {{- include "sensors.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow  # while the broker is down none is ready, and nodes can be drained all the same
  selector:
    matchLabels:
      {{- include "sensors.selector" . | nindent 6 }}
{{- end }}

{{/* A Deployment: "pod" is the argument of sensors.pod, "name" its name, "replicas" its number (null: a scaler sets it). */}}
{{- define "sensors.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  labels:
    {{- include "sensors.labels" . | nindent 4 }}
spec:
  {{- if not (kindIs "invalid" .replicas) }}
  replicas: {{ .replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "sensors.selector" . | nindent 6 }}
  template: {{- include "sensors.pod" . | nindent 4 }}
{{- end }}
