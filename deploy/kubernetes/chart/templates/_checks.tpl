{{/* What the schema of the values cannot say, because it depends on several of them. */}}
{{- define "sensors.checks" -}}
{{- if and .Values.worker.enabled (not .Values.workflows.enabled) }}
{{- fail "worker.enabled is true, so workflows.enabled must be, too: it sends the tickets of jobs" }}
{{- end }}
{{- if and .Values.reporter.enabled (not .Values.workflows.enabled) }}
{{- fail "reporter.enabled is true, so workflows.enabled must be, too: it sends the tickets of jobs" }}
{{- end }}
{{- if gt (int .Values.keda.pipeline.minReplicaCount) (int .Values.keda.pipeline.maxReplicaCount) }}
{{- fail "keda.pipeline.maxReplicaCount must not be below minReplicaCount" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}
{{- fail "ingress.enabled is true, so ingress.host must be the name of the page" }}
{{- end }}
{{- end }}
